"""`python lockdown_probe.py FOLDER`: locks itself down, tries to break out, prints as JSON what held."""

from __future__ import annotations

import errno
import json
import os
import resource
import sys
from collections.abc import Callable

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from sandboxed import lockdown


def main() -> None:
    """Try each layer by what it alone refuses, where there is such a thing, and print the outcome."""
    place = sys.argv[1]
    folder, secret, outside = (os.path.join(place, name) for name in ("work", "secret", "outside"))
    for each in (folder, secret, outside):
        os.mkdir(each)
    hidden_file, other_file = os.path.join(secret, "key"), os.path.join(outside, "file")
    for each in (hidden_file, other_file):
        with open(each, "w") as file:
            file.write("text")
    layers = lockdown.lock_down_in_layers(folder, [secret], lockdown.Limits())
    holes = {
        "resource limits": _limits_missing,
        "network namespace": _sees_interfaces,
        "mount namespace": lambda: _done(os.path.exists, hidden_file) or not _read_only(other_file),
        "no privileges": _has_powers,
        "Landlock": lambda: _done(os.listdir, outside) or _done(_write, other_file),
        "seccomp": lambda: _done(_start_process) or _done(_open_socket),
        "sandbox profile": lambda: (
            _done(_read, hidden_file) or _done(_write, other_file) or _done(_start_process)
        ),
    }
    rows = [_row(name, in_force, reason, holes[name]) for name, in_force, reason in layers]
    print(json.dumps(rows))


def _row(name: str, in_force: bool, reason: str, hole: Callable[[], bool]) -> tuple[str, bool, str]:
    if not in_force:
        return name, False, reason
    if hole():
        return name, False, "It was put in force, and a process got past it."
    return name, True, HOLDS[name]


def _done(action: Callable[..., object], *arguments: object) -> bool:
    try:
        return action(*arguments) is not False
    except OSError:
        return False


def _limits_missing() -> bool:
    return resource.RLIM_INFINITY in (
        resource.getrlimit(resource.RLIMIT_CPU)[1],
        resource.getrlimit(resource.RLIMIT_FSIZE)[1],
    )


def _sees_interfaces() -> bool:
    try:
        with open("/proc/self/net/dev") as file:
            return any(line.split(":")[0].strip() != "lo" for line in file if ":" in line)
    except OSError:
        return False


def _read_only(path: str) -> bool:
    try:
        os.chmod(path, 0o600)
    except OSError as error:
        return error.errno == errno.EROFS
    return False


def _has_powers() -> bool:
    with open("/proc/self/status") as file:
        lines = dict(line.split(":", 1) for line in file)
    return int(lines["CapEff"], 16) & ~READ_ANYTHING != 0 or lines["NoNewPrivs"].strip() != "1"


def _start_process() -> None:
    if os.fork() == 0:
        os._exit(0)


def _open_socket() -> None:
    import socket

    socket.socket().close()


def _write(path: str) -> None:
    with open(path, "a"):
        pass


def _read(path: str) -> None:
    with open(path) as file:
        file.read()


READ_ANYTHING = 1 << 2
HOLDS = {
    "resource limits": "Processor time, memory, the size of a file and the number of open files are bounded.",
    "network namespace": "No network card can be seen, not even this computer's own address.",
    "mount namespace": "Your files are not even there, and nothing but the working folder can be written to.",
    "no privileges": "The process has no power of an administrator and cannot get one.",
    "Landlock": "Only Python's own files can be read, and only the working folder can be written to.",
    "seccomp": "No process can be started, no other one touched, and no connection opened.",
    "sandbox profile": "Your files cannot be read, no process can be started, and no connection opened.",
}

if __name__ == "__main__":
    main()

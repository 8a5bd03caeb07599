"""What a process that has locked itself down can do to anybody else: nothing."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from lockdown_place import EXERCISES, ROOT, Place

pytestmark = [
    pytest.mark.proof,
    pytest.mark.skipif(sys.platform == "win32", reason="the sandbox is made for POSIX systems"),
]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place.beneath(tmp_path)


READING = {
    "directly": "print(open(secret).read())",
    "as bytes by descriptor": "print(os.read(os.open(secret, os.O_RDONLY), 99))",
    "through a link made here": "os.symlink(secret, 'link'); print(open('link').read())",
    "through a linked folder": "os.symlink(home, 'link'); print(open('link/keys.toml').read())",
    "through a hard link": "os.link(secret, 'hard'); print(open('hard').read())",
    "through /proc/self/root": "print(open('/proc/self/root' + secret).read())",
    "through /proc/self/cwd": "print(open('/proc/self/cwd/../home/keys.toml').read())",
    "upwards": "print(open('../home/keys.toml').read())",
    "upwards by descriptor": "d = os.open('..', os.O_PATH); print(os.read(os.open('home/keys.toml', 0, dir_fd=d), 99))",
    "by its path alone": "d = os.open(secret, os.O_PATH); print(open(f'/proc/self/fd/{d}').read())",
    "by mapping it": "import mmap; print(mmap.mmap(os.open(secret, os.O_RDONLY), 0, prot=mmap.PROT_READ)[:])",
    "by renaming it": "os.rename(secret, 'mine'); print(open('mine').read())",
    "by listing the home": "print('the secret' if os.listdir(home) else '')",
    "by the parent's view": "print(open(f'/proc/{parent}/root{secret}').read())",
    "in the parent's environment": "print('the secret', open(f'/proc/{parent}/environ').read()[:0])",
    "in the parent's memory": "print('the secret', open(f'/proc/{parent}/mem', 'rb'))",
    "in the parent's descriptors": "print('the secret', os.listdir(f'/proc/{parent}/fd'))",
    "by its handle": "raw(303, -100, secret.encode(), (ctypes.c_uint32 * 40)(128), ctypes.byref(ctypes.c_int()), 0); print('the secret')",
    "in a C library": "libc = ctypes.CDLL(None); d = libc.open(secret.encode(), 0); print(os.read(d, 99) if d >= 0 else '')",
    "of the project": f"sys.path.insert(0, {str(ROOT)!r}); import tools.errors; print('the secret')",
    "of the project's files": f"print('the secret', open({str(EXERCISES / 'catalog.py')!r}).read())",
    "of the system": "print('the secret', open('/etc/passwd').read())",
    "with the system's own copy": "os.sendfile(1, os.open(secret, os.O_RDONLY), 0, 99)",
}


@pytest.mark.parametrize("code", READING.values(), ids=READING.keys())
def test_a_secret_cannot_be_read(place: Place, code: str) -> None:
    ran = place.run(code)

    ran.needs("Landlock", "sandbox profile")
    assert "the secret" not in ran.output


WRITING = {
    "written": "open(file, 'w').write('changed')",
    "appended to": "open(file, 'a').write('more')",
    "truncated": "os.truncate(file, 0)",
    "removed": "os.remove(file)",
    "renamed": "os.rename(file, file + '2')",
    "moved here": "os.rename(file, 'mine')",
    "replaced": "open('mine', 'w').close(); os.replace('mine', file)",
    "made unreadable": "os.chmod(file, 0)",
    "given away": "os.chown(file, 1, 1)",
    "dated": "os.utime(file, (0, 0))",
    "marked": "os.setxattr(file, 'user.mark', b'x')",
    "linked": "os.link(file, os.path.dirname(file) + '/new')",
    "joined by a new one": "open(os.path.dirname(file) + '/new', 'w').close()",
    "joined by a folder": "os.mkdir(os.path.dirname(file) + '/new')",
    "joined by a link": "os.symlink('x', os.path.dirname(file) + '/new')",
    "joined by a pipe": "os.mkfifo(os.path.dirname(file) + '/new')",
    "written through a link": "os.symlink(file, 'link'); open('link', 'w').write('changed')",
    "written by a raw call": "d = raw(2, file.encode(), 1 | 512); os.write(d, b'changed')",
    "removed with its folder": "import shutil; shutil.rmtree(os.path.dirname(file), ignore_errors=True)",
}


@pytest.mark.parametrize("code", WRITING.values(), ids=WRITING.keys())
def test_somebody_elses_file_stays_as_it_is(place: Place, code: str) -> None:
    before = place.file.stat()
    ran = place.run(code)

    ran.needs("Landlock", "sandbox profile")
    after = place.file.stat()
    assert place.file.read_text() == "text"
    assert os.listdir(place.other) == ["file"]
    assert (after.st_mode, after.st_uid, after.st_mtime) == (before.st_mode, before.st_uid, before.st_mtime)
    assert "user.mark" not in os.listxattr(place.file) if hasattr(os, "listxattr") else True


OTHERS = {
    "fork": "os.fork()",
    "forkpty": "import pty; pty.fork()",
    "system": "if os.system('true'): raise OSError('no shell')",
    "exec": "os.execv('/bin/true', ['true'])",
    "spawn": "os.posix_spawn('/bin/true', ['true'], {})",
    "subprocess": "import subprocess; subprocess.run(['true'])",
    "multiprocessing": "import multiprocessing as m; p = m.get_context('fork').Process(target=print); p.start()",
    "vfork": "raw(58)",
    "clone": "raw(56, 17, 0, 0, 0, 0)",
    "clone3": "raw(435, (ctypes.c_uint64 * 11)(0, 0, 0, 0, 17), 88)",
    "thread in a new user namespace": "raw(56, 0x10000000 | 0x10f00, 0, 0, 0, 0)",
    "socket": "import socket; socket.socket()",
    "local socket": "import socket; socket.socket(socket.AF_UNIX)",
    "datagram pair": "import socket; socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)",
    "netlink": "import socket; socket.socket(16, socket.SOCK_RAW, 0)",
    "connection": "import socket; socket.create_connection(('127.0.0.1', 9))",
    "name look-up": "import socket; socket.getaddrinfo('example.com', 80)",
    "kill": "os.kill(parent, 0)",
    "kill everybody": "os.kill(-1, 0)",
    "kill the group": "os.killpg(os.getpgid(parent), 0)",
    "kill by thread": "raw(200, parent, 0)",
    "queue a signal": "raw(129, parent, 0, (ctypes.c_char * 128)())",
    "signal by descriptor": "os.pidfd_open(parent)",
    "limits of another": "import resource; resource.prlimit(parent, resource.RLIMIT_NOFILE)",
    "priority of another": "os.setpriority(os.PRIO_PROCESS, parent, 19)",
    "processors of another": "os.sched_setaffinity(parent, [0])",
    "signals by a pipe": "import fcntl; fcntl.fcntl(os.pipe()[0], fcntl.F_SETOWN, parent)",
    "new session": "raw(109, 0, 0)",
    "trace": "raw(101, 16, parent, 0, 0)",
    "memory of another": "raw(310, parent, None, 0, None, 0, 0)",
    "unshare": "raw(272, 0x10000000)",
    "setns": "raw(308, os.open('/proc/self/ns/net', os.O_RDONLY), 0)",
    "mount": "raw(165, b'x', b'.', b'tmpfs', 0, None)",
    "unmount": "raw(166, home.encode(), 2)",
    "move a mount": "raw(428, -100, b'/', 1)",
    "change root": "os.chroot('.')",
    "io_uring": "raw(425, 8, (ctypes.c_char * 256)())",
    "bpf": "raw(321, 0, None, 0)",
    "userfaultfd": "raw(323, 1)",
    "performance counters": "raw(298, (ctypes.c_char * 128)(), 0, -1, -1, 0)",
    "keys": "raw(250, 0, -4, 0)",
    "another user": "os.setuid(65534 if os.getuid() == 0 else 0)",
    "survive the judge": "kernel.prctl(1, 0)",
    "dump memory": "kernel.prctl(4, 1)",
    "32-bit numbers": "raw(0x40000000 + 57)",
    "shared memory by number": "raw(29, 0, 4096, 0o600 | 0o1000)",
    "message queue": "raw(240, b'x', 64 | 2, 0o600, None)",
    "watch files": "raw(294, 0); raw(254, 9, b'/', 2)",
    "personality": "raw(135, 0x0040000)",
    "kernel log": "raw(103, 3, None, 0)",
    "hidden shared memory": "import mmap; mmap.mmap(-1, 4096)",
    "memory file": "os.memfd_create('x')",
    "growing stack": "raw(9, 0, 1 << 20, 3, 0x122, -1, 0)",
}


@pytest.mark.parametrize("code", OTHERS.values(), ids=OTHERS.keys())
def test_nobody_else_can_be_reached(place: Place, code: str) -> None:
    ran = place.run(
        f"try:\n    {code}\nexcept OSError as error:\n    print('refused', error)\n    sys.exit(1)\n"
    )

    ran.needs("seccomp", "sandbox profile")
    assert ran.output.startswith("refused"), ran.errors
    assert ran.status == 1


def test_a_call_of_another_architecture_ends_the_process(place: Place) -> None:
    code = """
import mmap
page = mmap.mmap(-1, 4096, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, prot=7)
page.write(bytes.fromhex("b814000000cd80c3"))  # getpid by the 32-bit entrance
address = ctypes.addressof(ctypes.c_char.from_buffer(page))
print("pid", ctypes.CFUNCTYPE(ctypes.c_int)(address)())
"""
    if os.uname().machine != "x86_64":
        pytest.skip("only x86_64 has a second entrance")
    ran = place.run(code)

    ran.needs("seccomp")
    assert "pid" not in ran.output
    assert ran.status < 0

"""The judge's side of the sandbox: a process for a learner's code, asked by messages and watched."""

from __future__ import annotations

import codecs
import os
import re
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tools.errors import CheckCancelled, SandboxFailed
from tools.exercises.sandboxed import encoding
from tools.exercises.sandboxed.encoding import CallbackRef, Handle, Unreadable
from tools.exercises.sandboxed.lockdown import Limits
from tools.exercises.watching import Deadline, empty_folder, held, remove, written


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of isolation: its name, whether it holds here, and one sentence on it."""

    name: str
    in_force: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Raised:
    """What the learner's code raised; `frames` are (file, line, function), the innermost last."""

    type: str
    bases: tuple[str, ...]
    message: str
    frames: tuple[tuple[str, int, str], ...]


class Died(Exception):
    """The learner's process ended, or was ended, before it answered; the message says why."""

    def __init__(self, reason: str, cause: str) -> None:
        super().__init__(reason)
        self.cause = cause


class Sandbox:
    """A running process that will hold a learner's code; ended when the block that opened it is left.

    `seconds` is what starting may take (its imports included), `memory` bytes what the process may
    hold. `preload` names libraries to import before the learner's code is there, `stages` are names
    and sources of the judge's stand-ins. Raises SandboxFailed where no process can be started.
    """

    def __init__(
        self,
        *,
        memory: int,
        preload: Sequence[str] = (),
        stages: Sequence[tuple[str, str]] = (),
        hidden: Sequence[Path] = (),
        cancelled: threading.Event | None = None,
        seconds: float = 30.0,
    ) -> None:
        self.cancelled = cancelled
        self.layers: tuple[str, ...] = ()
        self.printed = ""
        self._amount_printed = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._look_again = 0.0
        self._over = False
        self._memory = memory
        self._callbacks: dict[int, Callable[..., Any]] = {}
        self._reason: Died | None = None
        self._process: subprocess.Popen[bytes]
        self._requests = self._answers = self._output = -1
        try:
            self._folder = empty_folder()
            self._start()
        except OSError as error:
            raise SandboxFailed(
                f"No process could be started to check the code in: {error.strerror or error}.",
                help="Close some programs, or see: tutor doctor",
                retryable=True,
            ) from error
        job = {
            "op": "job",
            "folder": self._folder.name,
            "hidden": [str(path) for path in (*_OWN_CODE, *hidden)],
            "limits": asdict(Limits(memory_bytes=memory)),
            "preload": list(preload),
            "stages": [list(each) for each in stages],
        }
        try:
            self.layers = tuple(self._exchange(job, Deadline(self._process.pid, seconds)))
        except Died as error:
            said = f" It said: {self.printed.strip()[-400:]}" if self.printed.strip() else ""
            self.close()
            raise SandboxFailed(
                f"The process for the learner's code did not start: {error}.{said}", help="See: tutor doctor"
            ) from error
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask(self, op: str, *, seconds: float, **content: Any) -> Any:
        """The value that comes back; a Raised where the code raised.

        Functions among the arguments are called here, in the judge, when the learner's code calls
        them. Raises Died where no answer came within `seconds`, and CheckCancelled.
        """
        if self._reason is not None:
            raise self._reason
        return self._exchange({"op": op, **self._offered(content)}, Deadline(self._process.pid, seconds))

    def close(self) -> None:
        """End the process and whatever it started, and remove its folder; closing twice is fine."""
        self._kill()
        self._drain()
        _close(self._requests, self._answers, self._output)
        self._requests = self._answers = self._output = -1
        remove(self._folder)

    def _start(self) -> None:
        theirs: list[int] = []
        try:
            reading, self._requests = os.pipe()
            theirs.append(reading)
            self._answers, writing = os.pipe()
            theirs.append(writing)
            self._output, printing = os.pipe()
            theirs.append(printing)
            for descriptor in (self._requests, self._answers, self._output):
                os.set_blocking(descriptor, False)
            python = [sys.executable, "-I", "-B", "-X", "utf8"]
            self._process = subprocess.Popen(
                [*python, str(_WORKER), str(reading), str(writing)],
                stdin=subprocess.DEVNULL,
                stdout=printing,
                stderr=printing,
                cwd=self._folder.name,
                env=_environment(self._folder.name),
                pass_fds=(reading, writing),
                start_new_session=True,
            )
        except BaseException:
            _close(self._requests, self._answers, self._output)
            remove(self._folder)
            raise
        finally:
            _close(*theirs)

    def _offered(self, value: Any) -> Any:
        """`value` with functions turned into numbers that the learner's process can call back."""
        if isinstance(value, dict):
            return {key: self._offered(each) for key, each in value.items()}
        if isinstance(value, (list, tuple)):
            return type(value)(self._offered(each) for each in value)
        if callable(value) and not isinstance(value, type):
            number = len(self._callbacks) + 1
            self._callbacks[number] = value
            return CallbackRef(number)
        return value

    def _exchange(self, message: dict[str, Any], deadline: Deadline) -> Any:
        self._send(message, deadline)
        while True:
            self._watch(deadline)  # here as well: where answers pour in nothing is ever waited for
            reply = self._receive(deadline)
            op = reply["op"]
            if op == "return":
                return reply.get("value")
            if op == "callback":
                self._send(self._called(reply), deadline)
            elif op == "raise":
                return _raised(reply)
            else:
                raise self._ended(
                    Died(str(reply.get("message", "the answer cannot be read"))[:300], "answer")
                )

    def _called(self, reply: dict[str, Any]) -> dict[str, Any]:
        """Do what the learner's code asked of one of the judge's functions."""
        function = self._callbacks.get(reply.get("id", 0))
        args, kwargs = reply.get("args"), reply.get("kwargs")
        if function is None or not isinstance(args, list) or not isinstance(kwargs, dict):
            raise self._ended(Died("the answer is damaged", "answer"))
        try:
            return {"op": "return", "value": self._offered(function(*args, **kwargs))}
        except StandInError as error:
            return {
                "op": "raise",
                "type": error.type,
                "message": str(error),
                "attributes": dict(error.attributes),
            }
        except Exception as error:  # a stand-in that was called with what it cannot take
            said = re.sub(r"\b[\w.]+\.<locals>\.", "", str(error)[:4_000])  # the judge's own function names
            return {"op": "raise", "type": type(error).__name__, "message": said, "attributes": {}}

    def _send(self, message: dict[str, Any], deadline: Deadline) -> None:
        view = memoryview(encoding.pack(message))
        while view:
            try:
                view = view[os.write(self._requests, view) :]
            except BlockingIOError:
                self._wait(deadline, self._requests, select.POLLOUT)
            except OSError:
                raise self._ended(self._why_gone()) from None

    def _receive(self, deadline: Deadline) -> dict[str, Any]:
        try:
            text, body = encoding.sizes(self._exactly(encoding.HEADER.size, deadline))
            return encoding.unpack(self._exactly(text, deadline), self._exactly(body, deadline))
        except Unreadable as error:
            raise self._ended(Died(str(error), "answer")) from error

    def _exactly(self, length: int, deadline: Deadline) -> bytes:
        parts = bytearray()
        while len(parts) < length:
            try:
                part = os.read(self._answers, length - len(parts))
            except BlockingIOError:
                self._wait(deadline, self._answers, select.POLLIN)
                continue
            if not part:
                raise self._ended(self._why_gone())
            parts += part
        return bytes(parts)

    def _wait(self, deadline: Deadline, descriptor: int, event: int) -> None:
        """Wait a moment for the pipe, taking what is printed, and look after the process."""
        poll = select.poll()  # needs no descriptor of its own, of which there may be none left
        poll.register(descriptor, event)
        if self._output >= 0:
            poll.register(self._output, select.POLLIN)
        poll.poll(1000 * min(_TICK, max(0.0, deadline.left())))
        self._watch(deadline)

    def _watch(self, deadline: Deadline) -> None:
        """End a process that is out of time, prints or holds too much, or whose check is stopped."""
        self._drain()
        if self.cancelled is not None and self.cancelled.is_set():
            self._kill()
            raise CheckCancelled("The check was stopped.", help="Run it again when you like.")
        if deadline.left() <= 0:
            raise self._ended(Died("it took too long", "time"))
        if self._amount_printed > MOST_PRINTED:
            raise self._ended(Died(f"it printed more than {MOST_PRINTED // 1_000_000} MB", "output"))
        if time.monotonic() < self._look_again:
            return
        self._look_again = time.monotonic() + _TICK
        holds = held(self._process.pid, children="seccomp" not in self.layers)
        if holds is None:
            return
        if holds.memory > self._memory:
            raise self._ended(Died(_too_much(self._memory), "memory"))
        if "mount namespace" not in self.layers and written(self._folder.name) > MOST_WRITTEN:
            raise self._ended(Died(f"it wrote more than {MOST_WRITTEN // 2**20} MB", "files"))
        if holds.threads > MOST_THREADS or holds.children > MOST_CHILDREN:
            raise self._ended(Died("it started threads or processes without end", "processes"))

    def _drain(self) -> None:
        """Take what the code has printed, so that it never waits for a reader; the first part is kept."""
        for _ in range(64):
            try:
                data = os.read(self._output, 1 << 16)
            except OSError:
                return
            if not data:
                os.close(self._output)
                self._output = -1
                return
            self._amount_printed += len(data)
            room = KEPT_OUTPUT - len(self.printed)
            if room > 0:
                self.printed += self._decoder.decode(data[:room])

    def _why_gone(self) -> Died:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(0.5)
        code = self._process.poll()
        if code is None:
            return Died("it closed its connection to the check", "ended")
        if code == -signal.SIGXCPU:
            return Died("it computed for too long", "time")
        if code == -signal.SIGKILL:
            return Died("the system ended it, most likely for want of memory", "memory")
        if code < 0:
            return Died(f"it crashed ({signal.Signals(-code).name})", "crashed")
        return Died(f"it ended itself (exit code {code}) before it had answered", "ended")

    def _ended(self, reason: Died) -> Died:
        self._kill()
        self._reason = reason
        return reason

    def _kill(self) -> None:
        """End the process and its group; what it left behind there, too, where it has ended itself."""
        if self._over:
            return  # by now the number may be another group's
        self._over = True
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        if self._process.poll() is None:
            self._process.kill()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(5)


class StandInError(Exception):
    """Raised by a function of the judge's: the learner's code sees an exception of class `type`."""

    def __init__(self, type: str, message: str, **attributes: Any) -> None:
        super().__init__(message)
        self.type = type
        self.attributes: Mapping[str, Any] = attributes


def isolation() -> list[Layer]:
    """What keeps a learner's code in on this machine, found by trying it."""
    from tools.exercises.sandboxed.lockdown import layers_available

    return [Layer(*each) for each in layers_available()]


def is_handle(value: Any) -> bool:
    """Whether the value stayed in the learner's process."""
    return isinstance(value, Handle)


def _raised(reply: dict[str, Any]) -> Raised:
    try:
        return Raised(
            str(reply["type"])[:100],
            tuple(str(each)[:100] for each in reply["bases"][:30]),
            str(reply["message"])[:4_000],
            tuple((str(file), int(line), str(name)) for file, line, name in reply["frames"][:60]),
        )
    except (KeyError, TypeError, ValueError):
        return Raised("Exception", (), "", ())


def _environment(folder: str) -> dict[str, str]:
    """All that the learner's process is told: nothing of the person's own environment."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": folder,
        "TMPDIR": folder,
        "LANG": "C.UTF-8",
        "OMP_NUM_THREADS": "2",
        "GOMP_SPINCOUNT": "3000",
        "TOKENIZERS_PARALLELISM": "false",
        "JOBLIB_MULTIPROCESSING": "0",
        "HF_HUB_OFFLINE": "1",
        "HF_HOME": folder,
        "TRANSFORMERS_VERBOSITY": "error",
        "CUDA_VISIBLE_DEVICES": "",
        "MPLBACKEND": "Agg",
        "MPLCONFIGDIR": folder,
        "LANGSMITH_TRACING": "false",
    }


def _close(*descriptors: int) -> None:
    for descriptor in descriptors:
        if descriptor >= 0:
            with suppress(OSError):
                os.close(descriptor)


def _too_much(memory: int) -> str:
    return f"it asked for more than {memory // 2**20:,} MB of memory"


_WORKER = Path(__file__).parent / "exercises" / "sandboxed" / "worker.py"
_PROJECT = Path(__file__).resolve().parents[1]
_OWN_CODE = tuple(_PROJECT / name for name in ("tools", "tutor", "knowledge", "tests"))
_TICK = 0.05
MOST_PRINTED = 20_000_000
MOST_WRITTEN = Limits.folder_bytes
KEPT_OUTPUT = 10_000
MOST_THREADS = 200
MOST_CHILDREN = 8

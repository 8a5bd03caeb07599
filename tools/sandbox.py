"""The judge's side of the sandbox: a process for a learner's code, asked by messages and watched."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
import tempfile
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
        self._memory = memory
        self._callbacks: dict[int, Callable[..., Any]] = {}
        self._reason: Died | None = None
        self._process: subprocess.Popen[bytes]
        self._requests = self._answers = self._output = -1
        try:
            self._folder = tempfile.TemporaryDirectory(prefix="tutor-check-", ignore_cleanup_errors=True)
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
            self.layers = tuple(self._exchange(job, time.monotonic() + seconds))
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
        return self._exchange({"op": op, **self._offered(content)}, time.monotonic() + seconds)

    def alive(self) -> bool:
        """Whether the process is still there to answer."""
        return self._reason is None and self._process.poll() is None

    def close(self) -> None:
        """End the process and whatever it started, and remove its folder; closing twice is fine."""
        if self._process.poll() is None:
            self._kill()
        self._drain()
        for descriptor in (self._requests, self._answers, self._output):
            with suppress(OSError):
                os.close(descriptor)
        self._requests = self._answers = self._output = -1
        self._folder.cleanup()

    def _start(self) -> None:
        their_requests, self._requests = os.pipe()
        self._answers, their_answers = os.pipe()
        self._output, their_output = os.pipe()
        try:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-I",
                    "-B",
                    "-X",
                    "utf8",
                    str(_WORKER),
                    str(their_requests),
                    str(their_answers),
                ],
                stdin=subprocess.DEVNULL,
                stdout=their_output,
                stderr=their_output,
                cwd=self._folder.name,
                env=_environment(self._folder.name),
                pass_fds=(their_requests, their_answers),
                start_new_session=True,
            )
        except BaseException:
            for descriptor in (self._requests, self._answers, self._output):
                os.close(descriptor)
            self._folder.cleanup()
            raise
        finally:
            for descriptor in (their_requests, their_answers, their_output):
                os.close(descriptor)
        for descriptor in (self._requests, self._answers, self._output):
            os.set_blocking(descriptor, False)

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

    def _exchange(self, message: dict[str, Any], deadline: float) -> Any:
        self._send(message, deadline)
        while True:
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
            return {"op": "raise", "type": type(error).__name__, "message": str(error), "attributes": {}}

    def _send(self, message: dict[str, Any], deadline: float) -> None:
        view = memoryview(encoding.pack(message))
        while view:
            try:
                view = view[os.write(self._requests, view) :]
            except BlockingIOError:
                self._wait(deadline, self._requests, selectors.EVENT_WRITE)
            except OSError:
                raise self._ended(self._why_gone()) from None

    def _receive(self, deadline: float) -> dict[str, Any]:
        try:
            text, body = encoding.sizes(self._exactly(encoding.HEADER.size, deadline))
            return encoding.unpack(self._exactly(text, deadline), self._exactly(body, deadline))
        except Unreadable as error:
            raise self._ended(Died(str(error), "answer")) from error

    def _exactly(self, length: int, deadline: float) -> bytes:
        parts = bytearray()
        while len(parts) < length:
            try:
                part = os.read(self._answers, length - len(parts))
            except BlockingIOError:
                self._wait(deadline, self._answers, selectors.EVENT_READ)
                continue
            if not part:
                raise self._ended(self._why_gone())
            parts += part
        return bytes(parts)

    def _wait(self, deadline: float, descriptor: int, event: int) -> None:
        """Wait a moment for the pipe, taking what is printed and watching the clock and the memory."""
        with selectors.DefaultSelector() as selector:
            selector.register(descriptor, event)
            if self._output >= 0:
                selector.register(self._output, selectors.EVENT_READ)
            selector.select(min(_TICK, max(0.0, deadline - time.monotonic())))
        self._drain()
        if self.cancelled is not None and self.cancelled.is_set():
            self._kill()
            raise CheckCancelled("The check was stopped.", help="Run it again when you like.")
        if time.monotonic() >= deadline:
            raise self._ended(Died("it took too long", "time"))
        if self._amount_printed > MOST_PRINTED:
            raise self._ended(Died(f"it printed more than {MOST_PRINTED // 1_000_000} MB", "output"))
        self._watch()

    def _watch(self) -> None:
        """End a process that holds too much memory, or starts threads or processes without end."""
        import psutil

        try:
            process = psutil.Process(self._process.pid)
            held, threads = process.memory_info().rss, process.num_threads()
            # Looking for children reads the whole process table; where none can be started it is not needed.
            children = [] if "seccomp" in self.layers else process.children(recursive=True)
            held += sum(child.memory_info().rss for child in children)
        except (psutil.Error, OSError):
            return
        if held > self._memory:
            raise self._ended(Died(_too_much(self._memory), "memory"))
        if threads > MOST_THREADS or len(children) > MOST_CHILDREN:
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
                self.printed += data[:room].decode("utf-8", "replace")

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
            return Died(f"it crashed ({signal.Signals(-code).name})", "ended")
        return Died(f"it ended itself (exit code {code}) before it had answered", "ended")

    def _ended(self, reason: Died) -> Died:
        if self._process.poll() is None:
            self._kill()
        self._reason = reason
        return reason

    def _kill(self) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        with suppress(ProcessLookupError):
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


def _too_much(memory: int) -> str:
    return f"it asked for more than {memory // 2**20:,} MB of memory"


_WORKER = Path(__file__).parent / "exercises" / "sandboxed" / "worker.py"
_PROJECT = Path(__file__).resolve().parents[1]
_OWN_CODE = tuple(_PROJECT / name for name in ("tools", "tutor", "knowledge", "tests"))
_TICK = 0.05
MOST_PRINTED = 20_000_000
KEPT_OUTPUT = 10_000
MOST_THREADS = 200
MOST_CHILDREN = 8

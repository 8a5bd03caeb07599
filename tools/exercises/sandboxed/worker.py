"""The process that runs a learner's code: locks itself in, then answers the judge's calls by name.

Started as `python -I worker.py` with a JSON job on its request descriptor. Every answer is a value or
what was raised; whether the value is right is decided elsewhere.
"""

from __future__ import annotations

import builtins
import contextlib
import linecache
import os
import sys
import threading
import types
from collections.abc import Callable
from typing import Any

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from sandboxed import encoding, lockdown
from sandboxed.encoding import CallbackRef, Handle, Scalar, Tensor, Unreadable

sys.path.pop(0)


class Worker:
    """The learner's side of the conversation, over two pipe descriptors."""

    def __init__(self, requests: int, answers: int) -> None:
        self._requests = requests
        self._answers = answers
        self._turn = threading.RLock()
        self._asked = False
        self._kept: dict[int, Any] = {}
        self._module = types.ModuleType("solution")
        self._stages: list[types.ModuleType] = []

    def serve(self) -> None:
        """Answer until the judge closes the pipe."""
        while (request := self._read()) is not None:
            answer = self._answer(request)
            for name in ("stdout", "stderr"):
                with contextlib.suppress(BaseException):  # the learner's code may have closed or replaced it
                    getattr(sys, name).flush()
            self._send(answer)

    def open(self) -> dict[str, Any]:
        """The job that the judge sends first."""
        job = self._read()
        assert job is not None
        return job

    def load_stages(self, stages: list[list[str]]) -> None:
        """Make the judge's stand-ins, given as names and sources, before the learner's code is there."""
        for name, source in stages:
            module = types.ModuleType(f"stage_{name}")
            module.__dict__["Tensor"] = Tensor
            sys.modules[module.__name__] = module
            linecache.cache[f"<stage {name}>"] = (len(source), None, source.splitlines(True), "")
            exec(_compiled(source, f"<stage {name}>"), module.__dict__)
            self._stages.append(module)

    def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
        self._asked = True
        try:
            return {"op": "return", "value": self._do(request)}
        except BaseException as error:  # SystemExit and KeyboardInterrupt are the learner's as well
            return _raised(error)
        finally:
            self._asked = False

    def _do(self, request: dict[str, Any]) -> Any:
        op = request["op"]
        if op == "define":
            return self._define(request["source"], request["filename"])
        args, kwargs = request.get("args", []), request.get("kwargs", {})
        if op == "call":
            return self._named(request["name"])(*args, **kwargs)
        if op == "stage":
            return self._staged(request["name"])(*args, **kwargs)
        if op == "method":
            return getattr(request["handle"], request["name"])(*args, **kwargs)
        if op == "invoke":
            return request["handle"](*args, **kwargs)
        if op == "get":
            return getattr(request["handle"], request["name"])
        if op == "function":
            return self._named(request["name"])
        raise ValueError(f"no such request: {op}")

    def _define(self, source: str, filename: str) -> list[str]:
        """Run the learner's file as a module of its own; the names that it defines."""
        module = self._module
        module.__file__ = filename
        sys.modules["solution"] = module
        given = {"display": print, "get_ipython": _Jupyter} if filename.endswith(".ipynb") else {}
        vars(module).update(given)
        linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
        exec(_compiled(source, filename), module.__dict__)
        names = [str(name) for name in vars(module) if not name.startswith("__")]
        return [name for name in names if name not in given]

    def _named(self, name: str) -> Any:
        if name not in vars(self._module):
            raise NameError(f"name {name!r} is not defined")
        return vars(self._module)[name]

    def _staged(self, name: str) -> Any:
        for module in self._stages:
            if name in vars(module):
                return vars(module)[name]
        raise NameError(f"no stand-in is called {name!r}")

    def _call_judge(self, number: int) -> Callable[..., Any]:
        def callback(*args: Any, **kwargs: Any) -> Any:
            with self._turn:
                if not self._asked:  # a thread that goes on after the call would take the next one's answer
                    raise RuntimeError("the call that this function was passed to has ended")
                self._send({"op": "callback", "id": number, "args": list(args), "kwargs": kwargs})
                reply = self._read()
            if reply is None:
                raise SystemExit("the judge has gone")
            if reply["op"] == "raise":
                raise self._error(reply)
            return reply["value"]

        return callback

    def _error(self, reply: dict[str, Any]) -> BaseException:
        """The exception that a stand-in is to raise: made by a stage's `make_error`, else a built-in one."""
        for module in self._stages:
            if "make_error" in vars(module):
                made: BaseException = vars(module)["make_error"](
                    reply["type"], reply["message"], reply["attributes"]
                )
                return made
        kind = getattr(builtins, reply["type"], RuntimeError)
        error = kind(reply["message"])
        for name, value in reply["attributes"].items():
            setattr(error, name, value)
        return error

    def _keep(self, value: Any) -> Handle:
        number = len(self._kept) + 1
        self._kept[number] = value
        return Handle(number, _class_name(type(value)))

    def _reveal(self, value: Any) -> Any:
        if isinstance(value, Handle):
            return self._kept[value.id]
        if isinstance(value, CallbackRef):
            return self._call_judge(value.id)
        if isinstance(value, Tensor):
            import torch

            tensor = torch.from_numpy(value.array)
            return tensor.requires_grad_() if value.requires_grad else tensor
        if isinstance(value, Scalar):
            import numpy as np

            return np.dtype(value.dtype).type(value.value)
        return value

    def _send(self, message: dict[str, Any]) -> None:
        try:
            data = encoding.pack(message, self._keep)
        except Unreadable as error:
            data = encoding.pack({"op": "unreadable", "message": str(error)})
        except BaseException as error:  # the value's own methods can raise anything
            data = encoding.pack(_raised(error))
        with self._turn:
            view = memoryview(data)
            while view:
                view = view[os.write(self._answers, view) :]

    def _read(self) -> dict[str, Any] | None:
        header = self._exactly(encoding.HEADER.size)
        if header is None:
            return None
        text, body = encoding.sizes(header)
        message: dict[str, Any] = encoding.unpack(
            self._exactly(text) or b"", self._exactly(body) or b"", self._reveal
        )
        return message

    def _exactly(self, length: int) -> bytes | None:
        parts: list[bytes] = []
        while length:
            part = os.read(self._requests, min(length, 1 << 20))
            if not part:
                return None
            parts.append(part)
            length -= len(part)
        return b"".join(parts)


class _Jupyter:
    """What a notebook's `get_ipython()` gives here: its magics do nothing."""

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *args, **kwargs: None


def _compiled(source: str, filename: str) -> types.CodeType:
    """The code as Python compiles a file of its own: this file's `from __future__` does not reach into it."""
    return compile(source, filename, "exec", dont_inherit=True)


def _raised(error: BaseException) -> dict[str, Any]:
    """What was raised, as plain data: class names, message, and the frames with their lines."""
    frames: list[list[Any]] = []
    trace = error.__traceback__
    while trace is not None and len(frames) < 2_000:
        code = trace.tb_frame.f_code
        frames.append([code.co_filename, trace.tb_lineno, code.co_name])
        trace = trace.tb_next
    if issubclass(type(error), SyntaxError):
        frames.append(_place(error))
    return {
        "op": "raise",
        "type": _class_name(type(error)),
        "bases": [_class_name(each) for each in type.mro(type(error))],
        "message": _said(error),
        "frames": frames[:20] + frames[-20:] if len(frames) > 40 else frames,
    }


def _place(error: Any) -> list[Any]:
    """Where a syntax error says that it is, if that is a place."""
    try:
        file, line = error.filename, error.lineno
    except BaseException:
        return ["", 0, ""]
    known = type(file) is str and type(line) is int and 0 < line < 2**31
    return [file, line, ""] if known else ["", 0, ""]


def _class_name(kind: type) -> str:
    """The class's real name: a metaclass can put anything in the place of `__name__`."""
    name: str = type.__dict__["__name__"].__get__(kind)
    return name[:100]


def _said(error: BaseException) -> str:
    """The message, as far as the exception's own `__str__` gives one."""
    try:
        return str.__getitem__(str(error), slice(4_000))
    except BaseException:
        return ""


def main() -> None:
    """Lock the door, then serve."""
    worker = Worker(int(sys.argv[1]), int(sys.argv[2]))
    job = worker.open()
    limits = lockdown.Limits(**job["limits"])
    layers = lockdown.lock_down(job["folder"], job["hidden"], limits)
    os.chdir(job["folder"])
    for name in job["preload"]:
        __import__(name)
    worker.load_stages(job["stages"])
    worker._send({"op": "return", "value": list(layers)})
    worker.serve()


if __name__ == "__main__":
    main()

"""Values on their way between the judge and the learner's process: JSON for the shape, raw bytes for arrays.

Nothing here can run code on the reading side. A message is two big-endian 32-bit lengths, the JSON, and
the arrays' bytes. What is neither plain data nor an array stays where it is, behind a Handle.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

HEADER = struct.Struct(">II")
LARGEST = 64_000_000
"""Bytes of one message."""
LARGEST_TEXT = 8_000_000
"""Bytes of its JSON, which grows manifold when it is read; arrays are beside it."""
MOST_VALUES = 1_000_000
"""Of one message, those within arrays not counted."""
DEEPEST = 40
"""Levels of lists within lists."""


class Unreadable(Exception):
    """The bytes are no message of this encoding, or the value is too large for one."""


@dataclass(frozen=True, slots=True)
class Handle:
    """An object that stays in the learner's process; `type` is its class's name."""

    id: int
    type: str = ""


@dataclass(frozen=True, slots=True)
class CallbackRef:
    """A function of the judge's, by number; in the learner's process it is an ordinary function."""

    id: int


@dataclass(frozen=True, slots=True)
class Tensor:
    """A torch tensor, by its values; `requires_grad` as it stood."""

    array: Any
    requires_grad: bool = False


@dataclass(frozen=True, slots=True)
class Scalar:
    """A NumPy scalar that is no Python number, such as np.int64(3)."""

    value: Any
    dtype: str


def pack(message: dict[str, Any], keep: Callable[[Any], Handle] | None = None) -> bytes:
    """A message as bytes; objects that are no data go to `keep`. Raises Unreadable where too large."""
    buffers: list[bytes] = []
    try:
        text = json.dumps(_encode(message, buffers, keep, 0)).encode("ascii")
    except RecursionError as error:
        raise Unreadable("lists within lists without end") from error
    except (ValueError, OverflowError) as error:
        raise Unreadable(f"the value cannot be passed on: {error}") from error
    body = b"".join(buffers)
    for length, largest in ((len(text), LARGEST_TEXT), (len(text) + len(body), LARGEST)):
        if length > largest:
            raise Unreadable(f"the value is larger than {largest // 1_000_000} MB")
    return HEADER.pack(len(text), len(body)) + text + body


def sizes(header: bytes) -> tuple[int, int]:
    """The lengths of the JSON and of the arrays' bytes; Unreadable where they are beyond the limit."""
    text, body = HEADER.unpack(header)
    if text > LARGEST_TEXT or text + body > LARGEST:
        raise Unreadable("a message announces more than the limit")
    return text, body


def unpack(text: bytes, body: bytes, reveal: Callable[[Any], Any] | None = None) -> dict[str, Any]:
    """The message; `reveal` turns Handle, CallbackRef, Tensor and Scalar into what they stand for."""
    try:
        found = _decode(json.loads(text), body, reveal, 0)
    except Unreadable:
        raise
    except Exception as error:  # whatever a hostile process can send
        raise Unreadable(f"the answer is damaged: {type(error).__name__}") from error
    if not isinstance(found, dict) or not isinstance(found.get("op"), str):
        raise Unreadable("the answer is damaged: no message")
    return found


def _encode(value: Any, buffers: list[bytes], keep: Callable[[Any], Handle] | None, depth: int) -> Any:
    if depth > DEEPEST:
        raise ValueError("lists within lists without end")
    if _is(value, Handle, CallbackRef):
        return {"$": type(value).__name__, "id": value.id, "type": getattr(value, "type", "")}
    if _is(value, Tensor):
        return {**_array(value.array, buffers), "$": "tensor", "grad": value.requires_grad}
    plain = _plain(value)
    if plain is not _NOT_PLAIN:
        return plain
    inner = depth + 1
    if _is(value, list, tuple, set, frozenset):
        encoded = [_encode(each, buffers, keep, inner) for each in _items(value)]
        if _is(value, list):
            return encoded
        return {"$": "tuple" if _is(value, tuple) else "set", "of": encoded}
    if _is(value, dict):
        pairs = [
            [_encode(key, buffers, keep, inner), _encode(each, buffers, keep, inner)]
            for key, each in dict.items(value)
        ]
        return {"$": "dict", "of": pairs}
    return _foreign(value, buffers, keep)


def _is(value: Any, *kinds: type) -> bool:
    """Whether the value is really of one of these kinds, whatever it says its class is."""
    return issubclass(type(value), kinds)


def _items(value: Any) -> Any:
    """What a collection really holds, whatever its class's own `__iter__` says."""
    kinds: tuple[Any, ...] = (list, tuple, set, frozenset)
    return next(kind for kind in kinds if _is(value, kind)).__iter__(value)


def _plain(value: Any) -> Any:
    """Numbers, texts and None as they are; subclasses reduced, whatever their methods say."""
    if value is None or value is True or value is False:
        return value
    numpy_made = type(value).__module__ == "numpy"
    if _is(value, str):
        return str.__getitem__(value, slice(None)) if not numpy_made else str.__str__(value)
    if numpy_made:
        return _NOT_PLAIN
    if _is(value, int):
        if int.bit_length(value) > MOST_BITS:
            raise ValueError("a whole number of more than a thousand digits")
        return int.__add__(value, 0)
    if _is(value, float):
        return float.__add__(value, 0.0)
    return _NOT_PLAIN


def _foreign(value: Any, buffers: list[bytes], keep: Callable[[Any], Handle] | None) -> Any:
    import sys

    if _is(value, bytes, bytearray):
        data = memoryview(value).tobytes()
        buffers.append(data)
        return {"$": "bytes", "length": len(data)}
    numpy = sys.modules.get("numpy")
    torch = sys.modules.get("torch")
    if numpy is not None and _is(value, numpy.generic):
        return {**_array(numpy.asarray(value), buffers), "$": "scalar"}
    if numpy is not None and _is(value, numpy.ndarray):
        return value_list(value, buffers, keep) if value.dtype.hasobject else _array(value, buffers)
    if torch is not None and _is(value, torch.Tensor):
        array = value.detach().to("cpu")
        array = array.float() if array.dtype == torch.bfloat16 else array
        return {**_array(array.numpy(), buffers), "$": "tensor", "grad": bool(value.requires_grad)}
    if keep is None:
        raise ValueError(f"{type(value).__name__} is no data")
    handle = keep(value)
    return {"$": "Handle", "id": handle.id, "type": handle.type}


def value_list(array: Any, buffers: list[bytes], keep: Callable[[Any], Handle] | None) -> Any:
    """An array of Python objects as a list of them."""
    return _encode(array.tolist(), buffers, keep, DEEPEST // 2)


def _array(array: Any, buffers: list[bytes]) -> dict[str, Any]:
    import numpy as np

    flat = np.ascontiguousarray(array)
    if flat.dtype.kind not in "biufcU":
        raise ValueError(f"an array of {flat.dtype}")
    flat = flat.astype(flat.dtype.newbyteorder("<"), copy=False)
    buffers.append(flat.tobytes())
    return {"$": "array", "dtype": flat.dtype.str, "shape": list(np.shape(array)), "length": flat.nbytes}


def _decode(value: Any, body: bytes, reveal: Callable[[Any], Any] | None, depth: int) -> Any:
    return _Reader(body, reveal).read(value, depth)


class _Reader:
    """Reads one message's JSON, taking each array's bytes in the order in which they were written."""

    def __init__(self, body: bytes, reveal: Callable[[Any], Any] | None) -> None:
        self._body = body
        self._at = 0
        self._values = 0
        self._reveal = reveal or (lambda value: value)

    def read(self, value: Any, depth: int) -> Any:
        if depth > 2 * DEEPEST:
            raise Unreadable("lists within lists without end")
        self._values += 1
        if self._values > MOST_VALUES:
            raise Unreadable(f"the value holds more than {MOST_VALUES:,} single values")
        if isinstance(value, list):
            return [self.read(each, depth + 1) for each in value]
        if not isinstance(value, dict):
            return value
        kind = value.get("$")
        if kind == "dict":
            return {_key(self.read(key, depth + 1)): self.read(each, depth + 1) for key, each in value["of"]}
        if kind == "tuple":
            return tuple(self.read(each, depth + 1) for each in value["of"])
        if kind == "set":
            return {_key(self.read(each, depth + 1)) for each in value["of"]}
        if kind == "Handle":
            return self._reveal(Handle(int(value["id"]), str(value["type"])[:80]))
        if kind == "CallbackRef":
            return self._reveal(CallbackRef(int(value["id"])))
        if kind == "bytes":
            return self._take(value["length"])
        return self._numbers(kind, value)

    def _numbers(self, kind: Any, value: dict[str, Any]) -> Any:
        array = self._array(value)
        if kind == "array":
            return array
        if kind == "scalar":
            return self._reveal(Scalar(array.reshape(()).item(), str(array.dtype)))
        if kind == "tensor":
            return self._reveal(Tensor(array, bool(value.get("grad"))))
        raise Unreadable(f"the answer is damaged: {kind!r}")

    def _array(self, value: dict[str, Any]) -> Any:
        import numpy as np

        dtype = np.dtype(value["dtype"])
        if dtype.kind not in "biufcU":
            raise Unreadable("the answer is damaged: an array of another kind")
        shape = [int(each) for each in value["shape"]]
        data = self._take(value["length"])
        return np.frombuffer(data, dtype=dtype).reshape(shape).copy()

    def _take(self, length: Any) -> bytes:
        end = self._at + int(length)
        if int(length) < 0 or end > len(self._body):
            raise Unreadable("the answer is damaged: bytes are missing")
        data = self._body[self._at : end]
        self._at = end
        return data


def _key(value: Any) -> Any:
    """A key as the judge can hold it: NumPy's numbers as Python's."""
    if isinstance(value, Scalar):
        return value.value
    hash(value)
    return value


_NOT_PLAIN = object()
MOST_BITS = 3_400
"""Of a whole number: about a thousand decimal digits."""

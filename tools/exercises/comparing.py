"""Is a value that came back the right one, and how is a value shown to a learner."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tools.exercises.sandboxed.encoding import Handle, Scalar, Tensor

TOLERANCE = 1e-6


def difference(value: Any, expected: Any, tolerance: float = TOLERANCE) -> str:
    """What is wrong with `value` beside `expected`, in words; "" where it is right.

    Numbers are close when they differ by at most `tolerance` times the larger of 1 and the expected
    one. NumPy numbers and torch tensors stand for Python numbers and arrays; a list stands for a tuple.
    A bool is no number, and a number is no bool.
    """
    expected = np.asarray(expected.array) if isinstance(expected, Tensor) else expected
    if isinstance(expected, np.ndarray):
        return _array_difference(value, expected, tolerance)
    if isinstance(expected, (bool, np.bool_)):
        return _bool_difference(value, bool(expected))
    if isinstance(expected, (int, np.integer)):
        return _int_difference(value, int(expected))
    if isinstance(expected, (float, np.floating)):
        return _float_difference(value, float(expected), tolerance)
    if isinstance(expected, Mapping):
        return _mapping_difference(value, expected, tolerance)
    if isinstance(expected, (list, tuple)):
        return _sequence_difference(value, expected, tolerance)
    value = value.value if isinstance(value, Scalar) else value
    if type(value) is not type(expected):
        return f"it should be {_a(kind(expected))}, not {_a(kind(value))}"
    return "" if value == expected else "it is another one"


def close(value: Any, expected: Any, tolerance: float = TOLERANCE) -> bool:
    """Whether `value` is the right one."""
    return not difference(value, expected, tolerance)


def as_array(value: Any) -> np.ndarray[Any, Any] | None:
    """The numbers of an array, a tensor, a number or nested lists of equal lengths; None for all else."""
    if isinstance(value, np.ndarray):
        return value
    if isinstance(value, Tensor):
        return np.asarray(value.array)
    if isinstance(value, Scalar):
        return np.asarray(value.value)
    if isinstance(value, (bool, int, float)):
        return np.asarray(value)
    if isinstance(value, (list, tuple)):
        try:
            plain = [each if (inner := as_array(each)) is None else inner for each in value]
            array = np.asarray(plain)
        except (ValueError, OverflowError):
            return None
        return array if array.dtype.kind in "biufc" else None
    return None


def number(value: Any) -> float | None:
    """One real number, however it is wrapped; None for anything else, bools among it."""
    if isinstance(value, bool):
        return None
    array = as_array(value) if not isinstance(value, (list, tuple)) else None
    if array is None or array.size != 1 or array.ndim > 0 or array.dtype.kind not in "iuf":
        return None
    return float(array)


def kind(value: Any) -> str:
    """The kind of a value in a learner's words, such as "list" or "NumPy array of shape (2, 3)"."""
    if isinstance(value, Handle):
        return value.type
    if isinstance(value, Tensor):
        return f"torch tensor of shape {_shape(value.array)}"
    if isinstance(value, Scalar):
        return f"numpy.{value.dtype}"
    if isinstance(value, np.ndarray):
        return f"NumPy array of shape {_shape(value)}"
    if value is None:
        return "None"
    return type(value).__name__


def shown(value: Any, longest: int = 300) -> str:
    """A value as a learner would write it, cut to `longest` characters."""
    text = _shown(value, 0)
    return text if len(text) <= longest else text[: longest - 2].rstrip() + " …"


def call_text(name: str, args: Sequence[Any], kwargs: Mapping[str, Any], longest: int = 400) -> str:
    """A call as it would be written, its long arguments cut."""
    room = max(60, longest // max(1, len(args) + len(kwargs)))
    parts = [shown(each, room) for each in args]
    parts += [f"{key}={shown(each, room)}" for key, each in kwargs.items()]
    return f"{name}({', '.join(parts)})"


def _array_difference(value: Any, expected: np.ndarray[Any, Any], tolerance: float) -> str:
    if not isinstance(value, (np.ndarray, Tensor)):
        if expected.ndim == 0:
            return _float_difference(value, float(expected), tolerance)
        return f"it should be an array of shape {_shape(expected)}, not {_a(kind(value))}"
    array = np.asarray(value.array if isinstance(value, Tensor) else value)
    if array.shape != expected.shape:
        return f"its shape should be {_shape(expected)}, not {_shape(array)}"
    if array.dtype.kind not in "biuf":
        return f"its numbers are of type {array.dtype}"
    if array.dtype.kind == "f" and np.isnan(array).any() and not np.isnan(expected).any():
        return "it holds nan (not a number)"
    if array.dtype.kind == "f" and np.isinf(array).any() and not np.isinf(expected).any():
        return "it holds inf (infinity)"
    slack = tolerance * np.maximum(1.0, np.abs(expected.astype(float)))
    with np.errstate(invalid="ignore"):
        wrong = ~(np.abs(array.astype(float) - expected.astype(float)) <= slack)
    wrong &= ~((array == expected) | (np.isnan(array) & np.isnan(expected)))
    if not wrong.any():
        return ""
    return f"{int(wrong.sum())} of its {wrong.size} numbers {'is' if wrong.sum() == 1 else 'are'} wrong"


def _bool_difference(value: Any, expected: bool) -> str:
    plain = value.value if isinstance(value, Scalar) else value
    if isinstance(plain, (np.ndarray, Tensor)):
        array = as_array(plain)
        plain = bool(array) if array is not None and array.ndim == 0 and array.dtype.kind == "b" else plain
    if not isinstance(plain, bool):
        return f"it should be True or False, not {_a(kind(value))}"
    return "" if plain is expected else f"it should be {expected}"


def _int_difference(value: Any, expected: int) -> str:
    if isinstance(value, bool):
        return "it should be a whole number, not True or False"
    plain = number(value) if not isinstance(value, int) else value
    if plain is None:
        return f"it should be a whole number, not {_a(kind(value))}"
    if isinstance(plain, float) and not plain.is_integer():
        return "it should be a whole number"
    return "" if plain == expected else "it is another number"


def _float_difference(value: Any, expected: float, tolerance: float) -> str:
    plain = number(value)
    if plain is None:
        return f"it should be a number, not {_a(kind(value))}"
    if math.isnan(plain) and not math.isnan(expected):
        return "it is nan (not a number)"
    if math.isinf(expected) or math.isnan(expected):
        return "" if plain == expected or (math.isnan(plain) and math.isnan(expected)) else "it is another"
    return "" if abs(plain - expected) <= tolerance * max(1.0, abs(expected)) else "it is another number"


def _mapping_difference(value: Any, expected: Mapping[Any, Any], tolerance: float) -> str:
    if not isinstance(value, dict):
        return f"it should be a dict, not {_a(kind(value))}"
    missing = [key for key in expected if key not in value]
    if missing:
        return f"the key {shown(missing[0])} is missing"
    extra = [key for key in value if key not in expected]
    if extra:
        return f"the key {shown(extra[0])} is too much"
    for key, each in expected.items():
        wrong = difference(value[key], each, tolerance)
        if wrong:
            return f"under the key {shown(key)}: {wrong}"
    return ""


def _sequence_difference(value: Any, expected: Sequence[Any], tolerance: float) -> str:
    if not isinstance(value, (list, tuple)):
        return f"it should be {_a(kind(expected))} of {len(expected)}, not {_a(kind(value))}"
    if len(value) != len(expected):
        return f"it should hold {len(expected)}, not {len(value)}"
    for place, (mine, theirs) in enumerate(zip(value, expected, strict=True)):
        wrong = difference(mine, theirs, tolerance)
        if wrong:
            return f"at place {place}: {wrong}"
    return ""


def _shown(value: Any, depth: int) -> str:
    if isinstance(value, Tensor):
        return f"tensor({_numbers(np.asarray(value.array))})"
    if isinstance(value, np.ndarray):
        return f"array({_numbers(value)})" if depth == 0 else _numbers(value)
    if isinstance(value, Scalar):
        return f"{value.dtype}({value.value!r})"
    if isinstance(value, Handle):
        return f"<{value.type}>"
    if isinstance(value, float):
        return f"{value:.6g}" if math.isfinite(value) else repr(value)
    if callable(value):
        return f"<function {getattr(value, '__name__', '')}>".replace(" >", ">")
    if depth > 4:
        return "…"
    if isinstance(value, (list, tuple)):
        inner = [_shown(each, depth + 1) for each in value[:20]] + (["…"] if len(value) > 20 else [])
        text = ", ".join(inner)
        return f"[{text}]" if isinstance(value, list) else f"({text}{',' if len(value) == 1 else ''})"
    if isinstance(value, dict):
        pairs = [f"{_shown(key, depth + 1)}: {_shown(value[key], depth + 1)}" for key in list(value)[:20]]
        return "{" + ", ".join(pairs + (["…"] if len(value) > 20 else [])) + "}"
    text = repr(value)
    return text if len(text) <= 300 else text[:299] + "…"


def _numbers(array: np.ndarray[Any, Any]) -> str:
    return np.array2string(
        array,
        precision=4,
        suppress_small=False,
        threshold=40,
        edgeitems=3,
        separator=", ",
        max_line_width=10_000,
    ).replace("\n", "")


def _shape(array: Any) -> str:
    return str(tuple(int(each) for each in np.shape(array)))


def _a(words: str) -> str:
    if words == "None":
        return words
    return f"{'an' if words[:1].lower() in 'aeiou' else 'a'} {words}"

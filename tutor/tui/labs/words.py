"""Numbers of runs in few letters: durations, memory, metrics, shares."""

from __future__ import annotations

import math

STATES = {
    "starting": ("◌", "$accent"),
    "running": ("●", "$accent"),
    "done": ("✓", "$success"),
    "failed": ("✗", "$error"),
    "cancelled": ("■", "$warning"),
}
"""How each state of a run is marked, and in which colour."""
_SCORES = ("accuracy", "f1", "precision", "recall", "score", "share")
LIVE = ("starting", "running")
"""The states of a run whose process is at work."""


def duration(seconds: float) -> str:
    """Seconds as "8 s", "2 min 5 s", "1 h 10 min"; "?" where they are no number."""
    if not math.isfinite(seconds):
        return "?"
    whole = max(0, round(seconds))
    if 0 < seconds < 9.95:
        return f"{seconds:.1f} s".replace(".0 s", " s")
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        minutes, rest = divmod(whole, 60)
        return f"{minutes} min {rest} s" if rest and minutes < 10 else f"{minutes} min"
    hours, rest = divmod(round(whole / 60), 60)
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def megabytes(amount: float) -> str:
    """MiB as "812 MB" or "1.4 GB"."""
    return f"{amount / 1024:.1f} GB" if amount >= 1000 else f"{amount:.0f} MB"


def number(value: object) -> str:
    """A figure as it is read most easily: 0.8312 as "0.831", 0.00002 as "2e-05", 12000 as "12,000"."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if isinstance(value, int) or (math.isfinite(value) and value == int(value) and abs(value) >= 10):
        return f"{int(value):,}"
    if not math.isfinite(value):
        return str(value)
    size = abs(value)
    if value and (size < 0.001 or size >= 1e6):
        return f"{value:.3g}"
    return f"{value:.3f}" if size < 10 else f"{value:.1f}"


def difference(a: object, b: object) -> str:
    """`b` less `a`, with its sign; "" where one of them is no number."""
    if isinstance(a, bool) or isinstance(b, bool):
        return ""
    if not isinstance(a, int | float) or not isinstance(b, int | float):
        return ""
    return f"{'+' if b >= a else '−'}{number(abs(b - a))}"


def metric_name(name: str) -> str:
    """A metric's name as words: "val_loss" is "val loss"."""
    return name.replace("_", " ")


def share(done: float, total: float) -> float:
    """How much is done, 0 to 1; 0 where the total is not known."""
    return min(1.0, max(0.0, done / total)) if total else 0.0


def bar(done: float, width: int) -> str:
    """A bar of `width` cells of which the share `done` (0 to 1) is filled, in eighths of a cell."""
    eighths = round(min(1.0, max(0.0, done)) * width * 8)
    full, rest = divmod(eighths, 8)
    return "█" * full + ("▏▎▍▌▋▊▉"[rest - 1] if rest else "")


def sparkline(values: list[float], width: int) -> str:
    """The values as one line of `width` blocks at most, from their lowest to their highest."""
    finite = [value for value in values if math.isfinite(value)]
    if not finite or width < 1:
        return ""
    if len(finite) > width:
        finite = [finite[i * (len(finite) - 1) // max(1, width - 1)] for i in range(width)]
    low, high = min(finite), max(finite)
    span = (high - low) or 1.0
    return "".join("▁▂▃▄▅▆▇█"[int((value - low) / span * 7.99)] for value in finite)


def groups_of(names: list[str]) -> dict[str, list[str]]:
    """The figures' names by what they are: losses, scores between 0 and 1, and each other one by itself."""
    groups: dict[str, list[str]] = {}
    for name in names:
        if "loss" in name:
            groups.setdefault("loss", []).append(name)
        elif any(word in name for word in _SCORES):
            groups.setdefault("accuracy", []).append(name)
        else:
            groups.setdefault(name, []).append(name)
    order = {"loss": 0, "accuracy": 1}
    return dict(sorted(groups.items(), key=lambda item: order.get(item[0], 2)))


def told_apart(names: list[str], width: int) -> list[str]:
    """Names for a list `width` letters wide; of those that begin alike, the middle is left out."""
    begun = [name[: width - 1] for name in names]
    shown = []
    for name, start in zip(names, begun, strict=True):
        if len(name) > width and begun.count(start) > 1:
            tail = name[-(width - width // 3 - 1) :]
            shown.append(f"{name[: width // 3].rstrip()}…{tail.lstrip()}")
        else:
            shown.append(name)
    return shown

"""The head of a run in two lines: what it is and where it stands; how far it is and what it uses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from textual.content import Content

from tutor.tui.labs.picture import Picture
from tutor.tui.labs.words import STATES, bar, duration, megabytes
from tutor.tui.plain_text import one_line

if TYPE_CHECKING:
    from tools.engine.view import Progress

_BAR = 16


def headline(picture: Picture, other: Picture | None = None) -> Content:
    """ "● finetune-bert-3  running  beside finetune-bert-2"."""
    mark, colour = STATES.get(picture.state, ("?", ""))
    parts: list[tuple[str, str]] = [
        (f"{mark} ", colour),
        (one_line(picture.id, 80), "bold $primary"),
        (f"  {picture.state}", colour),
    ]
    if picture.device:
        parts.append((f"  {one_line(picture.device, 60)}", "$foreground 60%"))
    if other is not None:
        parts += [("  beside ", "$foreground 60%"), (one_line(other.id, 80), "bold $accent")]
        if other.is_live:
            parts.append((f" {other.share:.0%}", "$accent"))
    return Content.assemble(*parts)


def progress_line(picture: Picture, busy: str = "", *, keys: bool = True) -> Content:
    """ "██████▌  42 %  step 126 of 300 · 1 min 12 s left · 812 MB · processor 187 %".

    `keys` says whether the key that resumes works where the line stands.
    """
    if busy:
        return Content.styled(busy, "$accent")
    if not picture.is_live:
        words = f"{picture.state} after {duration(picture.seconds)}" if picture.seconds else picture.state
        where = "from its last checkpoint" if picture.has_checkpoint else "from its beginning"
        offer = f" · r resumes it {where}" if picture.can_resume and keys else ""
        return Content.assemble((words, "$foreground 60%"), (offer, "$accent"))
    progress = picture.progress
    if progress is None:
        return Content.styled(
            "starting …" if picture.state == "starting" else "preparing …", "$foreground 60%"
        )
    drawn = bar(picture.share, _BAR)
    facts = [_done_words(progress)]
    if progress.seconds_left is not None:
        facts.append(f"{duration(progress.seconds_left)} left")
    facts += usage_words(picture.usage)
    return Content.assemble(
        (drawn, "$primary"),
        ("░" * (_BAR - len(drawn)), "$border-blurred"),
        (f" {picture.share:4.0%}  ", "bold"),
        (" · ".join(facts), "$foreground 80%"),
    )


def _done_words(progress: Progress) -> str:
    """How much is done, in the run's own unit: "step 126 of 300", "4.2 of 9.4 MB"."""
    if progress.unit == "byte":
        return f"{progress.done / 1e6:.1f} of {progress.total / 1e6:.1f} MB"
    return f"{one_line(progress.unit, 30)} {progress.done:,} of {progress.total:,}".strip()


def usage_words(usage: Mapping[str, float]) -> list[str]:
    """Memory and utilisation: ["812 MB", "CPU 187 %", "GPU 43 %, 3.1 GB"]."""
    words = []
    if "memory_mb" in usage:
        words.append(megabytes(usage["memory_mb"]))
    if "cpu_percent" in usage:
        words.append(f"CPU {usage['cpu_percent']:.0f} %")
    gpu = [f"{usage['gpu_percent']:.0f} %"] if "gpu_percent" in usage else []
    gpu += [megabytes(usage["gpu_memory_mb"])] if "gpu_memory_mb" in usage else []
    if gpu:
        words.append(f"GPU {', '.join(gpu)}")
    return words

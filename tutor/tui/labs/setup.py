"""What setting up a run hands about: the person's choice, and what the workers behind the form tell it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual.content import Content
from textual.message import Message

from tutor.tui.plain_text import clean, one_line
from tutor.tui.problem import Problem

if TYPE_CHECKING:
    from tools.engine.plan import Plan
    from tools.engine.settings import SettingInfo
    from tools.labs import Lab


@dataclass(frozen=True, slots=True)
class Choice:
    """What the person set up: every setting, device, data; `run_id` of the run, if one began."""

    settings: dict[str, Any]
    device: str
    data: str | None
    run_id: str = ""


@dataclass
class LabLoaded(Message):
    """The lab's code is loaded, or could not be."""

    lab: Lab | None
    infos: tuple[SettingInfo, ...] = ()
    problem: Problem | None = None


@dataclass
class PlanMade(Message):
    """What the run would take; `asked` counts the questions, so that an old answer is dropped."""

    asked: int
    plan: Plan | None
    problem: Problem | None = None


@dataclass
class Started(Message):
    """The run began, or could not."""

    choice: Choice | None
    problem: Problem | None = None


def plan_words(plan: Plan) -> Content:
    """What a run will take, as the engine says it, and the settings that were changed."""
    changed = one_line(", ".join(plan.changed), 200)
    return Content.assemble(
        clean(plan.sentence()), (f"\nchanged: {changed}" if changed else "", "$foreground 60%")
    )

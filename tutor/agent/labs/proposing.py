"""A planned run as a proposal: what will be run, where, how long, and what could not be understood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tutor.agent.labs.figures import figure, plain
from tutor.agent.labs.words import Language, duration, megabytes, tell

if TYPE_CHECKING:
    from tools.engine.plan import Plan


def payload(
    plan: Plan, asked_device: str, unused: Sequence[str], language: Language, model: str = "guide"
) -> dict[str, Any]:
    """The fields of a `Proposal` but for its id, as JSON-able data that a checkpoint keeps.

    `model` is the tutor's own, which a lab that leaves the choice to "auto" asks.
    """
    from tools.labs import find_lab

    return {
        "lab": plan.lab,
        "title": find_lab(plan.lab).title,
        "settings": dict(plan.settings),
        "changed": list(plan.changed),
        "device": plan.device,
        "seconds": float(plan.seconds),
        "memory_mb": float(plan.memory_mb),
        "download_mb": float(plan.download_mb),
        "sentence": sentence(plan, unused, language, model),
        "refused": f"{plan.refused} {plan.help}".strip() if plan.refused else "",
        "data": plan.data or "",
        "asked_device": asked_device,
    }


def sentence(plan: Plan, unused: Sequence[str], language: Language, model: str = "guide") -> str:
    """What the run is and takes, as Markdown."""
    from tools.labs import find_lab

    info = find_lab(plan.lab)
    download = (
        tell("download", language, amount=megabytes(plan.download_mb)) if plan.download_mb >= 0.05 else ""
    )
    parts = [
        tell(
            "propose",
            language,
            title=info.title,
            lab=info.name,
            device=plain(plan.device_name or plan.device),
            time=duration(plan.seconds, language),
            memory=megabytes(plan.memory_mb),
            download=download,
        )
    ]
    changed = changed_settings(plan.settings, plan.changed)
    parts.append(tell("changed", language, settings=changed) if changed else tell("unchanged", language))
    if plan.data:
        parts.append(tell("own_data", language, path=plain(plan.data)))
    asked = str(plan.settings.get("model", ""))
    if info.sends and (model if asked == "auto" else asked).startswith("openai:"):
        parts.append(tell("sends", language))
    if unused:
        parts.append(tell("unused", language, words=", ".join(f"*{plain(each)}*" for each in unused)))
    if plan.refused:
        parts.append(tell("refused", language, why=plain(f"{plan.refused} {plan.help}".strip())))
    return " ".join(parts)


def changed_settings(settings: Mapping[str, Any], changed: Sequence[str]) -> str:
    """The changed settings in one line: `ngrams` = 2, `train_size` = 2000."""
    return ", ".join(
        f"`{name}` = {plain(figure(settings[name]))[:80]}" for name in changed if name in settings
    )

"""What to say of a run: its figures, what they show, and which words of the course belong to that."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tutor.agent.labs import findings as rules
from tutor.agent.labs.figures import (
    MOST_EXAMPLES,
    figure,
    misread,
    plain,
    result_metrics,
    strongest,
)
from tutor.agent.labs.findings import Finding, findings
from tutor.agent.labs.meanings import meanings
from tutor.agent.labs.request_patterns import About
from tutor.agent.labs.suggestions import Suggestion, suggest, variations
from tutor.agent.labs.topics import topic_of
from tutor.agent.labs.wishes import settings_of
from tutor.agent.labs.words import Language, duration, tell

if TYPE_CHECKING:
    from tools.engine.view import RunView


@dataclass(slots=True)
class Explanation:
    """Paragraphs of ours, all figures in them the run's own; then `topics` to look up in the course."""

    paragraphs: list[str] = field(default_factory=list)
    topics: list[str] = field(default_factory=list)
    found: list[Finding] = field(default_factory=list)
    suggestions: list[Suggestion] = field(default_factory=list)


def explain(view: RunView, about: About, language: Language) -> Explanation:
    """What the run says on `about`; "" asks for all that matters."""
    made = Explanation(found=findings(view, language))
    if view.state in ("starting", "running"):
        made.paragraphs += [state_of(view, language), tell("partial", language)]
    elif view.state != "done":
        made.paragraphs.append(state_of(view, language))
    {
        "": _everything,
        "overfitting": _fit,
        "underfitting": _fit,
        "learning_rate": _fit,
        "plateau": _fit,
        "loss": _loss,
        "accuracy": _accuracy,
        "confusion": _confusion,
        "misread": _misread,
        "words": _words,
        "next": _next,
    }[about](made, view, about, language)
    return made


def state_of(view: RunView, language: Language) -> str:
    """Where the run is now, in one or two sentences."""
    run = view.id
    if view.state == "failed":
        error = view.error
        message, help = (plain(error.message), plain(error.help)) if error else ("", "")
        return tell("failed", language, run=run, message=message, help=help).strip()
    if view.state == "done":
        return tell("done", language, run=run, time=duration(view.seconds, language))
    if view.state != "running":
        return tell(view.state, language, run=run)
    progress = ""
    if view.progress is not None:
        unit = plain(view.progress.unit)
        progress = tell(
            "progress",
            language,
            unit=unit,
            done=figure(view.progress.done),
            total=figure(view.progress.total),
        )
        if view.progress.seconds_left is not None:
            progress += tell("left", language, time=duration(view.progress.seconds_left, language))
    return tell("running", language, run=run, progress=progress)


def latest_of(view: RunView, language: Language) -> str:
    """The last value of each curve; "" where nothing was drawn yet."""
    values = [f"`{plain(name)}` {figure(value)}" for name, value in view.latest().items()]
    phrase = "at_end" if view.state == "done" else "so_far"
    return tell(phrase, language, figures=", ".join(values[:8])) if values else ""


def _everything(made: Explanation, view: RunView, about: About, language: Language) -> None:
    metrics = result_metrics(view)
    lines = [
        f"- `{plain(name)}`: {plain(figure(value))}" for name, value in list(metrics.items())[:MOST_FIGURES]
    ]
    if lines:
        made.paragraphs.append(tell("result", language, run=view.id, lab=view.lab))
        made.paragraphs.append("\n".join(lines))
    elif latest := latest_of(view, language):
        made.paragraphs.append(latest)
    else:
        made.paragraphs.append(tell("no_result", language))
    made.paragraphs += _used(view, language)
    if meant := meanings(view.lab, metrics, language):
        made.paragraphs.append("\n".join(f"- {each}" for each in meant))
    telling = [each for each in made.found if each.holds]
    if telling:
        made.paragraphs.append(tell("seen", language))
        made.paragraphs.append("\n".join(f"- {each.sentence}" for each in telling[:4]))
    made.topics += [each.kind for each in telling if each.kind not in ("accuracy", "plateau", "unparsed")][:1]
    if not made.topics and not view.metrics:
        made.topics = [view.lab]
    if not made.topics:
        compared = any(each.kind == "accuracy" and each.facts["baselines"] for each in telling)
        made.topics = ["accuracy" if compared else view.lab]
    elif made.topics == ["confusion"] and view.lab != "linear-classifier":
        made.topics.append(view.lab)
    made.suggestions = _suggestions(made, view)


def _fit(made: Explanation, view: RunView, about: About, language: Language) -> None:
    rule = {
        "overfitting": rules.overfitting,
        "underfitting": rules.underfitting,
        "learning_rate": rules.learning_rate,
        "plateau": rules.plateau,
    }[about]
    found = rule(view, language)
    made.topics = [about]
    if found is None:
        made.paragraphs.append(
            tell("no_curve", language) if about != "plateau" else tell("no_result", language)
        )
        return
    made.paragraphs.append(found.sentence)
    others = [each for each in made.found if each.holds and each.kind != found.kind and each.kind in _FIT]
    if not found.holds:
        made.paragraphs += [each.sentence for each in others[:1]]
    made.found = [found, *others]
    made.suggestions = _suggestions(made, view) if found.holds else []


def _loss(made: Explanation, view: RunView, about: About, language: Language) -> None:
    telling = [each for each in made.found if each.kind in _FIT]
    if not telling:
        made.paragraphs.append(tell("no_curve", language))
    made.paragraphs += [each.sentence for each in telling[:2]]
    made.topics = [telling[0].kind if telling else "learning_rate"]
    made.suggestions = _suggestions(made, view)


def _accuracy(made: Explanation, view: RunView, about: About, language: Language) -> None:
    kinds = ("accuracy", "overfitting", "underfitting", "learning_rate", "confusion", "still_falling")
    telling = sorted(
        (each for each in made.found if each.holds and each.kind in kinds),
        key=lambda each: kinds.index(each.kind),
    )
    made.paragraphs += [each.sentence for each in telling[:3]] or [tell("no_result", language)]
    made.topics = ["accuracy"]
    made.suggestions = _suggestions(made, view)


def _confusion(made: Explanation, view: RunView, about: About, language: Language) -> None:
    found = rules.confusion(view, language)
    made.paragraphs.append(found.sentence if found else tell("no_confusion", language))
    made.topics = ["confusion"]


def _misread(made: Explanation, view: RunView, about: About, language: Language) -> None:
    read = misread(view)[:MOST_EXAMPLES]
    if not read:
        made.paragraphs.append(tell("no_misread", language))
    else:
        made.paragraphs.append(tell("misread", language))
        made.paragraphs += [
            tell(
                "misread_item",
                language,
                truth=plain(each["truth"]),
                predicted=plain(each["predicted"]),
                score=f" ({figure(each['score'])})" if "score" in each else "",
                text=plain(each["text"]),
            )
            for each in read
        ]
    found = rules.confusion(view, language)
    if found:
        made.paragraphs.append(found.sentence)
    made.topics = ["misread"]


def _words(made: Explanation, view: RunView, about: About, language: Language) -> None:
    charts = strongest(view)
    for chart in charts[:4]:
        listed = ", ".join(
            f"{plain(label)} ({figure(value)})"
            for label, value in zip(chart["labels"], chart["values"], strict=True)
        )
        made.paragraphs.append(f"{plain(chart['title'])}: {listed}")
    if not charts:
        made.paragraphs.append(tell("no_words", language))
    made.topics = ["words"]


def _next(made: Explanation, view: RunView, about: About, language: Language) -> None:
    made.suggestions = _suggestions(made, view)
    telling = [
        each for each in made.found if each.holds and each.kind in (*_FIT, "still_falling", "accuracy")
    ]
    made.paragraphs += [each.sentence for each in telling[:2]]
    if not made.suggestions:
        made.paragraphs.append(tell("nothing_next", language))
    made.topics = [telling[0].kind if telling else "next" if view.metrics else view.lab]


def _suggestions(made: Explanation, view: RunView) -> list[Suggestion]:
    from tools.errors import ToolsError

    try:
        infos = settings_of(view.lab)
    except ToolsError:  # a run of a lab that is no longer there
        return []
    if view.metrics:
        return suggest(made.found, view.settings, infos)
    return variations(view.settings, infos)


def _used(view: RunView, language: Language) -> list[str]:
    lines = []
    if view.data.get("name"):
        told = {name: plain(view.data.get(name, "")) for name in ("name", "source")}
        lines.append(tell("data", language, **told))
    if view.model.get("name"):
        told = {name: plain(view.model.get(name, "")) for name in ("name", "source")}
        real = plain(view.model.get("stand_in_for") or "")
        phrase = "stand_in" if real else "model"
        lines.append(tell(phrase, language, **told, real=real))
    return ["\n\n".join(lines)] if lines else []


def topics_for(made: Explanation, lab: str) -> list[str]:
    """The questions to look up in the course."""
    return [topic_of(topic, lab) for topic in made.topics]


def public(found: Finding) -> dict[str, Any]:
    """A finding as data for a chat model."""
    return {"kind": found.kind, "holds": found.holds, "sentence": found.sentence, "facts": found.facts}


_FIT = ("learning_rate", "overfitting", "underfitting", "plateau", "still_falling")
MOST_FIGURES = 14

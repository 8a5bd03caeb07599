"""What a run's curves and figures show, decided by fixed rules and told with the figures themselves."""

from __future__ import annotations

import itertools
import math
import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from tutor.agent.labs.figures import (
    Curve,
    figure,
    most_confused,
    plain,
    result_metrics,
    window,
)
from tutor.agent.labs.words import Language, tell

if TYPE_CHECKING:
    from tools.engine.view import RunView

Kind = Literal[
    "overfitting", "underfitting", "learning_rate", "plateau", "still_falling", "accuracy", "confusion",
    "unparsed",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a run shows, or does not (`holds`); `sentence` quotes the figures, `facts` are they."""

    kind: Kind
    holds: bool
    sentence: str
    facts: dict[str, Any]


def findings(view: RunView, language: Language) -> list[Finding]:
    """All that the rules say of a run, what holds first, the most telling at the top."""
    found = [
        each
        for each in (
            learning_rate(view, language),
            overfitting(view, language),
            underfitting(view, language),
            accuracy(view, language),
            confusion(view, language),
            unparsed(view, language),
            plateau(view, language),
        )
        if each is not None
    ]
    kinds = {each.kind for each in found if each.holds}
    if "learning_rate" in kinds:  # a loss that rises says nothing of fit
        found = [each for each in found if each.kind not in ("overfitting", "underfitting", "plateau")]
    if "overfitting" in kinds:  # a training loss that falls on is no improvement then
        found = [each for each in found if each.kind != "still_falling" or each.facts["name"] == "val_loss"]
    return sorted(found, key=lambda each: not each.holds)


def overfitting(view: RunView, language: Language) -> Finding | None:
    """Whether the validation loss turns and rises while the training loss falls, or the scores lie apart.

    None without the curves.
    """
    pair = _loss_pair(view)
    if pair is None:
        return None
    train_name, train, val_name, val = pair
    best_step, best = min(val, key=lambda point: point[1])
    last_step, last = val[-1]
    train_best, train_last = _near(train, best_step), _near(train, last_step)
    spread = max(value for _, value in val) - best
    rose = last > best * (1 + RISE) and last - best > 0.05 * spread
    holds = best_step < last_step and rose and train_last < train_best
    facts = {
        "train": train_name,
        "val": val_name,
        "best": best,
        "best_step": best_step,
        "last": last,
        "last_step": last_step,
        "train_best": train_best,
        "train_last": train_last,
    }
    gap = _gap(view)
    facts |= gap
    wide = bool(gap) and gap["gap_train_value"] - gap["gap_val_value"] > WIDE_GAP
    phrase = "overfitting" if holds else "gap_only" if wide else "no_overfitting"
    sentence = _told(phrase, view, language, facts)
    if gap and phrase != "gap_only":
        sentence += " " + _told("gap", view, language, facts)
    if _smooths(train):
        sentence += " " + tell("smoothed", language, name=train_name)
    holds = holds or wide
    facts["turned"] = phrase == "overfitting"
    return Finding("overfitting", holds, sentence, facts)


def underfitting(view: RunView, language: Language) -> Finding | None:
    """Whether the training loss hardly fell; None without a loss curve."""
    curve = _finite(view, "loss")
    if len(curve) < FEWEST:
        return None
    first, last = curve[0][1], _near(curve, curve[-1][0])
    val = _finite(view, "val_loss")
    holds = last > UNDERFIT * first and last > 0.1
    facts: dict[str, Any] = {"train": "loss", "train_first": first, "train_last": last}
    if not holds or not val:
        if holds:
            return None  # without a second curve it may as well be the learning rate
        return Finding("underfitting", False, _told("no_underfitting", view, language, facts), facts)
    facts |= {"val": "val_loss", "val_last": val[-1][1]}
    return Finding("underfitting", True, _told("underfitting", view, language, facts), facts)


def learning_rate(view: RunView, language: Language) -> Finding | None:
    """Whether the training loss broke down or rose; None without a loss curve."""
    curve = view.metrics.get("loss", [])
    finite = [point for point in curve if math.isfinite(point[1])]
    if len(curve) < FEWEST or not finite:
        return None
    rate = _rate(view)
    broken = next((point for point in curve if not math.isfinite(point[1])), None)
    facts: dict[str, Any] = {"train": "loss", "rate": rate, "first": finite[0][1], "first_step": finite[0][0]}
    if broken is not None:
        facts["step"] = broken[0]
        return Finding("learning_rate", True, _told("diverged", view, language, facts), facts)
    lowest_step, lowest = min(finite, key=lambda point: point[1])
    last_step = finite[-1][0]
    last = _near(finite, last_step)
    facts |= {"lowest": lowest, "lowest_step": lowest_step, "last": last, "last_step": last_step}
    holds = last > finite[0][1] * (1 + RISE) and last > lowest * 1.2
    return Finding(
        "learning_rate", holds, _told("too_high" if holds else "rate_fine", view, language, facts), facts
    )


def plateau(view: RunView, language: Language) -> Finding | None:
    """Whether the curve that is to fall has levelled off, or was still falling at the end."""
    name = "val_loss" if len(_finite(view, "val_loss")) >= 6 else "loss"
    curve = _finite(view, name)
    if len(curve) < 6:
        return None
    at = 2 * len(curve) // 3
    since = curve[at][0]
    then, last = _near(curve, since), _near(curve, curve[-1][0])
    whole = max(value for _, value in curve) - min(value for _, value in curve)
    moved = abs(last - then) / whole if whole else 0.0
    facts = {"name": name, "since": since, "then": then, "last": last, "last_step": curve[-1][0]}
    if moved < FLAT:
        return Finding("plateau", True, _told("plateau", view, language, facts), facts)
    if last < then and moved > MOVING:
        return Finding("still_falling", True, _told("still_falling", view, language, facts), facts)
    return Finding("plateau", False, _told("no_plateau", view, language, facts), facts)


def accuracy(view: RunView, language: Language) -> Finding | None:
    """The final score beside the run's baselines; None without a score."""
    metrics = result_metrics(view)
    numbers = {name: value for name, value in metrics.items() if isinstance(value, int | float)}
    name = _score_name(numbers, view.latest())
    if not name:
        return None
    value = numbers[name]
    kind = "f1" if "f1" in name else "accuracy"
    baselines = {
        each: number
        for each, number in numbers.items()
        if any(word in each for word in _BASELINES)
        and (kind in each or "f1" not in each)
        and not any(word in each for word in _NO_SCORES)
    }
    facts: dict[str, Any] = {"name": name, "value": value, "baselines": baselines}
    if not baselines:
        return Finding("accuracy", True, tell("score", language, name=name, value=figure(value)), facts)
    listed = ", ".join(f"`{each}` {figure(number)}" for each, number in baselines.items())
    good = value > max(baselines.values()) + 0.005
    phrase = "above_baseline" if good else "below_baseline"
    told = tell(phrase, language, name=name, value=figure(value), baselines=listed)
    return Finding("accuracy", True, told, {**facts, "above": good})


def confusion(view: RunView, language: Language) -> Finding | None:
    """The pair of classes that is mixed up most; None where no matrix has a mistake in it."""
    pair = most_confused(view)
    if not pair:
        return None
    told = tell("confusion", language, **{name: plain(value) for name, value in pair.items()})
    if result_metrics(view).get("unparsed"):
        told += " " + tell("parsed_only", language)
    return Finding("confusion", True, told, pair)


def unparsed(view: RunView, language: Language) -> Finding | None:
    """The prompt whose replies named no class most often; None where nearly all replies did."""
    shares = {
        name.removeprefix("unparsed_").replace("_", "-"): value
        for name, value in result_metrics(view).items()
        if name.startswith("unparsed_") and isinstance(value, int | float)
    }
    worst = max(shares, key=lambda name: shares[name], default="")
    if not worst or shares[worst] < MANY_UNPARSED:
        return None
    facts = {"prompt": worst, "share": shares[worst]}
    told = tell("unparsed", language, prompt=plain(worst), share=f"{100 * shares[worst]:.0f}")
    return Finding("unparsed", True, told, facts)


def _loss_pair(view: RunView) -> tuple[str, Curve, str, Curve] | None:
    """The training and the validation loss, as (name, curve, name, curve)."""
    train = _finite(view, "loss") or _finite(view, "train_loss")
    val = _finite(view, "val_loss") or _finite(view, "eval_loss")
    if len(train) < 2 or len(val) < 2:
        return None
    return (
        "loss" if "loss" in view.metrics else "train_loss",
        train,
        "val_loss" if "val_loss" in view.metrics else "eval_loss",
        val,
    )


def _gap(view: RunView) -> dict[str, Any]:
    """The last training and validation accuracy, where both were drawn or reported."""
    metrics = {**view.latest(), **result_metrics(view)}
    for train, val in (
        ("train_accuracy", "val_accuracy"),
        ("accuracy", "val_accuracy"),
        ("train_accuracy", "accuracy"),
    ):
        # "accuracy" of a result is that of the test set; as a curve beside val_accuracy it is the training's.
        one = view.latest().get(train) if train == "accuracy" else metrics.get(train)
        other = metrics.get(val)
        if isinstance(one, int | float) and isinstance(other, int | float):
            return {"gap_train": train, "gap_train_value": one, "gap_val": val, "gap_val_value": other}
    return {}


def _score_name(numbers: dict[str, Any], latest: dict[str, float]) -> str:
    """The score on data not trained on; "accuracy" is that unless it only ends the training's curve."""
    if "val_accuracy" in numbers and numbers.get("accuracy") == latest.get("accuracy", "none"):
        return "val_accuracy"
    plain = (
        "accuracy",
        "test_accuracy",
        "best_accuracy",
        "val_accuracy",
        "accuracy_gradient_descent",
        "macro_f1",
    )
    for name in plain:
        if name in numbers:
            return name
    others = [
        name
        for name in numbers
        if "accuracy" in name and "train" not in name and not any(word in name for word in _BASELINES)
    ]
    return others[0] if others else ""


def _rate(view: RunView) -> Any:
    """The learning rate that was really used: the result's or the curve's before the setting."""
    used = result_metrics(view).get("learning_rate")
    if used is None and (curve := view.metrics.get("learning_rate")):
        used = max(value for _, value in curve)
    return used if used is not None else view.settings.get("learning_rate", "?")


def _finite(view: RunView, name: str) -> Curve:
    return [point for point in view.metrics.get(name, []) if math.isfinite(point[1])]


def _near(curve: Curve, step: float) -> float:
    """The curve around `step`: the mean of the last points up to it where it was drawn at every step.

    A loss of single batches jumps; a curve of few points, one an evaluation, is taken as it is.
    """
    if not _smooths(curve):
        return min(curve, key=lambda point: (abs(point[0] - step), point[0]))[1]
    width = (curve[-1][0] - curve[0][0]) / 20
    return statistics.fmean(window(curve, step - width, step) or [curve[0][1]])


def _smooths(curve: Curve) -> bool:
    """Whether the curve is long and goes up about as often as down, as a loss of single batches does."""
    if len(curve) <= SMOOTH_FROM:
        return False
    ups = sum(later[1] > earlier[1] for earlier, later in itertools.pairwise(curve))
    return 0.25 < ups / (len(curve) - 1) < 0.75


def _told(phrase: str, view: RunView, language: Language, facts: dict[str, Any]) -> str:
    return tell(
        phrase, language, unit=_unit(view, language), **{name: figure(value) for name, value in facts.items()}
    )


def _unit(view: RunView, language: Language) -> str:
    """What the curves are drawn over: epochs where they end with the number of epochs, else steps."""
    ends = [curve[-1][0] for name, curve in view.metrics.items() if curve and "loss" in name]
    epochs = view.settings.get("epochs")
    over_epochs = bool(ends) and isinstance(epochs, int) and max(ends) <= epochs
    return {"en": ("step", "epoch"), "ja": ("ステップ", "エポック")}[language][over_epochs]


FEWEST = 3
"""Points of a curve below which nothing is said of its course."""
SMOOTH_FROM = 60
"""Points from which a curve counts as drawn at every step."""
RISE = 0.02
"""The share by which the validation loss must rise above its lowest to count."""
MANY_UNPARSED = 0.1
"""Share of replies that could not be read as an answer from which that is said."""
UNDERFIT = 0.85
"""The share of its first value above which the training loss has hardly fallen."""
FLAT, MOVING = 0.02, 0.08
"""Shares of a curve's whole range that its last third moves: flat below the one, falling above the other."""
WIDE_GAP = 0.1
"""Accuracy on the training data less that on others, above which a model is better on its own data only."""
_NO_SCORES = ("probe", "neighbours")
"""Figures that describe a network's features rather than score its answers."""
_BASELINES = ("baseline", "linear", "majority", "chance", "random", "guess", "most_frequent")

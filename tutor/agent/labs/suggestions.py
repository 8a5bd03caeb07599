"""What to try next after a run: one setting changed, and why, within the lab's own bounds."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tutor.agent.labs.figures import figure
from tutor.agent.labs.findings import Finding, Kind
from tutor.agent.labs.words import Language, tell

if TYPE_CHECKING:
    from tools.engine.settings import SettingInfo


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A run like the one before but for one setting."""

    setting: str
    value: Any
    before: Any
    why: str

    def line(self, language: Language) -> str:
        """The suggestion in words."""
        arrow = f"`{self.setting}` {figure(self.before)} → {figure(self.value)}"
        reason = tell(f"why_{self.why}", language)
        return f"{arrow} ({reason})"


def suggest(
    found: Sequence[Finding], settings: Mapping[str, Any], infos: Mapping[str, SettingInfo]
) -> list[Suggestion]:
    """Up to three changes that the findings ask for; without findings, another value to look at."""
    made: list[Suggestion] = []
    kinds = {each.kind for each in found if each.holds}
    for each in found:
        if not each.holds:
            continue
        if each.kind == "accuracy" and each.facts.get("above", True):
            continue
        for rule in _RULES.get(each.kind, ()):
            if _is_idle(rule[0], kinds):
                continue
            suggestion = _changed(rule, each, settings, infos)
            if suggestion and suggestion.setting not in {other.setting for other in made}:
                made.append(suggestion)
    return made[:MOST]


def _is_idle(setting: str, kinds: set[Kind]) -> bool:
    """Whether a change would do nothing: more data where not even these are fitted, more of a flat curve."""
    if "underfitting" not in kinds:
        return False
    return setting == "train_size" or ("plateau" in kinds and setting in ("epochs", "steps"))


def variations(settings: Mapping[str, Any], infos: Mapping[str, SettingInfo]) -> list[Suggestion]:
    """Other choices to look at, for a lab that shows how something works."""
    made = []
    for info in infos.values():
        now = settings.get(info.name, info.default)
        others = [choice for choice in info.choices if choice != str(now)]
        if others:
            made.append(Suggestion(info.name, others[0], now, "vary"))
        elif info.name in ("layer", "head") and isinstance(now, int):
            value = now - 1 if now > 1 else now + 1  # upwards there may be no more
            made.append(Suggestion(info.name, value, now, "vary"))
        elif info.name == "temperature" and isinstance(now, int | float) and now:
            made.append(Suggestion(info.name, _scaled(info, now, 0.5), now, "vary"))
    return made[:MOST]


def _changed(
    rule: tuple[str, str, str],
    finding: Finding,
    settings: Mapping[str, Any],
    infos: Mapping[str, SettingInfo],
) -> Suggestion | None:
    name, change, why = rule
    info = infos.get(name)
    if info is None or info.kind not in ("int", "float"):
        return None
    now = settings.get(name, info.default)
    if name == "learning_rate" and not now:  # 0 lets the lab choose: start from what it chose
        now = finding.facts.get("rate", 0)
    if not isinstance(now, int | float) or isinstance(now, bool):
        return None
    value: Any
    if change == "best":
        value = finding.facts.get("best_step")
        # A curve over steps says nothing about epochs.
        turned = finding.facts.get("turned", False)
        fits = turned and isinstance(value, int | float) and finding.facts.get("last_step") == now
        value = int(value) if fits and value == int(value) else None
    elif change == "+1":
        value = now + 1
    else:
        value = _scaled(info, now or _SMALL.get(name, 0), float(change))
    if value is None or value == now or not _fits(info, value):
        return None
    return Suggestion(name, value, now, why)


def _scaled(info: SettingInfo, now: float, factor: float) -> Any:
    value = float(f"{now * factor:.4g}")
    if info.kind == "int":
        return math.floor(value) if factor < 1 else math.ceil(value)
    return value


def _fits(info: SettingInfo, value: float) -> bool:
    above = info.low is None or value >= info.low
    return above and (info.high is None or value <= info.high)


MOST = 3
# (setting, how it changes, why): "best" is where the validation loss was lowest, a number a factor.
_RULES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "learning_rate": (("learning_rate", "0.1", "rate"),),
    "overfitting": (
        ("epochs", "best", "overfitting"),
        ("steps", "best", "overfitting"),
        ("train_size", "2", "overfitting"),
        ("l2", "10", "overfitting"),
        ("weight_decay", "10", "overfitting"),
        ("frozen_layers", "+1", "overfitting"),
    ),
    "underfitting": (
        ("epochs", "2", "underfitting"),
        ("steps", "2", "underfitting"),
        ("learning_rate", "3", "underfitting"),
        ("l2", "0.1", "underfitting"),
        ("ngrams", "+1", "underfitting"),
    ),
    "still_falling": (("epochs", "2", "still_falling"), ("steps", "2", "still_falling")),
    "accuracy": (
        ("train_size", "2", "baseline"),
        ("epochs", "2", "baseline"),
    ),
    "plateau": (("train_size", "2", "plateau"), ("ngrams", "+1", "plateau")),
}
_SMALL = {"l2": 0.0001, "weight_decay": 0.001}

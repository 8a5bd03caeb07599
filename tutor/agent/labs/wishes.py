"""Reading a person's wish for a run: the lab, its settings, the device, their own data."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tutor.agent.labs.numbers import with_digits
from tutor.agent.labs.vocabulary import (
    CHOICE_WORDS,
    COUNTED,
    LAB_NAMES,
    LAB_WORDS,
    NAMED_TEXTS,
    NOISE,
    NOISE_JA,
    NUMBER,
    PHRASES,
    SETTING_NAMES,
    TEXT_FIELDS,
)

if TYPE_CHECKING:
    from tools.engine.settings import SettingInfo


@dataclass(frozen=True, slots=True)
class Wish:
    """A lab with the settings that were asked for; `unused` are words that no setting stands for."""

    lab: str
    settings: dict[str, Any] = field(default_factory=dict)
    device: str = ""
    data: str = ""
    unused: tuple[str, ...] = ()


def folded(text: str) -> str:
    """`text` on one line, lower-case, with full-width letters and digits as ordinary ones."""
    return " ".join(unicodedata.normalize("NFKC", text).split()).lower()


def lab_named(text: str) -> str:
    """The lab that `text` names, by its own name or by what people call it; "" where there is none."""
    from tools.labs import LABS

    low = folded(_QUOTED.sub(" ", text))
    if re.search(_EVALUATES, low):
        return "evaluate-pretrained" if "evaluate-pretrained" in LABS else ""
    exact = [name for name in LABS if re.search(rf"(?<![\w-]){_loose(name)}(?![\w]|-\d)", low)]
    if exact:
        return max(exact, key=len)
    for spelt in (low, _respelt(low)):
        for name, pattern in LAB_NAMES:
            if name in LABS and re.search(pattern, spelt):
                return name
    return ""


def _respelt(text: str) -> str:
    """`text` with its misspelt words of the labs' names as they should be."""
    from difflib import get_close_matches

    def mended(found: re.Match[str]) -> str:
        close = get_close_matches(found.group(), LAB_WORDS, n=1, cutoff=0.8)
        return close[0] if close else found.group()

    return re.sub(r"[a-z]{6,}", mended, text)


def settings_of(lab: str) -> dict[str, SettingInfo]:
    """The settings of a lab by name, the seed last; raises UnknownLab."""
    from tools.engine.settings import describe_settings
    from tools.labs import open_lab

    return {each.name: each for each in describe_settings(open_lab(lab).config)}


def read_wish(text: str, lab: str, base: Mapping[str, Any] | None = None) -> Wish:
    """What `text` asks of `lab`; `base` holds the values that "more" and "smaller" are measured from."""
    reader = _Reader(text, lab, settings_of(lab), base or {})
    reader.read()
    return Wish(lab, reader.settings, reader.device, reader.data, reader.left_over())


class _Reader:
    """Takes settings out of a text, piece by piece; what is taken is not read twice."""

    def __init__(
        self, text: str, lab: str, fields: Mapping[str, SettingInfo], base: Mapping[str, Any]
    ) -> None:
        self._lab = lab
        self._fields = fields
        self._base = base
        whole = " ".join(unicodedata.normalize("NFKC", text).split())
        self._quotes = [next(group for group in found.groups() if group) for found in _QUOTED.finditer(whole)]
        rest = _QUOTED.sub(" ", whole)
        if not self._quotes and (found := _AFTER_COLON.search(rest)):
            self._quotes.append(found.group("said").strip())
            rest = rest[: found.start()]
        self._text = with_digits(rest.lower(), COUNTED)
        self.settings: dict[str, Any] = {}
        self.device = ""
        self.data = ""

    def read(self) -> None:
        """Everything in the order that keeps the special from being taken for the general."""
        self._take_data()
        self._take_quotes()
        self._take_assignments()
        self._take_device()
        self._take_model()
        for each in self._fields.values():
            if each.name in NAMED_TEXTS:
                self._take_choice(each, kept="reviews")  # "on 500 product reviews" is a count as well
        self._take_phrases()
        for name in sorted(self._fields, key=len, reverse=True):
            self._take_field(self._fields[name])
        self._take_relative()
        for each in self._fields.values():
            self._take_choice(each)
        self._take_lone_count()

    def left_over(self) -> tuple[str, ...]:
        """The runs of words that nothing has taken and that are more than the sentence's own grammar."""
        rest = re.sub(_loose(self._lab), " ", _respelt(self._text))
        for name, pattern in LAB_NAMES:
            if name == self._lab or name == "linear-classifier":
                rest = re.sub(pattern, " ", rest)
        rest = re.sub(NOISE_JA, " , ", rest)
        runs: list[str] = []
        for part in re.split(r"[;:!?、。！？()]|[.,](?!\d)|\b(?:and|with|but|without|using)\b", rest):
            words = [word.strip("'\"") for word in part.split()]
            known = NOISE | set(re.split(r"-", self._lab))
            kept = [word for word in words if word and word not in known and re.search(r"\w", word)]
            if kept:
                first, last = words.index(kept[0]), len(words) - 1 - words[::-1].index(kept[-1])
                runs.append(" ".join(words[first : last + 1])[:60])
        return tuple(dict.fromkeys(runs))[:6]

    def _take(self, pattern: str) -> re.Match[str] | None:
        found = re.search(pattern, self._text)
        if found:
            self._put(found, ",")
        return found

    def _put(self, found: re.Match[str], instead: str) -> None:
        """Replace what was taken, so that it is not read twice."""
        before, after = self._text[: found.start()].rstrip(), self._text[found.end() :].lstrip()
        self._text = f"{before} {instead} {after}"

    def _set(self, name: str, value: Any) -> None:
        self.settings.setdefault(name, value)

    def _first_of(self, names: tuple[str, ...]) -> SettingInfo | None:
        return next((self._fields[name] for name in names if name in self._fields), None)

    def _take_data(self) -> None:
        for quote in list(self._quotes):
            if _FILE_NAME.fullmatch(quote.strip()) and not self.data:
                self.data = quote.strip()
                self._quotes.remove(quote)
        if not self.data and (found := self._take(rf"(?:(?:\bon|\bwith|\busing|\bfrom) )?{_FILE.pattern}")):
            self.data = found.group("file")

    def _take_quotes(self) -> None:
        for quote in [each for each in self._quotes if "{}" in each and "template" in self._fields]:
            self._set("template", quote)
            self._quotes.remove(quote)
        wanted = [self._fields[name] for name in TEXT_FIELDS if name in self._fields]
        texts = [each for each in wanted if each.kind == "text"]
        for quote in self._quotes:
            owner = next((each for each in texts if each.name not in self.settings), None)
            if owner is None:
                self._text += f" , {quote.lower()}"
            else:
                self._set(owner.name, quote)

    def _take_assignments(self) -> None:
        """ "learning_rate=0.1", as the command line writes it."""
        for each in self._fields.values():
            found = self._take(rf"(?<![\w-]){re.escape(each.name)}\s*=\s*(?P<value>[^\s,;]+)")
            if found:
                self._set(each.name, _typed(found.group("value"), each))

    def _take_model(self) -> None:
        """A run of ours to be evaluated, or a name on a model hub."""
        if "model" not in self._fields or "model" in self.settings:
            return
        if found := self._take(r"\b(?:my |the |run )*(finetune-bert-\d+|clip-train-\d+)\b"):
            bert = found.group(1).startswith("finetune")
            self._set("model", f"run:{found.group(1)}" if bert else found.group(1))
        elif self._lab == "evaluate-pretrained" and self._take(_LAST_MODEL):
            self._set("model", "last")
        elif found := self._take(r"(?<![\w/.~-])(?P<name>[a-z0-9][\w.-]*/[a-z0-9][\w.-]*)(?![\w/])"):
            self._set("model", found.group("name"))

    def _take_device(self) -> None:
        found = self._take(_DEVICE)
        if found:
            name = next(group for group in found.groups() if group)
            self.device = "cuda" if name in ("gpu", "cuda", "グラフィックボード") else name

    def _take_phrases(self) -> None:
        for names, pattern, value in PHRASES:
            owner = self._first_of(tuple(name for name in names if name not in self.settings))
            if owner is None or owner.kind in ("choice", "text"):
                continue
            found = re.search(_numbered(pattern), self._text)
            if not found:
                continue
            given = _caught(found)
            worth: Any = value
            if value is None:
                worth = _typed(given, owner) if given and owner.kind != "bool" else bool(given)
            elif value in ("low", "high"):
                worth = _at_bound(owner, str(value))
            elif owner.kind == "bool":
                worth = bool(value)
            if worth is None:
                continue
            self._take(_numbered(pattern))
            self._set(owner.name, worth)

    def _take_field(self, owner: SettingInfo) -> None:
        """A setting named by its own words, with its value beside it."""
        if owner.name in self.settings:
            return
        said = (owner.name.replace("_", " "), *SETTING_NAMES.get(owner.name, ()))
        names = rf"(?<![a-z])(?:{'|'.join(_loose(name) for name in said)})(?![a-z])"
        if owner.kind in ("int", "float"):
            after = rf"{names}(?:\s?(?:of|to|at|is|as|set to|up to|=|:|を|は|が|に))?\s?{NUMBER}(?:に)?"
            found = self._take(after) or self._take(rf"{NUMBER}(?:\s|-|\s?の)?{names}")
            if found:
                self._set(owner.name, _typed(found.group("value"), owner))
            elif self._take(rf"\b(?:without|no)(?: any)? {names}|{names}(?:なし|無し)"):
                self._set(owner.name, _typed("0", owner))
        elif owner.kind == "bool":
            if self._take(
                rf"\b(?:without|no|not|don't|turn off)(?: any| the)? {names}|{names}(?: off|なし|無し)"
            ):
                self._set(owner.name, False)
            elif self._take(rf"\b(?:with|use|using|turn on)(?: the)? {names}|{names}(?: on\b|あり|を使)"):
                self._set(owner.name, True)

    def _take_choice(self, owner: SettingInfo, kept: str = ",") -> None:
        """One of the setting's choices, the longest of those that are there; `kept` stays in its place."""
        choices = owner.choices or NAMED_TEXTS.get(owner.name, ())
        if owner.name in self.settings:
            return
        best: tuple[int, str, str] | None = None
        for choice in choices:
            for spelt in (choice.lower(), *CHOICE_WORDS.get(choice, ())):
                pattern = rf"(?<![\w-]){_loose(spelt)}(?:s?(?![\w-])|(?=[^\x00-\x7f]))"
                if choice.isdigit() or not re.search(pattern, self._text):
                    continue
                if best is None or len(spelt) > best[0]:
                    best = (len(spelt), choice, pattern)
        if best is not None:
            found = re.search(best[2], self._text)
            assert found is not None
            self._put(found, kept)
            self._set(owner.name, best[1])

    def _take_relative(self) -> None:
        """ "more epochs", "a smaller learning rate", "twice as many reviews", measured from `base`."""
        for names, words in _RELATIVE_NAMES:
            owner = self._first_of(names)
            if owner is None or owner.name in self.settings or owner.kind not in ("int", "float"):
                continue
            for factor, pattern in _RELATIVE:
                if found := self._take(pattern.format(names=words)):
                    base = self._base.get(owner.name, owner.default)
                    exact = re.search(r"twice|double|half", found.group()) is not None
                    by_ten = owner.name in _BY_TEN and not exact
                    scale = (10.0 if factor > 1 else 0.1) if by_ten else factor
                    self._set(owner.name, _scaled(owner, base, scale))
                    break

    def _take_lone_count(self) -> None:
        """ "on 500": a bare count after "on" is how much data to use."""
        owner = self._first_of(("train_size", "samples", "points", "rows"))
        if owner is None or owner.name in self.settings:
            return
        if found := self._take(rf"\b(?:on|with|using)(?: only| just)? {NUMBER}(?=\s*(?:,|$|\.))"):
            self._set(owner.name, _typed(found.group("value"), owner))


def _numbered(pattern: str) -> str:
    """The pattern with each of its number groups under a name of its own, as alternatives need."""
    parts = pattern.split("(?P<value>")
    return parts[0] + "".join(f"(?P<value{i}>{part}" for i, part in enumerate(parts[1:]))


def _caught(found: re.Match[str]) -> str:
    return next(
        (value for name, value in found.groupdict().items() if name.startswith("value") and value), ""
    )


def _loose(name: str) -> str:
    """A name as people type it: hyphens, underscores and spaces are alike."""
    return r"[-_ ]?".join(re.escape(part) for part in re.split(r"[-_ ]+", name) if part)


def _typed(text: str, owner: SettingInfo) -> Any:
    """The text as the field's own kind where it is one; else as it stands, for the check to refuse."""
    low = text.strip().lower()
    if owner.kind == "bool":
        return low in ("true", "yes", "on", "1") if low in _BOOLS else text
    if owner.kind not in ("int", "float"):
        return text
    factor = 1.0
    for ending, worth in _ENDINGS:
        if low.endswith(ending):
            low, factor = low.removesuffix(ending).strip(), worth
    try:
        value = float(low.replace(",", "")) * factor
    except ValueError:
        return text
    if owner.kind == "int":
        return int(value) if value == int(value) else value
    whole = value == int(value) and abs(value) < 1e15
    return int(value) if whole and re.fullmatch(r"-?\d+", low.replace(",", "")) else round(value, 12)


def _at_bound(owner: SettingInfo, which: str) -> Any:
    if owner.kind == "bool":
        return which == "high"
    bound = owner.high if which == "high" else owner.low
    if bound is None:
        return None
    return int(bound) if owner.kind == "int" else bound


def _scaled(owner: SettingInfo, value: Any, factor: float) -> Any:
    """`value` made larger or smaller within the bounds; the choice is ours, so it has to be valid."""
    scaled = float(value) * factor
    if owner.high is not None:
        scaled = min(scaled, owner.high)
    if owner.low is not None:
        scaled = max(scaled, owner.low)
    return max(1, round(scaled)) if owner.kind == "int" else float(f"{scaled:.6g}")


_QUOTED = re.compile(
    r'"([^"]{1,2000})"|“([^”]{1,2000})”|「([^」]{1,2000})」|『([^』]{1,2000})』|«([^»]{1,2000})»'
    r"|(?<!\w)'([^'\n]{2,2000})'(?!\w)|`([^`]{1,2000})`"
)
_AFTER_COLON = re.compile(
    r"(?:\b(?:sentence|text|prompt|review)s?|文章?|プロンプト)\s?:\s?(?P<said>\S.+)$", re.IGNORECASE
)
_LAST_MODEL = (
    r"\b(?:my|the) (?:last |own |latest )?(?:fine-?tuned|tuned|trained|last) (?:model|run|bert|encoder)\b"
)
_EVALUATES = rf"\b(?:evaluate|test)\b.{{0,24}}(?:\bfinetune-bert-\d|[a-z][\w.-]*/[a-z][\w.-]*)|{_LAST_MODEL}"
_BY_TEN = ("learning_rate", "regularisation", "regularization", "l2", "weight_decay")
_FILE_NAME = re.compile(r"[^\n]{1,300}\.(?:csv|jsonl|tsv|json)|[~.]{0,2}/[^\n]{1,300}")
_FILE = re.compile(r"(?P<file>(?:[~.]{0,2}/)?[\w./~-]*[\w-]\.(?:csv|jsonl|tsv|json)\b|(?<![\w])~?/[\w./-]+)")
_DEVICE = (
    r"\bon (?:the |a |my )?(cpu|gpu|cuda|mps)\b|\b(?:using|with) (?:the |a |my )?(cpu|gpu|cuda|mps)\b"
    r"|\bdevice[ =:]+(cpu|gpu|cuda|mps|auto)\b|(cpu|gpu|cuda|mps)(?:で|を使)"
)
_BOOLS = ("true", "false", "yes", "no", "on", "off", "1", "0")
_ENDINGS = (("%", 0.01), ("k", 1_000.0), ("thousand", 1_000.0), ("千", 1_000.0), ("万", 10_000.0))
_RELATIVE_NAMES: tuple[tuple[tuple[str, ...], str], ...] = (
    (("learning_rate",), r"(?:learning rate|lr|step size|学習率)"),
    (("epochs",), r"(?:epochs?|エポック数?)"),
    (("steps",), r"(?:steps|ステップ数?)"),
    (("batch_size",), r"(?:batch size|batches|バッチサイズ)"),
    (
        ("train_size", "samples", "rows", "points"),
        r"(?:(?:training )?data|(?:movie )?reviews|texts|examples|samples|images|データ|レビュー)",
    ),
    (("regularisation", "l2", "weight_decay"), r"(?:regulari[sz]ation|weight decay|l2|正則化)"),
    (("temperature",), r"(?:temperature|温度)"),
    (("hidden", "hidden_size"), r"(?:hidden units|neurons|units)"),
)
_RELATIVE: tuple[tuple[float, str], ...] = (
    (2.0, r"\b(?:twice|double)(?: as many| as much| the| as high an?)? {names}\b"),
    (0.5, r"\b(?:half)(?: as many| as much| the| of the)? {names}\b"),
    (2.0, r"\b(?:more|higher|larger|bigger|greater|stronger|longer)(?: an?)? {names}"),
    (0.5, r"\b(?:fewer|less|lower|smaller|weaker|shorter)(?: an?)? {names}"),
    (2.0, r"\b(?:raise|increase) (?:the )?{names}"),
    (0.5, r"\b(?:lower|reduce|decrease) (?:the )?{names}"),
    (2.0, r"{names}を?(?:もっと)?(?:増やし|上げ|大きく|高く|多く|強く)\w*"),
    (0.5, r"{names}を?(?:もっと)?(?:減らし|下げ|小さく|低く|少なく|弱く)\w*"),
)

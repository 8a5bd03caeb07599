"""Which exercise is meant: by its name in what a person says, or by what their code defines."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from tools.exercises.catalog import Exercise, exercises
from tutor.agent.exercises.code import defined_names
from tutor.agent.labs.wishes import folded


@dataclass(frozen=True, slots=True)
class Named:
    """What a text says with each exercise's name as `X`; the ids of those exercises in their order."""

    text: str
    exercises: tuple[str, ...] = ()


def named_in(prose: str, *, misspelt: bool = False) -> Named:
    """The exercises that the (folded) text names; `misspelt` takes close spellings for a name as well."""
    text = folded(prose)
    found: list[tuple[int, int, str]] = []
    for start, end, name in sorted(_mentions(text), key=lambda each: (each[0] - each[1], each[0])):
        if all(end <= other[0] or start >= other[1] for other in found):
            found.append((start, end, name))
    if not found and misspelt:
        found = _nearly(text)
    found.sort()
    for start, end, _ in reversed(found):
        text = f"{text[:start]}X{text[end:]}"
    return Named(text, tuple(dict.fromkeys(name for _, _, name in found)))


def exercise_of(code: str, preferred: Sequence[str] = ()) -> tuple[str, ...]:
    """The ids of the exercises that the code may solve, those that it fits best; () where it fits none.

    Where it fits several, the first of `preferred` among them is the one that is meant.
    """
    defined = defined_names(code)
    shares = {each.id: len(defined & set(each.names)) / len(each.names) for each in exercises() if each.names}
    best = max(shares.values(), default=0.0)
    fitting = tuple(name for name, share in shares.items() if share == best) if best else ()
    meant = next((name for name in preferred if name in fitting), "")
    return (meant,) if meant else fitting


def numbered(text: str) -> str:
    """The exercise of "exercise 3 of lesson 2"; "" where no such one is named."""
    found = _NUMBERED.search(text)
    if not found:
        return ""
    lesson, place = (
        int(found["l1"] or found["l2"] or found["l3"]),
        int(found["n1"] or found["n2"] or found["n3"]),
    )
    listed = [each.id for each in exercises() if each.lesson == lesson]
    return listed[place - 1] if 0 < place <= len(listed) else ""


def lesson_in(text: str) -> int:
    """The number of the lesson that the (folded) text names; 0 where it names none."""
    found = _LESSON.search(text)
    if not found:
        return 0
    word = found["n"] or found["ja"] or found["unit"]
    return int(word) if word.isdigit() else _NUMBERS.index(word) + 1 if word in _NUMBERS else 0


def about(words: str) -> tuple[str, ...]:
    """The ids of the exercises on a subject, by their names, concepts and descriptions."""
    wanted = {word for word in re.findall(r"[^\W\d_]{3,}", folded(words)) if word not in _FILLERS}
    if not wanted:
        return ()
    scored = [(_shared(wanted, each), each.id) for each in exercises()]
    best = max((score for score, _ in scored), default=0.0)
    return tuple(name for score, name in scored if best > 0 and score == best)


def _mentions(text: str) -> list[tuple[int, int, str]]:
    return [
        (found.start(), found.end(), name)
        for name, pattern in _patterns()
        for found in pattern.finditer(text)
    ]


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """For each exercise how it is called: its id, its title, its functions, and what people say."""
    made: list[tuple[str, re.Pattern[str]]] = []
    for each in exercises():
        said = {_loose(each.id), _loose(folded(each.title))}
        for name in each.names:
            telling = "_" in name.strip("_") or name.lower() != name
            said |= {re.escape(name.lower()) if telling else rf"(?:`{name}`|\b{re.escape(name)}\(\))"}
        if each.id in SPOKEN:
            said.add(SPOKEN[each.id])
        body = "|".join(sorted(said, key=len, reverse=True))
        made.append(
            (each.id, re.compile(rf"(?<![a-z0-9_-])`?(?:{body})(?:\.py\b)?(?![a-z0-9_-])(?:\(\))?`?"))
        )
    return tuple(made)


def _nearly(text: str) -> list[tuple[int, int, str]]:
    """The one misspelt name in a text: "start sofmax"."""
    known = {each.id: each.id for each in exercises()} | {
        each.id.replace("-", " "): each.id for each in exercises()
    }
    for size in (3, 2, 1):
        words = list(re.finditer(r"[a-z][a-z_-]*", text))
        for place in range(len(words) - size + 1):
            start, end = words[place].start(), words[place + size - 1].end()
            piece = text[start:end]
            close = difflib.get_close_matches(piece, known, n=1, cutoff=0.84) if len(piece) >= 6 else []
            if close:
                return [(start, end, known[close[0]])]
    return []


def _shared(wanted: set[str], exercise: Exercise) -> float:
    """How many of the words an exercise has: in its name they count twice, in its description half."""
    named = _stems(f"{exercise.id} {exercise.title} {' '.join(exercise.concepts)}")
    told = _stems(exercise.about)
    stems = {_stem(word) for word in wanted}
    return 2 * len(stems & named) + 0.5 * len(stems & (told - named))


def _stems(text: str) -> set[str]:
    return {_stem(word) for word in re.findall(r"[^\W\d_]{3,}", folded(text))}


def _stem(word: str) -> str:
    return word[:-1] if word.endswith("s") and len(word) > 4 and not word.endswith("ss") else word


def _loose(name: str) -> str:
    """A name as people type it: hyphens, underscores and spaces are alike."""
    return r"[-_ ]?".join(re.escape(part) for part in re.split(r"[-_ ]+", name) if part)


SPOKEN: dict[str, str] = {
    "score-text": r"テキストの?(?:スコア|採点)|word scores",
    "bag-of-words": r"\bbow\b|(?:単語|言葉)の袋|バッグ・?オブ・?ワーズ",
    "softmax": r"ソフトマックス(?:関数)?|soft-max",
    "cross-entropy-gradient": r"(?:交差|クロス)エントロピーの?勾配|cross[- ]entropy(?: loss)?"
    r"(?: and (?:its )?gradient)?",
    "gradient-descent": r"勾配降下法?",
    "train-linear-classifier": r"線形分類器の?(?:学習|訓練)",
    "confusion": r"混同行列|confusion matrix|macro[- ]?f1",
    "relu-network": r"relu ?ネットワーク|relus? network",
    "count-parameters": r"パラメータ(?:ー)?(?:数|を数える)|parameter count(?:ing)?|counting parameters",
    "attention": r"(?:自己)?注意(?:機構)?|アテンション",
    "positional-encoding": r"位置(?:エンコーディング|符号化)|positional encodings?",
    "masked-mean-pooling": r"(?:マスク付き)?平均プーリング|mean[- ]pooling",
    "vocabulary-growth": r"語彙の?(?:増加|成長)",
    "temperature": r"温度(?:パラメータ)?",
    "kv-cache": r"kvキャッシュ|key[- ]value cache",
    "generate-text": r"(?:文章|テキスト)の?生成",
    "parse-rating": r"評価の?(?:解析|読み取り)",
    "chain-of-thought": r"思考の連鎖|\bcot\b",
    "retry-requests": r"(?:リクエストの)?再試行|リトライ",
    "patchify": r"パッチ(?:化|分割)|\bpatches\b",
    "freeze-layers": r"層の?凍結|freezing layers",
    "contrastive-loss": r"対照(?:損失|学習の損失)|clip loss",
    "align-labels": r"ラベルの?(?:整列|対応付け)|label alignment",
    "lora-layer": r"\blora\b(?: linear)?",
    "memory-estimate": r"メモリの?見積(?:も)?り?|memory estimat(?:e|ion)",
}
"""What people call an exercise besides its id, its title and its functions."""
_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_LESSON = re.compile(
    rf"\b(?:lesson|chapter|unit)s? ?(?:no\.? ?|number |#)?(?P<n>\d{{1,2}}|{'|'.join(_NUMBERS)})\b"
    r"|(?:第|レッスン)\s?(?P<ja>\d{1,2})|(?P<unit>\d{1,2})\s?(?:課|章)(?!題)"
)
_NUMBERED = re.compile(
    r"\b(?:exercise|assignment|task) ?#?(?P<n1>\d{1,2}) (?:of|in|from) lesson (?P<l1>\d{1,2})\b"
    r"|\blesson (?P<l2>\d{1,2}),? (?:exercise|assignment|task) ?#?(?P<n2>\d{1,2})\b"
    r"|(?:第|レッスン)\s?(?P<l3>\d{1,2})\s?(?:課|章)?の?(?:課題|演習|練習問題)\s?(?P<n3>\d{1,2})"
)
_FILLERS = frozenset(
    re.findall(
        r"\S+",
        """
    the and for with about from one some any exercise exercises lesson please give next another new more that
    this something practice practise now easy easier short hard harder
        """,
    )
)

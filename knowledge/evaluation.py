"""Measuring retrieval on a file of questions: recall, reciprocal rank, abstention and latency.

A question file holds one JSON object a line: `question`, `answerable`, and for answerable ones `gold`,
a list of `{"document", "section"}` any of which answers it (`document` is the end of a source's path,
`section` one heading of the passage's heading path), or of `{"section"}` alone with the id of a section of
the course. `language`, `kind` and `lesson` are used to break figures down.
"""

from __future__ import annotations

import json
import re
import statistics
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.errors import BadInput
from knowledge.lessons import section_info
from knowledge.library import Library
from knowledge.passages import Passage
from knowledge.plain_recipe import PlainRecipe

DEPTH = 10
"""Hits looked at for the mean reciprocal rank."""


@dataclass(frozen=True, slots=True)
class Found:
    """What one system returned for one question, reduced to what is measured.

    `correct` says of each hit, best first, whether it answers; `characters` is the length of the best
    five together; `abstained` whether the system declined; `seconds` the time it took.
    """

    correct: tuple[bool, ...]
    characters: int
    abstained: bool
    seconds: float


def read_questions(path: Path) -> list[dict[str, Any]]:
    """The questions of a JSONL file. Raises BadInput naming the line that is wrong."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(
            f"{path} cannot be read: it is not UTF-8 text.", help="Give a JSONL file of questions."
        ) from error
    except OSError as error:
        raise BadInput(
            f"{path} cannot be read: {error.strerror}.", help="Give a JSONL file of questions."
        ) from error
    questions = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            _check(row)
            row["gold"] = [_resolved(place) for place in row.get("gold", ())]
        except BadInput:
            raise
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise BadInput(
                f"Line {number} of {path} is not a question: {error}.",
                help='Each line is like {"question": "...", "answerable": true, "gold":'
                ' [{"document": "...", "section": "..."}]}.',
            ) from error
        questions.append(row)
    if not questions:
        raise BadInput(f"{path} holds no questions.", help="Give a JSONL file with one question a line.")
    return questions


def evaluate_retrieval(
    library: Library,
    questions: Sequence[dict[str, Any]],
    collections: Sequence[str] | None = None,
    baseline: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """Figures of this library on `questions`, of the plain recipe on the same text, and the misses.

    The result has `tutor` and, with `baseline`, `plain` (1,000-character recursive splits with 200
    overlap, MiniLM, Chroma), each with recall@1, recall@3, recall@5, mrr@10, abstention and latency in
    milliseconds; `by_kind`, `by_language` and `by_lesson` for Tutor; `misses`, the
    questions not found in five.
    """
    total = len(questions) * (2 if baseline else 1)
    tell = progress or (lambda done, total: None)
    library.search(questions[0]["question"], 1, collections)
    found = []
    for number, question in enumerate(questions):
        found.append(_ask(library, question, collections))
        tell(number + 1, total)
    result: dict[str, Any] = {
        "questions": len(questions),
        "answerable": sum(q["answerable"] for q in questions),
        "encoder": library.encoder.name,
        "tutor": _figures(questions, found),
    }
    if baseline:
        names = collections if collections is not None else library.collections()
        stored = [s.passage for name in names for s in library.catalog.collection_passages(name)]
        recipe = PlainRecipe(stored)
        plain = []
        for number, question in enumerate(questions):
            plain.append(_ask_plain(recipe, question))
            tell(len(questions) + number + 1, total)
        result["plain"] = _figures(questions, plain)
    for key in ("kind", "language", "lesson"):
        result[f"by_{key}"] = {
            value: _figures([q for q, _ in pairs], [f for _, f in pairs])
            for value, pairs in _grouped(questions, found, key).items()
        }
    result["misses"] = [
        q["question"]
        for q, f in zip(questions, found, strict=True)
        if q["answerable"] and not any(f.correct[:5])
    ]
    result["wrongly_answered"] = [
        q["question"]
        for q, f in zip(questions, found, strict=True)
        if not q["answerable"] and not f.abstained
    ]
    result["wrongly_declined"] = [
        q["question"] for q, f in zip(questions, found, strict=True) if q["answerable"] and f.abstained
    ]
    return result


def answers(passage: Passage, gold: Iterable[dict[str, str]]) -> bool:
    """Whether `passage` stands in one of the gold sections."""
    headings = {_plain(heading) for heading in (passage.title, *passage.headings, passage.section)}
    return any(
        passage.source.endswith(place["document"]) and _plain(place["section"]) in headings for place in gold
    )


def _ask(library: Library, question: dict[str, Any], collections: Sequence[str] | None) -> Found:
    result = library.search(question["question"], DEPTH, collections)
    return Found(
        tuple(answers(hit.passage, question.get("gold", ())) for hit in result.hits),
        sum(len(hit.passage.text) for hit in result.hits[:5]),
        not result.covered,
        result.seconds,
    )


def _ask_plain(recipe: PlainRecipe, question: dict[str, Any]) -> Found:
    chunks, seconds = recipe.search(question["question"], DEPTH)
    return Found(
        tuple(any(answers(passage, question.get("gold", ())) for passage in c.passages) for c in chunks),
        sum(len(chunk.text) for chunk in chunks[:5]),
        False,
        seconds,
    )


def _figures(questions: Sequence[dict[str, Any]], found: Sequence[Found]) -> dict[str, float | None]:
    answerable = [f for q, f in zip(questions, found, strict=True) if q["answerable"]]
    other = [f for q, f in zip(questions, found, strict=True) if not q["answerable"]]
    times = sorted(f.seconds * 1000 for f in found)
    return {
        "count": len(found),
        "recall@1": _mean([any(f.correct[:1]) for f in answerable]),
        "recall@3": _mean([any(f.correct[:3]) for f in answerable]),
        "recall@5": _mean([any(f.correct[:5]) for f in answerable]),
        "mrr@10": _mean([_reciprocal_rank(f.correct) for f in answerable]),
        "abstained_on_unanswerable": _mean([f.abstained for f in other]),
        "abstained_on_answerable": _mean([f.abstained for f in answerable]),
        "top5_characters": _mean([f.characters for f in answerable]),
        "latency_p50_ms": round(statistics.median(times), 1) if times else None,
        "latency_p95_ms": round(times[min(len(times) - 1, int(len(times) * 0.95))], 1) if times else None,
    }


def _grouped(
    questions: Sequence[dict[str, Any]], found: Sequence[Found], key: str
) -> dict[str, list[tuple[dict[str, Any], Found]]]:
    groups: dict[str, list[tuple[dict[str, Any], Found]]] = {}
    for question, one in zip(questions, found, strict=True):
        if key in question:
            groups.setdefault(str(question[key]), []).append((question, one))
    return groups


def _reciprocal_rank(correct: Sequence[bool]) -> float:
    return next((1 / rank for rank, right in enumerate(correct, 1) if right), 0.0)


def _mean(values: Sequence[float]) -> float | None:
    return round(sum(values) / len(values), 4) if values else None


def _check(row: Any) -> None:
    if not isinstance(row, dict):
        raise ValueError("it is not a JSON object")
    if not isinstance(row.get("question"), str) or not row["question"].strip():
        raise ValueError("`question` is missing or empty")
    row.setdefault("answerable", bool(row.get("gold")))
    if row["answerable"] and not row.get("gold"):
        raise ValueError("an answerable question needs `gold`")
    for place in row.get("gold", ()):
        if not isinstance(place, dict) or not all(isinstance(value, str) for value in place.values()):
            raise ValueError("each `gold` must be an object of texts")
        if not {"section"} <= place.keys() <= {"document", "section"}:
            raise ValueError("each `gold` needs `document` and `section`, or the `section` id of the course")


def _resolved(place: dict[str, str]) -> dict[str, str]:
    """A place in the course, given by its section's id, as document and heading."""
    if "document" in place:
        return place
    section = section_info(place["section"])
    return {"document": f"{section.path.parent.name}/{section.path.name}", "section": section.title}


def _plain(heading: str) -> str:
    text = unicodedata.normalize("NFKC", heading).casefold()
    return " ".join(re.sub(r"[*_`#:：>]+", " ", text).split())

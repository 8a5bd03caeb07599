"""The course as it is found: prepared questions lead to their own section, blind ones reach their figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.evaluation import evaluate_retrieval, read_questions
from knowledge.lessons import SectionInfo, outline
from knowledge.library import Library

QUESTIONS = Path(__file__).resolve().parents[1] / "data"
SECTIONS = [section for lesson in outline() for section in lesson.sections]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    library = Library(tmp_path_factory.mktemp("home"))
    assert library.prepare() == []
    return library


def _led_astray(library: Library, asks: list[tuple[SectionInfo, str]]) -> list[tuple[str, str, str]]:
    """Asks whose first passage stands in another section, or that were declined."""
    wrong = []
    for section, ask in asks:
        result = library.search(ask, 1, ["course"])
        found = result.hits[0].passage.source
        if not found.endswith(f"{section.path.parent.name}/{section.path.name}") or not result.covered:
            wrong.append((section.id, ask, found))
    return wrong


def test_one_ask_of_each_section_finds_that_section_first(library: Library) -> None:
    asks = [(section, section.asks[section.order % len(section.asks)]) for section in SECTIONS]
    assert _led_astray(library, asks) == []


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_every_ask_finds_its_own_section_first(library: Library) -> None:
    assert _led_astray(library, [(section, ask) for section in SECTIONS for ask in section.asks]) == []


def test_questions_written_blind_find_their_sections(library: Library) -> None:
    questions = read_questions(QUESTIONS / "course_questions.jsonl")
    figures = evaluate_retrieval(library, questions, ["course"], baseline=False)["tutor"]
    assert figures["recall@1"] >= 0.85
    assert figures["recall@3"] >= 0.97
    assert figures["abstained_on_answerable"] <= 0.03


def test_what_the_course_does_not_treat_is_declined(library: Library) -> None:
    questions = read_questions(QUESTIONS / "course_unanswerable.jsonl")
    figures = evaluate_retrieval(library, questions, ["course"], baseline=False)["tutor"]
    assert figures["abstained_on_unanswerable"] >= 0.9

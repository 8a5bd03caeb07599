"""The figures that the search must reach on the seed documents; minutes long, so run by `make test-slow`."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.evaluation import evaluate_retrieval, read_questions
from knowledge.library import Library

QUESTIONS = Path(__file__).parents[1] / "data"


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """A library with the five seed documents in the collection `seeds`."""
    folder = Path(__file__).parents[3] / "shared" / "seeds"
    if not folder.is_dir():
        pytest.skip(f"the seed documents are not at {folder}")
    library = Library(tmp_path_factory.mktemp("home"))
    report = library.ingest([folder], "seeds")
    assert report.documents == 10
    assert len(report.skipped) == 2
    return library


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_the_search_reaches_its_figures_and_beats_the_plain_recipe(seeded: Library) -> None:
    result = evaluate_retrieval(seeded, read_questions(QUESTIONS / "seed_questions.jsonl"), ["seeds"])
    ours, plain = result["tutor"], result["plain"]
    assert ours["recall@5"] >= 0.95
    assert ours["mrr@10"] >= 0.85
    assert ours["top5_characters"] < 4_000
    assert ours["abstained_on_unanswerable"] >= 0.90
    assert ours["abstained_on_answerable"] <= 0.03
    assert ours["recall@5"] > plain["recall@5"]
    assert ours["mrr@10"] > plain["mrr@10"]


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_on_the_hard_questions_the_search_stays_well_above_the_plain_recipe(seeded: Library) -> None:
    result = evaluate_retrieval(seeded, read_questions(QUESTIONS / "seed_questions_hard.jsonl"), ["seeds"])
    ours, plain = result["tutor"], result["plain"]
    assert ours["recall@5"] >= plain["recall@5"] + 0.1
    assert ours["mrr@10"] >= plain["mrr@10"] + 0.1
    assert ours["abstained_on_unanswerable"] >= 0.90
    assert ours["abstained_on_answerable"] <= 0.03

"""The evaluation measures what it says it measures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from knowledge.errors import BadInput
from knowledge.evaluation import answers, evaluate_retrieval, read_questions
from knowledge.library import Library
from knowledge.passages import Passage

QUESTIONS = [
    {"question": "Why does the loss jump about?", "gold": [{"document": "rates.md", "section": "Too high"}]},
    {"question": "When are apple trees cut?", "gold": [{"document": "trees.md", "section": "Orchard"}]},
    {"question": "When are apple trees pruned?", "gold": [{"document": "rates.md", "section": "Too low"}]},
    {"question": "Who won the football world cup?", "answerable": False},
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "questions.jsonl"
    path.write_text("\n".join(json.dumps(question) for question in QUESTIONS) + "\n\n")
    return path


def test_recall_rank_and_abstention_are_counted_against_the_plain_recipe(
    file: Path, notes: Path, tmp_path: Path
) -> None:
    library = Library(tmp_path / "home")
    library.ingest([notes], "notes")
    result = evaluate_retrieval(library, read_questions(file), ["notes"])
    assert (result["questions"], result["answerable"]) == (4, 3)
    assert result["tutor"]["recall@5"] == 1.0, "four passages in all: each gold one is among the first five"
    assert result["tutor"]["recall@1"] == pytest.approx(2 / 3, abs=1e-3), (
        "the third gold is the wrong section"
    )
    assert 2 / 3 < result["tutor"]["mrr@10"] < 1
    assert result["tutor"]["abstained_on_unanswerable"] == 1.0
    assert 0 < result["tutor"]["top5_characters"] < 1_000
    assert result["plain"]["abstained_on_unanswerable"] == 0.0, "the plain recipe always answers"
    assert result["plain"]["recall@5"] == 1.0


def test_gold_matches_by_document_and_any_heading_whatever_its_marks() -> None:
    passage = Passage(
        "/a/b.txt::/c.ipynb", "Title", ("1. One", "What **is** it?"), "text", "cell 1", "prose", "en", 0
    )
    assert answers(passage, [{"document": "c.ipynb", "section": "## What is it?"}])
    assert answers(passage, [{"document": "b.txt::/c.ipynb", "section": "1. One > What is it?"}])
    assert not answers(passage, [{"document": "c.ipynb", "section": "Two"}])
    assert not answers(passage, [{"document": "d.ipynb", "section": "1. One"}])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no questions"),
        ("{}", "Line 1"),
        ('{"question": "a", "answerable": true}', "needs `gold`"),
        ('{"question": "a", "gold": [{"document": "x"}]}', "section"),
        ("[1]", "not a JSON object"),
        ('{"question": "a", "gold": [3]}', "Line 1"),
        ("\n{broken", "Line 2"),
    ],
)
def test_a_wrong_question_file_is_told_by_line(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text(text)
    with pytest.raises(BadInput, match=says):
        read_questions(path)


def test_a_missing_or_binary_question_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "b.jsonl").write_bytes(b"\xff\xfe\x00\x81")
    for name in ("none.jsonl", "b.jsonl"):
        with pytest.raises(BadInput, match="cannot be read"):
            read_questions(tmp_path / name)


def test_a_section_of_the_course_is_gold_by_its_id(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    row = {"question": "Why is it called linear?", "lesson": 1, "gold": [{"section": "ml.linear-classifier"}]}
    path.write_text(json.dumps(row))
    library = Library(tmp_path / "home")
    library.prepare()
    result = evaluate_retrieval(library, read_questions(path), ["course"], baseline=False)
    assert result["tutor"]["recall@1"] == result["by_lesson"]["1"]["recall@3"] == 1.0
    path.write_text(json.dumps({**row, "gold": [{"section": "ml.linear-clasifier"}]}))
    with pytest.raises(BadInput, match="no section"):
        read_questions(path)

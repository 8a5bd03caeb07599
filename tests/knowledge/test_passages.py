"""Passages: pieces of a document that can be found, quoted and read on their own."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest

from knowledge.loaders import load
from knowledge.passages import Block, Document, Passage, cut

SEEDS = Path(__file__).parents[3] / "shared" / "seeds"

SENTENCE = "A model learns from examples and is then asked about things that it has never seen before. "


def document(*blocks: Block, title: str = "Lesson", asks: tuple[str, ...] = ()) -> Document:
    return Document("/a.md", title, "markdown", "0" * 64, blocks, "", asks)


def prose(text: str, line: int = 1) -> Block:
    return Block("prose", text, f"line {line}")


def heading(text: str, level: int) -> Block:
    return Block("heading", text, "line 1", level)


def varied(count: int) -> str:
    return " ".join(
        f"Sentence number {index} says something of its own about topic {index * 7}."
        for index in range(count)
    )


def test_small_neighbours_share_a_passage_and_sections_do_not() -> None:
    passages = cut(
        document(
            heading("Lesson", 1), prose("The first point is short but says something.", 2), prose("So is the second point.", 3),
            heading("Losses", 2), prose("A loss measures error.", 5),
            heading("Squared", 3), prose("It squares the difference.", 7),
            heading("Data", 2), prose("Data comes in rows.", 9),
        )
    )  # fmt: skip
    assert [(passage.headings, passage.location) for passage in passages] == [
        ((), "lines 2-3"),
        (("Losses",), "line 5"),
        (("Losses", "Squared"), "line 7"),
        (("Data",), "line 9"),
    ]
    assert [passage.ordinal for passage in passages] == [0, 1, 2, 3]
    assert passages[2].section == "Losses > Squared"


def test_long_prose_is_parted_between_sentences_within_bounds() -> None:
    text = varied(60)
    passages = cut(document(prose(text)))
    assert all(300 <= len(passage.text) <= 900 for passage in passages)
    assert all(passage.text.endswith(".") for passage in passages)
    assert " ".join(passage.text for passage in passages) == text


def test_prose_broken_into_lines_is_parted_between_sentences_and_not_lines() -> None:
    text = textwrap.fill(varied(60), 70)
    passages = cut(document(prose(text)))
    assert len(passages) > 2
    assert all(passage.text.endswith(".") for passage in passages)


def test_japanese_prose_is_parted_at_its_full_stops() -> None:
    text = "".join(
        f"第{number}回では機械学習の基礎となる考え方を順番に説明していきます。" for number in range(60)
    )
    passages = cut(document(prose(text)))
    assert len(passages) > 2
    assert all(passage.text.endswith("。") and passage.language == "ja" for passage in passages)
    assert "".join(passage.text for passage in passages) == text


def test_no_sentence_ends_inside_a_formula_or_a_link() -> None:
    text = " ".join(
        f"Then $a_{index}. B = c$ holds, see [Fig. {index}. Here](http://x.y/a. b) for it."
        for index in range(40)
    )
    for passage in cut(document(prose(text))):
        assert passage.text.count("$") % 2 == 0
        assert passage.text.count("[") == passage.text.count("](") == passage.text.count(" for it.")


def test_a_formula_stays_whole_and_with_the_words_around_it() -> None:
    formula = "$$\n" + "\n".join(f"x_{index} + y_{index} \\\\" for index in range(60)) + "\n$$"
    passages = cut(
        document(
            prose("The sum is written as follows:"), Block("formula", formula, "line 2"), prose(varied(20))
        )
    )
    assert sum(formula in passage.text for passage in passages) == 1
    assert next(passage for passage in passages if formula in passage.text).text.startswith(
        "The sum is written"
    )


def test_a_long_table_is_parted_between_rows_under_its_head() -> None:
    head = "| word | score |\n|---|---|"
    rows = [f"| word{index} | {index / 100} and some more text |" for index in range(80)]
    passages = cut(document(Block("table", "\n".join([head, *rows]), "lines 1-82")))
    assert len(passages) > 2
    found = []
    for passage in passages:
        assert passage.text.startswith(head)
        assert passage.kind == "table"
        found += passage.text.split("\n")[2:]
    assert found == rows
    assert passages[0].location.startswith("lines 3-")


def test_a_long_list_is_parted_between_items_and_keeps_its_lead_in() -> None:
    items = [f"- item {index}: {SENTENCE.strip()}" for index in range(20)]
    passages = cut(document(prose("These are:"), Block("list", "\n".join(items), "lines 3-22")))
    assert passages[0].text.startswith("These are:\n\n- item 0")
    lines = [line for passage in passages for line in passage.text.split("\n") if line.startswith("- ")]
    assert lines == items


def test_code_stays_with_its_explanation_and_long_code_is_parted_between_functions() -> None:
    short = cut(document(prose("We load the data:"), Block("code", "load()", "cell 2", 0, "python")))
    assert [passage.text for passage in short] == ["We load the data:\n\n```python\nload()\n```"]
    functions = [
        f"def step_{index}(x):\n" + "\n".join(f"    x = x + {index * 10 + line}  # add" for line in range(12))
        for index in range(8)
    ]
    passages = cut(document(Block("code", "\n\n\n".join(functions), "lines 1-120", 0, "python")))
    for passage in passages:
        assert passage.kind == "code"
        assert re.fullmatch(r"```python\ndef step_.*\n```", passage.text, re.DOTALL)
    together = "\n".join(passage.text for passage in passages)
    assert all(function in together for function in functions)


def test_hints_and_solutions_stand_alone() -> None:
    passages = cut(
        document(
            prose("**Exercise.** How many parameters does the layer have?"),
            Block("hint", "**Hint**\n\nDo not forget the bias of each unit.", "cell 1"),
            Block("solution", "**Solution**\n\nThere are twelve of them in all.", "cell 1"),
            prose("The next paragraph goes on about something else."),
        )
    )
    assert [passage.kind for passage in passages] == ["prose", "hint", "solution", "prose"]


def test_what_is_said_twice_is_kept_once() -> None:
    boilerplate = (
        SENTENCE
        + "This notebook was made for the course and may be shared under the same terms as the course itself."
    )
    passages = cut(
        document(
            heading("A", 1), prose(boilerplate), heading("B", 1), prose(boilerplate.replace("shared", "Shared").replace(",", " ")),
            heading("C", 1), prose(boilerplate + " See you."), heading("D", 1), prose("Something else entirely is said in this one."),
        )
    )  # fmt: skip
    assert [passage.headings for passage in passages] == [("A",), ("D",)]


def test_links_rules_and_placeholders_make_no_passage() -> None:
    passages = cut(
        document(
            prose("---"),
            heading("A", 1),
            prose("https://example.org/page"),
            heading("B", 1),
            prose("[1](x.md)"),
        )
    )
    assert passages == []


def test_the_questions_a_section_answers_go_with_its_first_passage() -> None:
    passages = cut(document(prose(varied(40)), asks=("What is it?",)))
    assert passages[0].asks == ("What is it?",)
    assert all(passage.asks == () for passage in passages[1:])


def test_places_are_joined_in_words() -> None:
    cells = cut(
        document(
            Block("prose", "One idea is told here.", "cell 4"),
            Block("prose", "Another one follows.", "cell 6"),
        )
    )
    assert cells[0].location == "cells 4-6"
    times = cut(
        document(
            Block("prose", "First words of it.", "00:00:01-00:00:09"),
            Block("prose", "Last words of it.", "00:00:09-00:01:00"),
        )
    )
    assert times[0].location == "00:00:01-00:01:00"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("A plain English sentence.", "en"),
        ("データから学ぶ方法です。", "ja"),
        ("机器学习是人工智能的一个分支。", "zh"),
        ("머신러닝은 데이터에서 배웁니다.", "ko"),
        ("Машинное обучение изучает данные.", "ru"),
        ("Zero-shot inference (零样本推理) needs no example in its prompt at all.", "en"),
    ],
)
def test_the_language_is_told_by_the_script(text: str, language: str) -> None:
    assert cut(document(prose(text)))[0].language == language


def test_a_line_of_a_megabyte_is_survived() -> None:
    passages = cut(document(prose("x" * 1_000_000), Block("code", "1," * 300_000, "line 2")))
    assert passages
    assert max(len(passage.text) for passage in passages) < 2000


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the seed documents are not beside the repository")
def test_the_passages_of_the_seeds_are_of_the_size_that_was_asked_for() -> None:
    passages: list[Passage] = []
    for seed in sorted(SEEDS.glob("*.txt")):
        for read in load(seed)[0]:
            passages += cut(read)
    sizes = [len(passage.text) for passage in passages]
    assert 400 < sum(sizes) / len(sizes) < 800
    assert sum(300 <= size <= 900 for size in sizes) > 0.8 * len(sizes)
    assert max(sizes) <= 1300
    for passage in passages:
        assert passage.text.count("```") % 2 == 0
        assert passage.text.count("$$") % 2 == 0


def test_a_note_of_one_line_is_a_passage_though_it_looks_like_a_heading(tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text("Warm-up steps help large batches")
    assert [passage.text for passage in cut(load(note)[0][0])] == ["Warm-up steps help large batches"]

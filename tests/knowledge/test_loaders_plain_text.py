"""Plain text that lost its markup: headings, lists, code and tables are found again."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.loaders import load
from knowledge.passages import Document

SEEDS = Path(__file__).parents[3] / "shared" / "seeds"


def read(folder: Path, text: str, name: str = "page.txt") -> Document:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return load(path)[0][0]


def headings(document: Document) -> list[tuple[int, str]]:
    return [(block.level, block.text) for block in document.blocks if block.kind == "heading"]


def kinds(document: Document) -> list[str]:
    return [block.kind for block in document.blocks]


def test_numbered_parts_chapters_and_sections_nest(tmp_path: Path) -> None:
    text = """Notes on a Book

12 minutes

Part 1: Basics

Chapter 1: Trees

1.1 Splitting

  • A split asks one question.
  • It parts the data.

1.1.1 Gini

Impurity At a Glance
  • Lower is better.

1.2.1Entropy

  • Measured in bits.

Chapter 2: Forests

2.1 3 Ways to Vote

Many trees vote on the answer, and the majority wins in the end.
"""
    document = read(tmp_path, text)
    assert document.title == "Notes on a Book"
    assert headings(document) == [
        (1, "Part 1: Basics"),
        (2, "Chapter 1: Trees"),
        (3, "1.1 Splitting"),
        (4, "1.1.1 Gini"),
        (5, "Impurity At a Glance"),
        (4, "1.2.1Entropy"),
        (2, "Chapter 2: Forests"),
        (3, "2.1 3 Ways to Vote"),
    ]
    assert "12 minutes" not in "".join(block.text for block in document.blocks)


def test_bullets_become_markdown_and_keep_their_depth(tmp_path: Path) -> None:
    document = read(
        tmp_path,
        "List\n\n  • one\n    • inner\n      1. first\n\n  • two\n\nAfter the list comes a sentence.\n",
    )
    assert document.blocks[0].text.replace("\n\n", "\n") == "- one\n  - inner\n    1. first\n- two"
    assert kinds(document) == ["list", "prose"]


def test_code_without_fences_is_found_whole(tmp_path: Path) -> None:
    text = '''Sampling

The model picks a token from the distribution.

import torch
from torch import nn

# Load the model
model = nn.Linear(
    4,
    2,
)

prompt = """Say whether this review is good.

If it is good return 1. Do not give any other answers.
"""
for step in range(3):

    loss = model(prompt)
    print(loss)

model.weight.shape
torch.Size([2, 4])
Then the token is decoded and shown to the reader.
'''
    document = read(tmp_path, text)
    assert kinds(document) == ["prose", "code", "prose"]
    code = document.blocks[1]
    assert code.text.startswith("import torch")
    assert code.text.endswith("torch.Size([2, 4])")
    assert (code.location, code.code_language) == ("lines 5-24", "python")


def test_line_numbers_in_a_column_of_their_own_go_and_the_code_stays(tmp_path: Path) -> None:
    text = """We first load the data into a frame.
1
2 | import pandas as pd
frame = pd.read_csv(PLACE)
|
Then we look at its labels, which are few.
1 | frame.label.unique()
|
"""
    document = read(tmp_path, text)
    assert [(block.kind, block.text) for block in document.blocks] == [
        ("prose", "We first load the data into a frame."),
        ("code", "import pandas as pd\nframe = pd.read_csv(PLACE)"),
        ("prose", "Then we look at its labels, which are few."),
        ("code", "frame.label.unique()"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "    Indented = text",
        "model = load(x)",
        "Training the Model is described below.",
        "These are the steps:",
        "torch.Size([1, 6, 3072])",
        "- A Bullet With Capitals",
        "3.5 million people use it every day",
        "Code",
        "https://example.org/Some/Page",
    ],
)
def test_code_bullets_and_sentences_are_no_headings(tmp_path: Path, line: str) -> None:
    before = "The first paragraph of this text is long enough to be a paragraph.\n\n"
    after = "\n\nThe last paragraph of this text is long enough to be one as well.\n"
    assert headings(read(tmp_path, before + line + after)) == []


def test_short_lines_set_apart_are_headings(tmp_path: Path) -> None:
    text = (
        "Vectors\n\nWords become points in a space of many dimensions.\n\nWhy They Work\n\nNear points mean near meanings, and so we search."
        "\n\nLearning goals\n\nAt the end the reader knows what an embedding is and how it is found.\n"
    )
    assert headings(read(tmp_path, text)) == [(1, "Why They Work"), (1, "Learning goals")]


def test_in_a_text_without_blank_lines_only_clear_headings_count(tmp_path: Path) -> None:
    long = "This paragraph says a good deal about the way in which data is prepared and is therefore rather long, as such paragraphs are."
    text = "\n".join(
        [
            long,
            long,
            "Iterate on data",
            long,
            "Note",
            long,
            "it goes on in lower case",
            long,
            "These Are Words:",
            long,
        ]
    )
    document = read(tmp_path, text)
    assert headings(document) == [(1, "Iterate on data")]
    assert any(block.text.endswith("\nit goes on in lower case") for block in document.blocks)


def test_lines_broken_to_a_width_are_joined_to_their_paragraphs(tmp_path: Path) -> None:
    text = (
        "A decision tree asks one question after another until the data that\nIs left over belongs to one class only. Forests average many of\n"
        "Them and so make fewer mistakes.\nBoosting goes another way and builds its trees one by one, each of\nThem made to mend the mistakes"
        " of those that came before it, in the\nHope that the last one has none to mend.\n"
    )
    document = read(tmp_path, text)
    assert [block.text.split(" ", 1)[0] for block in document.blocks] == ["A", "Boosting"]


def test_japanese_headings_are_short_nominal_lines(tmp_path: Path) -> None:
    text = """チュートリアル 1: 回帰

セクション1: 準備

データを読み込みます。まずは小さなデータから始めましょう。

学習率の選び方

大きすぎると発散します。小さすぎると時間がかかります。

手順は2つです:

次のセルで実行します。

ヒント: 対数で探してみてください。

演習 1.1: 自分で試す

どの値が良いでしょうか?

解答を見る

ここからは本文に戻ります。平均二乗誤差を計算します。
"""
    document = read(tmp_path, text)
    assert document.title == "チュートリアル 1: 回帰"
    assert headings(document) == [
        (1, "セクション1: 準備"),
        (2, "学習率の選び方"),
        (3, "演習 1.1: 自分で試す"),
        (2, "学習率の選び方"),  # the exercise ended, the section goes on
    ]
    assert [block.text for block in document.blocks if block.kind == "hint"] == [
        "ヒント: 対数で探してみてください。"
    ]


def test_what_pages_carry_around_their_text_is_dropped(tmp_path: Path) -> None:
    text = "Open In Colab   Open in Kaggle\n\nTrees\n\nSubscribe to our newsletter\n\nA tree splits the data again and again.\n\nSkip to content\n\n1\n2\n3\n4\n"
    document = read(tmp_path, text)
    assert document.title == "Trees"
    assert [block.text for block in document.blocks] == ["A tree splits the data again and again."]


def test_diagrams_tables_and_formulas_keep_their_kind(tmp_path: Path) -> None:
    text = "Kinds\n\nflowchart TD\n    A[In] --> B(Out)\n\nname\tsize\nsmall\t1\nlarge\t9\n\n$$\nx = y\n$$\n\nDone, and this is the last of it.\n"
    document = read(tmp_path, text)
    assert kinds(document) == ["code", "table", "formula", "prose"]
    assert document.blocks[0].code_language == "mermaid"
    assert document.blocks[1].text == "| name | size |\n|---|---|\n| small | 1 |\n| large | 9 |"


def test_a_text_file_written_in_markdown_is_read_as_markdown(tmp_path: Path) -> None:
    document = read(tmp_path, "# Top\n\nSome prose.\n\n## Below\n\n```python\nx = 1\n```\n")
    assert headings(document) == [(1, "Top"), (2, "Below")]
    assert kinds(document)[-1] == "code"


def test_a_file_named_by_a_hash_is_titled_by_its_first_words(tmp_path: Path) -> None:
    text = "Now that the data is ready we can begin to train models of every size and shape.\nMore follows here in lines.\n"
    assert (
        read(tmp_path, text, "003_29c71d02c235e2be.txt").title
        == "Now that the data is ready we can begin to train models of…"
    )
    assert read(tmp_path, text, "my_notes.txt").title == "my notes"


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the seed documents are not beside the repository")
def test_the_seed_texts_have_the_headings_a_reader_sees() -> None:
    book, japanese, page, notes = (load(next(SEEDS.glob(f"00{number}_*")))[0][0] for number in (1, 2, 3, 4))
    assert sum(text.startswith("Chapter ") for _, text in headings(book)) == 12
    assert (3, "12.8 Summary") in headings(book)
    assert (5, "Low Rank Adaptation (LORA)") in headings(book)
    assert sum(text.startswith("セクション") for _, text in headings(japanese)) == 5
    assert (2, "ファインチューニング") in headings(japanese)
    assert [text for _, text in headings(page)] == ["Iterate on the data", "Primer on distributed training"]
    for document in (book, japanese, page, notes):
        assert not any(mark in text for _, text in headings(document) for mark in ("=", "import ", "•", "。"))

"""Questions find the passages that answer them, and what nothing answers is declined."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.errors import BadInput
from knowledge.index import Index
from knowledge.library import Library
from knowledge.search import Searcher
from tests.knowledge.conftest import WordEncoder


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """A library with the course, under the default encoder."""
    library = Library(tmp_path_factory.mktemp("home"))
    library.prepare()
    return library


def sections(library: Library, query: str, k: int = 3) -> str:
    return " | ".join(hit.passage.section for hit in library.search(query, k).hits)


def test_a_question_finds_the_section_that_answers_it_first(library: Library) -> None:
    result = library.search("What is supervised learning?")
    assert result.hits[0].passage.section.startswith("Supervised learning")
    assert result.covered
    assert result.mode == "hybrid"


@pytest.mark.parametrize(
    ("query", "section"),
    [
        ("what is renforcement lerning", "Reinforcement learning"),
        ("suprvised lernign", "Supervised learning"),
    ],
)
def test_misspelt_questions_are_understood(library: Library, query: str, section: str) -> None:
    assert section in sections(library, query)
    assert library.search(query).corrected != query


def test_correctly_spelt_words_are_left_alone(library: Library) -> None:
    for query in ("What is a weight?", "How does Pac-Man learn?", "BERT and GPT", "訓練データ"):
        assert library.search(query).corrected == query


def test_a_synonym_finds_what_the_course_calls_otherwise(library: Library) -> None:
    assert "Data, objects, targets and labels" in sections(library, "what do annotated examples look like")


@pytest.mark.parametrize("query", ["強化学習とは何ですか", "教師あり学習とは何ですか"])
def test_a_japanese_question_finds_the_english_section(library: Library, query: str) -> None:
    result = library.search(query)
    assert "learning" in result.hits[0].passage.section.lower()
    assert result.covered


def test_a_japanese_question_finds_japanese_text(notes: Path, tmp_path: Path) -> None:
    library = Library(tmp_path)
    library.ingest([notes], "mine")
    assert library.search("モデルが覚え込んでしまうのはなぜ?").hits[0].passage.title == "過学習"


@pytest.mark.parametrize(
    "query",
    [
        "How do I bake bread?",
        "What is the capital of Mongolia?",
        "how does a random forest split its nodes",
        "What does Kubernetes do?",
        "asdf qwer zxcv",
        "今日の天気は?",
        "カルマンフィルタはどうやって状態を推定するのですか",
    ],
)
def test_what_nothing_answers_is_declined(library: Library, query: str) -> None:
    assert not library.search(query).covered


@pytest.mark.parametrize(
    "query",
    [
        'c" OR title:*',
        "NEAR(a b) AND NOT (x",
        "'; DROP TABLE passages; --",
        "* ^ \" ' ( ) { } [ ] : - + ~",
        "what\0is\x1b[31m this",
        "\ud800 lone surrogate",
        "🧠🤖",
        "a " * 4000,
        "-",
        "NOT",
    ],
    ids=lambda query: repr(query[:12]),
)
def test_hostile_questions_are_just_questions(library: Library, query: str) -> None:
    result = library.search(query)
    assert len(result.hits) <= 5
    assert library.search("What is supervised learning?").covered, "nothing was broken"


@pytest.mark.parametrize(
    ("query", "k", "says"),
    [
        ("", 5, "empty"),
        ("  \n ", 5, "empty"),
        ("x" * 100_000, 5, "100,000"),
        ("ok", 0, "k is 0"),
        ("ok", 101, "101"),
    ],
)
def test_what_cannot_be_searched_for_is_one_clear_sentence(
    library: Library, query: str, k: int, says: str
) -> None:
    with pytest.raises(BadInput, match=says) as failure:
        library.search(query, k)
    assert failure.value.help


def test_an_unknown_collection_names_the_known_ones(library: Library) -> None:
    with pytest.raises(BadInput, match="nowhere") as failure:
        library.search("anything", collections=["nowhere"])
    assert "course" in failure.value.help


def test_words_are_searched_while_vectors_are_still_missing(notes: Path, tmp_path: Path) -> None:
    class Slow(WordEncoder):
        def encode(self, texts: object, *, query: bool) -> object:
            raise KeyboardInterrupt

    index = Index(tmp_path / "index", Slow())
    with pytest.raises(KeyboardInterrupt):
        index.ingest([notes], "mine")
    result = Searcher(index).search("learning rate overshoots", 3, None)
    assert result.mode == "lexical"
    assert result.hits[0].passage.headings == ("Too high",)


def test_reading_a_passage_gives_its_whole_section_in_order(library: Library) -> None:
    hit = library.search("What is supervised learning?").hits[0]
    view = library.read(hit.passage_id)
    assert hit.passage_id in [passage_id for passage_id, _ in view.passages]
    assert view.headings[0] == "Supervised learning"
    assert [p.ordinal for _, p in view.passages] == sorted(p.ordinal for _, p in view.passages)
    assert len(view.passages) > 3


def test_reading_a_passage_that_is_gone_says_so(library: Library) -> None:
    with pytest.raises(BadInput, match="no longer"):
        library.read("0123456789abcdef")


def test_the_outline_names_each_section_of_the_course_once(library: Library) -> None:
    entries = library.outline("course")
    assert entries[0].level == 0
    titles = [entry.title for entry in entries if entry.level == 1]
    assert "Supervised learning" in titles
    assert len(titles) == len(set(titles))


def test_forgetting_a_source_takes_it_out_of_every_answer(notes: Path, tmp_path: Path) -> None:
    library = Library(tmp_path)
    library.ingest([notes], "mine")
    assert library.forget(str(notes / "trees.md")) == 1
    assert all(hit.passage.title != "Orchard" for hit in library.search("apple trees pruned").hits)
    with pytest.raises(BadInput, match="not indexed"):
        library.forget("trees.md")


def test_forgetting_by_file_name_alone_works_where_it_is_clear(notes: Path, tmp_path: Path) -> None:
    library = Library(tmp_path)
    library.ingest([notes], "mine")
    other = notes / "more"
    other.mkdir()
    (other / "rates.md").write_text(
        "# Interest rates\n\nThe central bank sets the interest rate each quarter."
    )
    library.ingest([notes], "mine")
    with pytest.raises(BadInput, match="several"):
        library.forget("rates.md")
    assert library.forget("more/rates.md") == 1


def test_the_course_cannot_be_forgotten(library: Library) -> None:
    source = next(info.source for info in library.sources() if info.collection == "course")
    with pytest.raises(BadInput, match="part of Tutor"):
        library.forget(source)


def test_an_english_question_finds_its_answer_in_japanese_text_beside_english(
    notes: Path, tmp_path: Path
) -> None:
    library = Library(tmp_path)
    library.ingest([notes], "mine")
    titles = [
        hit.passage.title for hit in library.search("What is overfitting and how is it prevented?").hits
    ]
    assert titles[0] == "過学習"

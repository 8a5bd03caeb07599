"""Reading reviews: the carried ones, the person's own file, and data sets of the hub."""

from __future__ import annotations

import bz2
import errno
import hashlib
import io
import json
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from tools.assets import ASSETS, hub
from tools.assets.catalogue import Member
from tools.assets.reviews import Texts, load_reviews, stars
from tools.errors import AssetUnavailable, BadData

CRITICS = (
    "category,text,movie_name,has_plot_and_reviews\n"
    "plot,A bank manager turns robber.,aankhen,1\n"
    + "".join(f'fresh,"Great, number {n}",film,1\n' for n in range(12))
    + "".join(f"rotten,Dull number {n},film,1\n" for n in range(8))
)


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    hub.reachable.cache_clear()


@pytest.fixture
def stick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the person's own, from which assets are taken."""
    folder = tmp_path / "stick"
    folder.mkdir()
    monkeypatch.setenv("TUTOR_ASSETS", str(folder))
    return folder


def carry(monkeypatch: pytest.MonkeyPatch, stick: Path, asset: str, files: dict[str, bytes]) -> None:
    """Make these files the whole of a carried asset."""
    members = tuple(Member(name, len(body), hashlib.sha256(body).hexdigest()) for name, body in files.items())
    monkeypatch.setitem(ASSETS, asset, replace(ASSETS[asset], members=members))
    for name, body in files.items():
        (stick / name).write_bytes(body)


def numbered(count: int, classes: int = 2) -> Texts:
    texts = [f"Text number {n}" for n in range(count)]
    return Texts(texts, [n % classes for n in range(count)], list("abcdef"[:classes]), "numbered", "here")


def own_file(tmp_path: Path, text: str | bytes, name: str = "mine.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def rows(count: int = 12, head: str = "text,label") -> str:
    return f"{head}\n" + "".join(f"Sentence {n},{'good' if n % 3 else 'bad'}\n" for n in range(count))


# -- carried


def test_movie_reviews_are_fresh_or_rotten_and_hold_no_plots(
    stick: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    carry(
        monkeypatch,
        stick,
        "movie-reviews",
        {"rotten_tomatoes_corpus_full.csv.bz2": bz2.compress(CRITICS.encode())},
    )
    texts = load_reviews("movie-reviews", tmp_path / "home")
    assert texts.label_names == ["rotten", "fresh"]
    assert texts.labels.count(1) == 12
    assert texts.labels.count(0) == 8
    assert "Great, number 3" in texts.texts
    assert not any("bank manager" in text for text in texts.texts)


def test_a_well_known_hub_name_gets_its_stand_in_offline_and_says_so(
    stick: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = "".join(f"{n}\t{grade}\tSentence {n}\r\n" for n, grade in enumerate((-4, -2, 0, 1.5, 4)))
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        member = tarfile.TarInfo("hutto_ICWSM_2014/movieReviewSnippets_GroundTruth.txt")
        member.size = len(lines)
        archive.addfile(member, io.BytesIO(lines.encode()))
    carry(monkeypatch, stick, "graded-reviews", {"hutto_ICWSM_2014.tar.gz": out.getvalue()})
    texts = load_reviews("yelp_review_full", tmp_path / "home")
    assert texts.name == "graded-movies"
    assert "Stands in for yelp_review_full" in texts.note
    assert "made here" in texts.note  # where the stars come from
    assert texts.labels == [0, 1, 2, 3, 4]
    assert texts.label_names[0] == "1 star"


def test_grades_become_stars_in_five_equal_steps() -> None:
    assert [stars(grade) for grade in (-4, -2.41, -2.39, -0.81, 0, 0.79, 0.81, 2.39, 2.41, 4)] == [
        1, 1, 2, 2, 3, 3, 4, 4, 5, 5,
    ]  # fmt: skip


def test_news_topics_come_from_both_parts(
    stick: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = "Category\tText\nd\tstring\nclass\t\n"
    files = {
        "20newsgroups-train.tab": f"{head}\t\nsci.space\tthe moon\nrec.autos\ta car\n".encode(),
        "20newsgroups-test.tab": f"{head}sci.space\tthe sun\n".encode(),
    }
    carry(monkeypatch, stick, "news-topics", files)
    texts = load_reviews("news-topics", tmp_path / "home")
    assert texts.label_names == ["rec.autos", "sci.space"]
    assert list(zip(texts.texts, texts.labels, strict=True)) == [
        ("the moon", 1),
        ("a car", 0),
        ("the sun", 1),
    ]


def test_an_unknown_hub_name_offline_is_an_error_and_no_stand_in(tmp_path: Path) -> None:
    with pytest.raises(AssetUnavailable, match="somebody/reviews") as caught:
        load_reviews("somebody/reviews", tmp_path)
    assert "movie-reviews" in caught.value.help


def test_a_local_copy_of_a_hub_data_set_is_read_with_its_class_names(tmp_path: Path) -> None:
    import datasets

    features = datasets.Features(
        {"text": datasets.Value("string"), "label": datasets.ClassLabel(names=["no", "yes"])}
    )
    made = datasets.Dataset.from_dict(
        {"text": [f"Sentence {n}" for n in range(20)], "label": [n % 2 for n in range(20)]}, features=features
    )
    datasets.DatasetDict({"train": made}).save_to_disk(str(tmp_path / "my_reviews"))
    texts = load_reviews(str(tmp_path / "my_reviews"), tmp_path)
    assert texts.label_names == ["no", "yes"]
    assert len(texts) == 20
    assert "local copy" in texts.source


# -- splitting


def test_a_split_shares_no_text_not_even_in_other_case_or_spaces() -> None:
    doubled = numbered(60)
    texts = replace(
        doubled,
        texts=[*doubled.texts, *(f"  text   NUMBER {n} " for n in range(60))],
        labels=doubled.labels * 2,
        hash="",
    )
    train, test = texts.split(40, 20, seed=1)
    assert not {" ".join(text.lower().split()) for text in train.texts} & {
        " ".join(text.lower().split()) for text in test.texts
    }
    with pytest.raises(BadData, match="60 different texts"):
        texts.split(60, 20, seed=1)


def test_both_sides_hold_the_classes_in_the_shares_of_the_whole() -> None:
    texts = replace(numbered(1000), labels=[int(n % 10 == 0) for n in range(1000)], hash="")
    train, test = texts.split(300, 200, seed=3)
    assert abs(sum(train.labels) - 30) <= 1
    assert abs(sum(test.labels) - 20) <= 1


def test_a_larger_training_set_holds_the_smaller_one_and_leaves_the_test_set() -> None:
    small, test = numbered(500, 3).split(100, 50, seed=7)
    large, same = numbered(500, 3).split(300, 50, seed=7)
    assert same.texts == test.texts
    assert large.texts[:100] == small.texts
    assert numbered(500, 3).split(100, 50, seed=8)[1].texts != test.texts


def test_the_hash_tells_other_labels_and_other_texts() -> None:
    texts = numbered(20)
    assert texts.hash == numbered(20).hash
    assert replace(texts, labels=[1 - label for label in texts.labels], hash="").hash != texts.hash
    assert texts.take(range(19)).hash != texts.hash


# -- the person's own file


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("text,label", "a.csv"),
        ("Sentiment ,REVIEW", "b.csv"),
        ("stars;content", "c.csv"),
        ("sentence\trating", "d.tsv"),
    ],
)
def test_columns_are_found_by_their_usual_names(tmp_path: Path, head: str, name: str) -> None:
    separator = next(each for each in ",;\t" if each in head)
    text_first = head.lower().split(separator)[0].strip() in ("text", "sentence")
    lines = [
        separator.join((f"Sentence {n}", "52"[n % 2]) if text_first else ("52"[n % 2], f"Sentence {n}"))
        for n in range(12)
    ]
    texts = load_reviews("ignored", tmp_path, own_file(tmp_path, "\n".join([head, *lines]), name))
    assert texts.texts[3] == "Sentence 3"
    assert texts.label_names == ["2", "5"]
    assert texts.name == name


def test_jsonl_and_a_json_list_read_alike(tmp_path: Path) -> None:
    records = [{"review": f"Sentence {n}", "stars": float(n % 3 + 9)} for n in range(12)]
    by_line = "\n".join(json.dumps(each) for each in records) + "\n\n"
    first = load_reviews("", tmp_path, own_file(tmp_path, by_line, "a.jsonl"))
    second = load_reviews("", tmp_path, own_file(tmp_path, json.dumps(records), "b.json"))
    assert first.label_names == ["9", "10", "11"]  # numbers in their order, 9.0 as 9
    assert first.hash == second.hash


def test_columns_can_be_named(tmp_path: Path) -> None:
    file = own_file(tmp_path, rows(head="what they said,verdict"))
    texts = load_reviews("", tmp_path, file, text_column="What they said", label_column="verdict")
    assert texts.label_names == ["bad", "good"]


def test_rows_without_text_or_label_are_left_out_and_counted(tmp_path: Path) -> None:
    texts = load_reviews("", tmp_path, own_file(tmp_path, rows() + " ,good\nNo verdict,\nNo more\n"))
    assert len(texts) == 12
    assert "3 rows" in texts.note


def test_a_spreadsheets_unicode_text_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    for encoding in ("utf-16", "utf-8-sig"):
        file = own_file(tmp_path, rows().replace("Sentence", "Straße").encode(encoding))
        assert load_reviews("", tmp_path, file).texts[0] == "Straße 0"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty"),
        ("text,label\n", "has no rows"),
        (rows(3), r"has 3 rows; at least 10"),
        (rows(head="words,label"), r"no column text \(or review, sentence, content\); its columns are 'words', 'label'"),
        (rows(head="text,mark"), r"no column label .*; its columns are 'text', 'mark'"),
        ("text,label\n" + "Fine,good\n" * 12, "one class only: every label is 'good'"),
        ("text,label\n" + "".join(f"Row,{n}\n" for n in range(40)), "40 different values in 40 rows"),
        ("text,label\ncaf\xe9,good\n".encode("latin-1") * 12, r"not UTF-8 text \(byte 0xe9\)"),
        (b"PK\x03\x04\x00\x00\x00binary", "not a text file"),
        ('{"text": "a", "label": "b"}\n{"text": "a"', "row 2 is not JSON"),
        ('["a", "b"]', "row 1 is no JSON object"),
        pytest.param('{"text": ' + "9" * 5_000 + "}", "row 1 is not JSON", id="a number of 5,000 digits"),
        ('{"text": ["a", "b"], "label": "c"}\n' * 12, "row 1 holds a list where a text should be"),
        ('{"text": "a", "label": {"b": 1}}\n' * 12, "row 1 holds an object where a text should be"),
        (rows() + "Good, but long,good\n", "line 14 has 3 cells, and the header 2"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used_is_told_in_a_sentence(
    tmp_path: Path, content: str | bytes, said: str
) -> None:
    with pytest.raises(BadData, match=said) as caught:
        load_reviews("movie-reviews", tmp_path, own_file(tmp_path, content))
    assert caught.value.exit_code == 2
    assert caught.value.help


def test_half_a_character_in_json_and_empty_cells_at_a_lines_end_are_no_hindrance(tmp_path: Path) -> None:
    lines = "".join(f'{{"text": "Odd \\ud800 {n}", "label": "{"ab"[n % 2]}\\ud83d"}}\n' for n in range(12))
    texts = load_reviews("", tmp_path, own_file(tmp_path, lines, "odd.jsonl"))
    assert (texts.texts[0], texts.label_names) == ("Odd \ufffd 0", ["a\ufffd", "b\ufffd"])
    padded = rows().replace("\n", ",,\n").replace("label,,", "label", 1)
    assert len(load_reviews("", tmp_path, own_file(tmp_path, padded))) == 12


def test_too_few_texts_for_any_split_ask_for_more_texts() -> None:
    with pytest.raises(BadData, match="has 1 different text;") as caught:
        replace(numbered(12), texts=["Same"] * 12, hash="").split(10, 2, seed=0)
    assert "more texts" in caught.value.help


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(BadData, match="There is no file"):
        load_reviews("movie-reviews", tmp_path, tmp_path / "gone.csv")
    with pytest.raises(BadData, match="is a folder"):
        load_reviews("movie-reviews", tmp_path, tmp_path)


def test_a_file_that_may_not_be_read_is_told_as_that(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    file = own_file(tmp_path, rows())
    monkeypatch.setattr(Path, "open", denied)  # the rights themselves do not bind root
    with pytest.raises(BadData, match=r"mine\.csv cannot be read: Permission denied"):
        load_reviews("", tmp_path, file)


def test_a_file_too_big_for_memory_is_refused_unread(tmp_path: Path) -> None:
    huge = tmp_path / "huge.csv"
    with huge.open("wb") as file:
        file.truncate(2_000_000_000)  # a hole: no such space is taken
    with pytest.raises(BadData, match=r"2\.0 GB; at most 1 GB"):
        load_reviews("movie-reviews", tmp_path, huge)

"""The index keeps what it was given, through changes, kills, damage and a second process."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from knowledge.errors import BadInput, IndexUnavailable
from knowledge.index import Index
from knowledge.library import Library
from knowledge.progress import Cancelled, Progress
from knowledge.search import Searcher
from knowledge.write_lock import writing
from tests.knowledge.conftest import WordEncoder


def opened(home: Path, encoder: WordEncoder | None = None) -> Index:
    return Index(home / "index", encoder or WordEncoder())


def found(index: Index, query: str) -> list[str]:
    return [Path(hit.passage.source).name for hit in Searcher(index).search(query, 3, None).hits]


def test_a_second_ingest_of_the_same_folder_adds_nothing_and_encodes_nothing(
    notes: Path, tmp_path: Path
) -> None:
    index = opened(tmp_path)
    first = index.ingest([notes], "mine")
    assert (first.documents, first.added, first.removed) == (3, first.passages, 0)
    encoder = WordEncoder()
    second = opened(tmp_path, encoder).ingest([notes], "mine")
    assert (second.documents, second.passages) == (first.documents, first.passages)
    assert (second.added, second.unchanged, second.removed) == (0, first.passages, 0)
    assert encoder.encoded == []


def test_a_changed_file_replaces_only_the_passages_that_changed(notes: Path, tmp_path: Path) -> None:
    encoder = WordEncoder()
    index = opened(tmp_path, encoder)
    index.ingest([notes], "mine")
    encoder.encoded.clear()
    rates = notes / "rates.md"
    rates.write_text(rates.read_text().replace("crawl", "creep"))
    report = index.ingest([notes], "mine")
    assert (report.added, report.removed) == (1, 1)
    assert encoder.encoded
    assert all("creep" in text for text in encoder.encoded)


def test_a_touched_file_with_the_same_bytes_is_unchanged(notes: Path, tmp_path: Path) -> None:
    index = opened(tmp_path)
    index.ingest([notes], "mine")
    os.utime(notes / "rates.md", (1, 1))
    assert index.ingest([notes], "mine").added == 0


def test_a_file_that_left_the_folder_is_forgotten_and_no_longer_found(notes: Path, tmp_path: Path) -> None:
    index = opened(tmp_path)
    index.ingest([notes], "mine")
    (notes / "trees.md").unlink()
    assert index.ingest([notes], "mine").removed == 1
    assert "trees.md" not in found(index, "apple trees pruned in winter")


def test_a_renamed_document_is_read_under_its_new_name(notes: Path, tmp_path: Path) -> None:
    index = opened(tmp_path)
    index.ingest([notes], "mine")
    (notes / "trees.md").rename(notes / "orchard.md")
    index.ingest([notes], "mine")
    assert found(index, "apple trees pruned in winter")[0] == "orchard.md"


def test_the_same_file_in_two_collections_is_found_in_each(notes: Path, tmp_path: Path) -> None:
    index = opened(tmp_path)
    index.ingest([notes], "a")
    index.ingest([notes / "trees.md"], "b")
    hits = Searcher(index).search("apple trees", 5, ["b"]).hits
    assert [hit.collection for hit in hits] == ["b"]


def test_the_course_collection_cannot_be_added_to(notes: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="course"):
        opened(tmp_path).ingest([notes], "course")


def test_a_path_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="nowhere"):
        opened(tmp_path).ingest([tmp_path / "nowhere"], "mine")


def test_a_broken_file_is_reported_again_each_time_and_does_not_stop_the_rest(
    notes: Path, tmp_path: Path
) -> None:
    (notes / "broken.ipynb").write_bytes(b"")
    index = opened(tmp_path)
    for _ in range(2):
        report = index.ingest([notes], "mine")
        assert report.documents == 3
        assert [Path(skipped.path).name for skipped in report.skipped] == ["broken.ipynb"]


def test_a_cancelled_ingest_keeps_what_was_read_and_goes_on_next_time(notes: Path, tmp_path: Path) -> None:
    encoder = WordEncoder()
    index = opened(tmp_path, encoder)
    cancel = threading.Event()

    def stop_at_encoding(progress: Progress) -> None:
        if progress.phase == "Encoding":
            cancel.set()

    with pytest.raises(Cancelled):
        index.ingest([notes], "mine", stop_at_encoding, cancel)
    assert found(index, "apple trees pruned")[0] == "trees.md", "words are searched before vectors are there"
    report = index.ingest([notes], "mine")
    assert report.added == 0
    assert index.pending() == 0


def test_changing_the_encoder_is_noticed_and_everything_is_encoded_again(notes: Path, tmp_path: Path) -> None:
    opened(tmp_path).ingest([notes], "mine")
    other = WordEncoder("test/other")
    index = opened(tmp_path, other)
    with writing(index.folder, lambda _: None):
        messages = index.fill(lambda _: None)
    assert "changed from test/words to test/other" in messages[0]
    assert other.encoded
    assert Searcher(index).search("apple trees", 1, None).mode == "hybrid"
    with sqlite3.connect(tmp_path / "index" / "index.db") as database:
        assert database.execute("SELECT DISTINCT model FROM vectors").fetchall() == [("test/other",)]


def erase_vectors(folder: Path) -> None:
    shutil.rmtree(folder / "chroma")


def empty_the_database(folder: Path) -> None:
    (folder / "chroma" / "chroma.sqlite3").write_bytes(b"")


def overwrite_the_database(folder: Path) -> None:
    (folder / "chroma" / "chroma.sqlite3").write_bytes(b"not a database" * 400)


def delete_the_vector_folders(folder: Path) -> None:
    for inner in (folder / "chroma").iterdir():
        if inner.is_dir():
            shutil.rmtree(inner)


@pytest.mark.parametrize(
    "damage", [erase_vectors, empty_the_database, overwrite_the_database, delete_the_vector_folders]
)
def test_damage_to_the_vector_index_is_noticed_told_and_mended_without_encoding(
    notes: Path, tmp_path: Path, damage: object
) -> None:
    # Chroma writes its vector folder only from its thousandth vector on.
    many = "\n".join(
        f"## Part {n}\n\nNumber{n} stands here and {n * 7} is what it says.\n" for n in range(1100)
    )
    (notes / "many.md").write_text(f"# Many\n\n{many}")
    index = opened(tmp_path)
    index.ingest([notes], "mine")
    index.close()
    assert [inner for inner in (tmp_path / "index" / "chroma").iterdir() if inner.is_dir()]
    damage(tmp_path / "index")  # type: ignore[operator]
    encoder = WordEncoder()
    again = opened(tmp_path, encoder)
    assert Searcher(again).search("apple trees", 1, None).mode == "lexical", "damaged vectors are not used"
    with writing(again.folder, lambda _: None):
        messages = again.fill(lambda _: None)
    assert len(messages) == 1
    assert "damaged" in messages[0]
    assert encoder.encoded == []
    result = Searcher(again).search("apple trees pruned", 1, None)
    assert result.mode == "hybrid"
    assert result.hits[0].passage.title == "Orchard"


def test_a_damaged_manifest_is_one_clear_sentence(notes: Path, tmp_path: Path) -> None:
    index = opened(tmp_path)
    index.ingest([notes], "mine")
    index.close()
    (tmp_path / "index" / "index.db").write_bytes(b"garbage" * 1000)
    with pytest.raises(IndexUnavailable, match="damaged") as failure:
        opened(tmp_path)
    assert "tutor doctor --repair" in failure.value.help


def test_what_can_be_read_of_a_damaged_manifest_is_saved(notes: Path, tmp_path: Path) -> None:
    index = opened(tmp_path / "old")
    index.ingest([notes], "mine")
    index.catalog._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    index.close()
    database = tmp_path / "old" / "index" / "index.db"
    with sqlite3.connect(database) as raw:
        page = raw.execute("SELECT rootpage FROM sqlite_master WHERE name = 'terms_data'").fetchone()[0]
        size = raw.execute("PRAGMA page_size").fetchone()[0]
    with database.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    fresh = Library(tmp_path / "new")
    assert fresh.salvage(tmp_path / "old" / "index") == 4
    assert {info.title for info in fresh.sources()} == {"Learning rates", "Orchard", "過学習"}


def test_an_index_of_a_newer_tutor_is_refused(tmp_path: Path) -> None:
    opened(tmp_path).close()
    with sqlite3.connect(tmp_path / "index" / "index.db") as database:
        database.execute("PRAGMA user_version = 99")
    with pytest.raises(IndexUnavailable, match="newer Tutor"):
        opened(tmp_path)


def test_a_home_that_is_a_file_is_one_clear_sentence(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(IndexUnavailable, match="cannot be made"):
        opened(tmp_path / "home")


KILLED = """
import sys, time
from pathlib import Path
from tests.knowledge.conftest import WordEncoder
from knowledge.index import Index
class Slow(WordEncoder):
    def encode(self, texts, *, query):
        time.sleep(0.05)
        return super().encode(texts, query=query)
def tell(progress):
    print(progress.phase, progress.done, flush=True)
Index(Path(sys.argv[1]) / "index", Slow()).ingest([Path(sys.argv[2])], "mine", tell)
"""


@pytest.mark.parametrize("moment", ["Reading 20", "Encoding 16", "Encoding 64", "Indexing 0"])
def test_kill_9_at_any_point_loses_nothing_reported_and_the_next_start_finishes(
    tmp_path: Path, moment: str
) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(40):
        (folder / f"{number:02}.md").write_text(f"# Note {number}\n\n" + f"Fact{number} holds here. " * 30)
    child = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path), str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert child.stdout is not None
    for line in child.stdout:
        if line.strip() == moment or (moment == "Indexing 0" and line.startswith("Encoding 80")):
            break
    child.send_signal(signal.SIGKILL)
    child.wait()
    index = opened(tmp_path)
    kept = len(index.catalog.files("mine"))
    assert kept >= (20 if moment == "Reading 20" else 40)
    index.ingest([folder], "mine")
    assert index.pending() == 0
    assert len(index.catalog.files("mine")) == 40
    assert found(index, "Fact7")[0] == "07.md"
    assert Searcher(index).search("Fact7", 1, None).mode == "hybrid"


def _ingest(home: str, folder: str, name: str) -> None:
    Index(Path(home) / "index", WordEncoder()).ingest([Path(folder)], name)


def test_two_processes_ingesting_at_once_both_succeed_and_a_third_sees_it_all(
    notes: Path, tmp_path: Path
) -> None:
    reader = opened(tmp_path)
    reader.ingest([notes / "trees.md"], "early")
    assert found(reader, "apple trees")[0] == "trees.md"
    spawn = multiprocessing.get_context("spawn")
    children = [spawn.Process(target=_ingest, args=(str(tmp_path), str(notes), name)) for name in "ab"]
    for child in children:
        child.start()
    for child in children:
        child.join(60)
        assert child.exitcode == 0
    result = Searcher(reader).search("learning rate overshoots", 5, ["a", "b"])
    assert result.mode == "hybrid", "an open reader sees what other processes added"
    assert {hit.collection for hit in result.hits} == {"a", "b"}


def test_a_first_start_encodes_nothing_because_the_course_ships_its_vectors(tmp_path: Path) -> None:
    library = Library(tmp_path)
    assert library.prepare() == []
    encoder = library.encoder
    assert library._index.pending() == 0
    assert getattr(encoder, "_model", None) is None, "the model was loaded although nothing was missing"
    assert library.search("What is supervised learning?").mode == "hybrid"


def test_the_course_can_be_searched_whole_before_other_material_is_encoded(tmp_path: Path) -> None:
    notes = tmp_path / "notes.md"
    notes.write_text("# Learning rate\n\nA learning rate that is too high overshoots the minimum.\n")
    Library(tmp_path / "home", "minilm").ingest([notes], "mine")  # the default encoder has it still to encode
    library = Library(tmp_path / "home")
    modes: list[tuple[str, int]] = []

    def watch(progress: Progress) -> None:
        if progress.phase == "Encoding":
            modes.append((library.search("What is a linear classifier?", 1, ["course"]).mode, progress.total))

    library.prepare(progress=watch)
    assert modes[0][0] == "hybrid"
    assert modes[0][1] > 0

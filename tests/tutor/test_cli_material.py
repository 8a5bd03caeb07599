"""Commands over the material: ingest, search, sources, forget and eval retrieval."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Tutor = Callable[..., Any]
Environment = Callable[..., dict[str, str]]

pytestmark = pytest.mark.usefixtures("home_with_course")
PAGE = "# Ballast\n\n## Water\n\nA balloon drops water as ballast in order to climb faster.\n"


def test_ingest_reports_what_it_did_and_again_adds_nothing(tutor: Tutor, tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "good.md").write_text(PAGE, encoding="utf-8")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 but not really")
    first = tutor("ingest", str(folder), "--json")
    assert first.code == 0
    assert set(first.json) == {
        "documents",
        "passages",
        "added",
        "unchanged",
        "removed",
        "skipped",
        "seconds",
    }
    assert (first.json["documents"], first.json["unchanged"]) == (1, 0)
    assert first.json["added"] == first.json["passages"] >= 1
    (skipped,) = first.json["skipped"]
    assert skipped["path"].endswith("broken.pdf")
    assert skipped["reason"]
    again = tutor("ingest", str(folder), "--json").json
    assert (again["added"], again["removed"]) == (0, 0)
    assert again["unchanged"] == first.json["added"]


def test_input_of_which_nothing_can_be_used_is_bad_input(tutor: Tutor, tmp_path: Path) -> None:
    (tmp_path / "empty.ipynb").touch()
    ran = tutor("ingest", str(tmp_path / "empty.ipynb"))
    assert ran.code == 2
    assert "empty.ipynb" in ran.err


def test_the_course_cannot_be_added_to(tutor: Tutor, tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text(PAGE, encoding="utf-8")
    ran = tutor("ingest", str(tmp_path / "page.md"), "--collection", "course", "--json")
    assert ran.code == 2
    assert "course" in ran.json["error"]["message"]


def test_search_prints_the_promised_object_and_options_may_come_last(taught: Tutor) -> None:
    ran = taught("search", "why", "does", "a", "zeppelin", "float", "--json", "-k", "1")
    assert set(ran.json) == {"query", "hits", "seconds"}
    assert ran.json["query"] == "why does a zeppelin float"
    (hit,) = ran.json["hits"]
    assert set(hit) == {"text", "title", "section", "location", "score"}
    assert "hydrogen" in hit["text"]
    assert (hit["title"], hit["section"].endswith("Lift")) == ("Zeppelins", True)


def test_search_stays_in_the_collection_named(taught: Tutor) -> None:
    ran = taught("search", "why does a zeppelin float", "--collection", "course", "--json")
    assert all("hydrogen" not in hit["text"] for hit in ran.json["hits"])
    unknown = taught("search", "zeppelin", "--collection", "airship", "--json")
    assert unknown.code == 2
    assert "airship" in unknown.json["error"]["message"]


def test_lines_are_answered_in_order_and_a_bad_one_does_not_stop_the_rest(taught: Tutor) -> None:
    lines = [
        b"\xef\xbb\xbfzeppelin",
        b"",
        b'{"query": "hydrogen"}',
        b'{"question": "gas cells"}',
        b'{"broken',
        b'{"query": 3}',
        b"\xff\xfe",
        b"x" * 3_000_000,
        b"lift",
    ]
    ran = taught("search", "--stdin", "-k", "1", stdin=b"\n".join(lines))
    assert [found.get("query", "error") for found in ran.lines] == [
        "zeppelin",
        "error",
        "hydrogen",
        "gas cells",
        "error",
        "error",
        "error",
        "error",
        "lift",
    ]
    assert ran.code == 2
    errors = [found["error"]["message"] for found in ran.lines if "error" in found]
    assert "UTF-8" in errors[3]
    assert "characters" in errors[4]


def test_no_lines_give_no_objects(taught: Tutor) -> None:
    ran = taught("search", "--stdin", stdin="")
    assert (ran.code, ran.out) == (0, "")


def test_what_documents_carry_does_not_steer_the_terminal(tutor: Tutor, tmp_path: Path) -> None:
    evil = "Red \x1b[31mrum\x1b[0m and \x1b]0;owned\x07 a title, \x9b2J cleared, \u202egnirts"
    (tmp_path / "evil.md").write_text(f"# Evil \x1b[2J\n\n{evil} balloon ballast.\n", encoding="utf-8")
    assert tutor("ingest", str(tmp_path / "evil.md")).code == 0
    for arguments in (("search", "balloon ballast"), ("sources",), ("search", "balloon ballast", "--json")):
        shown = tutor(*arguments).out
        assert "rum" in shown or "Evil" in shown
        assert not any(mark in shown for mark in "\x1b\x07\x9b\u202e")


def test_sources_lists_and_forget_takes_out(tutor: Tutor, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE, encoding="utf-8")
    tutor("ingest", str(page), "--collection", "balloons")
    (listed,) = tutor("sources", "--collection", "balloons", "--json").json["sources"]
    assert listed["source"] == str(page)
    assert (listed["title"], listed["collection"], listed["passages"]) == ("Ballast", "balloons", 1)
    assert tutor("forget", "page.md", "--json").json == {"source": "page.md", "removed": 1}
    assert tutor("sources", "--collection", "balloons", "--json").json == {"sources": []}
    assert tutor("forget", str(page)).code == 2
    assert page.exists()


def test_interrupting_an_ingest_keeps_what_was_read(
    home: Path, tmp_path: Path, environment: Environment, run_tutor: Tutor
) -> None:
    page = tmp_path / "long.md"
    text = "".join(
        f"## Part {n}\n\nBalloon number {n} carries {n * 7} kilograms of sand.\n\n" for n in range(400)
    )
    page.write_text(f"# Long\n\n{text}", encoding="utf-8")
    running = subprocess.Popen(
        [sys.executable, "-m", "tutor", "ingest", str(page), "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(home),
    )
    wait_until_read(home / "index" / "index.db", str(page), running)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)
    assert running.returncode == 130, err
    assert json.loads(out)["error"]["title"] == "Interrupted"
    listed = run_tutor(home, "sources", "--collection", "mine", "--json").json["sources"]
    assert [each["source"] for each in listed] == [str(page)]


def wait_until_read(index: Path, page: str, running: subprocess.Popen[bytes]) -> None:
    """Until the page is in the index, its vectors still being computed."""
    while running.poll() is None:
        time.sleep(0.02)
        if not index.exists():
            continue
        connection = sqlite3.connect(f"{index.as_uri()}?mode=ro", uri=True, timeout=5)
        try:
            if connection.execute("SELECT 1 FROM files WHERE path = ?", (page,)).fetchone():
                return
        except sqlite3.OperationalError:
            continue  # its tables are not there yet
        finally:
            connection.close()
    pytest.fail(f"the ingest ended too soon: {running.communicate()}")


def test_eval_retrieval_measures_and_holds_to_its_bounds(taught: Tutor, tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    rows = [
        {"question": "why does a zeppelin float", "gold": [{"document": "zeppelins.md", "section": "Lift"}]},
        {"question": "how long does bread dough rest", "answerable": False},
    ]
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    command = ("eval", "retrieval", str(file), "--no-baseline", "--collection", "airships")
    ran = taught(*command, "--json", "--at-least", "recall@5=1")
    assert ran.code == 0, ran.err
    assert ran.json["tutor"]["recall@1"] == 1.0
    low = taught(*command, "--at-most", "recall@5=0.5")
    assert low.code == 1
    assert "recall@5 is 1.0, above 0.5" in low.err
    assert taught(*command, "--at-least", "speed=1").code == 2
    assert taught(*command, "--at-least", "recall@5").code == 2


@pytest.mark.parametrize(
    "text", ["", "{broken", "[1]", '{"answerable": true}', '{"question": "q"}\n{"question": 1}']
)
def test_a_question_file_that_cannot_be_used_is_bad_input(tutor: Tutor, tmp_path: Path, text: str) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text(text, encoding="utf-8")
    ran = tutor("eval", "retrieval", str(file))
    assert ran.code == 2
    assert str(file) in ran.err


def test_a_read_only_home_can_still_be_searched_but_not_added_to(
    course_home: Path, tmp_path: Path, run_tutor: Tutor
) -> None:
    home = tmp_path / "read-only"
    home.mkdir()
    if os.geteuid() != 0 or sys.platform != "linux":
        pytest.skip("mounting a file system needs root on Linux")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256m", "tmpfs", str(home)], capture_output=True, text=True
    )
    if mounted.returncode != 0:
        pytest.skip(f"mounting a file system is not allowed here: {mounted.stderr.strip()}")
    try:
        page = tmp_path / "page.md"
        page.write_text(PAGE, encoding="utf-8")
        shutil.copytree(course_home, home, dirs_exist_ok=True)
        assert run_tutor(home, "ingest", str(page)).code == 0
        subprocess.run(["mount", "-o", "remount,ro", str(home)], check=True)
        found = run_tutor(home, "search", "what is dropped as ballast", "-k", "1", "--json")
        assert "water" in found.json["hits"][0]["text"]
        assert "read-only" in found.err
        for arguments in (("ingest", str(page)), ("config", "set", "theme", "nord")):
            refused = run_tutor(home, *arguments)
            assert refused.code == 3
            assert len(refused.err.splitlines()) <= 2
    finally:
        subprocess.run(["umount", "-l", str(home)], check=True)

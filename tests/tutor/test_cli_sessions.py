"""`tutor sessions`: what was asked can be listed, read, exported and deleted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tutor.agent.events import Answer, Source
from tutor.store import Store

Tutor = Callable[..., Any]


@pytest.fixture
def kept(home: Path) -> str:
    store = Store(home / "tutor.db")
    source = Source(1, "Lesson 1", "Lesson 1 > Weights", "line 3", "A weight is …", "p1", "course")
    answer = Answer("What is a weight?", "A number, 重み [1].", True, (source,), (), "guide", 0.1)
    store.finish_turn(store.start_turn("weights", "What is a weight?"), answer, "done")
    half = Answer("And a bias?", "A bias", False, (), (), "guide", 0.1)
    store.finish_turn(store.start_turn("weights", "And a bias?"), half, "stopped")
    store.close()
    return "weights"


def test_list_names_them(tutor: Tutor, kept: str) -> None:
    (listed,) = tutor("sessions", "list", "--json").json["sessions"]
    assert set(listed) == {"name", "title", "created_at", "updated_at", "turns"}
    assert (listed["name"], listed["title"], listed["turns"]) == (kept, "What is a weight?", 2)
    assert "What is a weight?" in tutor("sessions").out


def test_show_gives_every_turn(tutor: Tutor, kept: str) -> None:
    shown = tutor("sessions", "show", kept, "--json").json
    assert shown["name"] == kept
    assert [turn["state"] for turn in shown["turns"]] == ["done", "stopped"]
    answer = shown["turns"][0]["answer"]
    assert set(answer) == {"query", "answer", "answered", "sources", "tools", "model", "seconds"}
    assert set(answer["sources"][0]) == {"n", "title", "section", "location", "quote"}


def test_export_is_markdown_with_questions_answers_and_sources(
    tutor: Tutor, kept: str, tmp_path: Path
) -> None:
    text = tutor("sessions", "export", kept).out
    assert "## What is a weight?" in text
    assert "A number, 重み [1]." in text
    assert "- [1] Lesson 1 > Weights, line 3" in text
    assert "stopped before it was whole" in text
    file = tmp_path / "out.md"
    assert tutor("sessions", "export", kept, "--output", str(file), "--json").json["path"] == str(file)
    assert file.read_text(encoding="utf-8") == text
    again = tutor("sessions", "export", kept, "-o", str(file))
    assert again.code == 3
    assert file.read_text(encoding="utf-8") == text


def test_delete_takes_one_away(tutor: Tutor, kept: str) -> None:
    assert tutor("sessions", "delete", kept, "--json").json == {"deleted": kept, "turns": 2}
    assert tutor("sessions", "--json").json == {"sessions": []}

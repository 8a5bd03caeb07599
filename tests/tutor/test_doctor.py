"""`tutor doctor`: it says what does not work, and mends what is damaged without deleting it."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tutor.model_server import look

Tutor = Callable[..., Any]
KEY = "sk-secret-0123456789"


def state(ran: Any, name: str) -> str:
    return next(each["state"] for each in ran.json["checks"] if each["name"] == name)


def detail(ran: Any, name: str) -> str:
    return next(each["detail"] + each["help"] for each in ran.json["checks"] if each["name"] == name)


def test_a_machine_on_which_all_works_passes(taught: Tutor) -> None:
    ran = taught("doctor", "--json")
    assert ran.code == 0, ran.out
    assert ran.json["ok"] is True
    assert {each["state"] for each in ran.json["checks"]} <= {"ok", "note", "off"}
    assert "airships" in detail(ran, "index")
    assert "a query takes" in detail(ran, "embedding model")
    assert "times the reference speed" in detail(ran, "labs")
    assert "0 runs" in detail(ran, "runs")


def test_on_a_terminal_it_reads_as_a_list(taught: Tutor) -> None:
    ran = taught("doctor", "--quick")
    assert ran.code == 0
    assert "python" in ran.out
    assert ran.out.endswith("Everything needed works.\n")


def test_a_bad_setting_is_a_finding_and_the_rest_is_looked_at(taught: Tutor) -> None:
    ran = taught("doctor", "--quick", "--json", env={"TUTOR_MODEL": "gpt-4"})
    assert ran.code == 1
    assert state(ran, "settings") == "failed"
    assert "TUTOR_MODEL" in detail(ran, "settings")
    assert state(ran, "index") == "ok"


def test_a_home_that_is_a_file_is_a_finding(tutor: Tutor, home: Path) -> None:
    home.write_text("x", encoding="utf-8")
    ran = tutor("doctor", "--quick", "--json")
    assert ran.code == 1
    assert state(ran, "data folder") == "failed"
    assert "TUTOR_HOME" in detail(ran, "data folder")


def test_a_damaged_database_is_found_and_repair_sets_it_aside(tutor: Tutor, home_with_course: Path) -> None:
    home = home_with_course
    content = b"this is no database at all, not one bit of it"
    (home / "tutor.db").write_bytes(content)
    asked = tutor("sessions", "--json")
    assert asked.code == 3
    assert "doctor --repair" in asked.json["error"]["help"]
    found = tutor("doctor", "--quick", "--json")
    assert (found.code, state(found, "database")) == (1, "failed")
    mended = tutor("doctor", "--quick", "--repair", "--json")
    assert (mended.code, state(mended, "database")) == (0, "ok")
    (aside,) = home.glob("tutor.db.damaged-*")
    assert aside.read_bytes() == content
    assert str(aside) in mended.json["repaired"][0]
    assert tutor("sessions", "--json").json == {"sessions": []}


def test_a_damaged_index_is_found_and_repair_begins_it_anew(tutor: Tutor, home_with_course: Path) -> None:
    home = home_with_course
    (home / "index" / "index.db").write_bytes(b"this is no database at all, not one bit of it")
    asked = tutor("search", "what is a weight", "--json")
    assert asked.code == 3
    assert "doctor --repair" in asked.json["error"]["help"]
    assert tutor("doctor", "--quick", "--json").code == 1
    mended = tutor("doctor", "--quick", "--repair", "--json")
    assert mended.code == 0
    assert len(list(home.glob("index.damaged-*"))) == 1
    assert tutor("search", "what is machine learning", "--json").json["hits"]


def test_a_damaged_asset_and_a_damaged_run_are_found(tutor: Tutor, home: Path) -> None:
    (home / "assets" / "digits").mkdir(parents=True)
    (home / "assets" / "digits" / "mnist_5k.csv.gz").write_bytes(b"half of it")
    (home / "runs" / "two-circles-1").mkdir(parents=True)
    (home / "runs" / "two-circles-1" / "events.jsonl").write_bytes(b"{")
    os.utime(home / "runs" / "two-circles-1" / "events.jsonl", (1, 1))
    ran = tutor("doctor", "--quick", "--json")
    assert state(ran, "assets") == "failed"
    assert "tutor assets get digits" in detail(ran, "assets")
    assert state(ran, "runs") == "note"
    assert "1 damaged" in detail(ran, "runs")
    assert "tutor runs clean --failed" in detail(ran, "runs")
    assert "not measured" in detail(ran, "labs")


def test_repair_with_nothing_to_repair_changes_nothing(taught: Tutor) -> None:
    before = taught("sources", "--json").json
    assert taught("doctor", "--quick", "--repair", "--json").json["repaired"] == []
    assert taught("sources", "--json").json == before


class ModelServer(BaseHTTPRequestHandler):
    """A server that knows one model and one key, or redirects elsewhere."""

    seen: list[str]

    def do_GET(self) -> None:
        self.seen.append(f"{self.path} {self.headers.get('Authorization', '')}")
        if self.path == "/moved/models":
            self.send_response(302)
            self.send_header("Location", "/elsewhere/models")
            self.end_headers()
            return
        right = self.headers.get("Authorization") == f"Bearer {KEY}"
        body = b"<html>" if self.path == "/page/models" else json.dumps({"data": [{"id": "tiny"}]}).encode()
        self.send_response(200 if right else 401)
        self.end_headers()
        self.wfile.write(body if right else KEY.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing on the tests' stderr."""


@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    seen: list[str] = []
    listening = ThreadingHTTPServer(("127.0.0.1", 0), type("Own", (ModelServer,), {"seen": seen}))
    thread = threading.Thread(target=listening.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{listening.server_address[1]}", seen
    listening.shutdown()
    thread.join()
    listening.server_close()


@pytest.mark.parametrize(
    ("path", "model", "key", "says"),
    [
        ("/v1", "tiny", KEY, ""),
        ("/v1", "huge", KEY, "does not list the model huge (it lists tiny)"),
        ("/v1", "tiny", "sk-another-0123456789", "refused the key"),
        ("/page", "tiny", KEY, "not as an OpenAI-compatible server"),
        ("/moved", "tiny", KEY, "status 302"),
    ],
)
def test_a_model_server_is_asked_and_followed_nowhere_else(
    server: tuple[str, list[str]], path: str, model: str, key: str, says: str
) -> None:
    address, seen = server
    problem = look(address + path, key, model)
    assert says in problem if says else problem == ""
    assert "0123456789" not in problem
    assert [each.partition(" ")[0] for each in seen] == [f"{path}/models"]


def test_a_model_server_that_refuses_the_key_is_a_finding_without_the_key(
    taught: Tutor, server: tuple[str, list[str]]
) -> None:
    env = {
        "TUTOR_MODEL": "openai:tiny",
        "OPENAI_BASE_URL": f"{server[0]}/v1",
        "OPENAI_API_KEY": "sk-another-0123456789",
    }
    ran = taught("doctor", "--json", env=env)
    assert ran.code == 1
    assert "refused the key" in detail(ran, "chat model")
    assert "0123456789" not in ran.out + ran.err


def test_a_server_that_is_not_there_is_a_finding_and_quick_does_not_ask(taught: Tutor) -> None:
    env = {"TUTOR_MODEL": "openai:x", "OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}
    assert "could not be reached" in detail(taught("doctor", "--json", env=env), "chat model")
    assert taught("doctor", "--quick", "--json", env=env).code == 0


def test_a_model_without_a_key_or_server_is_a_finding(taught: Tutor) -> None:
    ran = taught("doctor", "--quick", "--json", env={"TUTOR_MODEL": "openai:x"})
    assert ran.code == 1
    assert "OPENAI_API_KEY" in detail(ran, "chat model")

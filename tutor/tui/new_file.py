"""Writes a file that was not there before."""

from __future__ import annotations

from pathlib import Path

from tutor.errors import UsageError


def write_new(path: Path | None, stem: str, text: str) -> Path:
    """Write to `path`, which must not exist, or to the first free name in this folder."""
    names = [path] if path else [Path(f"{stem}.md"), *(Path(f"{stem}-{n}.md") for n in range(2, 100))]
    for each in names:
        try:
            with each.open("x", encoding="utf-8") as file:
                file.write(text)
            return each.absolute()
        except FileExistsError:
            continue
        except OSError as error:
            raise UsageError(
                f"{each} cannot be written: {error.strerror or error}.",
                help="Give another file: /export FILE",
            ) from error
    raise UsageError(f"{names[0]} exists already.", help="Give another file: /export FILE")

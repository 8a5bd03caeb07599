"""The learner's files: started without overwriting anything, backed up before a reset, written whole."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from pathlib import Path

from tutor.errors import StorageError


def file_name(exercise_id: str) -> str:
    """The name of an exercise's file: "score-text" is score_text.py."""
    return f"{exercise_id.replace('-', '_')}.py"


def place(home: Path, exercise_id: str) -> Path:
    """Where an exercise's file is kept in the data folder."""
    return home / FOLDER / file_name(exercise_id)


def look_at_folder(folder: Path) -> None:
    """Raise StorageError where something other than a folder stands in its place; a missing one is fine."""
    if folder.is_symlink() and not folder.exists():
        raise StorageError(
            f"{folder} is a link that leads nowhere.", help="Remove the link, or mend where it leads."
        )
    if folder.exists() and not folder.is_dir():
        raise StorageError(f"{folder} is a file where a folder should be.", help="Move it elsewhere.")


def write_new(path: Path, text: str) -> bool:
    """Write the file, whole or not at all, unless one is there; whether it was written."""
    look_at_folder(path.parent)
    if _stands(path):
        return False
    with told(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        spare = _spare(path, text)
        try:
            os.link(spare, path)  # unlike a rename, never over a file that came up meanwhile
        except FileExistsError:
            return False
        except OSError:  # a file system without hard links
            try:
                with path.open("x", encoding="utf-8") as file:
                    file.write(text)
            except FileExistsError:
                return False
        finally:
            spare.unlink(missing_ok=True)
    return True


def write_over(path: Path, text: str) -> None:
    """Write the file, whole or not at all, over what is there; a link stays one."""
    look_at_folder(path.parent)
    _stands(path)
    with told(path):
        target = path.resolve()
        target.parent.mkdir(parents=True, exist_ok=True)
        spare = _spare(target, text)
        try:
            os.replace(spare, target)
        except BaseException:
            spare.unlink(missing_ok=True)
            raise


def back_up(path: Path, *, unless: str = "") -> Path | None:
    """Copy the file beside itself under a new name; None where it is not there, or holds just `unless`."""
    look_at_folder(path.parent)
    if not _stands(path):
        return None
    with told(path):
        held = path.read_bytes()
    if held == unless.encode():
        return None
    name = f"{path.name}.bak-{datetime.now():%Y%m%d-%H%M%S}"
    for number in count(1):
        backup = path.with_name(name if number == 1 else f"{name}-{number}")
        try:
            with told(backup), backup.open("xb") as file:
                file.write(held)
                file.flush()
                os.fsync(file.fileno())
        except FileExistsError:
            continue
        except BaseException:
            backup.unlink(missing_ok=True)
            raise
        return backup
    raise AssertionError("count() never ends")


def _stands(path: Path) -> bool:
    """Whether the learner's file is there; StorageError where something else has its name."""
    if path.is_symlink() and not path.exists():
        raise StorageError(
            f"{path} is a link that leads nowhere.", help="Remove the link, or mend where it leads."
        )
    if path.is_dir():
        raise StorageError(f"{path} is a folder where your file should be.", help="Move it elsewhere.")
    return path.exists()


def _spare(path: Path, text: str) -> Path:
    """The text in a file of its own beside `path`, on the disk."""
    spare = path.with_name(f".{path.stem}-{secrets.token_hex(4)}.tmp")
    try:
        with spare.open("x", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        spare.unlink(missing_ok=True)
        raise
    return spare


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn the disk's errors into one sentence; that a file is there already is the caller's to handle."""
    try:
        yield
    except FileExistsError:
        raise
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageError(
                f"The disk is full, so {path} was not written.", help="Free some space."
            ) from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise StorageError(
                f"{path} may not be read or written here.",
                help="Check the permissions of the file and its folder, or set TUTOR_HOME to another folder.",
            ) from error
        raise StorageError(
            f"{path} cannot be used: {error.strerror or error}.", help="Choose another folder."
        ) from error


FOLDER = "exercises"

"""A place for the index that may be written to, also where the data folder may not."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tutor.errors import StorageError


@contextmanager
def home_for_reading(home: Path) -> Iterator[tuple[Path, str]]:
    """The data folder and "", or a temporary one that holds its index, and a sentence that says so.

    For questions only: what is added to a temporary one is gone when the block ends. Raises
    StorageError where neither can be used.
    """
    reason = why_read_only(home)
    if not reason:
        yield home, ""
        return
    import shutil
    import tempfile

    try:
        with tempfile.TemporaryDirectory(prefix="tutor-", ignore_cleanup_errors=True) as folder:
            there = Path(folder)
            if (home / "index").is_dir():
                shutil.copytree(home / "index", there / "index", ignore=shutil.ignore_patterns("*.lock"))
            yield there, f"{reason}, so a temporary copy of the index is used."
    except shutil.Error as error:
        raise StorageError(f"The index in {home} cannot be read.", help="Check its permissions.") from error


def why_read_only(home: Path) -> str:
    """ "" where `home` may be written to (it is made if need be), else why not, as half a sentence.

    Raises StorageError where it is no folder.
    """
    try:
        home.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise StorageError(f"The data folder {home} is not a folder.", help=HOME_HELP) from error
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise StorageError(f"The disk that holds {home} is full.", help=HOME_HELP) from error
        return f"{home} cannot be created ({error.strerror})"
    return "" if os.access(home, os.W_OK | os.X_OK) else f"{home} is read-only"


HOME_HELP = "Set TUTOR_HOME to a folder that you may write to, on a disk with space."

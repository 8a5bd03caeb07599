"""Which files of the given paths are course material, and why the others are not."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from knowledge.errors import BadInput
from knowledge.loaders.decoding import decode, looks_binary

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file or folder left out, and the reason in words."""

    path: str
    reason: str


def find_files(paths: Sequence[Path]) -> tuple[list[Path], list[Skipped]]:
    """The readable files under `paths`, in a stable order, each once, and what was left out.

    `.gitignore` files (nested ones, and those above a folder in the same repository) are honoured;
    a file named directly is taken even where one would ignore it. Raises BadInput for a path that
    does not exist.
    """
    search = _Search()
    for given in paths:
        path = Path(given).expanduser()
        try:
            mode = path.stat().st_mode
        except PermissionError:
            search.skip(path, "no permission to read it")
            continue
        except (OSError, ValueError, RuntimeError) as error:
            raise BadInput(
                f"There is no file or folder {str(given)!r}.",
                help="Check the path; folders are read with everything in them.",
            ) from error
        path = Path(os.path.abspath(path))
        if stat.S_ISDIR(mode):
            search.folder(path)
        else:
            search.file(path)
    return search.found, search.skipped


def refusal(name: str) -> str:
    """Why a file of this name is not course material, or "" where nothing speaks against it."""
    base = PurePath(name).name
    suffix = PurePath(name).suffix.lower()
    if _LICENCE_NAME.fullmatch(base):
        return "licence text, not course material"
    if base.lower() in _LOCK_NAMES or suffix == ".lock":
        return "lock file written by a tool"
    if suffix in _BINARY_SUFFIXES:
        return _BINARY_SUFFIXES[suffix]
    if base.endswith((".min.js", ".min.css")) or suffix == ".map":
        return "minified code"
    return ""


def is_licence_text(text: str) -> bool:
    """Whether a text is a licence, whatever its name: its opening says so."""
    return bool(_LICENCE_OPENING.search(text[:1500]))


class _Search:
    """One walk: what was found, what was skipped and which folders were seen."""

    def __init__(self) -> None:
        self.found: list[Path] = []
        self.skipped: list[Skipped] = []
        self._files: set[str] = set()
        self._folders: set[str] = set()

    def skip(self, path: Path | str, reason: str) -> None:
        self.skipped.append(Skipped(str(path), reason))

    def folder(self, root: Path) -> None:
        pending = [(root, _rules_above(root))]
        while pending:
            folder, rules = pending.pop()
            real = os.path.realpath(folder)
            if real in self._folders:  # a link back up, or the same folder given twice
                continue
            self._folders.add(real)
            try:
                entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
            except OSError as error:
                self.skip(folder, _os_reason(error))
                continue
            own = _read_rules(folder)
            if own is not None:
                rules = [*rules, (str(folder), own)]
            inner = self._visit(entries, rules)
            pending.extend((path, rules) for path in reversed(inner))

    def _visit(self, entries: list[os.DirEntry[str]], rules: list[_Rules]) -> list[Path]:
        """Takes the files of one folder; returns the folders in it to visit."""
        inner: list[Path] = []
        for entry in entries:
            try:
                is_folder = entry.is_dir()
            except OSError as error:
                self.skip(entry.path, _os_reason(error))
                continue
            if entry.name.startswith("."):
                self.skip(entry.path, "hidden")
            elif is_folder and _is_tool_folder(entry):
                self.skip(entry.path, "folder of installed packages or caches")
            elif _ignored(entry.path, is_folder, rules):
                self.skip(entry.path, "ignored by .gitignore")
            elif is_folder:
                inner.append(Path(entry.path))
            else:
                self.file(Path(entry.path))
        return inner

    def file(self, path: Path) -> None:
        try:
            real = os.path.realpath(path)
            if real in self._files:
                return
            self._files.add(real)
            reason = _file_reason(path)
        except OSError as error:
            reason = _os_reason(error)
        if reason:
            self.skip(path, reason)
        else:
            self.found.append(path)


_Rules = tuple[str, "GitIgnoreSpec"]


def _file_reason(path: Path) -> str:
    """Why this file is left out, from its name, size and first bytes; "" to take it."""
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        return "not a regular file"
    reason = refusal(path.name)
    if reason:
        return reason
    limit = LARGEST_PDF if path.suffix.lower() == ".pdf" else LARGEST_TEXT
    with path.open("rb") as stream:
        head = stream.read(8192)
    if head.startswith(b"%PDF-") or path.suffix.lower() == ".pdf":
        limit = LARGEST_PDF
    elif looks_binary(head):
        return "binary file"
    if status.st_size > limit:
        size, most = status.st_size // 1_000_000, limit // 1_000_000
        return f"too large ({size} MB; at most {most} MB are read)"
    if path.suffix.lower() in _PROSE_SUFFIXES and is_licence_text(decode(head)):
        return "licence text, not course material"
    return ""


def _os_reason(error: OSError) -> str:
    if isinstance(error, PermissionError):
        return "no permission to read it"
    if isinstance(error, FileNotFoundError):
        return "a link to a file that is not there"
    return (error.strerror or "it could not be read").lower()


def _is_tool_folder(entry: os.DirEntry[str]) -> bool:
    return entry.name in _TOOL_FOLDERS or os.path.exists(os.path.join(entry.path, "pyvenv.cfg"))


def _read_rules(folder: Path) -> GitIgnoreSpec | None:
    path = folder / ".gitignore"
    try:
        data = path.read_bytes()
    except OSError:
        return None  # none there, or none that may be read: nothing is ignored
    from pathspec import GitIgnoreSpec

    try:
        return GitIgnoreSpec.from_lines(decode(data).splitlines())
    except ValueError:
        return None  # git, too, takes no rule from a pattern it cannot read


def _rules_above(root: Path) -> list[_Rules]:
    """The rules of the folders above `root` that belong to the same repository."""
    above: list[_Rules] = []
    if (root / ".git").exists():
        return above
    for folder in root.parents:
        rules = _read_rules(folder)
        if rules is not None:
            above.insert(0, (str(folder), rules))
        if (folder / ".git").exists():
            return above
    return []


def _ignored(path: str, is_folder: bool, rules: list[_Rules]) -> bool:
    """Whether the nearest .gitignore that says anything about `path` ignores it."""
    for folder, spec in reversed(rules):
        relative = os.path.relpath(path, folder).replace(os.sep, "/")
        verdict = spec.check_file(relative + "/" if is_folder else relative).include
        if verdict is not None:
            return verdict
    return False


LARGEST_TEXT = 50_000_000
LARGEST_PDF = 200_000_000

_PROSE_SUFFIXES = {"", ".txt", ".md", ".rst", ".markdown"}
_TOOL_FOLDERS = {
    "node_modules", "__pycache__", "venv", "env", "site-packages", "bower_components", "CVS",
}  # fmt: skip
_LICENCE_NAME = re.compile(
    r"(?:UN)?(?:LICEN[SC]E|LICEN[SC]ES|COPYING|NOTICE|COPYRIGHT|THIRD[-_ ]PARTY[-_ ](?:LICEN[SC]ES|NOTICES))"
    r"(?:[-_.][\w.-]+)?",
    re.IGNORECASE,
)
_LICENCE_OPENING = re.compile(
    r"Permission is hereby granted, free of charge, to any person|GNU (?:LESSER "
    r"|AFFERO )?GENERAL PUBLIC LICENSE"
    r"\s+Version|Apache License\s+Version 2\.0, January|Redistribution and use in source and binary forms"
    r"|Mozilla Public License Version|Creative Commons (?:Attribution[\w-]*|Corporation|Legal Code)[^.]{0,80}"
    r"(?:Public License|is not a law firm|International)\s"
    r"|This is free and unencumbered software released into"
    r"|Permission to use, copy, modify, and(?:/or)? distribute this software",
)
_LOCK_NAMES = {
    "package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "yarn.lock", "poetry.lock", "uv.lock",
    "pdm.lock", "pipfile.lock", "cargo.lock", "composer.lock", "gemfile.lock", "go.sum", "flake.lock",
    "bun.lockb", "deno.lock", "conda-lock.yml", "pixi.lock",
}  # fmt: skip
_KINDS = {
    "image": "png jpg jpeg gif bmp tif tiff webp ico svg heic psd",
    "sound or film": "mp3 wav ogg flac m4a mp4 mov avi mkv webm",
    "archive": "zip gz bz2 xz zst 7z rar tar tgz whl jar",
    "program or library": "exe dll so dylib o a class pyc pyd wasm",
    "data or model weights": "npy npz pt pth ckpt bin safetensors gguf onnx h5 hdf5 pkl pickle parquet arrow "
    "feather db sqlite sqlite3",
    "font": "ttf otf woff woff2 eot",
    "office document (save it as PDF or text)": "doc docx ppt pptx xls xlsx odt odp ods",
}
_BINARY_SUFFIXES = {
    f".{suffix}": f"{kind}, not text" for kind, names in _KINDS.items() for suffix in names.split()
}

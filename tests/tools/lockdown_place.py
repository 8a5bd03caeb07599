"""A place to lock a process down in, and what came of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
EXERCISES = ROOT / "tools" / "exercises"


@dataclass
class Place:
    """A person's home with a secret, somebody's other files, and the empty folder of a learner's process."""

    home: Path
    other: Path
    folder: Path

    @classmethod
    def beneath(cls, path: Path) -> Place:
        """Make one in an empty folder."""
        made = cls(path / "home", path / "other", path / "folder")
        for folder in (made.home, made.other, made.folder):
            folder.mkdir()
        made.secret.write_text("the secret")
        made.file.write_text("text")
        return made

    @property
    def secret(self) -> Path:
        return self.home / "keys.toml"

    @property
    def file(self) -> Path:
        return self.other / "file"

    def run(self, code: str, *, before: str = "", limits: str = "", **options: Any) -> Ran:
        """Lock a process of its own down, then run `code` there; `before` runs ahead of the lock."""
        text = PROLOGUE.format(
            exercises=str(EXERCISES),
            before=before,
            folder=str(self.folder),
            hidden=[str(self.home), *(str(ROOT / each) for each in ("tools", "tutor", "knowledge"))],
            limits=limits,
            secret=str(self.secret),
            file=str(self.file),
            home=str(self.home),
        )
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "TMPDIR": str(self.folder)}
        options = {"env": environment, "stdin": subprocess.DEVNULL, "capture_output": True, **options}
        command = [sys.executable, "-I", "-B", "-X", "utf8", "-c", text + code]
        done = subprocess.run(command, text=True, timeout=100, start_new_session=True, **options)
        first, _, rest = done.stdout.partition("\n")
        assert first.startswith("["), done.stderr
        return Ran(json.loads(first), rest, done.stderr, done.returncode)


@dataclass
class Ran:
    layers: list[str]
    output: str
    errors: str
    status: int

    def needs(self, *layers: str) -> None:
        """Skip the test where none of these layers is in force."""
        if not set(layers) & set(self.layers):
            pytest.skip(f"this system does not offer {' or '.join(layers)}")


PROLOGUE = """
import ctypes, errno, json, os, sys
parent = os.getppid()
sys.path.insert(0, {exercises!r})
from sandboxed import kernel, seccomp
from sandboxed.lockdown import Limits, lock_down
sys.path.pop(0)
{before}
print(json.dumps(lock_down({folder!r}, {hidden!r}, Limits({limits}))), flush=True)
secret, file, home = {secret!r}, {file!r}, {home!r}

def raw(number, *arguments):
    if kernel.ARCHITECTURE != "x86_64":
        raise PermissionError("told only for x86_64")
    return kernel.syscall(number, *arguments)

"""

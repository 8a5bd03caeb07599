"""Linux: namespaces, Landlock and seccomp around this process, each where the kernel allows it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

from . import kernel, landlock, mounts, namespaces, seccomp
from .limits import Limits, limit_threads
from .readable import beneath, granted, hidden_places, library_roots


class Linux:
    """The layers, in the order in which they must be laid: later ones refuse what earlier ones do."""

    def __init__(self, folder: str, hidden: list[str], limits: Limits) -> None:
        self._folder = os.path.realpath(folder)
        self._hidden = [each for each in hidden_places(hidden) if not beneath(each, self._folder)]
        self._roots = library_roots(self._hidden)
        self._limits = limits
        self._own: set[str] = set()
        self._read_only = False

    def layers(self) -> list[tuple[str, Callable[[], str]]]:
        """Names, and what puts each in force: it gives a sentence if it could not, or raises OSError."""
        return [
            ("network namespace", self._network),
            ("mount namespace", self._mounts),
            ("no privileges", self._privileges),
            ("Landlock", self._landlock),
            ("seccomp", self._seccomp),
        ]

    def _network(self) -> str:
        self._own = namespaces.separate()
        if "network" not in self._own:
            return "This system lets no ordinary process have a network of its own."
        return ""

    def _mounts(self) -> str:
        if "mounts" not in self._own:
            return "This system lets no ordinary process have mounts of its own."
        covered = mounts.cover(self._hidden, self._roots, self._folder)
        try:
            self._read_only = mounts.make_read_only(self._folder, self._limits.folder_bytes)
        finally:
            os.chdir(self._folder)  # what was entered before lies beneath
        return "" if covered and self._read_only else "Not everything could be covered or made read-only."

    def _privileges(self) -> str:
        if "user" in self._own:
            limit_threads(self._limits)  # elsewhere the person's other processes count too
        kernel.prctl(SET_NO_NEW_PRIVS, 1)
        kernel.prctl(SET_DUMPABLE, 0)
        kernel.prctl(SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)
        namespaces.drop_capabilities([*self._roots, self._folder])
        return ""

    def _landlock(self) -> str:
        grants = granted([*SYSTEM, *self._roots], self._hidden)
        landlock.restrict(
            read=[*grants.read, *OWN], listed=grants.listed, written=[self._folder], discard=["/dev/null"]
        )
        return ""

    def _seccomp(self) -> str:
        seccomp.confine(attributes=self._read_only)
        return ""


SYSTEM = (
    "/usr", "/lib", "/lib32", "/lib64", "/bin",
    "/etc/ld.so.cache", "/etc/localtime", "/etc/timezone", "/etc/mime.types", "/etc/fonts",
    "/etc/ssl/openssl.cnf", "/etc/pki/tls/openssl.cnf", "/etc/crypto-policies",
    "/etc/ssl/certs", "/etc/ssl/cert.pem", "/etc/pki/ca-trust",
    "/dev/urandom", "/dev/random",
    "/sys/devices/system/cpu", "/sys/devices/system/node", "/sys/fs/cgroup",
    "/sys/kernel/mm/transparent_hugepage",
)  # fmt: skip
OWN = (
    "/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/filesystems",
    "/proc/sys/vm/overcommit_memory",
)  # fmt: skip
SET_PARENT_DEATH_SIGNAL, SET_DUMPABLE, SET_NO_NEW_PRIVS = 1, 4, 38

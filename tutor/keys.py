"""The API key: read from the environment or the system keyring, and never written to a file of ours."""

from __future__ import annotations

import os
import re

from tutor.errors import StorageError, UsageError

SERVICE = "tutor"
ACCOUNT = "openai"
ENVIRONMENT = "OPENAI_API_KEY"


def api_key() -> str | None:
    """The key for the OpenAI-compatible server: `OPENAI_API_KEY`, else the system keyring, else None."""
    return key_and_origin()[0]


def key_and_origin() -> tuple[str | None, str]:
    """The key and where it came from, in words that never hold the key itself."""
    from_environment = os.environ.get(ENVIRONMENT, "").strip()
    if from_environment:
        return from_environment, f"environment ({ENVIRONMENT})"
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return None, "not set"
    try:
        stored = keyring.get_password(SERVICE, ACCOUNT)
    except KeyringError:
        return None, "not set (this machine has no usable keyring)"
    return (stored, "system keyring") if stored else (None, "not set")


def save_key(key: str) -> None:
    """Store the key in the system keyring; an empty key raises UsageError, a failing keyring StorageError."""
    key = key.strip()
    if not key:
        raise UsageError("The key is empty.", help="Paste the key at the prompt, or pipe it in on stdin.")
    if re.search(r"\s", key) or not key.isprintable() or not key.isascii():
        raise UsageError(
            "The key holds spaces or characters that no key has.", help="Copy it again, without quotes."
        )
    import keyring
    from keyring.errors import KeyringError

    if "plaintext" in type(keyring.get_keyring()).__name__.lower():
        raise StorageError("The keyring here would keep the key as plain text in a file.", help=_INSTEAD)
    try:
        keyring.set_password(SERVICE, ACCOUNT, key)
    except KeyringError as error:
        raise StorageError("This machine has no keyring that can keep the key.", help=_INSTEAD) from error


def forget_key() -> bool:
    """Take the key out of the system keyring; False where there was none."""
    import keyring
    from keyring.errors import KeyringError, PasswordDeleteError

    try:
        keyring.delete_password(SERVICE, ACCOUNT)
    except PasswordDeleteError:
        return False
    except KeyringError as error:
        raise StorageError("This machine has no usable keyring.", help=_INSTEAD) from error
    return True


def is_secret_name(name: str) -> bool:
    """Whether a setting of this name would hold a secret ("api_key", "OPENAI_TOKEN")."""
    return _SECRET_NAME.search(name) is not None


def looks_like_secret(value: object) -> bool:
    """Whether a value has the shape of a key, token or password, or an address carrying one."""
    return isinstance(value, str) and any(pattern.search(value) for pattern in _SECRET_VALUES)


_INSTEAD = f"Set {ENVIRONMENT} in the environment instead; Tutor keeps no key in a file."
_SECRET_NAME = re.compile(r"(?i)(api[_-]?key|secret|token|passw|credential)")
_SECRET_VALUES = (
    re.compile(r"(?i)(^|[\s:=/])(sk|pk|rk|gsk|hf|ghp|gho|xai|nvapi|pplx|glpat)[-_][A-Za-z0-9_-]{8,}"),
    re.compile(r"\bAIza[A-Za-z0-9_-]{20,}"),
    re.compile(r"(?i)\bbearer\s+\S{8,}"),
    re.compile(r"://[^/\s@]*:[^/\s@]+@"),  # a password in an address
    re.compile(r"(?i)[?&;](api[_-]?key|key|token|secret|password)="),
    # one unbroken run of letters and digits, too long and too full of digits for a model's name
    re.compile(r"(?=[A-Za-z0-9]*[A-Za-z])(?=(?:[A-Za-z]*\d){4})[A-Za-z0-9]{28,}"),
)

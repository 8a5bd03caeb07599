"""The configured model server, as environment variables for a lab or a check that may ask it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.settings import Settings


def model_environment(settings: Settings, lab: str) -> dict[str, str]:
    """TUTOR_MODEL, and with a model on a server its address and key; nothing for a lab that sends nothing.

    May ask the system keyring, so not for the interface's own thread. Raises UnknownLab.
    """
    from tools.labs import find_lab

    return chosen_model(settings) if find_lab(lab).sends else {}


def chosen_model(settings: Settings) -> dict[str, str]:
    """TUTOR_MODEL, and with a model on a server its address and key; may ask the system keyring."""
    if not settings.model.startswith("openai:"):
        return {"TUTOR_MODEL": settings.model}
    from tutor.keys import api_key

    key = api_key() or ""
    found = {"TUTOR_MODEL": settings.model, "OPENAI_BASE_URL": settings.base_url, "OPENAI_API_KEY": key}
    return {name: value for name, value in found.items() if value}

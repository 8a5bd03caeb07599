"""The library as the person's settings want it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tutor.keys import api_key
from tutor.settings import Settings

if TYPE_CHECKING:
    from knowledge.library import Library


def library_of(settings: Settings, home: Path | None = None) -> Library:
    """The library in `home`, else in the settings' data folder; cheap, nothing is opened yet."""
    from knowledge.library import Library

    return Library(home or settings.home, settings.encoder, settings.base_url, api_key)

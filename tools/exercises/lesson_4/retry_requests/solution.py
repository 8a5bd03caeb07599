"""Requests that are tried again."""

import time
from collections.abc import Callable
from typing import Any


def call_with_retry(request: Callable[[], Any], attempts: int, wait: float) -> Any:
    """The answer of `request()`, which is called up to `attempts` times with pauses that double."""
    for attempt in range(attempts):
        try:
            return request()
        except Exception as error:
            if attempt == attempts - 1 or not passes(error):
                raise
        time.sleep(wait * 2**attempt)


def passes(error: Exception) -> bool:
    """Whether an error may be gone the next time."""
    status = getattr(error, "status_code", 0)
    return status == 429 or status >= 500

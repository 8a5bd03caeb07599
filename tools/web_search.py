"""Searching the web through ddgs; it sends the question out, so only a person's setting turns it on."""

from __future__ import annotations

from dataclasses import dataclass

from tools.errors import WebSearchFailed


@dataclass(frozen=True, slots=True)
class WebResult:
    """One result as the search engine gave it: data from strangers, never instructions."""

    title: str
    url: str
    snippet: str


def search_web(query: str, k: int = 5, timeout: float = 5.0) -> list[WebResult]:
    """Up to `k` results, best first; an empty list where there are none.

    `timeout` is in seconds. Raises WebSearchFailed when offline, refused or too slow.
    """
    from ddgs import DDGS
    from ddgs.exceptions import DDGSException, RatelimitException, TimeoutException

    if not query.strip():
        return []
    try:
        found = DDGS(timeout=max(1, round(timeout))).text(query, max_results=k)
    except RatelimitException as error:
        raise WebSearchFailed(
            "The search engine refuses more questions for now.", help="Try again in a minute.", retryable=True
        ) from error
    except TimeoutException as error:
        raise WebSearchFailed(
            "The search engine did not answer in time.", help="Try again.", retryable=True
        ) from error
    except DDGSException as error:
        if "no results" in str(error).lower():
            return []
        raise WebSearchFailed(
            "The web cannot be reached: this machine seems to be offline.",
            help="Check the connection, or ask about the course instead.",
            retryable=True,
        ) from error
    return [
        WebResult(str(each.get("title", "")), str(each.get("href", "")), str(each.get("body", "")))
        for each in found
        if each.get("href")
    ]

"""Searching the web, and what is said when there is none."""

from __future__ import annotations

import socket

import pytest

from tools.errors import ToolsError, WebSearchFailed
from tools.web_search import search_web


def test_offline_is_said_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setenv("DDGS_PROXY", f"http://127.0.0.1:{free.getsockname()[1]}")
    with pytest.raises(WebSearchFailed) as failed:
        search_web("dropout", timeout=1)
    assert "offline" in str(failed.value)
    assert str(failed.value).count(".") == 1
    assert failed.value.help
    assert failed.value.retryable
    assert isinstance(failed.value, ToolsError)
    assert failed.value.exit_code == 3


def test_an_empty_query_sends_nothing() -> None:
    assert search_web("  ") == []

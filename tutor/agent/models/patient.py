"""ChatOpenAI that waits no longer than its timeout for each piece of an answer, retries included."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from langchain_core.outputs import ChatGenerationChunk
from langchain_openai import ChatOpenAI


class PatientChatOpenAI(ChatOpenAI):
    """Raises TimeoutError after `request_timeout` seconds without a piece of the answer.

    The SDK's own timeout counts from zero again with every retry, and with every byte that a
    server sends to keep the connection open.
    """

    async def _astream(self, *args: Any, **kwargs: Any) -> AsyncIterator[ChatGenerationChunk]:
        limit = self.request_timeout if isinstance(self.request_timeout, int | float) else None
        async with contextlib.aclosing(super()._astream(*args, **kwargs)) as pieces:  # type: ignore[type-var]
            while True:
                try:
                    piece = await asyncio.wait_for(anext(pieces), limit)
                except StopAsyncIteration:
                    return
                yield piece

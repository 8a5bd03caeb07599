"""A small OpenAI-compatible chat server for tests: it answers as it is told, faults included."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

Reply = Callable[[BaseHTTPRequestHandler], None]


class OpenAIServer:
    """Serves `script` in order, one reply a request; the last one repeats. `requests` holds what came in."""

    def __init__(self, *script: Reply) -> None:
        self.script = list(script)
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self._lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                with outer._lock:
                    place = min(len(outer.requests), len(outer.script) - 1)
                    outer.requests.append(json.loads(body))
                    outer.headers.append(dict(self.headers))
                try:
                    outer.script[place](self)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> OpenAIServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


def says(text: str, finish: str | None = "stop", done: bool = True, delay: float = 0.0) -> Reply:
    """Streams `text` in pieces of four characters, `delay` seconds apart."""

    def chunks() -> Iterator[dict[str, Any]]:
        yield _delta({"role": "assistant", "content": ""})
        for at in range(0, len(text), 4):
            if delay:
                time.sleep(delay)
            yield _delta({"content": text[at : at + 4]})
        if finish:
            yield _delta({}, finish)

    return _stream(chunks, done)


def calls(name: str, arguments: str, finish: str | None = "tool_calls") -> Reply:
    """One tool call; `arguments` is sent as it is, in two pieces."""

    def chunks() -> Iterator[dict[str, Any]]:
        head = {"index": 0, "id": "call_1", "type": "function", "function": {"name": name, "arguments": ""}}
        yield _delta({"role": "assistant", "content": None, "tool_calls": [head]})
        half = len(arguments) // 2
        for part in (arguments[:half], arguments[half:]):
            yield _delta({"tool_calls": [{"index": 0, "function": {"arguments": part}}]})
        if finish:
            yield _delta({}, finish)

    return _stream(chunks, done=finish is not None)


def calls_many(wanted: Sequence[tuple[str, str]]) -> Reply:
    """Several tool calls, each (name, arguments), in one message."""

    def chunks() -> Iterator[dict[str, Any]]:
        for at, (name, arguments) in enumerate(wanted):
            told = {"name": name, "arguments": arguments}
            call = {"index": at, "id": f"call_{at}", "type": "function", "function": told}
            yield _delta({"role": "assistant", "content": None, "tool_calls": [call]})
        yield _delta({}, "tool_calls")

    return _stream(chunks, done=True)


def refuses(
    status: int, message: str, code: str | None = None, headers: dict[str, str] | None = None
) -> Reply:
    """An error of the API's own shape."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        body = json.dumps({"error": {"message": message, "type": "error", "code": code}}).encode()
        _send(handler, status, "application/json", body, headers)

    return reply


def sends_html(handler: BaseHTTPRequestHandler) -> None:
    """A web page where the API should be."""
    _send(handler, 200, "text/html", b"<html><body>Welcome to nginx</body></html>")


def sends_broken_events(handler: BaseHTTPRequestHandler) -> None:
    """An event stream whose second event is no JSON."""
    _begin(handler)
    _event(handler, json.dumps(_delta({"role": "assistant", "content": "Overfitting "})))
    _event(handler, '{"choices": [{"delta": {"content": "is')
    _event(handler, "[DONE]")


def sends_null_choices(handler: BaseHTTPRequestHandler) -> None:
    """Chunks without any choices."""
    _begin(handler)
    _event(handler, json.dumps({**_delta({}), "choices": None}))
    _event(handler, "[DONE]")


def fails_in_mid_stream(handler: BaseHTTPRequestHandler) -> None:
    """An error object after some words."""
    _begin(handler)
    _event(handler, json.dumps(_delta({"role": "assistant", "content": "Overfitting is "})))
    _event(handler, json.dumps({"error": {"message": "the GPU fell off", "type": "server_error"}}))


def drops_in_mid_stream(handler: BaseHTTPRequestHandler) -> None:
    """Some words, then the connection closes as if that were all."""
    _begin(handler)
    _event(handler, json.dumps(_delta({"role": "assistant", "content": "Overfitting is never "})))
    handler.close_connection = True


def stalls(handler: BaseHTTPRequestHandler) -> None:
    """Some words, then silence."""
    _begin(handler)
    _event(handler, json.dumps(_delta({"role": "assistant", "content": "Overfitting "})))
    time.sleep(6)


def never_answers(handler: BaseHTTPRequestHandler) -> None:
    """Nothing at all."""
    time.sleep(6)


def _delta(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "test",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
    }


def _stream(chunks: Callable[[], Iterator[dict[str, Any]]], done: bool) -> Reply:
    def reply(handler: BaseHTTPRequestHandler) -> None:
        _begin(handler)
        for chunk in chunks():
            _event(handler, json.dumps(chunk))
        if done:
            _event(handler, "[DONE]")
        handler.close_connection = True

    return reply


def _begin(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("content-type", "text/event-stream")
    handler.end_headers()


def _event(handler: BaseHTTPRequestHandler, data: str) -> None:
    handler.wfile.write(f"data: {data}\n\n".encode())
    handler.wfile.flush()


def _send(
    handler: BaseHTTPRequestHandler,
    status: int,
    kind: str,
    body: bytes,
    headers: dict[str, str] | None = None,
) -> None:
    handler.send_response(status)
    for name, value in {"content-type": kind, "content-length": str(len(body)), **(headers or {})}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)

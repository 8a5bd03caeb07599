"""A small Python package index for tests: one project, one archive, served in parts, faults included."""

from __future__ import annotations

import hashlib
import io
import threading
import time
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType


class PackageIndex:
    """Serves `archive` under its file name; `ranges` holds the Range header of every download.

    `cut_after` closes the connection after so many bytes, once; `pause` waits between pieces;
    `whole_only` ignores ranges; `private` refuses plain downloads but lets pip have them.
    """

    def __init__(self, project: str, filename: str, archive: bytes) -> None:
        self.ranges: list[str] = []
        self.cut_after = 0
        self.pause = 0.0
        self.whole_only = False
        self.private = False
        metadata = zipfile.ZipFile(io.BytesIO(archive)).read(
            f"{filename.partition('-py3')[0]}.dist-info/METADATA"
        )
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                try:
                    self._answer()
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

            def _answer(self) -> None:
                if self.path.rstrip("/") == f"/simple/{project}":
                    digest = hashlib.sha256(archive).hexdigest()
                    own = f'data-dist-info-metadata="sha256={hashlib.sha256(metadata).hexdigest()}"'
                    page = f'<a href="/files/{filename}#sha256={digest}" {own}>{filename}</a>'.encode()
                    self._send(200, page, {"content-type": "text/html"})
                elif self.path == f"/files/{filename}.metadata":  # PEP 658, as the real index does
                    self._send(200, metadata, {"content-type": "text/plain"})
                elif self.path == f"/files/{filename}":
                    self._file()
                else:
                    self._send(404, b"", {})

            def _file(self) -> None:
                if self.headers.get("user-agent", "").startswith("pip/"):
                    self._send(200, archive, {"content-type": "application/octet-stream"})
                    return
                wanted = self.headers.get("range", "")
                outer.ranges.append(wanted)
                if outer.private:
                    self._send(403, b"", {})
                    return
                start = int(wanted.removeprefix("bytes=").rstrip("-") or 0)
                headers = {"content-type": "application/octet-stream"}
                if outer.whole_only or not wanted:
                    self._send(200, archive, headers)
                elif start >= len(archive):
                    self._send(416, b"", {"content-range": f"bytes */{len(archive)}"})
                else:
                    headers["content-range"] = f"bytes {start}-{len(archive) - 1}/{len(archive)}"
                    self._send(206, archive[start:], headers)

            def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
                self.send_response(status)
                for name, value in {**headers, "content-length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                is_file = status in (200, 206) and self.path.endswith(".whl")
                stop = outer.cut_after if is_file and 0 < outer.cut_after < len(body) else len(body)
                for place in range(0, stop, 1 << 15):
                    self.wfile.write(body[place : min(place + (1 << 15), stop)])
                    if outer.pause and is_file:
                        self.wfile.flush()
                        time.sleep(outer.pause)
                if stop < len(body):
                    outer.cut_after = 0
                    self.close_connection = True

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/simple"

    def __enter__(self) -> PackageIndex:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


def wheel_of(project: str, version: str, files: dict[str, bytes]) -> tuple[str, bytes]:
    """A wheel's file name and bytes, with these files stored in it as they are."""
    info = f"{project}-{version}.dist-info"
    own = {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {project}\nVersion: {version}\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/RECORD": b"",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, body in {**files, **own}.items():
            archive.writestr(zipfile.ZipInfo(name), body)  # with the same date, so the same bytes, each time
    return f"{project}-{version}-py3-none-any.whl", out.getvalue()

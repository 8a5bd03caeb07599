"""Asking an OpenAI-compatible server whether it is there, takes the key and knows the model."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request

_TIMEOUT = 5.0
_MOST_BYTES = 5_000_000


def look(address: str, key: str | None, model: str) -> str:
    """What is wrong, in a few words that never hold the key; "" where the server lists the model.

    Sends one GET to `address`/models and follows no redirect, which could carry the key elsewhere.
    """
    request = urllib.request.Request(f"{address.rstrip('/')}/models", headers={"Accept": "application/json"})
    if key:
        request.add_header("Authorization", f"Bearer {key}")
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=_TIMEOUT) as reply:
            body = reply.read(_MOST_BYTES)
    except urllib.error.HTTPError as error:
        error.close()
        return _MEANING.get(error.code, f"the server answered with status {error.code}")
    except (OSError, http.client.HTTPException, ValueError):
        return f"the server could not be reached within {_TIMEOUT:.0f} seconds"
    try:
        names = [entry["id"] for entry in json.loads(body)["data"]]
    except (ValueError, KeyError, TypeError):
        return "something answers there, but not as an OpenAI-compatible server"
    if model in names:
        return ""
    close = ", ".join(map(str, names[:5])) or "none"
    return f"the server does not list the model {model} (it lists {close})"


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Turn a redirect into the HTTPError that it is without a follower."""
        return


_MEANING = {
    401: "the server refused the key",
    403: "the server refused the key",
    404: "there is no /models at that address; check base_url",
    429: "the server is reachable, but limits requests for now",
}

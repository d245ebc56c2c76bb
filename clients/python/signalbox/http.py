"""GraphQL over HTTP and over server-sent events, of one request each. Redirects are not followed."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from typing import Any, Generator

from .errors import ConnectionLost, SignalboxError

# A request may wait 60 s on the server (`waitMs`).
REQUEST_TIMEOUT_S = 90
# The server sends a comment every 12 s.
SILENCE_TIMEOUT_S = 40
MAX_BYTES = 64 * 1024 * 1024
GATEWAY_STATUSES = (502, 503, 504)


def _opener() -> urllib.request.OpenerDirector:
    opener = urllib.request.OpenerDirector()
    for handler in (urllib.request.ProxyHandler(), urllib.request.HTTPHandler(), urllib.request.HTTPSHandler()):
        opener.add_handler(handler)
    return opener


_OPENER = _opener()


def _open(url: str, token: str | None, body: dict[str, Any], accept: str, timeout: float) -> http.client.HTTPResponse:
    request = urllib.request.Request(url, data=json.dumps(body).encode(), method="POST")
    request.add_header("content-type", "application/json")
    request.add_header("accept", accept)
    if token is not None:
        request.add_header("authorization", f"Bearer {token}")
    try:
        response = _OPENER.open(request, timeout=timeout)
    except (OSError, http.client.HTTPException) as error:
        raise ConnectionLost(f"No connection to {url}: {error}. Check the address and that the server runs.") from error
    if response is None:
        raise SignalboxError("BAD_RESPONSE", f"{url} is no address of HTTP. Use http:// or https://.")
    assert isinstance(response, http.client.HTTPResponse)
    return response


def _payload(text: bytes) -> dict[str, Any]:
    try:
        payload = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SignalboxError("BAD_RESPONSE", f"The response is not JSON: {error}. Check the address.") from error
    if not isinstance(payload, dict):
        raise SignalboxError("BAD_RESPONSE", "The response is not a result of GraphQL. Check the address.")
    return payload


def _read_result(response: http.client.HTTPResponse) -> dict[str, Any]:
    if 300 <= response.status < 400:
        message = "The server redirects to another address, which would receive the token. Use that address if you trust it."
        raise SignalboxError("BAD_RESPONSE", message)
    if response.status in GATEWAY_STATUSES and "json" not in response.headers.get("content-type", ""):
        raise ConnectionLost(f"The server is unavailable: HTTP status {response.status}.")
    try:
        body = response.read(MAX_BYTES + 1)
    except (OSError, http.client.HTTPException) as error:
        raise ConnectionLost(f"The connection broke before the response was complete: {error}.") from error
    if len(body) > MAX_BYTES:
        raise SignalboxError("BAD_RESPONSE", f"The response exceeds {MAX_BYTES} bytes. Select less.")
    return _payload(body)


def post(url: str, token: str | None, body: dict[str, Any]) -> dict[str, Any]:
    """Sends an operation, and returns its result."""
    with _open(url, token, body, "application/graphql-response+json, application/json", REQUEST_TIMEOUT_S) as response:
        return _read_result(response)


def stream(url: str, token: str | None, body: dict[str, Any]) -> Generator[dict[str, Any], None, None]:
    """The results of a subscription until it completes. Raises ConnectionLost if the stream ends before."""
    with _open(url, token, body, "text/event-stream", SILENCE_TIMEOUT_S) as response:
        if not response.headers.get("content-type", "").startswith("text/event-stream"):
            yield _read_result(response)
            return
        event, size = b"", 0
        data: list[bytes] = []
        while True:
            try:
                line = response.readline(MAX_BYTES + 1)
            except (OSError, http.client.HTTPException) as error:
                raise ConnectionLost(f"The subscription was interrupted: {error}.") from error
            if not line.endswith(b"\n"):
                if len(line) <= MAX_BYTES:
                    raise ConnectionLost("The subscription was interrupted.")
                size = MAX_BYTES
            size += len(line)
            if size > MAX_BYTES:
                raise SignalboxError("BAD_RESPONSE", f"An event exceeds {MAX_BYTES} bytes. Use smaller batches.")
            line = line.rstrip(b"\r\n")
            field, _, value = line.partition(b":")
            if line == b"":
                if event == b"complete":
                    return
                if event == b"next" and data:
                    yield _payload(b"\n".join(data))
                event, data, size = b"", [], 0
            elif field == b"event":
                event = value.removeprefix(b" ")
            elif field == b"data":
                data.append(value.removeprefix(b" "))
            elif field == b"":
                size -= len(line)

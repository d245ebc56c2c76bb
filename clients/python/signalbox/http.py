"""Requests over HTTP: one response each, or server-sent events."""

from __future__ import annotations

import http.client
import json
import ssl
import time
import urllib.error
import urllib.request
import zlib
from typing import TYPE_CHECKING, Any, Generator, Iterable, Iterator, Mapping, TypedDict

from .connection import Limits, open_response
from .errors import ConnectionLost, SignalboxError

if TYPE_CHECKING:
    # Type checkers have them for every version of Python.
    from typing_extensions import NotRequired, Unpack

MAX_BYTES = 64 * 1024 * 1024
READ_BYTES = 64 * 1024
CODES = {
    400: "BAD_INPUT",
    401: "UNAUTHENTICATED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    408: "TIMEOUT",
    413: "RESOURCE_TOO_LARGE",
    429: "THROTTLED",
    502: "UNAVAILABLE",
    503: "UNAVAILABLE",
    504: "UNAVAILABLE",
}


class SendOptions(TypedDict):
    limits: Limits
    headers: Mapping[str, str]
    body: "NotRequired[bytes | Iterable[bytes]]"


def send(method: str, url: str, *, token: str | None, **options: Unpack[SendOptions]) -> http.client.HTTPResponse:
    """Sends a request, and returns the response with its body unread. Raises ConnectionLost, and TIMEOUT."""
    limits = options["limits"]
    request = urllib.request.Request(url, data=options.get("body"), headers=dict(options["headers"]), method=method)
    if token is not None:
        request.add_header("authorization", f"Bearer {token}")
    try:
        response = open_response(request, limits)
    except (OSError, http.client.HTTPException) as error:
        raise interruption(error, limits, f"No connection to {url}", "Check the address and that the server runs.") from error
    if 300 <= response.status < 400:
        response.close()
        message = f"{url} redirects to another address, which would receive the token. Use that address if you trust it."
        raise SignalboxError("BAD_RESPONSE", message)
    return response


def interruption(error: Exception, limits: Limits, what: str, advice: str) -> SignalboxError:
    """The error of the client for one of a connection."""
    if time.monotonic() >= limits.deadline:
        return SignalboxError("TIMEOUT", f"{what} within the timeout. The server may still do what it was asked for.")
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(reason, ssl.SSLCertVerificationError):
        advice = "Let SSL_CERT_FILE name the file of its authority if you trust it."
        return SignalboxError("BAD_RESPONSE", f"{what}: the certificate is not trusted, {reason.verify_message}. {advice}")
    return ConnectionLost(f"{what}: {reason or type(reason).__name__}. {advice}")


def chunks(response: http.client.HTTPResponse, limits: Limits) -> Iterator[bytes]:
    """The body as it comes, decompressed. Raises ConnectionLost if it ends too early."""
    inflate = zlib.decompressobj(wbits=31) if response.headers.get("content-encoding") == "gzip" else None
    # With a length, `read1` waits for bytes after the last one in some versions of Python.
    read = response.read1 if response.length is None else response.read
    try:
        while data := read(READ_BYTES):
            while inflate and data:
                yield inflate.decompress(data, READ_BYTES)
                data = inflate.unconsumed_tail
            if data:
                yield data
        if response.length or (inflate and not inflate.eof):
            raise http.client.IncompleteRead(b"", response.length)
    except (OSError, http.client.HTTPException) as error:
        raise interruption(error, limits, "The response was interrupted", "The server may have done its work.") from error
    except zlib.error as error:
        raise SignalboxError("BAD_RESPONSE", f"The response is no valid gzip: {error}.") from error


def read_json(response: http.client.HTTPResponse, limits: Limits) -> dict[str, Any]:
    """The body, an object. Raises the error of a response that has none."""
    parts: list[bytes] = []
    size = 0
    with response:
        for part in chunks(response, limits):
            parts.append(part)
            size += len(part)
            if size > MAX_BYTES:
                raise SignalboxError("BAD_RESPONSE", f"The response exceeds {MAX_BYTES} bytes. Select less.")
    if "json" not in response.headers.get("content-type", ""):
        raise _error_of_status(response)
    payload = parse_object(b"".join(parts))
    error = payload.get("error")
    if isinstance(error, dict):
        raise SignalboxError(str(error.get("code")), str(error.get("message")), milliseconds(error), error)
    return payload


def _error_of_status(response: http.client.HTTPResponse) -> SignalboxError:
    message = f"The response (HTTP status {response.status}) is not that of a Signalbox server. Check the address."
    seconds = response.headers.get("retry-after", "")
    wait_ms = float(seconds) * 1000 if seconds.isdecimal() else None
    if CODES.get(response.status) == "UNAVAILABLE":
        return ConnectionLost(message, wait_ms)
    return SignalboxError(CODES.get(response.status, "BAD_RESPONSE"), message, wait_ms)


def parse_object(text: bytes) -> dict[str, Any]:
    try:
        payload = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SignalboxError("BAD_RESPONSE", f"The response is not JSON: {error}. Check the address.") from error
    if not isinstance(payload, dict):
        raise SignalboxError("BAD_RESPONSE", "The response is not an object. Check the address.")
    return payload


def milliseconds(values: dict[str, Any]) -> float | None:
    """The time that the server asks to wait for."""
    value = values.get("retryAfterMs")
    return float(value) if isinstance(value, (int, float)) and value >= 0 else None


def results(response: http.client.HTTPResponse, limits: Limits) -> Generator[dict[str, Any] | None, None, None]:
    """
    The results of a subscription until it completes, and None for each comment, by which the server shows that it
    lives. Raises ConnectionLost if the stream ends before.
    """
    with response:
        if not response.headers.get("content-type", "").startswith("text/event-stream"):
            yield read_json(response, limits)
            return
        event, size = b"", 0
        data: list[bytes] = []
        for line in _lines(chunks(response, limits)):
            field, _, value = line.partition(b":")
            if line == b"":
                if event == b"complete":
                    return
                if event == b"next" and data:
                    yield parse_object(b"\n".join(data))
                event, data, size = b"", [], 0
            elif field == b"event":
                event = value.removeprefix(b" ")
            elif field == b"data":
                data.append(value.removeprefix(b" "))
                size += len(value)
                _check_size(size)
            elif field == b"":
                yield None
    raise ConnectionLost("The subscription was interrupted. Subscribe again.")


def _lines(parts: Iterator[bytes]) -> Iterator[bytes]:
    rest: list[bytes] = []
    size = 0
    for part in parts:
        first, *others = part.split(b"\n")
        rest.append(first)
        size += len(first)
        _check_size(size)
        for other in others:
            yield b"".join(rest).removesuffix(b"\r")
            rest, size = [other], len(other)


def _check_size(size: int) -> None:
    if size > MAX_BYTES:
        raise SignalboxError("BAD_RESPONSE", f"An event exceeds {MAX_BYTES} bytes. Use smaller batches.")

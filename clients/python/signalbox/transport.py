"""Requests and subscriptions that survive interruptions."""

from __future__ import annotations

import http.client
import json
import logging
import math
import random
import time
import uuid
from contextlib import closing
from typing import TYPE_CHECKING, Any, Generator
from urllib.parse import urlsplit

from .connection import Limits
from .errors import TRANSIENT, ConnectionLost, Refused, SignalboxError
from .http import SendOptions, milliseconds, read_json, results, send
from .tokens import GetTokenFailed, Tokens

if TYPE_CHECKING:
    # Type checkers have it for every version of Python.
    from typing_extensions import Unpack

MIN_WAIT_S = 0.05
FIRST_WAIT_S = 0.25
MAX_WAIT_S = 30.0
# Not TIMEOUT: nothing is sent after the timeout of the client.
REPEATED = ("UNAVAILABLE", "THROTTLED")

_JSON = {"content-type": "application/json"}
REQUEST = {**_JSON, "accept": "application/graphql-response+json, application/json", "accept-encoding": "gzip"}
SUBSCRIPTION = {**_JSON, "accept": "text/event-stream"}

log = logging.getLogger("signalbox")


class Backoff:
    """Waits between attempts: longer each time and at random, so that the clients of a restarted server do not all return at once."""

    def __init__(self) -> None:
        self._failures = 0

    def wait(self, error: SignalboxError, deadline: float) -> None:
        longest = min(MAX_WAIT_S, FIRST_WAIT_S * 2 ** min(self._failures, 10))
        pause = max(MIN_WAIT_S + random.random() * longest, (error.retry_after_ms or 0) / 1000)
        self._failures += 1
        log.warning("%s Next attempt in %.1f s.", error.message, pause)
        time.sleep(max(0, min(pause, deadline - time.monotonic())))


class Transport:
    """A server, and the tokens for it."""

    def __init__(self, url: str, tokens: Tokens, *, timeout: float, silence_timeout: float) -> None:
        self._url = _checked(url).rstrip("/")
        self._tokens = tokens
        self._timeout = timeout
        self._silence_timeout = silence_timeout

    def with_tokens(self, tokens: Tokens, timeout: float | None = None) -> Transport:
        """The same server, with other tokens."""
        return Transport(self._url, tokens, timeout=timeout or self._timeout, silence_timeout=self._silence_timeout)

    def transfer_limits(self) -> Limits:
        """The limits for a body of any size."""
        return Limits(math.inf, self._timeout)

    def request(self, document: str, variables: dict[str, Any], *, repeat: bool = False, keyed: bool = False) -> Any:
        """
        The value of the only field of an operation. With `keyed` it gets an idempotency key: the server carries a
        repeated operation out once.
        """
        variables = _present(variables)
        if keyed:
            variables["input"].setdefault("idempotencyKey", str(uuid.uuid4()))
        limits = Limits(time.monotonic() + self._timeout)
        backoff = Backoff()
        while True:
            try:
                response = self.send("POST", "/graphql", headers=REQUEST, body=_body(document, variables), limits=limits)
                return _field(read_json(response, limits))
            except SignalboxError as error:
                if error.code not in REPEATED or not (repeat or keyed):
                    raise
                backoff.wait(error, limits.deadline)
                if time.monotonic() >= limits.deadline:
                    raise

    def subscribe(
        self, document: str, variables: dict[str, Any], *, timeout: float | None = None
    ) -> Generator[Any, None, None]:
        """
        The values of the only field of a subscription until the server completes it, or `timeout` seconds have passed
        (TIMEOUT). After an interruption it continues from the newest cursor.
        """
        variables = _present(variables)
        resumes = "$after:" in document
        limits = Limits(math.inf if timeout is None else time.monotonic() + timeout, self._silence_timeout)
        backoff = Backoff()
        while True:
            accepted = False
            try:
                body = _body(document, variables)
                response = self._send("POST", "/graphql", headers=SUBSCRIPTION, body=body, limits=limits)
                accepted = response.status < 400
                with closing(results(response, limits)) as payloads:
                    for payload in payloads:
                        # Comments, too, come between events.
                        self._tokens.renew_if_due()
                        if payload is None:
                            continue
                        value = _field(payload)
                        if resumes:
                            variables["after"] = value["cursor"]
                        backoff = Backoff()
                        yield value
                return
            except SignalboxError as error:
                if time.monotonic() >= limits.deadline:
                    raise SignalboxError("TIMEOUT", f"The subscription has ended after {timeout} s (timeout).") from error
                # A token that expires ends the subscription; another token, or the same one, is refused when it begins.
                if error.code not in TRANSIENT and not (accepted and error.code == "UNAUTHENTICATED"):
                    raise
                backoff.wait(error, limits.deadline)
            except GetTokenFailed as error:
                # The network may be down for `get_token` too.
                backoff.wait(ConnectionLost(str(error)), limits.deadline)

    def send(self, method: str, path: str, **options: Unpack[SendOptions]) -> http.client.HTTPResponse:
        """Sends a request with the token; once more if that is refused, there is another, and the body can be repeated."""
        try:
            return self._send(method, path, **options)
        except GetTokenFailed as error:
            raise error.cause

    def _send(self, method: str, path: str, **options: Unpack[SendOptions]) -> http.client.HTTPResponse:
        token = self._tokens.current()
        response = send(method, self._url + path, token=token, **options)
        if response.status != 401 or token is None or not isinstance(options.get("body", b""), bytes):
            return response
        other = self._tokens.replacement(token)
        if other is None:
            return response
        response.close()
        return send(method, self._url + path, token=other, **options)


def _checked(url: str) -> str:
    try:
        parts = urlsplit(url)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid = False
    if not valid or any(character.isspace() for character in url):
        raise SignalboxError("BAD_INPUT", f"The url must be like http://localhost:4000; received {url!r}.")
    return url


def _body(document: str, variables: dict[str, Any]) -> bytes:
    return json.dumps({"query": document, "variables": variables}).encode()


def _present(variables: dict[str, Any]) -> dict[str, Any]:
    """The variables that were given, and fields of `input` likewise."""
    present = {name: value for name, value in variables.items() if value is not None}
    if "input" in present:
        present["input"] = _present(present["input"])
    return present


def _field(payload: dict[str, Any]) -> Any:
    """The value of the only field of a result. Raises its error, or its refusal."""
    errors = payload.get("errors")
    data = payload.get("data")
    if errors:
        first = errors[0] if isinstance(errors, list) and isinstance(errors[0], dict) else {}
        extensions = first.get("extensions")
        extensions = extensions if isinstance(extensions, dict) else {}
        code, message = str(extensions.get("code", "BAD_INPUT")), str(first.get("message", "The request failed."))
        raise SignalboxError(code, message, milliseconds(extensions), extensions)
    if not isinstance(data, dict) or len(data) != 1:
        raise SignalboxError("BAD_RESPONSE", "The response has no data. Check the address.")
    (value,) = data.values()
    if isinstance(value, dict) and value.get("__typename") == "Refusal":
        raise Refused(str(value.get("code")), str(value.get("message")), milliseconds(value), value)
    return value

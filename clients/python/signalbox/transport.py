"""Requests and subscriptions that survive interruptions."""

from __future__ import annotations

import random
import time
import uuid
from contextlib import closing
from typing import Any, Callable, Generator, Iterator

from . import http
from .errors import Refused, SignalboxError

FIRST_WAIT_S = 0.2
LONGEST_WAIT_S = 10.0
REPEATED = ("UNAVAILABLE", "THROTTLED")


class _Retry:
    """Waits between attempts, longer each time and at random, until nothing has succeeded for `seconds`."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self.succeeded()

    def succeeded(self) -> None:
        self._attempts = 0
        self._end = time.monotonic() + self._seconds

    def wait(self, error: SignalboxError) -> None:
        """Waits for the next attempt. Raises the error if the time is over or it is no error of the moment."""
        longest = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** min(self._attempts, 10))
        pause = random.uniform(longest / 2, longest) + (error.retry_after_ms or 0) / 1000
        if error.code not in REPEATED or time.monotonic() + pause > self._end:
            raise error
        self._attempts += 1
        time.sleep(pause)


def _field(payload: dict[str, Any]) -> Any:
    """The value of the only field of a result. Raises its error, or its refusal."""
    errors = payload.get("errors")
    data = payload.get("data")
    if errors:
        first = errors[0] if isinstance(errors, list) and isinstance(errors[0], dict) else {}
        extensions = first.get("extensions")
        extensions = extensions if isinstance(extensions, dict) else {}
        code, message = str(extensions.get("code", "BAD_INPUT")), str(first.get("message", "The request failed."))
        raise SignalboxError(code, message, _milliseconds(extensions), extensions)
    if not isinstance(data, dict) or len(data) != 1:
        raise SignalboxError("BAD_RESPONSE", "The response has no data. Check the address.")
    (value,) = data.values()
    if isinstance(value, dict) and value.get("__typename") == "Refusal":
        raise Refused(str(value.get("code")), str(value.get("message")), _milliseconds(value), value)
    return value


def _milliseconds(values: dict[str, Any]) -> float | None:
    value = values.get("retryAfterMs")
    return float(value) if isinstance(value, (int, float)) and value >= 0 else None


class Transport:
    """A server, and the token for it."""

    def __init__(
        self,
        url: str,
        *,
        token: str | None = None,
        get_token: Callable[[], str] | None = None,
        retry_seconds: float = 60,
    ) -> None:
        """
        url: address of the server, such as http://localhost:4000.
        token: sent with each request; or `get_token`, which is called for each.
        retry_seconds: how long to try again while the server cannot be reached, is unavailable or throttles.
        """
        self._url = url.rstrip("/") + "/graphql"
        self._token = token
        self._get_token = get_token
        self._retry_seconds = retry_seconds

    def _current_token(self) -> str | None:
        return self._get_token() if self._get_token else self._token

    def _request(self, document: str, variables: dict[str, Any], *, repeat: bool, keyed: bool = False) -> Any:
        variables = _present(variables)
        if keyed:
            # With a key the server does a repeated mutation once.
            variables["input"] = {"idempotencyKey": str(uuid.uuid4()), **variables["input"]}
        retry = _Retry(self._retry_seconds)
        while True:
            try:
                return _field(http.post(self._url, self._current_token(), {"query": document, "variables": variables}))
            except SignalboxError as error:
                if not repeat:
                    raise
                retry.wait(error)

    def _subscribe(self, document: str, variables: dict[str, Any]) -> Iterator[Any]:
        variables = _present(variables)
        retry = _Retry(self._retry_seconds)
        is_new_token = False
        while True:
            try:
                body = {"query": document, "variables": variables}
                with closing(_results(self._url, self._current_token(), body)) as results:
                    for value in results:
                        is_new_token = False
                        if isinstance(value, dict) and "$after:" in document and isinstance(value.get("cursor"), str):
                            variables["after"] = value["cursor"]
                        yield value
                        # The time that the caller takes is not an interruption.
                        retry.succeeded()
                return
            except SignalboxError as error:
                # The token has expired during the subscription.
                if error.code == "UNAUTHENTICATED" and self._get_token and not is_new_token:
                    is_new_token = True
                else:
                    retry.wait(error)


def _results(url: str, token: str | None, body: dict[str, Any]) -> Generator[Any, None, None]:
    with closing(http.stream(url, token, body)) as payloads:
        for payload in payloads:
            yield _field(payload)


def _present(variables: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in variables.items() if value is not None}

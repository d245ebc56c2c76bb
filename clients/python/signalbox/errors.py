"""Errors of the client."""

from __future__ import annotations

from typing import Any


class SignalboxError(Exception):
    """An error of a request. `code` is an ErrorCode of the schema, or BAD_RESPONSE if the server's answer is invalid."""

    def __init__(self, code: str, message: str, retry_after_ms: float | None = None, details: Any = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.retry_after_ms = retry_after_ms
        self.details = details


class Refused(SignalboxError):
    """The server refused a mutation. `details` is the whole Refusal, with the decision of the policy and violations."""


class ConnectionLost(SignalboxError):
    """The server could not be reached, or did not answer. A mutation without idempotency key may have had its effect."""

    def __init__(self, message: str) -> None:
        super().__init__("UNAVAILABLE", message)

"""Errors of the client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .generated.operations import RunDetail

# Codes of errors after which the same operation may succeed later without any change.
TRANSIENT = ("UNAVAILABLE", "THROTTLED", "TIMEOUT")


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

    def __init__(self, message: str, retry_after_ms: float | None = None) -> None:
        super().__init__("UNAVAILABLE", message, retry_after_ms)


class RunFailed(SignalboxError):
    """A run has ended in another state than SUCCEEDED: FAILED, TIMEOUT, DENIED or CANCELLED."""

    def __init__(self, run: RunDetail) -> None:
        error, state = run["error"], run["state"]
        codes = {"TIMEOUT": "TIMEOUT", "DENIED": "FORBIDDEN", "CANCELLED": "CANCELLED"}
        reason = f": {error['message']}" if error else "."
        super().__init__(error["code"] if error else codes.get(state, "INTERNAL"), f"Run {run['id']} is {state}{reason}")
        self.run = run
        #: Key of the step that failed, if it was one.
        self.step = error["step"] if error else None

"""The token of the caller, renewed at half its life, when it is used."""

from __future__ import annotations

import base64
import json
import math
import time
from typing import Callable

from .errors import TRANSIENT, SignalboxError

#: Called for each request, and with the token that the server has just refused: return another, or the same one to give up.
GetToken = Callable[[str | None], str | None]

MIN_RENEWAL_PAUSE_S = 1.0


class GetTokenFailed(Exception):
    """`get_token` has raised `cause`."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(f"get_token failed: {cause!r}.")
        self.cause = cause


class Tokens:
    def __init__(
        self,
        token: str | None = None,
        get_token: GetToken | None = None,
        renew: Callable[[str], str] | None = None,
    ) -> None:
        """renew: asks the server for another token by one that is still valid."""
        self._get_token = get_token
        self._renew = renew
        self._renew_at = math.inf
        issued, _ = _times(token)
        self._keep(token, time.time() - issued)

    def current(self) -> str | None:
        self.renew_if_due()
        return self._ask(None)

    def replacement(self, rejected: str) -> str | None:
        """A token to replace the refused one, if there is another."""
        token = self._ask(rejected)
        return None if token == rejected else token

    def store(self, token: str) -> None:
        """Keeps a token that the server has just issued. Ignored if the application supplies `get_token`."""
        # Its life is measured from now, so a wrong clock of this machine does not matter.
        self._keep(token, 0)

    def renew_if_due(self) -> None:
        """Renews the token if half its life is over. Until then, and if the server refuses that, it stays."""
        token = self._token
        if token is None or self._renew is None or self._get_token or time.monotonic() < self._renew_at:
            return
        self._renew_at = math.inf
        try:
            renewed = self._renew(token)
        except SignalboxError as error:
            remaining = self._end - time.monotonic()
            if error.code in TRANSIENT and remaining > 0:
                self._renew_at = time.monotonic() + max(remaining / 4, MIN_RENEWAL_PAUSE_S)
            return
        # At the end of the session a renewed token is valid no longer than the old one.
        if _times(renewed)[1] > _times(token)[1]:
            self.store(renewed)

    def _keep(self, token: str | None, age: float) -> None:
        self._token = token
        issued, end = _times(token)
        begin = time.monotonic() - age
        self._end = begin + end - issued
        self._renew_at = begin + (end - issued) / 2

    def _ask(self, rejected: str | None) -> str | None:
        if self._get_token is None:
            return self._token
        try:
            return self._get_token(rejected)
        except Exception as cause:
            raise GetTokenFailed(cause) from cause


def _times(token: str | None) -> tuple[float, float]:
    """When a JWT was issued and when it ends (RFC 7519). API tokens and others have no end that is known here."""
    try:
        payload = (token or "").split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return float(claims["iat"]), float(claims["exp"])
    except (IndexError, KeyError, TypeError, ValueError):
        return 0, math.inf

"""The token of the caller."""

from __future__ import annotations

from typing import Callable

#: Called for each request, and with the token that the server has just refused: return another, or the same one to give up.
GetToken = Callable[[str | None], str | None]


class GetTokenFailed(Exception):
    """`get_token` has raised `cause`."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(f"get_token failed: {cause!r}.")
        self.cause = cause


class Tokens:
    def __init__(self, token: str | None = None, get_token: GetToken | None = None) -> None:
        self._token = token
        self._get_token = get_token

    def current(self) -> str | None:
        return self._ask(None)

    def replacement(self, rejected: str) -> str | None:
        """A token to replace the refused one, if there is another."""
        token = self._ask(rejected)
        return None if token == rejected else token

    def store(self, token: str) -> None:
        """Keeps the token of a sign-in. Ignored if the application supplies `get_token`."""
        self._token = token

    def _ask(self, rejected: str | None) -> str | None:
        if self._get_token is None:
            return self._token
        try:
            return self._get_token(rejected)
        except Exception as cause:
            raise GetTokenFailed(cause) from cause

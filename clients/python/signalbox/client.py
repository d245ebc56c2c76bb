"""The client of a Signalbox server."""

from __future__ import annotations

from .errors import SignalboxError
from .generated.operations import Operations, Run, Session


class Client(Operations):
    """A method for each operation. Subscriptions are iterators; leave the loop to end them. Not for several threads."""

    def sign_in(self, username: str, password: str) -> Session:
        """Signs in, and uses the session's token from now on."""
        return self._use(super().sign_in(username, password))

    def renew_session(self) -> Session:
        """Replaces the token before its end."""
        return self._use(super().renew_session())

    def wait(self, run_id: str) -> Run:
        """Waits for the end of a run, and returns it."""
        last: Run | None = None
        for last in self.run_updates(run_id):
            if last["finishedAt"] is not None:
                return last
        raise SignalboxError("BAD_RESPONSE", f"The subscription completed before run {run_id} ended. Wait again.")

    def _use(self, session: Session) -> Session:
        self._token, self._get_token = session["token"], None
        return session

"""The client of a Signalbox server."""

from __future__ import annotations

from typing import BinaryIO, Generator

from .approvals import Approvals
from .artifacts import Download, UploadedArtifact, download, upload
from .errors import SignalboxError
from .events import EVENT_BATCH, events_of
from .generated.operations import Commands, Event, EventFilter, Operations, Session
from .runs import Runs
from .tokens import GetToken, Tokens
from .transport import Transport
from .workflows import Workflows

# It delays a request, or the next event.
RENEWAL_TIMEOUT_S = 10


class Client:
    """
    A client of one server, for one user and one thread. `operations` has the other operations of documents.graphql, and
    their subscriptions.
    """

    def __init__(
        self,
        url: str,
        *,
        token: str | None = None,
        get_token: GetToken | None = None,
        timeout: float = 120,
        silence_timeout: float = 40,
    ) -> None:
        """
        url: address of the server, without `/graphql`, such as http://localhost:4000.
        token: the initial token; `sign_in` replaces it. Renewed before its end if it is that of a sign-in.
        get_token: called for each request instead, and with the refused token when the server refuses one.
        timeout: seconds that a request may take, with its repetitions.
        silence_timeout: seconds without a byte after which a subscription reconnects. The server sends one every 12.
        """
        if token is not None and get_token is not None:
            raise SignalboxError("BAD_INPUT", "token and get_token exclude each other. Pass one of them.")
        self._anonymous = Transport(url, Tokens(), timeout=timeout, silence_timeout=silence_timeout)
        self._tokens = Tokens(token, get_token, self._renew)
        self._transport = self._anonymous.with_tokens(self._tokens)
        self.operations = Operations(self._transport)
        self.commands = Commands(self._transport)
        self.runs = Runs(self.operations)
        self.approvals = Approvals(self.operations)
        self.workflows = Workflows(self.operations)

    def events(
        self, *, filter: EventFilter | None = None, after: str | None = None, batch: int = EVENT_BATCH
    ) -> Generator[Event, None, None]:
        """The events of every run that you may see, each once and in order, until you stop. Without `after` from now on."""
        return events_of(self.operations.events(filter=filter, after=after, batch=batch))

    def sign_in(self, username: str, password: str) -> Session:
        """Signs in, and uses the session's token from now on. With `get_token` the program must keep the token."""
        # An old token would be refused before the password is checked.
        session = Operations(self._anonymous).sign_in(username, password)
        self._tokens.store(session["token"])
        return session

    def _renew(self, token: str) -> str:
        transport = self._anonymous.with_tokens(Tokens(token), RENEWAL_TIMEOUT_S)
        return Operations(transport).renew_session()["token"]

    def upload(
        self, content: bytes | BinaryIO, *, name: str, media_type: str = "application/octet-stream"
    ) -> UploadedArtifact:
        """Stores bytes as an artifact. A file is streamed, so it may be large. Commands accept the `uri` of the result."""
        return upload(self._transport, content, name, media_type)

    def download(self, digest: str, *, range: str | None = None) -> Download:
        """The bytes of an artifact, as a file to read; of a range as in RFC 9110, such as `bytes=0-99`."""
        return download(self._transport, digest, range)

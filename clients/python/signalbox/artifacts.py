"""Bytes to and from the server, streamed."""

from __future__ import annotations

import http.client
import io
from typing import Any, BinaryIO, Iterator, TypedDict, cast
from urllib.parse import quote, urlencode

from .connection import Limits
from .errors import SignalboxError
from .http import chunks, read_json
from .transport import Transport

READ_BYTES = 256 * 1024

UploadedArtifact = TypedDict(
    "UploadedArtifact",
    {"id": str, "digest": str, "name": str, "mediaType": str, "size": int, "url": str, "uri": str},
)


class _ReadFailed(Exception):
    pass


def _parts(content: BinaryIO) -> Iterator[bytes]:
    try:
        while part := content.read(READ_BYTES):
            yield part
    except OSError as error:
        # Otherwise it would be taken for an error of the connection.
        raise _ReadFailed from error


class Download(io.RawIOBase):
    """The bytes of an artifact, as a file to read. Raises ConnectionLost if they end too early."""

    def __init__(self, response: http.client.HTTPResponse, limits: Limits) -> None:
        self._response = response
        self._chunks = chunks(response, limits)
        self._rest = memoryview(b"")
        self.media_type: str = response.headers.get("content-type", "")
        #: Number of bytes, of the range if one was asked for.
        self.size = response.length

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._rest:
            self._rest = memoryview(next(self._chunks, b""))
        count = min(len(buffer), len(self._rest))
        buffer[:count], self._rest = self._rest[:count], self._rest[count:]
        return count

    def close(self) -> None:
        self._response.close()
        super().close()


def upload(transport: Transport, content: bytes | BinaryIO, name: str, media_type: str) -> UploadedArtifact:
    limits = transport.transfer_limits()
    body = content if isinstance(content, bytes) else _parts(content)
    path = f"/artifacts?{urlencode({'name': name})}"
    try:
        response = transport.send("POST", path, headers={"content-type": media_type}, body=body, limits=limits)
    except _ReadFailed as failure:
        assert failure.__cause__ is not None
        raise failure.__cause__
    stored = read_json(response, limits)
    return cast(UploadedArtifact, {**stored, "uri": f"artifact:sha256/{stored.get('digest')}"})


def download(transport: Transport, digest: str, range: str | None) -> Download:
    limits = transport.transfer_limits()
    headers = {} if range is None else {"range": range}
    response = transport.send("GET", f"/artifacts/{quote(digest, safe='')}", headers=headers, limits=limits)
    if response.status >= 400:
        read_json(response, limits)
        raise SignalboxError("BAD_RESPONSE", f"HTTP status {response.status} has no reason. Check the address.")
    return Download(response, limits)

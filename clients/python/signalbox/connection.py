"""Connections with a limit on silence and on the whole time, also for a server that sends a byte now and then."""

from __future__ import annotations

import functools
import http.client
import io
import ssl
import time
import urllib.request
from dataclasses import dataclass
from socket import socket
from typing import Any, Callable, cast

# What a socket can wait at most; Python refuses infinity.
MAX_SILENCE_S = 86_400.0


@dataclass(frozen=True)
class Limits:
    """How many seconds the server may send nothing, and when the response must be complete, by `time.monotonic`."""

    deadline: float
    silence: float = MAX_SILENCE_S

    def remaining(self) -> float:
        """How long to wait for the next byte. Raises TimeoutError if the time is over."""
        seconds = min(self.silence, self.deadline - time.monotonic())
        if seconds <= 0:
            raise TimeoutError("the time is over")
        return seconds


class _LimitedReader(io.RawIOBase):
    def __init__(self, connected: socket, limits: Limits) -> None:
        self._socket = connected
        self._raw = connected.makefile("rb", buffering=0)
        self._limits = limits

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._socket.settimeout(self._limits.remaining())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _LimitedSocket:
    """What a response needs of its socket."""

    def __init__(self, connected: socket, limits: Limits) -> None:
        self._socket = connected
        self._limits = limits

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_LimitedReader(self._socket, self._limits))


class _EarlyResponse(http.client.HTTPConnection):
    """A server may answer, and close the connection, before it has the whole body: the response says why."""

    def request(self, *args: Any, **options: Any) -> None:
        try:
            super().request(*args, **options)
        except (BrokenPipeError, ConnectionResetError):
            if self.sock is None:
                raise


class _Connection(_EarlyResponse):
    pass


class _TlsConnection(_EarlyResponse, http.client.HTTPSConnection):
    pass


@functools.cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


class _Handler(urllib.request.AbstractHTTPHandler):
    def __init__(self, limits: Limits) -> None:
        super().__init__()
        self._limits = limits

    def http_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self._factory(_Connection), request)

    def https_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self._factory(_TlsConnection, context=_tls()), request)

    http_request = https_request = urllib.request.AbstractHTTPHandler.do_request_

    def _factory(self, kind: type[_EarlyResponse], **fixed: Any) -> Callable[..., http.client.HTTPConnection]:
        limits = self._limits

        class Response(http.client.HTTPResponse):
            def __init__(self, connected: socket, *args: Any, **options: Any) -> None:
                super().__init__(cast(socket, _LimitedSocket(connected, limits)), *args, **options)

        def connect(host: str, **options: Any) -> http.client.HTTPConnection:
            connection = kind(host, **fixed, **options)
            connection.response_class = Response
            return connection

        return connect


def open_response(request: urllib.request.Request, limits: Limits) -> http.client.HTTPResponse:
    """
    Sends a request by the proxy of the environment, if there is one. Redirects are not followed: the token would reach
    another host. Raises OSError and HTTPException.
    """
    opener = urllib.request.OpenerDirector()
    opener.add_handler(urllib.request.ProxyHandler())
    opener.add_handler(_Handler(limits))
    return cast(http.client.HTTPResponse, opener.open(request, timeout=limits.remaining()))

"""HTTP/1.1 on the running loop's own sockets, for calls between units."""

import asyncio
import errno
import os
import ssl
from collections.abc import AsyncGenerator
from typing import NamedTuple
from urllib.parse import urlsplit

from maestri import clock
from maestri.errors import ConnectFailed, InvalidRequest
from maestri.links.http1 import ResponseReader
from maestri.links.http_client import IDLE_S_MAX, HttpRequest, HttpResponse, HttpStream
from maestri.links.http_connection import HttpConnection
from maestri.links.idle_connections import IdleConnections

WITH_BODY = frozenset({"PATCH", "POST", "PUT"})
UNIX = "unix:"
"""Begins the address of a Unix socket, which is that of its file."""

METHODS = WITH_BODY | {"DELETE", "GET"}


class ConnectionCounts(NamedTuple):
    """Connections to one address: those that carry a request, and those that wait for one."""

    in_use: int
    idle: int


class SocketClient:
    """
    Send over connections of the running loop, without a thread in between.

    A connection is used again if its peer was silent since its last response. What a peer says
    after that look, and before it has read the request, counts as its response: HTTP/1.1 does not
    tell the two apart. A stream that nobody reads keeps its connection until its time is over.

    An address is that of an HTTP server, or ``unix:/file`` for one at a Unix socket.

    For our own units, and HTTP services that behave like them. It does not:

    - speak HTTP/2 or HTTP/3, nor any methods but GET, DELETE, PATCH, POST and PUT;
    - go through proxies, or read ``*_PROXY`` from the environment;
    - follow redirects, authenticate (an address with a user is refused), or retry;
    - ask for compression, or unpack it; decode text; keep cookies, trailers or a cache;
    - pipeline, stream requests, or wait for ``100 Continue``;
    - bound the connections that are in use: the bulkhead of a link does;
    - guess where RFC 9112 lets a client guess (folded headers, equal lengths given twice, bare line
      feeds, encodings besides ``chunked``): it refuses;
    - take options of TLS: for ``https`` the certificate is checked against the system's
      authorities and the host's name, by Python's defaults. There are no authorities, versions or
      ciphers of one's own, no client certificates, and no resumed sessions.

    PyreqwestClient and HttpxClient do some of that.

    Args:
        connect_s_max: How long opening a connection may take.
        idle_s_max: How long an unused connection is kept.
        idle_max: Unused connections kept per address.
    """

    def __init__(
        self, *, connect_s_max: float = 1.0, idle_s_max: float = IDLE_S_MAX, idle_max: int = 100
    ) -> None:
        self._connect_s_max = connect_s_max
        self._idle_s_max = idle_s_max
        self._idle_max = idle_max
        self._origins: dict[str, _Origin] = {}

    async def send(self, request: HttpRequest) -> HttpResponse:
        """Return the whole response; see HttpClient."""
        origin = self._origins.get(request.base) or self._origin(request.base)
        connection, reader = await self._request(origin, request, whole=True)
        try:
            await connection.wait()
        finally:
            _finish(connection, origin)
        return HttpResponse(reader.status, reader.headers, reader.take())

    async def open(self, request: HttpRequest) -> HttpStream:
        """Return the response as soon as its head is there; see HttpClient."""
        origin = self._origins.get(request.base) or self._origin(request.base)
        connection, reader = await self._request(origin, request, whole=False)
        try:
            while not reader.status:
                await connection.wait()
        except BaseException:
            _finish(connection, origin)
            raise
        chunks = _chunks(connection, reader, origin)
        await anext(chunks)
        return HttpStream(reader.status, reader.headers, chunks)

    def connections(self) -> dict[str, ConnectionCounts]:
        """Return how many connections there are, by address."""
        return {
            base: ConnectionCounts(origin.in_use, len(origin.idle))
            for base, origin in self._origins.items()
        }

    async def aclose(self) -> None:
        """Close all idle connections."""
        for origin in self._origins.values():
            origin.idle.close()

    async def _request(
        self, origin: "_Origin", request: HttpRequest, *, whole: bool
    ) -> tuple[HttpConnection, ResponseReader]:
        deadline_s = clock.now_s() + request.timeout_s
        message = _message(origin, request)
        connection = None if request.fresh else origin.idle.pop()
        if connection is None:
            connection = await self._connect(origin, deadline_s)
        reader = ResponseReader(request.bytes_max)
        origin.in_use += 1
        connection.send(message, reader, deadline_s, whole=whole)
        return connection, reader

    def _origin(self, base: str) -> "_Origin":
        idle = IdleConnections(self._idle_s_max, self._idle_max)
        origin = self._origins[base] = _Origin(base, idle)
        return origin

    async def _connect(self, origin: "_Origin", deadline_s: float) -> HttpConnection:
        loop = asyncio.get_running_loop()
        until_s = min(deadline_s, clock.now_s() + self._connect_s_max)
        try:
            async with clock.timeout_at(until_s):
                if origin.file:
                    _, connection = await loop.create_unix_connection(
                        lambda: HttpConnection(loop), origin.file
                    )
                else:
                    _, connection = await loop.create_connection(
                        lambda: HttpConnection(loop), origin.host, origin.port, ssl=origin.tls
                    )
        except TimeoutError as late:
            raise ConnectFailed("no connection in time") from late
        except (OSError, UnicodeError) as failure:
            raise ConnectFailed(_reason(failure)) from failure
        return connection


def _reason(failure: OSError | UnicodeError) -> str:
    # Loops differ in how they word a number of the system, and in the addresses that they add.
    number: int = getattr(failure, "errno", None) or 0
    return os.strerror(number).lower() if number in errno.errorcode else str(failure)


class _Origin:
    """Where connections go, what all requests to it begin with, and connections that wait."""

    def __init__(self, base: str, idle: IdleConnections) -> None:
        self.idle = idle
        self.in_use = 0
        self.file = base.removeprefix(UNIX) if base.startswith(UNIX) else ""
        if self.file:
            self.host, self.path, self.port, self.tls = "", "", 0, None
            self.first_lines = " HTTP/1.1\r\nhost: localhost\r\nuser-agent: maestri\r\n"
            return
        try:
            parts = urlsplit(base)
            port = parts.port
        except ValueError as mismatch:
            raise InvalidRequest(field="url", reason="is not an address of HTTP") from mismatch
        if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
            raise InvalidRequest(field="url", reason="is not an address of HTTP")
        secure = parts.scheme == "https"
        self.host = parts.hostname
        self.path = parts.path
        self.port = port or (443 if secure else 80)
        self.tls = ssl.create_default_context() if secure else None
        self.first_lines = f" HTTP/1.1\r\nhost: {parts.netloc}\r\nuser-agent: maestri\r\n"


async def _chunks(
    connection: HttpConnection, reader: ResponseReader, origin: _Origin
) -> AsyncGenerator[bytes]:
    try:
        yield b""  # A generator that was not begun is closed without its finally.
        while reader.buffered or not reader.complete:
            if reader.buffered:
                yield connection.take()
            else:
                await connection.wait()
    finally:
        _finish(connection, origin)


def _finish(connection: HttpConnection, origin: _Origin) -> None:
    origin.in_use -= 1
    if connection.finish():
        origin.idle.add(connection)
    else:
        connection.drop()


def _message(origin: _Origin, request: HttpRequest) -> bytes:
    body, target, method = request.body, origin.path + request.target, request.method
    lines = [f"{name}: {value}" for name, value in request.headers]
    if body is not None:
        lines.append(f"content-length: {len(body)}")
    elif method in WITH_BODY:
        lines.append("content-length: 0")
    # A line break in a value would be a header, or a request, that nobody wrote.
    plain = target.isascii() and target.isprintable() and "".join(lines).isprintable()
    if method not in METHODS or " " in target or not plain:
        raise InvalidRequest(field="request", reason="cannot be sent over HTTP")
    end = "\r\n\r\n" if lines else "\r\n"
    try:
        text = "\r\n".join(lines)
        head = f"{method} {target}{origin.first_lines}{text}{end}".encode("latin-1")
    except UnicodeEncodeError as mismatch:
        raise InvalidRequest(field="request", reason="cannot be sent over HTTP") from mismatch
    return head if body is None else head + body

"""HTTP/1.1 on the running loop's own sockets, for calls between units."""

import asyncio
import ssl
from collections import deque
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

from maestri import clock
from maestri.errors import (
    CallError,
    ConnectFailed,
    ConnectionLost,
    DeadlineExceeded,
    Faulted,
    InvalidRequest,
)
from maestri.links.http1 import ResponseReader
from maestri.links.transport import HttpRequest, HttpResponse, HttpStream, LostBeforeResponse

BUFFERED_BYTES_MAX = 262_144


class SocketTransport:
    """
    Transport over connections of the running loop, without a thread in between.

    HTTP/1.1 only; for ``https`` the certificate is checked against the system's authorities.

    Args:
        connect_s_max: How long opening a connection may take.
        idle_s_max: How long an unused connection is kept; less than the 30 s of granian.
        idle_max: Unused connections kept per address.
    """

    def __init__(
        self, *, connect_s_max: float = 1.0, idle_s_max: float = 25.0, idle_max: int = 100
    ) -> None:
        self._connect_s_max = connect_s_max
        self._idle_s_max = idle_s_max
        self._idle_max = idle_max
        self._origins: dict[str, _Origin] = {}

    async def send(self, request: HttpRequest) -> HttpResponse:
        """Return the whole response; see Transport."""
        connection, reader = await self._request(request, whole=True)
        try:
            await connection.wait()
        finally:
            self._finish(connection)
        chunks = reader.chunks
        body = chunks[0] if len(chunks) == 1 else b"".join(chunks)
        return HttpResponse(reader.status, reader.headers, body)

    async def open(self, request: HttpRequest) -> HttpStream:
        """Return the response as soon as its head is there; see Transport."""
        connection, reader = await self._request(request, whole=False)
        try:
            while not reader.status:
                await connection.wait()
        except BaseException:
            self._finish(connection)
            raise
        return HttpStream(reader.status, reader.headers, self._chunks(connection, reader))

    async def _chunks(
        self, connection: "_Connection", reader: ResponseReader
    ) -> AsyncIterator[bytes]:
        try:
            while reader.chunks or not reader.complete:
                if reader.chunks:
                    yield connection.pop()
                else:
                    await connection.wait()
        finally:
            self._finish(connection)

    async def aclose(self) -> None:
        """Close all idle connections."""
        for origin in self._origins.values():
            while origin.idle:
                origin.idle.pop().drop()

    async def _request(
        self, request: HttpRequest, *, whole: bool
    ) -> tuple["_Connection", ResponseReader]:
        deadline_s = clock.now_s() + request.timeout_s
        origin = self._origins.get(request.base) or self._origin(request.base)
        message = _message(origin, request)
        connection = None if request.fresh else self._idle_connection(origin)
        if connection is None:
            connection = await self._connect(origin, deadline_s)
        reader = ResponseReader(request.bytes_max)
        connection.send(message, reader, deadline_s, whole=whole)
        return connection, reader

    def _origin(self, base: str) -> "_Origin":
        origin = self._origins[base] = _Origin(base)
        return origin

    def _idle_connection(self, origin: "_Origin") -> "_Connection | None":
        oldest_s = clock.now_s() - self._idle_s_max
        while origin.idle:
            connection = origin.idle.pop()
            if connection.alive and connection.idle_since_s > oldest_s:
                return connection
            connection.drop()
        return None

    async def _connect(self, origin: "_Origin", deadline_s: float) -> "_Connection":
        loop = asyncio.get_running_loop()
        until_s = min(deadline_s, clock.now_s() + self._connect_s_max)
        try:
            async with clock.timeout_at(until_s):
                _, connection = await loop.create_connection(
                    lambda: _Connection(origin, loop), origin.host, origin.port, ssl=origin.tls
                )
        except TimeoutError as late:
            raise ConnectFailed("no connection in time") from late
        except (OSError, UnicodeError) as failure:
            raise ConnectFailed(str(failure)) from failure
        return connection

    def _finish(self, connection: "_Connection") -> None:
        if connection.finish() and len(connection.origin.idle) < self._idle_max:
            connection.idle_since_s = clock.now_s()
            connection.origin.idle.append(connection)
        else:
            connection.drop()


class _Origin:
    """Where connections go, and those that wait for the next request; the last used comes first."""

    def __init__(self, base: str) -> None:
        parts = urlsplit(base)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise InvalidRequest(field="url", reason="is not an address of HTTP")
        secure = parts.scheme == "https"
        self.host = parts.hostname
        self.path = parts.path
        self.port = parts.port or (443 if secure else 80)
        self.tls = ssl.create_default_context() if secure else None
        self.first_lines = f" HTTP/1.1\r\nhost: {parts.netloc}\r\nuser-agent: maestri\r\n"
        self.idle: deque[_Connection] = deque()


def _message(origin: _Origin, request: HttpRequest) -> bytes:
    body, target = request.body, origin.path + request.target
    lines = [f"{name}: {value}" for name, value in request.headers]
    if body is not None:
        lines.append(f"content-length: {len(body)}")
    count = len(lines)
    text = "\r\n".join(lines)
    # A line break in a value would be a header, or a request, that nobody wrote.
    broken = count and (text.count("\n") != count - 1 or text.count("\r") != count - 1)
    if broken or "\0" in text or " " in target or not target.isprintable():
        raise InvalidRequest(field="request", reason="cannot be sent over HTTP")
    end = "\r\n\r\n" if count else "\r\n"
    try:
        head = f"{request.method} {target}{origin.first_lines}{text}{end}".encode("latin-1")
    except UnicodeEncodeError as mismatch:
        raise InvalidRequest(field="request", reason="cannot be sent over HTTP") from mismatch
    return head if body is None else head + body


class _Connection(asyncio.Protocol):
    """One connection: it carries a request and its response at a time."""

    def __init__(self, origin: _Origin, loop: asyncio.AbstractEventLoop) -> None:
        self.origin = origin
        self.alive = False
        self.idle_since_s = 0.0
        self._loop = loop
        self._transport: Any = None
        self._reader: ResponseReader | None = None
        self._whole = True
        self._paused = False
        self._failure: CallError | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._waiter: asyncio.Future[None] | None = None

    def send(
        self, message: bytes, reader: ResponseReader, deadline_s: float, *, whole: bool
    ) -> None:
        """Send *message*; its response goes to *reader*, or a failure is raised by ``wait``."""
        self._reader, self._whole, self._failure = reader, whole, None
        self._timer = self._loop.call_at(deadline_s, self._time_out)
        if self.alive:
            self._transport.write(message)
        else:
            self._failure = LostBeforeResponse("the connection was closed")

    async def wait(self) -> None:
        """Wait until the response is complete, or for a stream until more of it is there."""
        reader = self._reader
        assert reader is not None, "a response is awaited after sending"
        if self._failure is None and not reader.complete:
            self._waiter = self._loop.create_future()
            await self._waiter
        if self._failure is not None and not reader.complete:
            raise self._failure

    def pop(self) -> bytes:
        """Return the first chunk that waits, and let the peer send on."""
        assert self._reader is not None, "a response is read after sending"
        chunk = self._reader.chunks.pop(0)
        if self._paused and sum(map(len, self._reader.chunks)) < BUFFERED_BYTES_MAX:
            self._paused = False
            self._transport.resume_reading()
        return chunk

    def finish(self) -> bool:
        """End the request; tell whether the connection can carry another one."""
        reader, self._reader = self._reader, None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        return (
            self.alive
            and not self._paused
            and reader is not None
            and reader.complete
            and reader.reusable
            and not self._transport.get_write_buffer_size()
        )

    def drop(self) -> None:
        """Close the connection, whatever is on its way."""
        self.alive = False
        if self._transport is not None:
            self._transport.abort()

    def _time_out(self) -> None:
        self._fail(DeadlineExceeded("no response in time"))

    def _fail(self, failure: CallError) -> None:
        self._failure = self._failure or failure
        self.drop()
        self._wake()

    def _wake(self) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done():
            waiter.set_result(None)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Note the transport."""
        self._transport = transport
        self.alive = True

    def data_received(self, data: bytes) -> None:
        """Read on; an idle peer that speaks is not to be trusted."""
        reader = self._reader
        if reader is None:
            self.drop()
            return
        try:
            reader.feed(data)
        except Faulted as fault:
            self._fail(fault)
            return
        if self._whole:
            if reader.complete:
                self._wake()
        elif reader.status:
            self._wake()
            if not self._paused and sum(map(len, reader.chunks)) >= BUFFERED_BYTES_MAX:
                self._paused = True
                self._transport.pause_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        """Say what the end of the connection means for the response."""
        self.alive = False
        reader = self._reader
        if reader is None or reader.end():
            self._wake()
            return
        kind = ConnectionLost if reader.status else LostBeforeResponse
        self._fail(kind(str(exc) if exc else "the connection was closed"))

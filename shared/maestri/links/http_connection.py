"""One connection of the running loop, carrying one HTTP/1.1 request and response at a time."""

import asyncio
import select
import ssl
from typing import Any

from maestri.errors import CallError, ConnectionLost, DeadlineExceeded, Faulted
from maestri.links.http1 import ResponseReader
from maestri.links.http_client import LostBeforeResponse

BUFFERED_BYTES_MAX = 262_144


class HttpConnection(asyncio.Protocol):
    """
    Send a request, feed its response to a reader, and say how it failed.

    Attributes:
        alive: Whether the connection is open, as far as the loop has noticed.
        idle_since_s: When its last response ended, on the loop's clock.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.alive = False
        self.idle_since_s = 0.0
        self._loop = loop
        self._transport: Any = None
        self._poll = select.poll()
        self._reader: ResponseReader | None = None
        self._whole = True
        self._paused = False
        self._closed_by_peer = False
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
            try:
                raise self._failure
            finally:
                self._failure = None  # Its traceback leads to this connection: a circle.

    def take(self) -> bytes:
        """Return what has arrived of a stream, and let the peer send on."""
        assert self._reader is not None, "a response is read after sending"
        if self._paused:
            self._paused = False
            self._transport.resume_reading()
        return self._reader.take()

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

    def is_quiet(self) -> bool:
        """
        Tell whether the peer neither said nor closed anything since the last response.

        Asks the socket: what the loop has not read yet would be taken for the next response.
        """
        return self.alive and not self._poll.poll(0)

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
        self._poll.register(transport.get_extra_info("socket"), select.POLLIN)
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
            if not self._paused and reader.buffered >= BUFFERED_BYTES_MAX:
                self._paused = True
                self._transport.pause_reading()

    def eof_received(self) -> None:
        """Note whether the peer itself ended what it says, over TLS with an alert."""
        tls = self._transport.get_extra_info("ssl_object")
        self._closed_by_peer = tls is None or _has_ended(tls)

    def connection_lost(self, exc: Exception | None) -> None:
        """Say what the end of the connection means for the response."""
        self.alive = False
        reader = self._reader
        if reader is None or reader.end(intact=self._closed_by_peer and exc is None):
            self._wake()
            return
        kind = ConnectionLost if reader.status else LostBeforeResponse
        self._fail(kind(str(exc) if exc else "the connection was closed"))


def _has_ended(tls: ssl.SSLObject) -> bool:
    # uvloop tells only of the alert, asyncio of any end; reading on tells them apart.
    try:
        return not tls.read(1)
    except ssl.SSLError as failure:
        return isinstance(failure, ssl.SSLZeroReturnError)

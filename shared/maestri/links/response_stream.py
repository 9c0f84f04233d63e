"""A streamed response, from the caller's side."""

import asyncio
import weakref
from collections.abc import AsyncGenerator, AsyncIterator, Callable

from maestri import clock
from maestri.errors import DeadlineExceeded
from maestri.links.orphans import GRACE_S


class ResponseStream:
    """
    The bytes of a streamed response, until the deadline of the call.

    When it ends or is dropped its place becomes free. So it does at the deadline, with its
    connection, though somebody holds the stream and does not read it.
    """

    def __init__(
        self, chunks: AsyncIterator[bytes], deadline_s: float, release: Callable[[], None]
    ) -> None:
        self._chunks = chunks
        self._deadline_s = deadline_s
        self._release: Callable[[], None] | None = release
        self._reading = False
        self._closing: asyncio.Task[None] | None = None
        self._loop = asyncio.get_running_loop()
        # A stream that is dropped is not kept by its timer.
        self._weak: weakref.ref[ResponseStream] = weakref.ref(self)
        self._timer = self._loop.call_at(deadline_s, _expire, self._weak)

    def __aiter__(self) -> "ResponseStream":
        return self

    async def __anext__(self) -> bytes:
        """Return the next chunk before the deadline of the call."""
        if self._closing is not None:
            raise DeadlineExceeded("the response was not read in time")
        self._reading = True
        try:
            async with clock.timeout_at(self._deadline_s):
                return await anext(self._chunks)
        except TimeoutError as late:
            await self.aclose()
            raise DeadlineExceeded("the response did not end in time") from late
        except BaseException:
            await self.aclose()
            raise
        finally:
            self._reading = False

    async def aclose(self) -> None:
        """Drop the rest of the response and its connection."""
        self._end()
        if isinstance(self._chunks, AsyncGenerator):
            await self._chunks.aclose()

    def expire(self) -> None:
        """Drop what nobody reads; whoever reads right now has a timeout of their own."""
        if self._reading:
            self._timer = self._loop.call_later(GRACE_S, _expire, self._weak)
        elif self._release is not None:
            self._closing = self._loop.create_task(self.aclose())

    def _end(self) -> None:
        self._timer.cancel()
        release, self._release = self._release, None
        if release is not None:
            release()

    def __del__(self) -> None:
        self._end()


def _expire(stream: "weakref.ref[ResponseStream]") -> None:
    held = stream()
    if held is not None:
        held.expire()

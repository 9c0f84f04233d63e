"""A streamed response, from the caller's side."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable

from maestri import clock
from maestri.errors import DeadlineExceeded


class ResponseStream:
    """The bytes of a streamed response; when it ends or is dropped, its place becomes free."""

    def __init__(
        self, chunks: AsyncIterator[bytes], deadline_s: float, release: Callable[[], None]
    ) -> None:
        self._chunks = chunks
        self._deadline_s = deadline_s
        self._release: Callable[[], None] | None = release

    def __aiter__(self) -> "ResponseStream":
        return self

    async def __anext__(self) -> bytes:
        """Return the next chunk before the deadline of the call."""
        try:
            async with clock.timeout_at(self._deadline_s):
                return await anext(self._chunks)
        except TimeoutError as late:
            await self.aclose()
            raise DeadlineExceeded("the response did not end in time") from late
        except BaseException:
            await self.aclose()
            raise

    async def aclose(self) -> None:
        """Drop the rest of the response and its connection."""
        self._end()
        if isinstance(self._chunks, AsyncGenerator):
            await self._chunks.aclose()

    def _end(self) -> None:
        release, self._release = self._release, None
        if release is not None:
            release()

    def __del__(self) -> None:
        self._end()

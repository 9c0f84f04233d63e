"""A stream that breaks is a failed call over every link, and never a shorter result."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from maestri.errors import CallError, ConnectionLost, Faulted
from tests.kernel.links.echo import LINKS, answering, linked, sent


async def streamed(*parts: Any) -> AsyncIterator[Any]:
    """Yield *parts*; raise those that are exceptions."""
    for part in parts:
        if isinstance(part, Exception):
            raise part
        yield part


async def read(stream: Any) -> bytes:
    """Return what is streamed, as one."""
    return b"".join([chunk async for chunk in stream])


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (lambda: streamed(b"a", "b"), ConnectionLost),
        (lambda: streamed(b"a", None, b"c"), ConnectionLost),
        (lambda: streamed(b"a", RuntimeError("odd")), ConnectionLost),
        (lambda: streamed(b"a", Faulted("odd")), ConnectionLost),
        (lambda: streamed("a"), Faulted),
        (lambda: streamed(None), Faulted),
        (lambda: streamed(RuntimeError("odd")), Faulted),
        (lambda: [b"a"], Faulted),
        (lambda: None, Faulted),
    ],
)
async def test_a_stream_that_breaks_is_a_failed_call(
    link: str, given: Any, expected: type[CallError]
) -> None:
    """What is no bytes, and what is raised, ends it: as the call's failure, or cut short."""
    service = answering(AsyncIterator[bytes], given(), media_type="text/plain")
    async with linked(service, link) as carrying:
        with pytest.raises(CallError) as caught:
            await read(await sent(service, carrying))

    assert expected is type(caught.value)


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("parts", [(), (b"",), (b"a", b"", b"b")])
async def test_a_stream_arrives_whole(link: str, parts: tuple[bytes, ...]) -> None:
    """Empty chunks and empty streams are no failures."""
    service = answering(AsyncIterator[bytes], streamed(*parts), media_type="text/plain")
    async with linked(service, link) as carrying:
        assert b"".join(parts) == await read(await sent(service, carrying))

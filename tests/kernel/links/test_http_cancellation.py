"""Work that nobody waits for any more is stopped, on both sides."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import AbstractContextManager

import pytest

from maestri import clock
from maestri.context import new_context, use_context
from maestri.errors import ConnectionLost, DeadlineExceeded, OutcomeUnknown
from maestri.links import HttpClient, Invoker, PyreqwestClient, RemoteOptions, http_link, stub
from maestri.server import application, running_server
from tests.kernel.links.conftest import END_S_MAX, Peer, client_named, until
from tests.kernel.links.contract import Shelf
from tests.kernel.links.shelf import Books

ONE = RemoteOptions(calls_max=1)


def no_deadline() -> AbstractContextManager[object]:
    """Give calls so much time that no deadline ends them."""
    return use_context(new_context(deadline_s=clock.now_s() + 60))


@pytest.mark.parametrize("kind", ["socket", "httpx"])
async def test_a_cancelled_call_stops_the_work(url: str, books: Books, kind: str) -> None:
    """Cancelling a call closes its connection, and the callee's work ends soon after."""
    transport = client_named(kind)
    shelf = stub(Shelf, http_link(url, transport, component="library.shelf"))
    with no_deadline():
        task = asyncio.create_task(shelf.slow(5))
    await until(books.begun)

    task.cancel()
    await asyncio.wait([task])
    await until(books.cancelled)

    assert task.cancelled()
    await transport.aclose()


async def test_a_call_cancelled_over_pyreqwest_ends_at_its_deadline(url: str, books: Books) -> None:
    """Pyreqwest lets go of a cancelled request only when its time is over."""
    shelf = stub(Shelf, http_link(url, PyreqwestClient(), component="library.shelf"))
    with use_context(new_context(deadline_s=clock.now_s() + 0.5)):
        task = asyncio.create_task(shelf.slow(5))
    await until(books.begun)
    task.cancel()
    await asyncio.wait([task])

    assert task.cancelled()
    await until(books.cancelled)


async def test_a_late_call_stops_the_work(shelf: Shelf, books: Books) -> None:
    """The callee knows the deadline and stops at it by itself."""
    with use_context(new_context(deadline_s=clock.now_s() + 0.3)), pytest.raises(DeadlineExceeded):
        await shelf.slow(5)
    await until(books.cancelled)

    assert 1 == books.started


async def test_a_call_leaves_its_place_when_it_is_cancelled(
    url: str, books: Books, transport: HttpClient
) -> None:
    """A cancelled call, running or waiting, takes no place in the bulkhead."""
    shelf = stub(Shelf, http_link(url, transport, component="library.shelf", bounds=ONE))
    running, waiting = (asyncio.create_task(shelf.slow(5)) for _ in range(2))
    await until(books.begun)

    for task in (waiting, running):
        task.cancel()
        await asyncio.wait([task])

    assert "done" == await shelf.slow(0)


async def test_chunks_arrive_while_the_stream_goes_on(shelf: Shelf) -> None:
    """The first chunk is there before the second is made."""
    pages = await shelf.pages("stuck")

    assert b"page 0 of stuck. " == await anext(pages)
    await closed(pages)


async def test_a_stream_that_is_left_stops_the_work(shelf: Shelf, books: Books) -> None:
    """Closing a stream closes its connection, and the callee stops making chunks."""
    pages = await shelf.pages("endless")
    await anext(pages)
    await closed(pages)
    await until(books.cancelled)

    assert books.streamed < 100_000


async def test_a_stream_ends_at_the_deadline(shelf: Shelf, books: Books) -> None:
    """The deadline of the call holds for the last chunk of its response."""
    with use_context(new_context(deadline_s=clock.now_s() + 0.3)):
        pages = await shelf.pages("stuck")
        await anext(pages)
        with pytest.raises(OutcomeUnknown):
            await anext(pages)
    await until(books.cancelled)


async def test_a_stream_that_breaks_is_not_a_short_one(shelf: Shelf) -> None:
    """A callee that breaks within a stream does not make it look complete."""
    pages = await shelf.pages("broken")

    with pytest.raises(ConnectionLost):
        [chunk async for chunk in pages]


async def test_a_stream_that_nobody_reads_leaves_its_place(url: str, transport: HttpClient) -> None:
    """A stream that is dropped unread frees its place in the bulkhead."""
    shelf = stub(Shelf, http_link(url, transport, component="library.shelf", bounds=ONE))
    pages = await shelf.pages("1")
    del pages

    assert "1" == (await shelf.book("1")).isbn


async def test_a_stream_that_is_held_unread_ends_with_its_time(
    transport: HttpClient, listen: Callable[[Peer], Awaitable[str]]
) -> None:
    """At the deadline its connection is closed and its place free; who reads it then is told so."""
    left = asyncio.Event()
    link = http_link(await listen(endless(left)), transport, component="library.shelf", bounds=ONE)
    shelf = stub(Shelf, link)
    with use_context(new_context(deadline_s=clock.now_s() + 0.3)):
        pages = await shelf.pages("1")

    await until(left)
    with no_deadline():
        again = await shelf.pages("1")
    await closed(again)

    with pytest.raises(DeadlineExceeded):
        [chunk async for chunk in pages]


def endless(left: asyncio.Event) -> Peer:
    """Return a peer that sends a stream without an end; *left* is set when its client goes."""

    async def peer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = b"content-type: text/plain\r\ntransfer-encoding: chunked\r\n\r\n"
        writer.write(b"HTTP/1.1 200 OK\r\n" + head + b"5\r\nfirst\r\n")
        await reader.read()
        left.set()

    return peer


async def test_a_stopping_server_lets_work_end(books: Books, transport: HttpClient) -> None:
    """What is in work when a server stops is answered, and new calls are refused."""
    app = application([Invoker(books, "library.shelf")])
    async with running_server(app, "127.0.0.1", 0, drain_s=END_S_MAX) as address:
        shelf = stub(Shelf, http_link(address, transport, component="library.shelf"))
        task = asyncio.create_task(shelf.slow(5))
        await until(books.begun)
        # The loop comes to this when the server waits, which has stopped listening before.
        asyncio.get_running_loop().call_soon(books.released.set)

    assert "done" == await task


async def test_a_stopping_server_does_not_wait_for_ever(
    books: Books, transport: HttpClient
) -> None:
    """After the time to drain, work is cancelled; its caller knows that it may have been done."""
    app = application([Invoker(books, "library.shelf")])
    async with asyncio.timeout(END_S_MAX), running_server(app, "127.0.0.1", 0, drain_s=0.05) as url:
        shelf = stub(Shelf, http_link(url, transport, component="library.shelf"))
        with no_deadline():
            task = asyncio.create_task(shelf.slow(5))
        await until(books.begun)
    await asyncio.wait([task])

    assert isinstance(task.exception(), OutcomeUnknown)
    assert books.cancelled.is_set()


async def closed(pages: AsyncIterator[bytes]) -> None:
    """Close a stream from the reader's side."""
    close = getattr(pages, "aclose", None)
    assert close is not None, "every stream can be closed"
    await close()


async def test_a_generator_is_a_stream() -> None:
    """What the tests close is what Python calls an asynchronous generator, or looks like one."""

    async def made() -> AsyncGenerator[bytes]:
        yield b"1"

    pages = made()
    await closed(pages)

    with pytest.raises(StopAsyncIteration):
        await anext(pages)

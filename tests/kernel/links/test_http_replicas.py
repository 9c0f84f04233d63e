"""A callee may have several addresses; calls go where they are answered."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress

import pytest

from maestri import clock
from maestri.context import new_context, use_context
from maestri.errors import ConnectFailed, DeadlineExceeded
from maestri.links import HttpClient, Invoker, http_link, stub
from maestri.links.replicas import (
    EJECTION_S_MAX,
    EJECTION_S_MIN,
    TIMEOUT_S_MIN,
    TIMEOUTS_MAX,
    Replicas,
)
from maestri.server import application, running_server
from tests.kernel.links.conftest import Peer, until
from tests.kernel.links.contract import Shelf
from tests.kernel.links.shelf import BOOK, Books


async def test_calls_spread_over_the_replicas(transport: HttpClient) -> None:
    """Of two replicas the one with fewer calls in progress is taken."""
    each = [Books(), Books()]
    async with AsyncExitStack() as stack:
        urls = [
            await stack.enter_async_context(
                running_server(application([Invoker(books, "library.shelf")]), "127.0.0.1", 0)
            )
            for books in each
        ]
        shelf = stub(Shelf, http_link(urls, transport, component="library.shelf"))
        calls = asyncio.gather(*(shelf.slow(5) for _ in range(10)))
        for books in each:
            await until(books.begun)
        for books in each:
            books.released.set()
        await calls

    assert [5, 5] == [books.started for books in each]


@pytest.mark.parametrize("attempt", range(4))
async def test_a_dead_replica_costs_nothing(
    url: str, nobody: str, transport: HttpClient, attempt: int
) -> None:
    """A call that nobody took, a command too, goes to another replica at once."""
    urls = [url, nobody] if attempt % 2 else [nobody, url]
    shelf = stub(Shelf, http_link(urls, transport, component="library.shelf"))

    assert [BOOK] * 5 == [await shelf.place(BOOK) for _ in range(5)]


@pytest.mark.parametrize("attempt", range(4))
async def test_a_dying_replica_costs_no_read(
    url: str, transport: HttpClient, listen: Callable[[Peer], Awaitable[str]], attempt: int
) -> None:
    """A read that a replica took and lost goes to another one, not to the same again."""

    async def peer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    dying = await listen(peer)
    urls = [url, dying] if attempt % 2 else [dying, url]
    shelf = stub(Shelf, http_link(urls, transport, component="library.shelf"))

    assert ["1"] * 5 == [(await shelf.book("1")).isbn for _ in range(5)]


async def test_all_replicas_dead_is_certain(nobody: str, transport: HttpClient) -> None:
    """If nobody listens at any address, the call was not executed."""
    link = http_link([nobody, nobody + "/", nobody], transport, component="library.shelf")

    with pytest.raises(ConnectFailed):
        await stub(Shelf, link).place(BOOK)
    with pytest.raises(ConnectFailed):
        await stub(Shelf, link).place(BOOK)


@pytest.mark.parametrize("timer", ["of the link", "of the caller"])
async def test_a_replica_that_times_out_is_ejected(
    url: str, transport: HttpClient, listen: Callable[[Peer], Awaitable[str]], timer: str
) -> None:
    """A replica that lets several deadlines pass in a row gets no more calls for a while."""
    hold, asked = asyncio.Event(), Counter[str]()

    async def peer(*_: object) -> None:
        asked["silent"] += 1
        await hold.wait()

    link = http_link([url, await listen(peer)], transport, component="library.shelf")
    shelf = stub(Shelf, link)
    for _ in range(30):
        deadline_s = clock.now_s() + TIMEOUT_S_MIN + 0.02
        own_s = deadline_s - (0.001 if timer == "of the caller" else -1)
        with (
            use_context(new_context(deadline_s=deadline_s)),
            suppress(DeadlineExceeded, TimeoutError),
        ):
            async with clock.timeout_at(own_s):
                await shelf.book("1")
    hold.set()

    assert TIMEOUTS_MAX == asked["silent"]


async def test_a_replica_is_tried_again_by_one_call() -> None:
    """When its time is over, an ejected replica gets one call, and more once that succeeds."""
    replicas = Replicas(["http://a", "http://b"])
    down, up = replicas.all
    down.refused()
    assert {up} == {replicas.pick([]) for _ in range(20)}

    down.ejected_until_s = clock.now_s()
    picked = [replicas.pick([]) for _ in range(20)]
    assert 1 == picked.count(down)

    down.succeeded()
    assert down in {replicas.pick([]) for _ in range(50)}


async def test_the_time_of_ejection_grows_and_is_bounded() -> None:
    """A replica that refuses again and again is ejected for twice as long, up to 10 s."""
    (replica,) = Replicas(["http://a"]).all
    times = []
    for _ in range(6):
        replica.refused()
        times.append(replica.ejection_s)

    assert [EJECTION_S_MIN, 2, 4, 8, EJECTION_S_MAX, EJECTION_S_MAX] == times


async def test_a_link_never_refuses_by_itself() -> None:
    """If all replicas are ejected, the one whose time is over first is tried."""
    replicas = Replicas(["http://a", "http://b"])
    first, second = replicas.all
    first.refused()
    second.refused()
    second.refused()

    assert first is replicas.pick([])
    assert second is replicas.pick([first])
    assert None is replicas.pick([first, second])


def test_a_callee_has_an_address() -> None:
    """No address at all is a mistake of the caller."""
    with pytest.raises(ValueError, match="at least one address"):
        Replicas([])

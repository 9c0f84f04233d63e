"""Each way in which a callee can fail is told apart by what the caller may conclude."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from maestri import clock
from maestri.context import new_context, use_context
from maestri.errors import (
    CallError,
    ConnectFailed,
    ConnectionLost,
    DeadlineExceeded,
    Faulted,
    NotExecuted,
    Overloaded,
)
from maestri.links import (
    HttpClient,
    HttpOptions,
    PyreqwestClient,
    RemoteOptions,
    http_link,
    stub,
)
from maestri.testing import run_in_virtual_time
from tests.kernel.links.conftest import END_S_MAX, Peer, client_named, listening, until
from tests.kernel.links.contract import Shelf
from tests.kernel.links.shelf import BOOK, Books

Listen = Callable[[Peer], Awaitable[str]]
JSON = b"content-type: application/json\r\n"
TIMEOUT_S = 0.1


def endpoint(*parts: bytes, then_reset: bool = False) -> Peer:
    """Return a peer that answers a request with *parts* and closes its connection."""

    async def peer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for part in parts:
            writer.write(part)
        await writer.drain()
        if then_reset:
            writer.transport.abort()

    return peer


def response(status: int, body: bytes, *headers: bytes) -> bytes:
    """Return an HTTP response of *status* with *body*."""
    lines = [b"HTTP/1.1 %d X" % status, *headers, b"content-length: %d" % len(body)]
    return b"\r\n".join([*lines, b"", body])


def shelf_at(url: str, transport: HttpClient, options: HttpOptions | None = None) -> Shelf:
    """Return a stub for whatever answers at *url*."""
    return stub(Shelf, http_link(url, transport, component="library.shelf", options=options))


async def error_of(call: Awaitable[object]) -> CallError:
    """Return the error that *call* ends with."""
    with use_context(new_context(deadline_s=clock.now_s() + 2)), pytest.raises(CallError) as caught:
        await call
    return caught.value


async def test_nobody_listening_means_nothing_was_done(transport: HttpClient, nobody: str) -> None:
    """A refused connection is certain: ConnectFailed."""
    assert ConnectFailed is type(await error_of(shelf_at(nobody, transport).place(BOOK)))


async def test_an_unknown_host_means_nothing_was_done(transport: HttpClient) -> None:
    """A name that leads nowhere is certain: ConnectFailed."""
    shelf = shelf_at("http://nowhere.invalid", transport)

    assert ConnectFailed is type(await error_of(shelf.place(BOOK)))


@pytest.mark.parametrize(
    "peer",
    [
        endpoint(then_reset=True),
        endpoint(),
        endpoint(b"HTTP/1.1 200 OK\r\ncont"),
        endpoint(b"HTTP/1.1 200 OK\r\n" + JSON + b"content-length: 100\r\n\r\n{"),
        endpoint(b"HTTP/1.1 200 OK\r\n" + JSON + b"transfer-encoding: chunked\r\n\r\n1\r\n{\r\n"),
    ],
    ids=["reset", "closed", "half a head", "half a body", "half a chunked body"],
)
async def test_a_lost_command_may_have_been_done(
    transport: HttpClient, listen: Listen, peer: Peer
) -> None:
    """A connection that breaks before the whole response leaves the outcome open."""
    shelf = shelf_at(await listen(peer), transport)

    assert ConnectionLost is type(await error_of(shelf.place(BOOK)))


@pytest.mark.parametrize(
    "sent",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + JSON + b"content-length: many\r\n\r\n{}",
        response(200, b"not json", JSON[:-2]),
        response(200, b'{"isbn": 1}', JSON[:-2]),
        response(200, b"[" * 5_000 + b"]" * 5_000, JSON[:-2]),
        response(200, b"<html>", b"content-type: text/html"),
        response(200, b"{}"),
        response(302, b"", b"location: /library/shelf/books/2"),
        response(404, b"no such file", b"content-type: text/plain"),
        response(500, b'{"title": 5}', b"content-type: application/problem+json"),
        response(500, b'{"type": "urn:maestri:new"}', b"content-type: application/problem+json"),
        response(200, b"\x1f\x8b\x08", JSON[:-2], b"content-encoding: gzip"),
    ],
    ids=[
        "not HTTP",
        "odd length",
        "not JSON",
        "another message",
        "nested too deeply",
        "a page",
        "no media type",
        "a redirect",
        "no problem details",
        "an odd problem",
        "an unknown problem",
        "compressed",
    ],
)
async def test_a_response_that_is_none_is_a_fault(
    transport: HttpClient, listen: Listen, sent: bytes
) -> None:
    """What does not fit the contract is Faulted; nothing is followed or unpacked."""
    shelf = shelf_at(await listen(endpoint(sent)), transport)

    assert Faulted is type(await error_of(shelf.book("1")))


@pytest.mark.parametrize("chunked", [False, True])
async def test_too_large_a_response_is_a_fault(
    transport: HttpClient, listen: Listen, chunked: bool
) -> None:
    """A response over the limit is dropped, whether or not it says how long it is."""
    sent = response(200, b"x" * 10_001, JSON[:-2])
    if chunked:
        body = (b"1000\r\n" + b"x" * 4096 + b"\r\n") * 3 + b"0\r\n\r\n"
        sent = b"HTTP/1.1 200 OK\r\n" + JSON + b"transfer-encoding: chunked\r\n\r\n" + body
    options = HttpOptions(response_bytes_max=10_000)
    shelf = shelf_at(await listen(endpoint(sent)), transport, options)

    error = await error_of(shelf.book("1"))

    assert (Faulted, True) == (type(error), "10000" in error.message)


@pytest.mark.parametrize("chunked", [False, True])
async def test_the_error_of_a_stream_has_the_bound_of_a_response(
    transport: HttpClient, listen: Listen, chunked: bool
) -> None:
    """What a stream may be long is no measure for an error, which is read as a whole."""
    problem = b"content-type: application/problem+json"
    sent = response(503, b" " * 10_001, problem)
    if chunked:
        body = b"2711\r\n" + b" " * 10_001 + b"\r\n0\r\n\r\n"
        head = b"HTTP/1.1 503 X\r\n" + problem + b"\r\ntransfer-encoding: chunked\r\n\r\n"
        sent = head + body
    options = HttpOptions(response_bytes_max=10_000, stream_bytes_max=1_000_000)
    shelf = shelf_at(await listen(endpoint(sent)), transport, options)

    error = await error_of(shelf.pages("1"))

    assert (Faulted, True) == (type(error), "more than 10000 bytes" in error.message)


async def test_a_stale_connection_is_replaced_for_a_read(
    transport: HttpClient, listen: Listen
) -> None:
    """A safe call that a kept connection lost is repeated once, over a fresh one."""
    requests: list[bytes] = []

    async def peer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        requests.append(await reader.readuntil(b"\r\n\r\n"))
        if len(requests) == 1:
            writer.transport.abort()
            return
        writer.write(response(200, b'{"isbn":"1","title":"Dune"}', JSON[:-2]))
        await writer.drain()

    book = await shelf_at(await listen(peer), transport).book("1")

    assert ("Dune", 2) == (book.title, len(requests))


@pytest.mark.parametrize("safe", [True, False])
async def test_a_lost_call_is_repeated_at_most_once(
    transport: HttpClient, listen: Listen, safe: bool
) -> None:
    """A command is never sent twice, a read twice at most."""
    requests: list[bytes] = []

    async def peer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        requests.append(await reader.readuntil(b"\r\n\r\n"))
        writer.transport.abort()

    shelf = shelf_at(await listen(peer), transport)
    error = await error_of(shelf.book("1") if safe else shelf.place(BOOK))

    assert (ConnectionLost, 2 if safe else 1) == (type(error), len(requests))


async def test_a_refusal_after_a_loss_proves_nothing(transport: HttpClient, listen: Listen) -> None:
    """A repeated call that is refused may have been done by its first try."""
    requests: list[bytes] = []
    problem = b'{"type": "urn:maestri:overloaded", "status": 503}'

    async def peer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        requests.append(await reader.readuntil(b"\r\n\r\n"))
        if len(requests) == 1:
            writer.transport.abort()
            return
        writer.write(response(503, problem, b"content-type: application/problem+json"))
        await writer.drain()

    error = await error_of(shelf_at(await listen(peer), transport).set_copies("1", 2))

    assert ConnectionLost is type(error)
    assert not isinstance(error, NotExecuted)


async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    """Take the request and say nothing."""
    await reader.read()


async def trickling(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Begin a response, and send a byte of it now and then."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\n" + JSON + b"content-length: 1000\r\n\r\n")
    while not reader.at_eof() and not writer.is_closing():
        writer.write(b" ")
        await clock.sleep(0.01)  # What trickles takes its time.


async def given_up_s(client: HttpClient, peer: Peer) -> float:
    """Return how long after its begin a call ends that has 0.1 s and gets no whole response."""
    async with listening(peer) as url, asyncio.timeout(END_S_MAX):
        begun_s = clock.now_s()
        with (
            use_context(new_context(deadline_s=begun_s + TIMEOUT_S)),
            pytest.raises(DeadlineExceeded),
        ):
            await shelf_at(url, client).book("1")
        took_s = clock.now_s() - begun_s
        await client.aclose()
    return took_s


@pytest.mark.parametrize("peer", [silent, trickling])
@pytest.mark.parametrize("kind", ["socket", "httpx"])
def test_a_late_peer_is_given_up_at_the_deadline(kind: str, peer: Peer) -> None:
    """A response is late as a whole, however often a chunk of it arrives."""

    async def given_up() -> float:
        return await given_up_s(client_named(kind), peer)

    assert TIMEOUT_S == pytest.approx(run_in_virtual_time(given_up()), abs=1e-6)


@pytest.mark.parametrize("peer", [silent, trickling])
async def test_pyreqwest_gives_up_no_sooner(peer: Peer) -> None:
    """Its thread has a clock of its own, of milliseconds."""
    assert await given_up_s(PyreqwestClient(), peer) > TIMEOUT_S - 0.002


async def test_calls_over_the_bound_wait_and_then_are_refused(
    url: str, transport: HttpClient, books: Books
) -> None:
    """At most so many calls run and so many wait; one more is certainly not executed."""
    bounds = RemoteOptions(calls_max=1, waiting_max=1, wait_s_max=5)
    shelf = stub(Shelf, http_link(url, transport, component="library.shelf", bounds=bounds))

    async with asyncio.TaskGroup() as tasks:
        first = tasks.create_task(shelf.slow(5))
        second = tasks.create_task(shelf.slow(0))
        await until(books.begun)
        assert 1 == books.started
        assert Overloaded is type(await error_of(shelf.slow(0)))
        books.released.set()

    assert ("done", "done", 2) == (first.result(), second.result(), books.started)

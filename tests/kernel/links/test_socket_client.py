"""A connection carries one request at a time, and only while its peer keeps to that."""

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncGenerator, Awaitable, Callable

import pytest
from granian.http import HTTP1Settings

from maestri import clock
from maestri.errors import CallError, ConnectionLost, Faulted, InvalidRequest
from maestri.links import HttpClient, HttpRequest, SocketClient
from maestri.links.http1 import ResponseReader
from maestri.links.http_client import IDLE_S_MAX, body_of
from maestri.links.http_connection import HttpConnection
from maestri.links.idle_connections import IdleConnections
from maestri.testing import run_in_virtual_time
from tests.kernel.links.conftest import Peer, until

Listen = Callable[[Peer], Awaitable[str]]


def request(url: str, method: str = "GET", *, timeout_s: float = 5.0) -> HttpRequest:
    """Return a request for *url* without a body."""
    return HttpRequest(method, url, "/x", [], None, timeout_s, 1_000)


def response(body: bytes) -> bytes:
    """Return a response with *body*."""
    return b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body)


class Server:
    """A peer whose sockets the test uses itself, also while the client's loop is busy."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listening.setblocking(False)
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self.accepted: list[socket.socket] = []

    async def accept(self) -> socket.socket:
        """Return the next connection."""
        connection, _ = await asyncio.get_running_loop().sock_accept(self._listening)
        self.accepted.append(connection)
        return connection

    async def answer(self, sent: bytes) -> bytes:
        """Send *sent* for one request on the last connection; return the request."""
        loop, connection = asyncio.get_running_loop(), self.accepted[-1]
        received = await loop.sock_recv(connection, 65_536)
        connection.send(sent)
        return received

    def close(self) -> None:
        """Close everything."""
        for connection in (self._listening, *self.accepted):
            connection.close()


@pytest.fixture
async def server() -> AsyncGenerator[Server]:
    """Return a server that does what the test says."""
    started = Server()
    yield started
    started.close()


@pytest.fixture
async def sockets() -> AsyncGenerator[SocketClient]:
    """Return a transport over sockets."""
    made = SocketClient()
    yield made
    await made.aclose()


async def exchanged(sockets: SocketClient, server: Server, body: bytes) -> bytes:
    """Return the body of a POST, which the server answers with *body*."""
    sending = asyncio.create_task(sockets.send(request(server.url, "POST")))
    if not server.accepted or server.accepted[-1].fileno() < 0 or body == b"fresh":
        await server.accept()
    await server.answer(response(body))
    return (await sending).body


def speak(connection: socket.socket) -> None:
    """Send a response that nobody asked for."""
    connection.send(response(b"EVIL"))


def close(connection: socket.socket) -> None:
    """Close the connection, as a server does with an idle one."""
    connection.close()


def reset(connection: socket.socket) -> None:
    """Let the connection break."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


@pytest.mark.parametrize("act", [speak, close, reset])
async def test_a_connection_is_looked_at_before_it_is_used_again(
    sockets: SocketClient, server: Server, act: Callable[[socket.socket], None]
) -> None:
    """What a peer did while the loop was busy costs its connection, and no command."""
    assert b"first" == await exchanged(sockets, server, b"first")
    act(server.accepted[-1])  # The loop does not run before the next request.

    assert b"fresh" == await exchanged(sockets, server, b"fresh")


async def test_a_quiet_connection_is_used_again(sockets: SocketClient, server: Server) -> None:
    """One connection carries one request after the other."""
    bodies = [await exchanged(sockets, server, body) for body in (b"1", b"2", b"3")]

    assert ([b"1", b"2", b"3"], 1) == (bodies, len(server.accepted))


async def test_connections_are_counted(sockets: SocketClient, server: Server) -> None:
    """One that carries a request is in use until its response has ended or nobody wants it."""
    base = server.url
    await exchanged(sockets, server, b"1")
    counts = [sockets.connections()[base]]
    waiting = asyncio.create_task(sockets.send(request(base)))
    await clock.sleep(0)
    counts.append(sockets.connections()[base])
    waiting.cancel()
    await asyncio.wait([waiting])

    assert [(0, 1), (1, 0), (0, 0)] == [*counts, sockets.connections()[base]]


@pytest.mark.parametrize(
    ("method", "expected"),
    [("POST", True), ("PUT", True), ("PATCH", True), ("GET", False), ("DELETE", False)],
)
async def test_a_missing_body_has_a_length(
    sockets: SocketClient, server: Server, method: str, *, expected: bool
) -> None:
    """Where a method has a body, an empty one is told from one that is still to come."""
    sending = asyncio.create_task(sockets.send(request(server.url, method)))
    await server.accept()
    received = await server.answer(response(b""))
    await sending

    assert expected is (b"\r\ncontent-length: 0\r\n" in received)
    assert received.endswith(b"\r\n\r\n")


@pytest.mark.parametrize(
    ("method", "target", "headers"),
    [
        ("GET", "/x", [("a", "b\r\nc: d")]),
        ("GET", "/x", [("a", "b\nc: d")]),
        ("GET", "/x", [("a", "b\rc")]),
        ("GET", "/x", [("a", "b\0")]),
        ("GET", "/x", [("a", "b\x01")]),
        ("GET", "/x", [("a", "b\x85c: d")]),
        ("GET", "/x", [("a", "中")]),
        ("GET", "/x", [("a\r\nb", "c")]),
        ("GET", "/x HTTP/1.1\r\nhost: y", []),
        ("GET", "/x y", []),
        ("GET", "/é", []),
        ("GET /", "/x", []),
        ("HEAD", "/x", []),
        ("CONNECT", "/x", []),
    ],
)
async def test_a_request_says_nothing_that_was_not_meant(
    sockets: SocketClient, nobody: str, method: str, target: str, headers: list[tuple[str, str]]
) -> None:
    """Line ends and other control characters are refused before anything is sent."""
    with pytest.raises(InvalidRequest):
        await sockets.send(HttpRequest(method, nobody, target, headers, None, 1.0, 1_000))


@pytest.mark.parametrize(
    "url", ["ftp://a", "http://", "http://a:99999", "http://[", "http://user:word@a", "a"]
)
async def test_an_address_that_is_none_is_refused(sockets: SocketClient, url: str) -> None:
    """An odd address is a mistake of the caller, not a failure of a callee."""
    with pytest.raises(InvalidRequest) as caught:
        await sockets.send(request(url))

    assert "url" == caught.value.fields["field"]


async def lost(transport: HttpClient, url: str) -> type[CallError]:
    """Return what a failed request ends with."""
    with pytest.raises(CallError) as caught:
        await transport.send(request(url))
    return type(caught.value)


async def test_a_response_that_ends_with_a_reset_is_cut_short(
    sockets: SocketClient, server: Server
) -> None:
    """Where only the end of the connection ends a body, a reset completes nothing."""
    failing = asyncio.create_task(lost(sockets, server.url))
    connection = await server.accept()
    await server.answer(b"HTTP/1.1 200 OK\r\n\r\nhalf of ")
    reset(connection)

    assert ConnectionLost is await failing


class Tls(asyncio.Transport):
    """An encrypted connection that ends with an alert, or without: read as ssl.SSLObject does."""

    def __init__(self, alert: Exception | bytes | None) -> None:
        super().__init__()
        self._alert = alert

    def get_extra_info(self, name: str, default: object = None) -> object:
        """Return itself as what encrypts, and a socket."""
        plain = {"ssl_object": None if self._alert is None else self, "socket": 0}
        return plain.get(name, default)

    def read(self, _: int) -> bytes:
        """Tell of the alert, or that there could be more."""
        if isinstance(self._alert, Exception):
            raise self._alert
        return self._alert or b""

    def write(self, data: object) -> None:
        """Nobody reads."""

    def abort(self) -> None:
        """Nothing is open."""


@pytest.mark.parametrize(
    ("alert", "intact"),
    [
        (None, True),
        (b"", True),
        (ssl.SSLZeroReturnError(), True),
        (ssl.SSLWantReadError(), False),
        (b"x", False),
    ],
)
async def test_only_what_the_peer_closed_is_complete(
    alert: Exception | bytes | None, *, intact: bool
) -> None:
    """Over TLS a connection that ends without an alert may have been cut by anybody."""
    connection, reader = HttpConnection(asyncio.get_running_loop()), ResponseReader(1_000)
    connection.connection_made(Tls(alert))
    connection.send(b"", reader, clock.now_s() + 5, whole=True)
    connection.data_received(b"HTTP/1.1 200 OK\r\n\r\nhalf of ")
    connection.eof_received()
    connection.connection_lost(None)
    connection.finish()

    assert intact is reader.complete


async def test_a_response_without_a_body_ends_with_its_head(
    sockets: SocketClient, server: Server
) -> None:
    """204 and 304 have no body, even if they say that there will be chunks."""
    sending = asyncio.create_task(sockets.send(request(server.url)))
    await server.accept()
    await server.answer(b"HTTP/1.1 204 No Content\r\ntransfer-encoding: chunked\r\n\r\n")

    assert (204, b"") == (await sending)[::2]


def streaming(left: asyncio.Event) -> Peer:
    """Return a peer that sends a stream without an end; *left* is set when its client goes."""

    async def peer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nfirst\r\n")
        await reader.read()
        left.set()

    return peer


async def test_a_stream_that_nobody_began_to_read_can_be_dropped(
    transport: HttpClient, listen: Listen
) -> None:
    """Closing a stream drops its connection, also before its first chunk was read."""
    left = asyncio.Event()
    stream = await transport.open(request(await listen(streaming(left))))
    assert isinstance(stream.chunks, AsyncGenerator)
    await stream.chunks.aclose()

    await until(left)


async def test_a_stream_that_nobody_reads_ends_with_its_time(
    sockets: SocketClient, listen: Listen
) -> None:
    """A stream that is held and not read keeps its connection until the deadline, not longer."""
    left = asyncio.Event()
    url = await listen(streaming(left))
    stream = await sockets.open(request(url, timeout_s=0.3))

    await until(left)
    with pytest.raises(CallError):
        await body_of(stream, 1_000)


async def test_a_body_is_read_up_to_a_bound(transport: HttpClient, listen: Listen) -> None:
    """What is longer than its reader wants is dropped with its connection."""
    left = asyncio.Event()
    stream = await transport.open(request(await listen(streaming(left))))
    with pytest.raises(Faulted, match="more than 4 bytes"):
        await body_of(stream, 4)

    await until(left)


class Idle(HttpConnection):
    """A connection without a peer; its age is all that matters."""

    dropped_s: float | None = None

    def is_quiet(self) -> bool:
        """Nobody is there to speak."""
        return self.dropped_s is None

    def drop(self) -> None:
        """Note when."""
        self.dropped_s = clock.now_s()


def test_aged_connections_are_closed_behind_the_newest() -> None:
    """Each idle connection is closed when its time is over, whichever is in use."""

    async def aged() -> list[float | None]:
        connections = [Idle(asyncio.get_running_loop()) for _ in range(3)]
        idle = IdleConnections(idle_s_max=10.0, idle_max=100)
        for connection in connections:
            idle.add(connection)
            await clock.sleep(1)
        for _ in range(40):  # The newest is used all the time.
            if used := idle.pop():
                idle.add(used)
            await clock.sleep(1)
        await clock.sleep(20)
        return [connection.dropped_s for connection in connections]

    assert [10.0, 11.0, 52.0] == run_in_virtual_time(aged())


def test_so_many_connections_are_idle() -> None:
    """One more is kept in place of the oldest, and none in place of none."""

    async def kept(idle_max: int) -> list[bool]:
        connections = [Idle(asyncio.get_running_loop()) for _ in range(3)]
        idle = IdleConnections(idle_s_max=10.0, idle_max=idle_max)
        for connection in connections:
            idle.add(connection)
        found = [connection.dropped_s is None for connection in connections]
        idle.close()
        assert all(connection.dropped_s is not None for connection in connections)
        return found

    assert [False, True, True] == run_in_virtual_time(kept(2))
    assert [False, False, False] == run_in_virtual_time(kept(0))


def test_a_client_closes_long_before_its_server() -> None:
    """A server's timer that is twice as fast still meets no connection that is in use."""
    assert IDLE_S_MAX * 2 < HTTP1Settings().header_read_timeout / 1_000

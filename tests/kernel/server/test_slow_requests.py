"""A request that arrives too slowly has not begun, and whoever sends it is told so."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Annotated, Any

import msgspec
import pytest

from maestri import clock
from maestri.contracts import Contract, Cookie, Form, Message, Problem, error_of, post
from maestri.errors import NoTimeLeft
from maestri.links import Invoker
from maestri.server import FailedRequest, ServerOptions, application, running_server
from maestri.testing import VirtualTimeLoop
from tests.kernel.links.conftest import END_S_MAX

TIMEOUT_S = 0.1
LAG_S = 0.001
FORM = "application/x-www-form-urlencoded"


class Parcel(Message):
    """What is sent."""

    content: str


class Counter(Contract, id="counter", edge=True, prefix="/counter"):
    """What clients call."""

    @post("/parcels")
    async def send(self, parcel: Parcel) -> Parcel:
        """Take a parcel."""
        raise NotImplementedError

    @post("/letters", media_type="text/html")
    async def write(
        self,
        parcel: Annotated[Parcel, Form()],
        visitor: Annotated[tuple[str, ...], Cookie("visitor")] = (),
    ) -> str:
        """Take a letter by a form."""
        raise NotImplementedError


class Depot(Contract, id="depot"):
    """What other units call."""

    @post("/parcels")
    async def keep(self, parcel: Parcel) -> Parcel:
        """Take a parcel."""
        raise NotImplementedError


class Post(Counter, Depot):
    """Notes what it takes; errors are pages for people."""

    def __init__(self) -> None:
        self.taken: list[str] = []

    async def send(self, parcel: Parcel) -> Parcel:
        self.taken.append(parcel.content)
        return parcel

    async def keep(self, parcel: Parcel) -> Parcel:
        return await self.send(parcel)

    async def write(self, parcel: Parcel, visitor: tuple[str, ...] = ()) -> str:
        self.taken.append(parcel.content)
        return " ".join(visitor)

    async def error_page(self, failed: FailedRequest) -> str:
        return f"<h1>{failed.status}</h1>"


Response = tuple[int, dict[str, str], bytes]


def run(main: Coroutine[Any, Any, Response]) -> Response:
    """Run *main* in virtual time."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(main)


async def answered(
    service: Post, path: str, *headers: tuple[str, str], more_body: bool = True
) -> Response:
    """Return what a client gets that sends half of its body at once, or the whole at the end."""
    options = ServerOptions(edge_timeout_s=TIMEOUT_S, timeout_s=TIMEOUT_S)
    app = application([Invoker(service, "post")], options)
    # So little that the deadline may still be kept: whether the client is there is asked first.
    app.in_flight.lag.waited_s_max = lambda: LAG_S  # type: ignore[method-assign]
    sent: list[dict[str, Any]] = []
    parts = [{"type": "http.request", "body": b'{"parcel":', "more_body": more_body}]

    async def receive() -> dict[str, Any]:
        if not parts:
            await asyncio.Event().wait()
        if not more_body:
            await clock.sleep(TIMEOUT_S - 2 * LAG_S)
        return parts.pop()

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers],
    }
    await app(scope, receive, send)
    found = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], found, sent[1]["body"]


@pytest.mark.parametrize("path", ["/counter/parcels", "/post/parcels"])
def test_a_slow_request_has_not_begun(path: str) -> None:
    """It is 408, for clients and between units, and the caller knows that nothing was done."""
    service = Post()

    status, headers, body = run(answered(service, path))

    problem = msgspec.json.decode(body, type=Problem)
    assert (408, 408, "close", []) == (
        status,
        problem.status,
        headers["connection"],
        service.taken,
    )
    assert "Nothing was done" in problem.title
    assert NoTimeLeft is type(error_of(problem, (), "depot.keep"))


def test_what_arrived_in_time_and_was_not_begun_is_no_slow_request() -> None:
    """When the time ends between the last byte and the work, the client is not to blame."""
    service = Post()

    status, headers, _ = run(answered(service, "/post/parcels", more_body=False))

    assert (504, False, []) == (status, "connection" in headers, service.taken)


def test_a_slow_form_is_a_page() -> None:
    """People are told so in words."""
    status, headers, body = run(answered(Post(), "/counter/letters", ("content-type", FORM)))

    assert (408, "close", b"<h1>408</h1>") == (status, headers["connection"], body)


async def with_connection(
    talk: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[bytes]],
    *,
    timeout_s: float,
) -> bytes:
    """Return what *talk* gets over a connection of its own to a server."""
    app = application([Invoker(Post(), "post")], ServerOptions(edge_timeout_s=timeout_s))
    async with running_server(app, "127.0.0.1", 0, drain_s=TIMEOUT_S) as url:
        host, port = url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        try:
            async with asyncio.timeout(END_S_MAX):
                return await talk(reader, writer)
        finally:
            writer.close()


async def test_the_connection_of_a_slow_request_is_closed() -> None:
    """Whoever sends a byte now and then keeps no connection: the response is its end."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        head = b"POST /counter/parcels HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"
        writer.write(head)
        return await reader.read()  # Until the end.

    response = await with_connection(talk, timeout_s=TIMEOUT_S)

    assert response.startswith(b"HTTP/1.1 408 ")


async def test_cookies_may_come_in_several_lines() -> None:
    """A proxy that splits the lines of HTTP/2 takes no cookie from an operation."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        cookies = b"cookie: visitor=Ada\r\ncookie: visitor=Bob\r\n"
        head = b"POST /counter/letters HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n"
        writer.write(
            head + b"content-type: " + FORM.encode() + b"\r\n" + cookies + b"\r\ncontent=a"
        )
        head = await reader.readuntil(b"\r\n\r\n")
        return head[:12] + await reader.readexactly(7)

    assert b"HTTP/1.1 200Ada Bob" == await with_connection(talk, timeout_s=END_S_MAX)

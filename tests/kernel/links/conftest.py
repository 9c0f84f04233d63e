"""Real servers on loopback sockets, one per test, and links to them."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from maestri import clock
from maestri.context import Recorder
from maestri.links import (
    HttpClient,
    HttpRequest,
    HttpxClient,
    Invoker,
    LocalLink,
    PyreqwestClient,
    SocketClient,
    http_link,
    stub,
)
from maestri.server import ServerOptions, application, running_server
from maestri.testing import free_ports
from tests.kernel.links.contract import Shelf
from tests.kernel.links.shelf import Books
from tests.kernel.links.starting import LOOPS, Run

END_S_MAX = 5.0
"""How long a test waits for what should happen soon, before it fails."""

DESCRIPTORS = Path("/proc/self/fd")
HTTP = ["socket", "pyreqwest", "httpx"]
LINKS = ["local", "strict", *HTTP]
Peer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def until(event: asyncio.Event) -> None:
    """Wait for *event*, at most 5 s."""
    async with asyncio.timeout(END_S_MAX):
        await event.wait()


def client_named(name: str) -> HttpClient:
    """Return a new transport of the kind *name*."""
    if name == "httpx":
        import httpx

        return HttpxClient(httpx.AsyncHTTPTransport())
    # A machine that is busy with other tests needs more for a connection than callers would wait.
    kind = SocketClient if name == "socket" else PyreqwestClient
    return kind(connect_s_max=10)


def descriptors() -> set[tuple[str, str]]:
    """Return what this process has open, by number and kind."""
    found = set()
    for entry in DESCRIPTORS.iterdir() if DESCRIPTORS.is_dir() else ():
        with suppress(FileNotFoundError):  # That of the listing itself.
            found.add((entry.name, str(entry.readlink())))
    return found


@pytest.fixture(autouse=True, scope="session")
def _opened_once() -> None:
    """Let granian, pyreqwest and uvloop open what they never close."""

    async def once() -> None:
        client = PyreqwestClient()
        async with running_server(application([]), "127.0.0.1", 0) as url:
            await client.send(HttpRequest("GET", url, "/health/live", [], None, END_S_MAX, 1_000))
        await client.aclose()

    for factory in LOOPS.values():
        with asyncio.Runner(loop_factory=factory) as runner:
            runner.run(once())


@pytest.fixture(autouse=True)
def _descriptors(_opened_once: None) -> Iterator[None]:
    """Every test closes what it opened; threads of libraries get a moment for it."""
    before = descriptors()
    yield
    until_s = clock.monotonic_s() + END_S_MAX
    while left := descriptors() - before:
        assert clock.monotonic_s() < until_s, f"left open: {sorted(left)}"
        clock.pause(0.001)


@pytest.fixture
def books() -> Books:
    """Return the implementation behind every link of the test."""
    return Books()


@pytest.fixture
def recorder() -> Recorder:
    """Return where the server records."""
    return Recorder()


@pytest.fixture
async def url(books: Books, recorder: Recorder) -> AsyncGenerator[str]:
    """Return the address of a server of *books*."""
    app = application([Invoker(books, "library.shelf")], ServerOptions(recorder=recorder))
    async with running_server(app, "127.0.0.1", 0, drain_s=0.1) as address:
        yield address


@pytest.fixture(params=HTTP)
async def transport(request: pytest.FixtureRequest) -> AsyncGenerator[HttpClient]:
    """Return a transport of each kind."""
    made = client_named(request.param)
    yield made
    await made.aclose()


@pytest.fixture
def shelf(url: str, transport: HttpClient) -> Shelf:
    """Return a stub of the served books over each kind of transport."""
    return stub(Shelf, http_link(url, transport, component="library.shelf"))


@pytest.fixture(params=LINKS)
async def any_shelf(request: pytest.FixtureRequest, books: Books) -> AsyncGenerator[Shelf]:
    """Return a stub of the books over every kind of link."""
    if request.param in {"local", "strict"}:
        yield stub(Shelf, LocalLink(Invoker(books), strict=request.param == "strict"))
        return
    app = application([Invoker(books, "library.shelf")])
    transport = client_named(request.param)
    async with running_server(app, "127.0.0.1", 0, drain_s=0.1) as address:
        yield stub(Shelf, http_link(address, transport, component="library.shelf"))
        await transport.aclose()


@asynccontextmanager
async def listening(peer: Peer) -> AsyncGenerator[str]:
    """Let *peer* answer connections while the body runs; its value is the URL."""

    async def answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await peer(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass  # The client left, as some tests want it to.
        finally:
            writer.close()

    server = await asyncio.start_server(answered, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


@pytest.fixture
async def listen() -> AsyncGenerator[Callable[[Peer], Awaitable[str]]]:
    """Return a function that lets a peer of the test's own answer connections; it gives the URL."""
    async with AsyncExitStack() as stack:

        async def start(peer: Peer) -> str:
            return await stack.enter_async_context(listening(peer))

        yield start


@pytest.fixture
def nobody() -> str:
    """Return an address where nobody listens."""
    return f"http://127.0.0.1:{free_ports(1)[0]}"


@pytest.fixture(params=LOOPS)
def run(request: pytest.FixtureRequest) -> Run:
    """Return a function that runs a coroutine on a new loop of each kind, in real time."""

    def run_on_new_loop(coroutine: Coroutine[Any, Any, Any]) -> Any:
        with asyncio.Runner(loop_factory=LOOPS[request.param]) as runner:
            return runner.run(coroutine)

    return run_on_new_loop

"""A server says clearly why it cannot start, and stops cleanly."""

import asyncio
import gc
import socket
import sys
from pathlib import Path

import httpx
import pytest

from maestri import clock
from maestri.errors import TopologyError
from maestri.links import Invoker
from maestri.server import application, running_server, serve
from tests.kernel.links.conftest import END_S_MAX
from tests.kernel.links.contract import Shelf
from tests.kernel.links.shelf import RAISED, Books


def threads() -> set[Path]:
    """Return those of this process, by the system's names."""
    return set(Path("/proc/self/task").iterdir())


async def test_an_address_in_use_is_named() -> None:
    """Who cannot listen says where, and what to do."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(TopologyError, match=rf"127\.0\.0\.1:{port} .*another address"):
            async with running_server(application([]), "127.0.0.1", port):
                pass


async def test_two_servers_do_not_share_an_address() -> None:
    """A second server at the address of the first does not start and steal its requests."""
    async with running_server(application([]), "127.0.0.1", 0) as address:
        port = int(address.rpartition(":")[2])
        with pytest.raises(TopologyError):
            async with running_server(application([]), "127.0.0.1", port):
                pass


async def test_an_address_is_free_again_after_a_stop() -> None:
    """A server can be started again at once, where it was."""
    async with running_server(application([]), "127.0.0.1", 0) as first:
        port = int(first.rpartition(":")[2])
    async with (
        running_server(application([]), "127.0.0.1", port) as second,
        httpx.AsyncClient(trust_env=False) as client,
    ):
        response = await client.get(f"{second}/health/live")

    assert (first, 200) == (second, response.status_code)


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux for the threads")
async def test_no_thread_outlives_its_server() -> None:
    """A thread that asks for an interpreter which is ending would abort the process."""
    before = threads()
    async with running_server(application([]), "127.0.0.1", 0):
        during = threads()
    after = threads()

    assert during - before
    assert not after & (during - before)


async def test_a_server_runs_until_it_is_told() -> None:
    """``serve`` returns when its event is set."""
    stop = asyncio.Event()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    task = asyncio.create_task(serve(application([]), "127.0.0.1", port, shutdown=stop))
    async with httpx.AsyncClient(
        trust_env=False, transport=httpx.AsyncHTTPTransport(retries=5)
    ) as client:
        response = await client.get(f"http://127.0.0.1:{port}/health/ready")
    stop.set()
    await task

    assert {"status": "ready"} == response.json()


def test_two_operations_at_one_address_are_refused() -> None:
    """What could be answered by two components is a mistake of the topology."""
    with pytest.raises(TopologyError, match=r"GET /library/shelf/books/{isbn} is served twice"):
        application([Invoker(Books(), "library.shelf"), Invoker(Books(), "library.shelf")])


async def test_one_contract_is_served_by_several_components() -> None:
    """Two components of one contract have addresses of their own."""
    app = application([Invoker(Books(), "library.shelf"), Invoker(Books(), "archive.shelf")])
    async with (
        running_server(app, "127.0.0.1", 0) as address,
        httpx.AsyncClient(base_url=address, trust_env=False) as client,
    ):
        responses = [await client.get(f"/{path}/shelf/books/1") for path in ("library", "archive")]
        document = (await client.get("/archive/shelf/schema")).json()

    assert [200, 200] == [response.status_code for response in responses]
    assert "/archive/shelf/books/{isbn}" in document["paths"]
    assert {op.path for op in Shelf.operations.values()} == {
        path.removeprefix("/archive/shelf") for path in document["paths"]
    }


class Careless(Books):
    """Keeps an error in a variable of the frame that raises it: a circle."""

    async def fail(self, code: str) -> None:
        error = RAISED[code]()
        raise error


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux for the threads")
async def test_no_thread_outlives_its_server_because_of_garbage() -> None:
    """What a failed request left to the collector does not hold up the end."""
    before = threads()
    gc.disable()
    app = application([Invoker(Careless(), "library.shelf")])
    async with (
        running_server(app, "127.0.0.1", 0) as address,
        httpx.AsyncClient(base_url=address, trust_env=False) as client,
    ):
        response = await client.get("/library/shelf/failing/overloaded")
        begun = threads() - before
    try:
        async with asyncio.timeout(END_S_MAX):
            while begun & threads():  # One that began with the first request ends a moment later.
                await clock.sleep(0.001)
    finally:
        gc.enable()

    assert 503 == response.status_code

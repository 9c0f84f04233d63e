"""A server that has too much to do says so at once, and does nothing for those that have left."""

import asyncio
import socket
import threading
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from typing import Any

import httpx
import pytest
import uvloop

from maestri import clock
from maestri.context import new_context, use_context
from maestri.contracts import Contract, get, post
from maestri.errors import CallError, Overloaded
from maestri.links import Invoker, SocketClient, http_link, stub
from maestri.server import BOUNDS_S, ServerOptions, application, running_server
from maestri.server.in_flight import InFlight
from maestri.server.loop_lag import BEAT_S, WINDOW_S, LoopLag
from maestri.testing import VirtualTimeLoop, run_in_virtual_time

SILENT = 300
END_S_MAX = 10.0
FAR_S = 1e6


class Till(Contract, id="till"):
    """What is called within the system."""

    @post("/sales")
    async def sell(self) -> str:
        """Sell something."""
        raise NotImplementedError

    @get("/sum")
    async def total(self) -> int:
        """Return how much was sold."""
        raise NotImplementedError


class Counted(Till):
    """Counts what it sells."""

    def __init__(self) -> None:
        self.sold = 0

    async def sell(self) -> str:
        """Sell something."""
        self.sold += 1
        return "sold"

    async def total(self) -> int:
        """Return how much was sold."""
        return self.sold


class BlockedServer:
    """A server in a thread of its own, whose loop a test can block."""

    def __init__(self, till: Till) -> None:
        self.url = ""
        self.blocked = threading.Event()
        self.go_on = threading.Event()
        self.app = application([Invoker(till, "till")])
        self._started = threading.Event()
        self._loop = uvloop.new_event_loop()
        self._stop = asyncio.Event()

    @contextmanager
    def running(self) -> Generator[None]:
        """Serve while the body runs."""
        thread = threading.Thread(target=lambda: self._loop.run_until_complete(self._serve()))
        thread.start()
        assert self._started.wait(END_S_MAX)
        try:
            yield
        finally:
            self.go_on.set()
            self._loop.call_soon_threadsafe(self._stop.set)
            thread.join(END_S_MAX)
            self._loop.close()

    async def _serve(self) -> None:
        async with running_server(self.app, "127.0.0.1", 0, drain_s=0.1) as self.url:
            self._started.set()
            await self._stop.wait()

    def block(self) -> None:
        """Block the loop until ``go_on`` is set."""
        self._loop.call_soon_threadsafe(self._blocking)
        assert self.blocked.wait(END_S_MAX)

    def _blocking(self) -> None:
        self.blocked.set()
        self.go_on.wait(END_S_MAX)


async def test_a_command_is_not_begun_after_its_caller_gave_up() -> None:
    """While the loop was blocked the time of the caller went on; a read does no harm."""
    till, transport = Counted(), SocketClient()
    server = BlockedServer(till)
    with server.running():
        remote = stub(Till, http_link(server.url, transport, component="till"))
        assert "sold" == await remote.sell()
        server.block()
        with use_context(new_context(deadline_s=clock.now_s() + 0.3)), pytest.raises(CallError):
            await remote.sell()
        server.go_on.set()
        assert 1 == await remote.total()
        async with asyncio.timeout(END_S_MAX):
            while server.app.in_flight.lag.waited_s_max():
                await remote.total()
        assert "sold" == await remote.sell()
    await transport.aclose()

    assert 2 == till.sold


def test_the_lag_is_what_a_request_may_have_waited() -> None:
    """Nothing as long as the loop keeps up; after a block as long as that, for a moment."""
    loop, blocked_s = VirtualTimeLoop(), [0.0]
    lag = LoopLag(lambda: loop.time() + blocked_s[0])

    async def seen() -> list[tuple[float, float]]:
        found = [(lag.busy_s(), lag.waited_s_max())]
        await clock.sleep(10.5 * BEAT_S)
        found.append((lag.busy_s(), lag.waited_s_max()))
        blocked_s[0] = 3.0
        found.append((lag.busy_s(), lag.waited_s_max()))
        await clock.sleep(BEAT_S)
        found.append((lag.busy_s(), lag.waited_s_max()))
        await clock.sleep(WINDOW_S)
        return [*found, (lag.busy_s(), lag.waited_s_max())]

    with lag.watching(loop):
        kept_up, still, blocked, after, over = loop.run_until_complete(seen())
    loop.close()

    nothing = (0.0, 0.0)
    assert [nothing, nothing, nothing] == [kept_up, still, over]
    assert (3.0, 3.0) == pytest.approx(blocked, abs=2 * BEAT_S)
    assert (0.0, 3.0) == pytest.approx(after, abs=2 * BEAT_S)
    assert [5.0] == [within_s for within_s, count in late_beats(lag) if count]
    assert 3.0 == pytest.approx(lag.lags.sum_s, abs=2 * BEAT_S)


def late_beats(lag: LoopLag) -> list[tuple[float, int]]:
    """Return how many beats were more than a blink too late, by the bounds of their lags."""
    bounds_s = [*BOUNDS_S, float("inf")]
    return [pair for pair in zip(bounds_s, lag.lags.counts, strict=True) if pair[0] > BEAT_S]


def test_what_is_refused_makes_a_line_and_a_count(caplog: pytest.LogCaptureFixture) -> None:
    """Operators hear at once that requests are refused, and then how many."""

    async def crowd() -> None:
        in_flight = InFlight(requests_max=10, edge_requests_max=1)
        in_flight.enter(_never, FAR_S, edge=True)
        for _ in range(159):
            with pytest.raises(Overloaded):
                in_flight.enter(_never, FAR_S, edge=True)
        await clock.sleep(20)

    run_in_virtual_time(crowd())

    line = "a request was refused: 1 requests of clients are in work"
    assert [line, f"{line}, 158 times in the last 10 s"] == [
        record.getMessage() for record in caplog.records
    ]


async def _never() -> Any:
    await asyncio.Event().wait()


async def test_a_client_that_waited_too_long_already_is_turned_away() -> None:
    """What is served late takes the time of what could be served in time."""
    lag_s = 0.6
    app = application([Invoker(Narrow(), "narrow")], ServerOptions(edge_wait_s_max=0.5))
    app.in_flight.lag.busy_s = lambda: lag_s  # type: ignore[method-assign]  # a loop that is late
    async with (
        running_server(app, "127.0.0.1", 0, drain_s=0.1) as url,
        httpx.AsyncClient(base_url=url, trust_env=False) as client,
    ):
        refused = await client.get("/door")
        within = await client.get("/narrow/sum")

    assert (503, "1", 200) == (
        refused.status_code,
        refused.headers["retry-after"],
        within.status_code,
    )


async def test_silent_connections_shut_nobody_out() -> None:
    """Who opens hundreds of connections and says nothing takes nothing from others."""
    app = application([Invoker(Counted(), "till")])
    async with running_server(app, "127.0.0.1", 0, drain_s=0.1) as url:
        host, port = url.removeprefix("http://").split(":")
        with ExitStack() as silent:
            for _ in range(SILENT):
                silent.enter_context(socket.create_connection((host, int(port)), END_S_MAX))
            async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
                response = await client.get("/health/live", timeout=1.0)

    assert 200 == response.status_code


class Door(Contract, id="door", edge=True, prefix="/door"):
    """What clients call."""

    @get("/")
    async def enter(self) -> str:
        """Wait inside."""
        raise NotImplementedError


class Narrow(Door, Till):
    """Serves clients slowly, and other units at once."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.open = asyncio.Event()

    async def enter(self) -> str:
        """Wait inside."""
        self.begun.set()
        await self.open.wait()
        return "in"

    async def sell(self) -> str:
        """Sell something."""
        return "sold"

    async def total(self) -> int:
        """Return nothing."""
        return 0


async def test_clients_are_turned_away_before_the_work_in_progress_is() -> None:
    """What was begun for some may need this unit again; so clients have a bound of their own."""
    narrow = Narrow()
    app = application([Invoker(narrow, "narrow")], ServerOptions(edge_requests_max=1))
    async with (
        running_server(app, "127.0.0.1", 0, drain_s=0.1) as url,
        httpx.AsyncClient(base_url=url, trust_env=False) as client,
    ):
        first = asyncio.create_task(client.get("/door"))
        async with asyncio.timeout(END_S_MAX):
            await narrow.begun.wait()
        refused = await client.get("/door")
        within = await client.get("/narrow/sum")
        narrow.open.set()
        served = await first

    assert (503, "1") == (refused.status_code, refused.headers["retry-after"])
    assert (200, 200) == (within.status_code, served.status_code)

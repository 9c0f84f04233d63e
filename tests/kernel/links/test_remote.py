"""A remote link knows no transport: its rules hold for one that is sixty lines long, too."""

import asyncio
from collections import Counter

import pytest

from maestri import clock
from maestri.context import new_context, use_context
from maestri.contracts import Contract, get, post
from maestri.errors import (
    ConnectFailed,
    ConnectionLost,
    DeadlineExceeded,
    NoTimeLeft,
    Overloaded,
    Rejected,
)
from maestri.links import RemoteLink, RemoteOptions, stub
from maestri.testing import LoopbackTransport, run_in_virtual_time


class SoldOut(Rejected, id="tickets.sold_out"):
    """There are no tickets left."""


class Tickets(Contract, id="tickets"):
    """What is called."""

    @get("/left")
    async def left(self) -> int:
        """Return how many there are."""
        raise NotImplementedError

    @post("/tickets", raises=[SoldOut])
    async def buy(self, seconds: float = 0.0) -> str:
        """Sell one, after some time."""
        raise NotImplementedError


class Office(Tickets):
    """Sells what it has, and counts what was asked."""

    def __init__(self, count: int = 10) -> None:
        self.count = count
        self.asked = Counter[str]()
        self.busy_max = 0
        self._busy = 0

    async def left(self) -> int:
        """Return how many there are."""
        self.asked["left"] += 1
        return self.count

    async def buy(self, seconds: float = 0.0) -> str:
        """Sell one, after some time."""
        self.asked["buy"] += 1
        self._busy += 1
        self.busy_max = max(self.busy_max, self._busy)
        await clock.sleep(seconds)
        self._busy -= 1
        if not self.count:
            raise SoldOut
        self.count -= 1
        return "a ticket"


class Network:
    """Two offices and a link to both."""

    def __init__(self, options: RemoteOptions | None = None) -> None:
        self.a, self.b = Office(), Office()
        self.transport = LoopbackTransport({"a": self.a, "b": self.b})
        self.link = RemoteLink(["a", "b"], self.transport, options)
        self.tickets = stub(Tickets, self.link)


def test_what_nobody_took_goes_to_another_replica() -> None:
    """A command that certainly was not executed is sent to the next replica."""

    async def bought() -> tuple[str, ...]:
        network = Network()
        network.transport.down.add("a")
        return tuple([await network.tickets.buy() for _ in range(5)])

    assert ("a ticket",) * 5 == run_in_virtual_time(bought())


def test_a_lost_read_is_repeated_once_and_fresh() -> None:
    """A read that was lost is sent once more, elsewhere, over nothing that was kept."""

    async def tries() -> tuple[int, list[tuple[bool, bool]]]:
        network = Network()
        network.transport.losing.add("a")
        left = await network.tickets.left()
        while not network.a.asked:
            network.transport.attempts.clear()
            left = await network.tickets.left()
        first, second = network.transport.attempts
        return left, [(one.address == "a", one.fresh) for one in (first, second)]

    assert (10, [(True, False), (False, True)]) == run_in_virtual_time(tries())


def test_a_lost_command_is_not_repeated() -> None:
    """What may have acted, and is not idempotent, is sent once."""

    async def asked() -> int:
        network = Network()
        network.transport.losing |= {"a", "b"}
        with pytest.raises(ConnectionLost):
            await network.tickets.buy()
        return network.a.asked["buy"] + network.b.asked["buy"]

    assert 1 == run_in_virtual_time(asked())


def test_nobody_anywhere_is_certain() -> None:
    """If nobody listens at any address, the call was not executed; each was tried once."""

    async def tries() -> list[str]:
        network = Network()
        network.transport.down |= {"a", "b"}
        with pytest.raises(ConnectFailed):
            await network.tickets.buy()
        return sorted(one.address for one in network.transport.attempts)

    assert ["a", "b"] == run_in_virtual_time(tries())


def test_a_failure_below_the_callee_is_not_its_own() -> None:
    """A callee that responds that its own callee is down was reached: it is not ejected."""

    class Broken(Office):
        async def left(self) -> int:
            raise ConnectFailed("the database does not listen")

    async def ejections() -> list[float]:
        transport = LoopbackTransport({"a": Broken()})
        link = RemoteLink("a", transport)
        with pytest.raises(ConnectFailed):
            await stub(Tickets, link).left()
        return [one.ejection_s for one in link.replicas.all]

    assert [0.0] == run_in_virtual_time(ejections())


def test_the_deadline_ends_a_call_and_bounds_the_next_try() -> None:
    """A response that comes too late is none, and nothing is sent after the deadline."""

    async def outcome() -> float:
        network = Network()
        network.transport.latency_s |= {"a": 5.0, "b": 5.0}
        began_s = clock.now_s()
        with use_context(new_context(deadline_s=began_s + 2.0)):
            with pytest.raises(DeadlineExceeded):
                await network.tickets.left()
            with pytest.raises(NoTimeLeft):
                await network.tickets.left()
        return clock.now_s() - began_s

    assert 2.0 == pytest.approx(run_in_virtual_time(outcome()))


def test_a_bulkhead_bounds_the_calls_of_all_replicas_together() -> None:
    """So many at once, so many wait, and the rest is certainly not executed."""

    async def outcomes() -> tuple[Counter[str], int]:
        network = Network(RemoteOptions(calls_max=2, waiting_max=3, wait_s_max=60.0))
        network.transport.down.add("b")
        calls = (network.tickets.buy(1.0) for _ in range(10))
        results = await asyncio.gather(*calls, return_exceptions=True)
        return Counter(type(one).__name__ for one in results), network.a.busy_max

    expected = Counter({"str": 5, Overloaded.__name__: 5})
    assert (expected, 2) == run_in_virtual_time(outcomes())


def test_a_declared_error_arrives_as_it_was_raised() -> None:
    """What the callee refuses is no failure of a replica."""

    async def refused() -> None:
        network = Network()
        network.a.count = network.b.count = 0
        with pytest.raises(SoldOut):
            await network.tickets.buy()

    run_in_virtual_time(refused())

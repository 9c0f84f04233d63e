"""Calls that fail on their way make one line for each callee and cause, with a count."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from maestri import clock
from maestri.context import new_context, use_context
from maestri.contracts import Contract, get, post
from maestri.errors import CallError, Overloaded
from maestri.links import LinkFailures, RemoteLink, RemoteOptions, SocketClient, http_link, stub
from maestri.testing import LoopbackTransport, free_ports, run_in_virtual_time


class Catalog(Contract, id="catalog"):
    """What is called."""

    @get("/titles")
    async def title(self) -> str:
        """Return a title."""
        raise NotImplementedError

    @post("/titles")
    async def rename(self) -> None:
        """Change it."""
        raise NotImplementedError


class Shelf(Catalog):
    """Has a title."""

    async def title(self) -> str:
        """Return it."""
        return "Fugue"

    async def rename(self) -> None:
        """Change nothing."""


class Full(Shelf):
    """Answers that it has too much to do."""

    async def title(self) -> str:
        """Refuse."""
        raise Overloaded("64 requests are in work")


class Scene:
    """A catalogue at two addresses, and callers."""

    def __init__(self, shelf: Catalog, options: RemoteOptions | None = None) -> None:
        self.network = LoopbackTransport({"a": shelf, "b": shelf})
        self.failures = LinkFailures()
        self.options = options

    def catalog(self, *addresses: str) -> Catalog:
        """Return a stub of one more caller."""
        link = RemoteLink(
            addresses, self.network, self.options, callee="catalog", failures=self.failures
        )
        return stub(Catalog, link)


Play = Callable[[Scene], Awaitable[object]]


async def failing(*calls: Awaitable[object]) -> None:
    """Make calls, one after the other, that may fail."""
    for call in calls:
        await asyncio.gather(call, return_exceptions=True)


async def down(scene: Scene) -> None:
    """Call where nobody listens, for two callers."""
    scene.network.down.add("a")
    one, other = scene.catalog("a"), scene.catalog("a")
    await failing(*(one.title() for _ in range(80)), *(other.title() for _ in range(79)))


async def failed_over(scene: Scene) -> None:
    """Call replicas of which one is down; every call succeeds."""
    scene.network.down.add("a")
    catalog = scene.catalog("a", "b")
    for _ in range(20):
        assert "Fugue" == await catalog.title()


async def late(scene: Scene) -> None:
    """Call what does not respond in time."""
    scene.network.latency_s["a"] = 5.0
    catalog = scene.catalog("a")
    for _ in range(3):
        with use_context(new_context(deadline_s=clock.now_s() + 1.0)):
            await failing(catalog.title())


async def given_up(scene: Scene) -> None:
    """Stop waiting when the time is over, before the link does."""
    scene.network.latency_s["a"] = 5.0
    catalog = scene.catalog("a")
    with use_context(new_context(deadline_s=clock.now_s() + 1.0)):
        await failing(asyncio.wait_for(catalog.title(), 0.999))


async def not_needed(scene: Scene) -> None:
    """Stop waiting long before the time is over."""
    scene.network.latency_s["a"] = 5.0
    await failing(asyncio.wait_for(scene.catalog("a").title(), 0.5))


async def crowded(scene: Scene) -> None:
    """Make more calls at once than may wait."""
    scene.network.latency_s["a"] = 0.5
    catalog = scene.catalog("a")
    await asyncio.gather(*(catalog.title() for _ in range(6)), return_exceptions=True)


async def lost(scene: Scene) -> None:
    """Lose a command's response."""
    scene.network.losing.add("a")
    await failing(scene.catalog("a").rename())


async def lost_once(scene: Scene) -> None:
    """Lose a read that succeeds at another replica."""
    scene.network.losing.add("a")
    catalog = scene.catalog("a", "b")
    for _ in range(20):
        assert "Fugue" == await catalog.title()


async def refused(scene: Scene) -> None:
    """Call what responds that it has too much to do."""
    await failing(scene.catalog("a").title())


@pytest.mark.parametrize(
    ("play", "lines"),
    [
        (down, ["catalog at a: nobody listens at a", "158 times in the last 10 s"]),
        (failed_over, ["catalog at a: nobody listens at a"]),
        (late, ["catalog at a: no response in time", "twice"]),
        (given_up, ["catalog at a: no response in time"]),
        (not_needed, []),
        (crowded, ["catalog: 2 calls wait already", "once in the last 10 s"]),
        (lost, ["catalog at a: a closed the connection"]),
        (lost_once, []),
        (refused, []),
    ],
)
def test_a_cause_makes_a_line_and_a_count(
    play: Play, lines: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    """The first failure is told at once, the others together; what succeeds is no failure."""
    shelf = Full() if play is refused else Shelf()
    options = RemoteOptions(calls_max=2, waiting_max=2) if play is crowded else None

    async def played() -> None:
        await play(Scene(shelf, options))
        await clock.sleep(60)

    run_in_virtual_time(played())

    # What a callee refuses is told as well, by itself.
    told = [one.getMessage() for one in caplog.records if one.name == "maestri.links"]
    assert len(lines) == len(told), told
    for expected, line in zip(lines, told, strict=True):
        assert expected.replace("twice", "2 times in the last 10 s") in line


async def test_a_line_says_what_the_system_says(caplog: pytest.LogCaptureFixture) -> None:
    """A port without a listener is ``connection refused``, in every loop's words."""
    client, (port,) = SocketClient(), free_ports(1)
    catalog = stub(Catalog, http_link(f"http://127.0.0.1:{port}", client, component="catalog"))
    with pytest.raises(CallError):
        await catalog.title()
    await client.aclose()

    assert [f"catalog at http://127.0.0.1:{port}: connection refused"] == [
        record.getMessage() for record in caplog.records
    ]

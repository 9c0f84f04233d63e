"""One call, and one of many: µs of processor time, in the process and over HTTP."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median

import uvloop
from rich.table import Table

from benchmarks.links import start_split
from benchmarks.load import Generator
from benchmarks.processes import Processes, cpu_s
from benchmarks.report import Report, plain_table
from benchmarks.rounds import Settings
from benchmarks.stub_store import fan_out
from benchmarks.stub_store.services.contract import Catalog
from benchmarks.stub_store.services.service import StubServices
from maestri import clock
from maestri.composition import Composer
from maestri.context import Context, Recorder, new_id, use_context
from maestri.links import Invoker, Link, LocalLink, SocketClient, http_link, stub

COMPONENT = "benchmarks.stub_store.services"
FAN_OUTS = (1, 4, 16, 64)
SHARE = 0.2
"""Of a round's seconds for each cell of the table, of which there are many."""

Work = Callable[[], Awaitable[int]]


class Cost:
    """Processor time per call in every round, at the caller's side and at the callee's."""

    def __init__(self) -> None:
        self.caller_us: list[float] = []
        self.callee_us: list[float] = []

    def medians(self) -> dict[str, float]:
        """Return both medians."""
        return {"caller_us": median(self.caller_us), "callee_us": median(self.callee_us)}


async def run(settings: Settings, _: Generator, folder: Path) -> Report:
    """Measure calls with everything on that a real call has: deadline, spans, context."""
    async with Processes(folder) as processes:
        services = (await start_split(processes))[1]
        # The loop that runs the benchmarks is not the one that units run on.
        costs = await asyncio.to_thread(
            uvloop.run, _measured(settings, services, processes.pids[0])
        )
    numbers = {name: cost.medians() for name, cost in costs.items()}
    return Report("calls", "one call, and one of many", [_table(numbers)], {"rows": numbers})


async def _measured(settings: Settings, url: str, services_pid: int) -> dict[str, Cost]:
    transport = SocketClient()
    links: dict[str, Link] = {
        "local": LocalLink(Invoker(StubServices(), COMPONENT)),
        "http": http_link(url, transport, component=COMPONENT),
    }
    works: dict[str, Work] = {}
    for kind, link in links.items():
        catalog = stub(Catalog, link)
        works[f"{kind} hop"] = _hop(catalog)
        for count in FAN_OUTS:
            works[f"{kind} {count}"] = _fan_out(catalog, count)
    costs = {name: Cost() for name in works}
    try:
        for turn in range(settings.rounds + 1):
            for name, work in works.items():
                callee = () if name.startswith("local") else (services_pid,)
                await _round(work, callee, settings.seconds * SHARE, costs[name], keep=turn > 0)
    finally:
        await transport.aclose()
    return costs


async def _round(
    work: Work, callee: tuple[int, ...], seconds: float, cost: Cost, *, keep: bool
) -> None:
    recorder = Recorder()
    until_s, calls = clock.now_s() + seconds, 0
    caller_s, callee_s = _own_s(), cpu_s(callee)
    while clock.now_s() < until_s:
        # A request of its own each time, as a server would make it.
        context = Context(clock.now_s() + 2.0, new_id(), recorder=recorder)
        with use_context(context):
            calls += await work()
    if keep:
        cost.caller_us.append((_own_s() - caller_s) / calls * 1e6)
        cost.callee_us.append((cpu_s(callee) - callee_s) / calls * 1e6)


def _own_s() -> float:
    times = os.times()
    return times.user + times.system


def _hop(catalog: Catalog) -> Work:
    async def work() -> int:
        await catalog.product("STB-0001")
        return 1

    return work


def _fan_out(catalog: Catalog, count: int) -> Work:
    composer = Composer({"catalog": catalog})
    skus = tuple(f"STB-{number:04}" for number in range(count))

    async def work() -> int:
        await composer.run(fan_out.products, skus)
        return count

    return work


def _table(numbers: dict[str, dict[str, float]]) -> Table:
    table = plain_table("CPU µs per call", "local", "HTTP: caller", "callee", "both")
    rows = [("hop", "one call, no plan")]
    rows += [(str(count), f"a plan of {count} at once") for count in FAN_OUTS]
    for key, title in rows:
        local, http = numbers[f"local {key}"], numbers[f"http {key}"]
        table.add_row(
            title,
            f"{local['caller_us']:.1f}",
            f"{http['caller_us']:.0f}",
            f"{http['callee_us']:.0f}",
            f"{http['caller_us'] + http['callee_us']:.0f}",
        )
    return table

"""
Three times what the store can serve, for a minute.

First its peak: as many pages a second as few clients get who wait for each other. Then pages are
asked for at three times that rate, whether or not responses come. Counted are pages within that
time, what the others get, how much memory is taken, and when a page is served again as before.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from benchmarks.load import Generator
from benchmarks.processes import Processes, memory
from benchmarks.report import Report, Target, plain_table
from benchmarks.rounds import Settings
from benchmarks.running_store import RunningStore
from benchmarks.store import product_paths
from maestri import clock
from maestri.errors import CallError
from maestri.links import HttpRequest, HttpResponse, SocketClient

CLIENTS = 16
PEAK_S, PEAK_S_QUICK = 10.0, 3.0
OVERLOAD_S, OVERLOAD_S_QUICK = 60.0, 10.0
TIMES = 3
GOODPUT_LEAST = 0.6
RECOVERED_S_MAX = 2.0
PATIENCE_S = 5.0
BYTES_MAX = 4 * 1024 * 1024
MEMORY_GROWTH_MAX = 1.5
OK, UNAVAILABLE = 200, 503


async def run(settings: Settings, generator: Generator, folder: Path) -> Report:
    """Overload the smallest shape of the store."""
    del generator  # It waits for each response.
    quick = settings.rounds != Settings().rounds
    report = Report("overload", f"three times the peak of merged; {CLIENTS} clients find the peak")
    async with Processes(folder) as processes:
        store = await RunningStore.start(processes, "merged", folder / "merged")
        paths = product_paths(store.folder)
        pages = Pages(store.url, paths)
        peak = await pages.peak(PEAK_S_QUICK if quick else PEAK_S)
        before_mb = memory(store.pids[0]).rss_mb
        seconds = OVERLOAD_S_QUICK if quick else OVERLOAD_S
        statuses = await pages.flooded(TIMES * peak, seconds)
        recovered_s = await pages.recovered(1 / peak)
        after_mb = memory(store.pids[0]).rss_mb
        await pages.aclose()
    table = plain_table("", "per second", "MB")
    table.add_row("peak", f"{peak:.0f}", f"{before_mb:.0f}")
    for status, count in sorted(statuses.items()):
        table.add_row(status, f"{count / seconds:.0f}", "")
    table.add_row("afterwards", "", f"{after_mb:.0f}")
    report.tables.append(table)
    # A target is at most something, so that a least is turned around.
    lost = 1 - statuses[str(OK)] / seconds / peak
    odd = sum(statuses.values()) - statuses[str(OK)] - statuses["503, retry-after"]
    report.targets += [
        Target("part of the peak that is lost", 1 - GOODPUT_LEAST, lost),
        Target("responses that are neither a page nor 503 with retry-after", 0, odd),
        Target("memory afterwards over before", MEMORY_GROWTH_MAX, after_mb / before_mb),
        Target("until a page is served as before", RECOVERED_S_MAX, recovered_s, " s"),
    ]
    report.numbers |= {"peak_per_s": peak, "statuses": dict(statuses), "seconds": seconds}
    return report


class Pages:
    """Asks for product pages."""

    def __init__(self, url: str, paths: Sequence[str]) -> None:
        self._url = url
        self._paths = paths
        self._client = SocketClient(idle_max=2_000)
        self._asked = 0

    async def peak(self, seconds: float) -> float:
        """Return the pages a second that a few clients get, each asking after its response."""
        until_s = clock.now_s() + seconds

        async def client() -> int:
            count = 0
            while clock.now_s() < until_s:
                await self._page()
                count += 1
            return count

        return sum(await asyncio.gather(*(client() for _ in range(CLIENTS)))) / seconds

    async def flooded(self, per_s: float, seconds: float) -> Counter[str]:
        """Ask *per_s* times a second; return how often there was which outcome."""
        outcomes: Counter[str] = Counter()
        begun_s, sent = clock.now_s(), 0
        async with asyncio.TaskGroup() as group:
            while clock.now_s() < begun_s + seconds:
                sent += 1
                group.create_task(self._count(outcomes))
                await clock.sleep(max(0.0, begun_s + sent / per_s - clock.now_s()))
        return outcomes

    async def recovered(self, usual_s: float) -> float:
        """Return after how long pages are served one by one, and in ten times the usual time."""
        begun_s = clock.now_s()
        while clock.now_s() < begun_s + 10 * RECOVERED_S_MAX:
            asked_s = clock.now_s()
            response = await self._page()
            if response.status == OK and clock.now_s() - asked_s < 10 * usual_s:
                return asked_s - begun_s
        return clock.now_s() - begun_s

    async def aclose(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def _count(self, outcomes: Counter[str]) -> None:
        try:
            response = await self._page()
        except CallError as error:
            outcomes[error.code] += 1
            return
        told = response.status == UNAVAILABLE and "retry-after" in response.headers
        outcomes[f"{response.status}, retry-after" if told else str(response.status)] += 1

    async def _page(self) -> HttpResponse:
        self._asked += 1
        path = self._paths[self._asked % len(self._paths)].removeprefix("/api")
        return await self._client.send(
            HttpRequest("GET", self._url, path, (), None, PATIENCE_S, BYTES_MAX)
        )

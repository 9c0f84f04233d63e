"""
Every unit of the store is restarted, again and again, while clients ask and send commands.

At a rate that does not depend on how fast responses come: pages, additions to carts, over kept
connections and over new ones. Counted are responses that are none, errors, parts that are missing,
and products that are in a cart more or less often than they were put there.
"""

import asyncio
import random
from collections import Counter
from pathlib import Path
from typing import Any

import httpx

from benchmarks.load import Generator
from benchmarks.processes import ROOT, Processes
from benchmarks.report import Report, Target, plain_table
from benchmarks.rounds import Settings
from benchmarks.running_store import RunningStore
from maestri import clock
from maestri.runtime import RESTART, ControlRequest, send_request
from maestri.topology import StateDirectory

TOPOLOGIES = ("hierarchy", "scaled")
PER_S = 300
RESTARTS, RESTARTS_QUICK = 10, 1
SETTLE_S = 2.0
TIMEOUT_S = 5.0
ADDITIONS_MAX = 20
SKU = "BOK-0001"
SEED = 7
KINDS = (
    "categories",
    "suggestions",
    "fresh",
    "fresh",
    "categories",
    "add",
    "product",
    "categories",
)


async def run(settings: Settings, generator: Generator, folder: Path) -> Report:
    """Restart each unit of each topology 10 times; once if it shall be quick."""
    del generator  # It asks as fast as it can.
    times = RESTARTS if settings.rounds == Settings().rounds else RESTARTS_QUICK
    title = f"each unit restarted {times} times; {PER_S} requests a second"
    report = Report("restarts", title)
    table = plain_table("", "restarts", "requests", "failed", "lack a part", "p50 ms", "longest ms")
    for topology in TOPOLOGIES:
        async with Processes(folder) as processes:
            store = await RunningStore.start(processes, topology, folder / topology)
            clients = Clients(store)
            asking = asyncio.create_task(clients.ask())
            try:
                await clock.sleep(SETTLE_S)
                restarted = await _restart_all(store, folder / topology, topology, times)
                await clock.sleep(SETTLE_S)
            finally:
                clients.stopping = True
                await asking
            doubled = await clients.wrong_quantities()
        _add(report, table, topology, clients, restarted, doubled)
    report.tables.append(table)
    return report


async def _restart_all(store: RunningStore, state: Path, topology: str, times: int) -> int:
    directory = StateDirectory(ROOT, {"MAESTRI_STATE": str(state)})
    units = dict.fromkeys(unit.name.partition(".")[0] for unit in store.units)
    for _ in range(times):
        for unit in units:
            request = ControlRequest(RESTART, unit)
            response = await asyncio.to_thread(send_request, directory, topology, request)
            if not response.ok:
                raise RuntimeError(response.text)
    return times * len(units)


class Clients:
    """Ask the store at an even rate, and remember what went wrong."""

    def __init__(self, store: RunningStore) -> None:
        self.stopping = False
        self.asked = 0
        self.failed: Counter[str] = Counter()
        self.lacking: Counter[str] = Counter()
        self.took_ms: list[float] = []
        self._store = store
        self._chance = random.Random(SEED)
        self._carts: list[tuple[httpx.Cookies, int]] = []

    async def ask(self) -> None:
        """Send PER_S requests a second until told to stop; then wait for the last ones."""
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=100)
        async with (
            httpx.AsyncClient(limits=limits, timeout=TIMEOUT_S, trust_env=False) as kept,
            asyncio.TaskGroup() as group,
        ):
            adding = group.create_task(self._add_to_carts(kept))
            begun_s, sent = clock.now_s(), 0
            while not self.stopping:
                sent += 1
                kind = self._chance.choice(KINDS)
                if kind != "add":
                    group.create_task(self._ask_for(kind, kept))
                await clock.sleep(max(0.0, begun_s + sent / PER_S - clock.now_s()))
            await adding

    async def wrong_quantities(self) -> int:
        """Return how many products are in carts too often or too seldom."""
        wrong = 0
        async with httpx.AsyncClient(timeout=TIMEOUT_S, trust_env=False) as client:
            for cookies, added in self._carts:
                header = {"cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
                cart = (await client.get(f"{self._store.url}/api/cart", headers=header)).json()
                wrong += abs(sum(line["quantity"] for line in cart["lines"]) - added)
        return wrong

    async def _ask_for(self, kind: str, kept: httpx.AsyncClient) -> None:
        paths = {
            "categories": f"{self._store.mobile_url}/mobile/v1/categories",
            "suggestions": f"{self._store.url}/api/suggestions?prefix=ni",
            "product": f"{self._store.mobile_url}/mobile/v1/products/{SKU}",
            "fresh": f"{self._store.url}/api/categories",
        }
        headers = {"connection": "close"} if kind == "fresh" else {}
        await self._counted(kind, kept.get(paths[kind], headers=headers))

    async def _add_to_carts(self, kept: httpx.AsyncClient) -> None:
        """Put one product after the other into carts; a cart takes so many."""
        while not self.stopping:
            cookies, added = httpx.Cookies(), 0
            while added < ADDITIONS_MAX and not self.stopping:
                form = {"sku": SKU, "quantity": "1"}
                header = {"cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
                url = f"{self._store.url}/cart/lines"
                response = await self._counted("add", kept.post(url, data=form, headers=header))
                if response is None or response.is_error:
                    break
                cookies.update(response.cookies)
                kept.cookies.clear()
                added += 1
                await clock.sleep(len(KINDS) / PER_S)
            self._carts.append((cookies, added))

    async def _counted(self, kind: str, sending: Any) -> httpx.Response | None:
        begun_s = clock.now_s()
        self.asked += 1
        try:
            response: httpx.Response = await sending
        except httpx.HTTPError as error:
            self.failed[f"{kind}: {type(error).__name__}"] += 1
            return None
        self.took_ms.append((clock.now_s() - begun_s) * 1e3)
        if response.is_error:
            self.failed[f"{kind}: {response.status_code}"] += 1
        elif response.headers.get("content-type", "").startswith("application/json"):
            body = response.json()
            if isinstance(body, dict) and body.get("left_out"):
                self.lacking[f"{kind}: {', '.join(body['left_out'])}"] += 1
        return response


def _add(
    report: Report, table: Any, topology: str, clients: Clients, restarted: int, doubled: int
) -> None:
    took_ms = sorted(clients.took_ms)
    failed, lacking = clients.failed.total(), clients.lacking.total()
    table.add_row(
        topology,
        str(restarted),
        str(clients.asked),
        str(failed),
        str(lacking),
        f"{took_ms[len(took_ms) // 2]:.0f}",
        f"{took_ms[-1]:.0f}",
    )
    report.targets += [
        Target(f"{topology}: failed requests", 0, failed),
        Target(f"{topology}: responses that lack a part", 0, lacking),
        Target(f"{topology}: products in carts too often or too seldom", 0, doubled),
    ]
    causes = (clients.failed + clients.lacking).most_common(5)
    report.notes += [f"{topology}: {cause}, {count} times" for cause, count in causes]
    report.numbers[topology] = {
        "restarts": restarted,
        "requests": clients.asked,
        "longest_ms": took_ms[-1],
        "causes": dict(causes),
    }

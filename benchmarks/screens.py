"""
Each screen of the mobile apps beside the same page as the web's JSON.

Same product, department, query or cart, as many items as the clients ask for by default, no
``if-none-match``. What counts is the processor time of all processes per request: a client that
asks for less should not cost more. Both sides take turns; a ratio is the median of the ratios
within each round. The picture is a file on both sides, and a single card the web does not have.
Suggestions are one plan on both sides, so that their ratio tells how sure the others are.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import httpx
from rich.table import Table

from benchmarks.load import Generator
from benchmarks.processes import Processes, fetched
from benchmarks.report import Report, Target, contest_numbers, plain_table
from benchmarks.rounds import Contender, Settings, WrongResponse, compete, response
from benchmarks.running_store import RunningStore
from benchmarks.store import CLIENTS, TOPOLOGIES, product_paths

WEB, MOBILE = "/api", "/mobile/v1"
MOST = 1.0
QUERIES = 60
PREFIX_LETTERS = 3
CART_SKUS = ("BOK-0001", "BOK-0002", "BOK-0003")


class Screen(NamedTuple):
    """One screen in one topology: *mobile* and *web* have the same paths."""

    name: str
    paths: Sequence[str]
    mobile: Contender
    web: Contender


async def run(settings: Settings, generator: Generator, folder: Path) -> Report:
    """Measure every screen that has a counterpart, in the smallest and the largest shape."""
    title = f"screens of the mobile apps over the web's JSON; {CLIENTS} clients"
    report = Report("screens", title, numbers={"generator": generator.name})
    report.notes.append("Suggestions are the same plan on both sides: what differs there is noise.")
    short = settings._replace(clients=CLIENTS, seconds=max(1, settings.seconds // 2))
    for topology in TOPOLOGIES:
        async with Processes(folder) as processes:
            store = await RunningStore.start(processes, topology, folder / topology)
            screens = await _screens(store)
            for one in screens:
                await _check(one)
            for one in screens:
                await compete([one.mobile, one.web], one.paths, generator, short)
            await _add(report, topology, screens)
    return report


async def _screens(store: RunningStore) -> list[Screen]:
    queries = _queries(store.folder)
    paths = {
        "home": ["/home"],
        "categories": ["/categories"],
        "listing": [f"/categories/{key}" for key in await _category_ids(store)],
        "product": [path.removeprefix(WEB) for path in product_paths(store.folder)],
        "search": [f"/search?query={quote(text)}" for text in queries],
        "suggestions": [f"/suggestions?prefix={quote(text[:PREFIX_LETTERS])}" for text in queries],
    }
    screens = [Screen(name, asked, *_contenders(store)) for name, asked in paths.items()]
    mobile, web = _contenders(store)
    mobile.headers = {"x-cart-token": await _filled_mobile_cart(store)}
    web.headers = {"cookie": await _filled_web_cart(store)}
    return [*screens, Screen("cart", ["/cart"], mobile, web)]


def _contenders(store: RunningStore) -> tuple[Contender, Contender]:
    return (
        Contender("mobile", store.mobile_url, store.pids, MOBILE),
        Contender("web", store.url, store.pids, WEB),
    )


async def _category_ids(store: RunningStore) -> list[str]:
    found: Any = await response(_contenders(store)[1], "/categories")
    return [category["category_id"] for category in found]


def _queries(folder: Path) -> list[str]:
    file = folder / "domain_services.catalog.db"
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
        rows = database.execute("SELECT title FROM product WHERE refusal IS NULL ORDER BY sku")
        words = [title.split()[-1] for (title,) in rows]
    return words[:: len(words) // QUERIES]


async def _filled_mobile_cart(store: RunningStore) -> str:
    async with httpx.AsyncClient(base_url=store.mobile_url + MOBILE) as client:
        token: str = (await client.post("/cart")).json()["token"]
        client.headers["x-cart-token"] = token
        await _fill(client)
    return token


async def _filled_web_cart(store: RunningStore) -> str:
    async with httpx.AsyncClient(base_url=store.url + WEB) as client:
        await _fill(client)
        return f"cart={client.cookies['cart']}"


async def _fill(client: httpx.AsyncClient) -> None:
    for quantity, sku in enumerate(CART_SKUS, start=1):
        put = await client.put(f"/cart/lines/{sku}", json={"quantity": quantity})
        put.raise_for_status()


async def _check(screen: Screen) -> None:
    for path in (screen.paths[0], screen.paths[-1]):
        mobile, web = await response(screen.mobile, path), await response(screen.web, path)
        if list(_skus(mobile)) != list(_skus(web)):
            raise WrongResponse(f"{screen.name}: {path} has other products than on the web")


def _skus(part: Any) -> Iterator[str]:
    """Yield the products of a response in the order of its items; each once for its item."""
    if isinstance(part, list):
        for item in part:
            yield from _skus(item)
    elif isinstance(part, dict):
        if "title" in part and "sku" in part:
            yield part["sku"]
        for value in part.values():
            yield from _skus(value)


async def _add(report: Report, topology: str, screens: Sequence[Screen]) -> None:
    table = plain_table(topology, "mobile ms", "web ms", "ratio", "least-most", "KB", "web KB")
    rows: dict[str, Any] = {}
    for one in screens:
        ratio = one.mobile.ratio_to(one.web)
        sizes = [await _size(side, one.paths[0]) for side in (one.mobile, one.web)]
        _add_row(table, one, ratio, sizes)
        rows[one.name] = {**contest_numbers([one.mobile, one.web], one.web), "bytes": sizes}
        promise = f"{topology}, {one.name}: mobile / web, CPU"
        report.targets.append(Target(promise, MOST, ratio))
    report.tables.append(table)
    report.numbers[topology] = rows


def _add_row(table: Table, screen: Screen, ratio: float, sizes: Sequence[int]) -> None:
    pairs = zip(screen.mobile.all("cpu_us"), screen.web.all("cpu_us"), strict=True)
    ratios = [mobile / web for mobile, web in pairs]
    table.add_row(
        screen.name,
        f"{screen.mobile.median('cpu_us') / 1e3:.2f}",
        f"{screen.web.median('cpu_us') / 1e3:.2f}",
        f"{ratio:.2f}",
        f"{min(ratios):.2f}-{max(ratios):.2f}",
        *(f"{size / 1024:.1f}" for size in sizes),
    )


async def _size(side: Contender, path: str) -> int:
    _, body = await fetched(side.url + side.prefix + path, side.headers)
    return len(body)

"""The product page of the real store: the honest total, databases and all levels included."""

import sqlite3
from contextlib import AsyncExitStack, closing
from pathlib import Path

from benchmarks.links import start_uvicorn
from benchmarks.load import Generator
from benchmarks.processes import Processes, free_port
from benchmarks.report import Report, contest_numbers, contest_table
from benchmarks.rounds import Contender, Settings, WrongResponse, compete, response
from benchmarks.running_store import RunningStore

TOPOLOGIES = ("merged", "hierarchy")
SERVICES = ("catalog", "reviews", "pricing", "inventory")
CLIENTS = 8
"""With 32, FastAPI + httpx responses no page within a second."""

NOTE = """\
By hand: a flat backend, 9 calls to 4 services in 2 waves, without deadlines, spans or levels.
Hierarchy: the same data, through three levels of orchestrators."""

CHECKED = 25
"""So many products are compared field by field before anything is measured."""


async def run(settings: Settings, generator: Generator, folder: Path) -> Report:
    """Measure the page as JSON beside hand-written ones, and as HTML."""
    gentle = settings._replace(clients=CLIENTS)
    async with AsyncExitStack() as stack:
        stores = [
            await RunningStore.start(
                await stack.enter_async_context(Processes(folder)), name, folder / name
            )
            for name in TOPOLOGIES
        ]
        ours = [
            Contender(f"Maestri, {name}", store.url, store.pids)
            for name, store in zip(TOPOLOGIES, stores, strict=True)
        ]
        by_hand = [
            await _start_by_hand(
                await stack.enter_async_context(Processes(folder)), client, stores[0].folder
            )
            for client in ("aiohttp", "httpx")
        ]
        paths = product_paths(stores[0].folder)
        for path in paths[:: len(paths) // CHECKED]:
            await _check([*ours, *by_hand], path)
        await compete([*ours, *by_hand], paths, generator, gentle)
        pages = [Contender(one.name, one.url, one.pids) for one in ours]
        await compete(pages, [path.removeprefix("/api") for path in paths], generator, gentle)
    json_rows = contest_table([*ours, *by_hand], by_hand[0])
    html_rows = contest_table(pages, pages[0])
    json_rows.title, html_rows.title = "as JSON", "as HTML, with what surrounds it"
    numbers = {
        "json": contest_numbers([*ours, *by_hand], by_hand[0]),
        "html": contest_numbers(pages, pages[0]),
        "generator": generator.name,
    }
    title = f"the product page of the real store, on SQLite; {CLIENTS} clients"
    return Report("store", title, [json_rows, html_rows], numbers, notes=[NOTE])


def product_paths(folder: Path) -> tuple[str, ...]:
    """Return the addresses of all products for sale; *folder* is that of the databases."""
    file = folder / "domain_services.catalog.db"
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
        rows = database.execute("SELECT sku FROM product WHERE refusal IS NULL ORDER BY sku")
        return tuple(f"/api/products/{sku}" for (sku,) in rows)


async def _start_by_hand(processes: Processes, client: str, data: Path) -> Contender:
    places = {name.upper(): f"http://127.0.0.1:{free_port()}" for name in SERVICES}
    for name in SERVICES:
        await start_uvicorn(
            processes,
            f"store_services:{name}",
            places[name.upper()],
            "/health",
            {"DATABASE": str(data / f"domain_services.{name}.db")},
        )
    page = f"http://127.0.0.1:{free_port()}"
    await start_uvicorn(processes, f"store_page_{client}:app", page, "/health", places)
    return Contender(f"FastAPI + {client}, flat", page, processes.pids)


async def _check(contenders: list[Contender], path: str) -> None:
    responses = [without_reports(await response(one, path)) for one in contenders]
    for one, given in zip(contenders, responses, strict=True):
        if given != responses[0]:
            raise WrongResponse(
                f"{path}: {one.name} responses {given}, {contenders[0].name} {responses[0]}"
            )


def without_reports(part: object) -> object:
    """Return a response without ``left_out``, which by hand nobody reports; it has to be empty."""
    if isinstance(part, list):
        return [without_reports(item) for item in part]
    if not isinstance(part, dict):
        return part
    if part.get("left_out"):
        raise WrongResponse(f"{part['left_out']} is missing from the page")
    return {name: without_reports(value) for name, value in part.items() if name != "left_out"}

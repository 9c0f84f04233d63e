"""A page over stub services: what links and composition cost when the services cost nothing."""

from contextlib import AsyncExitStack
from pathlib import Path

from benchmarks.load import Generator
from benchmarks.processes import ROOT, Processes, free_port
from benchmarks.report import Report, Target, contest_numbers, contest_table
from benchmarks.rounds import Contender, Settings, WrongResponse, compete, response
from benchmarks.stub_store import responses

PROJECT = ROOT / "benchmarks" / "stub_store"
SKUS = tuple(f"STB-{number:04}" for number in range(2_000))
PATHS = tuple(f"/api/products/{sku}" for sku in SKUS)
SPLIT_MOST = 0.7
MERGED_MOST = 1 / 3


async def run(settings: Settings, generator: Generator, folder: Path) -> Report:
    """Measure the page of four parallel calls in our shapes and written by hand."""
    async with AsyncExitStack() as stack:

        async def fleet() -> Processes:
            return await stack.enter_async_context(Processes(folder))

        merged = await start_merged(await fleet())
        split, _ = await start_split(await fleet())
        aiohttp = await _start_by_hand(await fleet(), "aiohttp")
        httpx = await _start_by_hand(await fleet(), "httpx")
        alone = await _start_alone(await fleet())
        contenders = [merged, split, aiohttp, httpx, alone]
        for one in contenders:
            await _check(one)
        await compete(contenders, PATHS, generator, settings)
    return Report(
        "links",
        f"a page of four parallel calls over stub services; {settings.clients} clients",
        [contest_table(contenders, aiohttp)],
        {"rows": contest_numbers(contenders, aiohttp), "generator": generator.name},
        [
            Target("split / FastAPI + aiohttp, CPU", SPLIT_MOST, split.ratio_to(aiohttp)),
            Target("merged / split, CPU", MERGED_MOST, merged.ratio_to(split)),
        ],
    )


async def start_merged(processes: Processes) -> Contender:
    """Start page and services in one process."""
    address = f"127.0.0.1:{free_port()}"
    await _start_unit(processes, "merged", "store", {"MAESTRI_UNIT_STORE": address})
    return Contender("Maestri, merged", f"http://{address}", processes.pids)


async def start_split(processes: Processes) -> tuple[Contender, str]:
    """Start the services in one process, the page in another; return the services' URL, too."""
    places = {
        "MAESTRI_UNIT_SERVICES": f"127.0.0.1:{free_port()}",
        "MAESTRI_UNIT_PAGE": f"127.0.0.1:{free_port()}",
    }
    await _start_unit(processes, "split", "services", places)
    await _start_unit(processes, "split", "page", places)
    page, services = (f"http://{places[f'MAESTRI_UNIT_{unit}']}" for unit in ("PAGE", "SERVICES"))
    return Contender("Maestri, split", page, processes.pids), services


async def _start_unit(
    processes: Processes, topology: str, unit: str, places: dict[str, str]
) -> None:
    command = ["-m", "maestri.runtime.process", unit, "--topology", topology]
    await processes.start(
        f"{topology} {unit}",
        [*command, "--directory", str(PROJECT)],
        ready=f"http://{places[f'MAESTRI_UNIT_{unit.upper()}']}/health/ready",
        environment=places,
    )


async def _start_by_hand(processes: Processes, client: str) -> Contender:
    services = f"http://127.0.0.1:{free_port()}"
    page = f"http://127.0.0.1:{free_port()}"
    await start_uvicorn(processes, "stub_services:app", services, f"/products/{SKUS[0]}")
    await start_uvicorn(
        processes, f"stub_page_{client}:app", page, PATHS[0], {"SERVICES": services}
    )
    return Contender(f"FastAPI + {client}, split", page, processes.pids)


async def _start_alone(processes: Processes) -> Contender:
    url = f"http://127.0.0.1:{free_port()}"
    await start_uvicorn(processes, "stub_page_merged:app", url, PATHS[0])
    return Contender("FastAPI, functions in one process", url, processes.pids)


async def start_uvicorn(
    processes: Processes,
    application: str,
    url: str,
    ready: str,
    environment: dict[str, str] | None = None,
) -> None:
    """Serve a hand-written application on uvloop and httptools, without a log of requests."""
    command = ["-m", "uvicorn", f"benchmarks.peers.{application}", "--port", url.rpartition(":")[2]]
    command += ["--loop", "uvloop", "--http", "httptools", "--no-access-log"]
    await processes.start(application, command, ready=url + ready, environment=environment)


async def _check(contender: Contender) -> None:
    for sku, path in ((SKUS[0], PATHS[0]), (SKUS[-1], PATHS[-1])):
        given, wanted = await response(contender, path), responses.page(sku)
        if given != wanted:
            raise WrongResponse(f"{contender.name} answers {given} at {path}, not {wanted}")

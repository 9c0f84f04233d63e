"""What a running store takes, and how soon it answers."""

from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.load import Generator, LoadTarget
from benchmarks.processes import Processes, cpu_s, descendants, fetched, memory
from benchmarks.report import Report, Target, plain_table
from benchmarks.rounds import Settings
from benchmarks.running_store import RunningStore
from benchmarks.store import product_paths
from maestri import clock

TOPOLOGIES = ("merged", "hierarchy")
STARTS = 3
USED_S = 2
MERGED_MB_MOST = 200.0
UNIT_MB_MOST = 100.0
READY_S_MOST = {"merged": 3.0, "hierarchy": 10.0}


async def run(settings: Settings, generator: Generator, folder: Path) -> Report:
    """Start the store with and without databases, use it for a while, look at its processes."""
    report = Report("memory_and_start", "what the store takes, and how soon it answers")
    starts = plain_table("seconds until ready", "units", "first start", "again", "CPU s, again")
    sizes = plain_table(
        "memory after use", "RSS MB", "largest", "PSS MB", "largest", "processes per replica"
    )
    for name in TOPOLOGIES:
        numbers = await _measured(name, settings, generator, folder)
        report.numbers[name] = numbers
        units = numbers["units"].values()
        starts.add_row(
            name,
            str(len(units)),
            f"{numbers['first_s']:.1f}",
            f"{numbers['again_s']:.1f}",
            f"{numbers['again_cpu_s']:.1f}",
        )
        rss_mb = [unit["rss_mb"] for unit in units]
        pss_mb = [unit["pss_mb"] for unit in units]
        numbers["rss_mb_max"] = max(rss_mb)
        sizes.add_row(
            name,
            *(f"{what(mb):.0f}" for mb in (rss_mb, pss_mb) for what in (sum, max)),
            str(max(unit["processes"] for unit in units)),
        )
        report.targets.append(
            Target(f"{name} ready again", READY_S_MOST[name], numbers["again_s"], " s")
        )
    for name, most in zip(TOPOLOGIES, (MERGED_MB_MOST, UNIT_MB_MOST), strict=True):
        what = f"{name}, RSS of the largest unit"
        report.targets.append(Target(what, most, report.numbers[name]["rss_mb_max"], " MB"))
    report.tables += [starts, sizes]
    return report


async def _measured(
    name: str, settings: Settings, generator: Generator, folder: Path
) -> dict[str, Any]:
    state = folder / name
    async with Processes(folder) as processes:
        first_s, store = await _started(processes, name, state)
        paths = product_paths(store.folder)
        await fetched(store.url + paths[0])
        await generator.drive(LoadTarget(store.url, paths), settings.clients, USED_S)
        units = {
            unit.name: {
                **memory(unit.pid)._asdict(),
                "processes": 1 + len(descendants(unit.pid)),
            }
            for unit in store.units
        }
    again_s, again_cpu_s = list[float](), list[float]()
    for _ in range(STARTS):
        async with Processes(folder) as processes:
            seconds, store = await _started(processes, name, state)
            again_s.append(seconds)
            again_cpu_s.append(cpu_s(store.pids))
    return {
        "first_s": first_s,
        "again_s": median(again_s),
        "again_cpu_s": median(again_cpu_s),
        "units": units,
    }


async def _started(processes: Processes, name: str, state: Path) -> tuple[float, RunningStore]:
    began_ns = clock.perf_ns()
    store = await RunningStore.start(processes, name, state)
    return (clock.perf_ns() - began_ns) / 1e9, store

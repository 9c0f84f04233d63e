"""``python -m benchmarks [NAME...] [--json FILE] [--quick]``."""

import argparse
import asyncio
import importlib
import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console

from benchmarks.load import generator
from benchmarks.report import WIDTH, Report, machine
from benchmarks.rounds import Settings

NAMES = ("links", "store", "screens", "calls", "plans", "memory_and_start")
LONG = ("restarts", "overload")
"""Those that run only if they are named: half an hour, and several minutes."""

ALL = (*NAMES, *LONG)
QUICK = Settings(rounds=3, seconds=1)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run benchmarks, all but the long ones unless some are named; print what was kept."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=main.__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(ALL))
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the numbers, too")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    chosen = parser.parse_args(arguments)
    unknown = [name for name in chosen.names if name not in ALL]
    if unknown:
        parser.error(f"there is no {', '.join(unknown)}; there are {', '.join(ALL)}")
    names = [name for name in ALL if name in (chosen.names or NAMES)]
    reports = asyncio.run(_run(names, QUICK if chosen.quick else Settings()))
    if chosen.json:
        content = {"machine": machine(), **{one.name: one.as_json() for one in reports}}
        chosen.json.write_bytes(msgspec.json.format(msgspec.json.encode(content)) + b"\n")
    return 0


async def _run(names: Sequence[str], settings: Settings) -> list[Report]:
    task = asyncio.current_task()
    assert task is not None
    # Whoever stops us stops what we have started, too.
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    console, load, reports = Console(width=WIDTH), generator(), list[Report]()
    about = machine()
    console.print(
        f"Python {about['python']}, {about['cores']} cores,"
        f" load by {load.name} (not counted)."
        "\nCPU: of all processes per page; medians of rounds in turn.\n"
    )
    for name in names:
        benchmark: Any = importlib.import_module(f"benchmarks.{name}")
        with tempfile.TemporaryDirectory(prefix="maestri-bench-") as folder:
            report: Report = await benchmark.run(settings, load, Path(folder))
        report.show(console)
        reports.append(report)
    return reports


if __name__ == "__main__":
    sys.exit(main())

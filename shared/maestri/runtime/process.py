"""
One unit as a process: ``python -m maestri.runtime.process UNIT --topology NAME``.

Needs nothing but the project and its environment; a launcher, Compose or a person may start it.
"""

import argparse
import asyncio
import gc
import logging
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from maestri import clock
from maestri.errors import MaestriError, TopologyError
from maestri.runtime.logs import start_logging
from maestri.runtime.metrics import metrics_route
from maestri.runtime.recent_requests import requests_route
from maestri.runtime.running_unit import RunningUnit, bind_unit
from maestri.server import ServerOptions, application, serve
from maestri.topology import (
    SERVER_EXTRAS,
    Address,
    Topology,
    Unit,
    WrongAddress,
    find_project,
    hidden_modules,
    make_importable,
    needs_listen,
    read_address,
    read_topology,
)

log = logging.getLogger("maestri.unit")

DRAIN_S = 1.0
CHECK_S = 1.0
EXIT_REFUSED = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a unit until SIGTERM or SIGINT; return the exit code: 0, or 2 if it could not start."""
    parser = argparse.ArgumentParser(
        prog="python -m maestri.runtime.process", description=main.__doc__
    )
    parser.add_argument("unit")
    parser.add_argument("--topology", default="merged")
    parser.add_argument("--replica", type=int, default=0)
    parser.add_argument("--directory", type=Path, default=None)
    chosen = parser.parse_args(arguments)
    return run_process(
        chosen.unit, chosen.topology, replica=chosen.replica, directory=chosen.directory
    )


def run_process(
    unit: str, topology: str, *, replica: int = 0, directory: Path | None = None
) -> int:
    """Run one replica of *unit* in this process; see ``main``."""
    start_logging(os.environ)
    import uvloop

    try:
        project = find_project(directory)
        make_importable(project)
        loaded = read_topology(topology, project)
        running = bind_unit(loaded, unit)
        address = listening_address(loaded, running.unit, replica)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_serve(running, address, loaded.title))
    except MaestriError as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_REFUSED
    return 0


def listening_address(topology: Topology, unit: Unit, replica: int) -> Address:
    """
    Return where a replica listens: its address, unless ``MAESTRI_LISTEN`` gives another.

    Raises:
        TopologyError: There is no such replica, or its address is a name.
    """
    if not 0 <= replica < len(unit.addresses):
        raise TopologyError(
            f"{topology.file}: unit.{unit.name}.replicas: there is no replica {replica}. "
            f"There are {len(unit.addresses)}, counted from 0."
        )
    text = topology.environment.get("MAESTRI_LISTEN")
    given = read_address(text) if text else unit.addresses[replica]
    assert not isinstance(given, WrongAddress), "the environment was checked when it was bound"
    if needs_listen(given):
        raise TopologyError(
            f"{topology.file}: unit.{unit.name}.address: {given} has a name, by which others call "
            "this unit. Say where it listens itself, such as "
            f"MAESTRI_LISTEN=0.0.0.0:{given.port}."
        )
    return given


async def _serve(running: RunningUnit, address: Address, title: str) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    readiness = _Readiness(running)
    options = ServerOptions(
        recorder=running.recorder,
        ready=readiness,
        operator_token=os.environ.get("MAESTRI_OPERATOR_TOKEN"),
        title=title,
    )
    await running.start()
    try:
        await readiness.check()
        with hidden_modules(SERVER_EXTRAS):
            app = application(running.reachable, options)
            if options.operator_token:
                route = requests_route(running.recorder, options.operator_token)
                app.litestar.register(route)
                app.litestar.register(metrics_route(app, running, options.operator_token))
        _freeze_gc()
        watching = loop.create_task(readiness.watch())
        try:
            await serve(app, address.host, address.port, shutdown=stop, drain_s=DRAIN_S)
        finally:
            watching.cancel()
    finally:
        await running.aclose()


def _freeze_gc() -> None:
    # What was made at start stays; and a page makes thousands of messages, none of them in a cycle.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)


class _Readiness:
    """Asks the components once a second, so that a flood of health checks costs them nothing."""

    def __init__(self, running: RunningUnit) -> None:
        self._running = running
        self._reasons: tuple[str, ...] = ("not asked yet",)

    def __call__(self) -> bool:
        return not self._reasons

    async def check(self) -> None:
        reasons = await self._running.not_ready()
        if reasons != self._reasons:
            log.log(
                logging.WARNING if reasons else logging.INFO,
                "%s",
                "; ".join(reasons) or "components are ready",
            )
        self._reasons = reasons

    async def watch(self) -> None:
        while True:
            await clock.sleep(CHECK_S)
            await self.check()


def _exit(code: int) -> NoReturn:
    # Everything is closed by now. Taking the interpreter down in order would cost 0.1 s of CPU per
    # unit, in which a topology of many units would not end in time.
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    _exit(main())

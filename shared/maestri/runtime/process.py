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
import socket
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import AsyncExitStack, ExitStack
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import msgspec

from maestri import clock
from maestri.context import exporting
from maestri.errors import MaestriError, TopologyError
from maestri.runtime.channel import Channel, Word
from maestri.runtime.descriptors import allow_descriptors
from maestri.runtime.logs import start_logging
from maestri.runtime.metrics import metrics_route
from maestri.runtime.recent_requests import requests_route
from maestri.runtime.running_unit import RunningUnit, bind_unit
from maestri.runtime.sockets import listening_at, remove_file
from maestri.server import (
    Application,
    RunningServer,
    application,
    serving,
)
from maestri.topology import (
    LISTEN,
    LISTEN_INTERNAL,
    SERVER_EXTRAS,
    Address,
    InternalAddress,
    Topology,
    Unit,
    WrongAddress,
    find_project,
    hidden_modules,
    make_importable,
    needs_listen,
    read_internal_address,
    read_topology,
)

log = logging.getLogger("maestri.unit")

CHECK_S = 1.0
CLOSE_S = 0.1
QUEUE_S = 0.05
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
    # A launcher's: where the process listens, and how the two speak to each other.
    parser.add_argument("--socket", type=int, action="append", help=argparse.SUPPRESS)
    parser.add_argument("--channel", type=int, default=None, help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    given = Given(tuple(chosen.socket), chosen.channel) if chosen.socket else None
    return run_process(
        chosen.unit,
        chosen.topology,
        replica=chosen.replica,
        directory=chosen.directory,
        given=given,
    )


class Given(NamedTuple):
    """
    The descriptors that a launcher gives to a process.

    Attributes:
        sockets: Listening ones: for clients, and for other units; or for these alone.
        channel: Between the two.
    """

    sockets: tuple[int, ...]
    channel: int


def run_process(
    unit: str,
    topology: str,
    *,
    replica: int = 0,
    directory: Path | None = None,
    given: Given | None = None,
) -> int:
    """Run one replica of *unit* in this process; see ``main``."""
    start_logging(os.environ)
    allow_descriptors()
    import uvloop

    try:
        project = find_project(directory)
        make_importable(project)
        loaded = read_topology(topology, project)
        running = bind_unit(loaded, unit)
        with ExitStack() as listening:
            if given is None:
                addresses = listening_addresses(loaded, running.unit, replica)
                bound = [listening_at(address) for address in addresses]
                for address in addresses:
                    listening.callback(remove_file, address)
            else:
                bound = [socket.socket(fileno=one) for one in given.sockets]
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(_Process(running, bound, loaded.title).run(given))
    except MaestriError as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_REFUSED
    return 0


def listening_addresses(
    topology: Topology, unit: Unit, replica: int
) -> tuple[InternalAddress, ...]:
    """
    Return where a replica listens: for clients, if it has any, and for other units and operators.

    Those are its addresses, unless ``MAESTRI_LISTEN`` or ``MAESTRI_LISTEN_INTERNAL`` give others.

    Raises:
        TopologyError: There is no such replica, or its address is a name.
    """
    if not 0 <= replica < len(unit.addresses):
        raise TopologyError(
            f"{topology.file}: unit.{unit.name}.replicas: there is no replica {replica}. "
            f"There are {len(unit.addresses)}, counted from 0."
        )
    listens = [_listening_address(topology, unit, "address", LISTEN, unit.addresses[replica])]
    if unit.exposes:
        internal = unit.internal_addresses[replica]
        listens.append(_listening_address(topology, unit, "internal", LISTEN_INTERNAL, internal))
    return tuple(listens)


def _listening_address(
    topology: Topology, unit: Unit, key: str, variable: str, address: InternalAddress
) -> InternalAddress:
    text = topology.environment.get(variable)
    given = read_internal_address(text) if text else address
    assert not isinstance(given, WrongAddress), "the environment was checked when it was bound"
    if isinstance(given, Address) and needs_listen(given):
        raise TopologyError(
            f"{topology.file}: unit.{unit.name}.{key}: {given} has a name, by which others call "
            "this unit. Say where it listens itself, such as "
            f"{variable}=0.0.0.0:{given.port}."
        )
    return given


class _Process:
    """A unit from its start to its end, beside the process that it takes over from."""

    def __init__(self, running: RunningUnit, bound: Sequence[socket.socket], title: str) -> None:
        self._running = running
        self._bound = bound
        self._readiness = _Readiness(running)
        self._launcher: Channel | None = None
        self._stop = asyncio.Event()
        self._options = running.unit.bounds.server_options(
            recorder=running.recorder,
            ready=self._readiness,
            title=title,
        )

    async def run(self, given: Given | None) -> None:
        """Serve until a signal, or until the launcher has another process that goes on."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        apps = self._applications()
        # Around all else: the process that takes over does not wait for the last spans of this one.
        async with exporting(self._running.recorder, service=self._running.unit.name):
            await self._run(apps, given)

    async def _run(self, apps: Sequence[Application], given: Given | None) -> None:
        if given is not None:
            self._launcher = await Channel.open(socket.socket(fileno=given.channel))
            self._tell(Word.PREPARED if self._running.holds_resources else Word.SHARING)
            if not await self._is_told(Word.START):
                return
        await self._running.start()
        try:
            await self._serve(apps)
        finally:
            await self._running.aclose()
            self._tell(Word.RELEASED)

    def _applications(self) -> list[Application]:
        """Return what is served at each socket; what operators ask is never at that of clients."""
        token = os.environ.get("MAESTRI_OPERATOR_TOKEN")
        inside = msgspec.structs.replace(self._options, operator_token=token)
        # All that takes time is done before another process stops for this one.
        with hidden_modules(SERVER_EXTRAS):
            import_module("granian.server.embed")
            apps = [application(self._running.internal, inside)]
            if self._running.exposed:
                apps.insert(0, application(self._running.exposed, self._options))
        if token:
            apps[-1].litestar.register(requests_route(self._running.recorder, token))
            apps[-1].litestar.register(metrics_route(apps, self._running, token))
        return apps

    async def _serve(self, apps: Sequence[Application]) -> None:
        await self._readiness.check()
        _freeze_gc()
        watching = asyncio.get_running_loop().create_task(self._readiness.watch())
        try:
            async with AsyncExitStack() as stack:
                servers = [
                    await stack.enter_async_context(
                        serving(app, bound, drain_s=self._options.drain_s)
                    )
                    for app, bound in zip(apps, self._bound, strict=True)
                ]
                self._readiness.when_ready(lambda: self._tell(Word.READY))
                handing_over = await self._is_told(Word.HAND_OVER)
                await self._end(apps, servers, handing_over=handing_over)
        finally:
            watching.cancel()

    async def _end(
        self,
        apps: Iterable[Application],
        servers: Iterable[RunningServer],
        *,
        handing_over: bool,
    ) -> None:
        """Let clients go: to the process that takes over, or where a load balancer sends them."""
        # Who uses a kept connection comes back over a new one, while this process still takes them.
        for app in apps:
            app.closing = True
        # Where another process goes on at this address, it is as ready as before.
        self._readiness.leaving = not handing_over
        await clock.sleep(CLOSE_S if handing_over else self._options.grace_s)
        for server in servers:
            server.stop_accepting()
        if handing_over:
            # What was taken a moment ago has not sent its request yet.
            await clock.sleep(QUEUE_S)
        await asyncio.gather(*(app.in_flight.drain(self._options.drain_s) for app in apps))

    def _tell(self, word: Word) -> None:
        if self._launcher is not None:
            self._launcher.tell(word)

    async def _is_told(self, word: Word) -> bool:
        """Wait for the launcher's *word*, or the end of it, or a signal; tell whether it came."""
        loop = asyncio.get_running_loop()
        waiting: set[asyncio.Task[Any]] = {loop.create_task(self._stop.wait())}
        if self._launcher is not None:
            waiting.add(loop.create_task(self._launcher.hears(word)))
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for one in waiting:
            one.cancel()
        return self._launcher is not None and self._launcher.has_heard(word)


def _freeze_gc() -> None:
    # What was made at start stays; and a page makes thousands of messages, none of them in a cycle.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)


class _Readiness:
    """
    Asks the components once a second, so that a flood of health checks costs them nothing.

    Attributes:
        leaving: Whether the unit was told to end.
    """

    def __init__(self, running: RunningUnit) -> None:
        self._running = running
        self._reasons: tuple[str, ...] = ("not asked yet",)
        self._tell: Callable[[], None] | None = None
        self.leaving = False

    def __call__(self) -> bool:
        return not self._reasons and not self.leaving

    def when_ready(self, tell: Callable[[], None]) -> None:
        """Call *tell* once, as soon as all components are ready."""
        self._tell = tell
        self._tell_if_ready()

    def _tell_if_ready(self) -> None:
        if self._tell is not None and not self._reasons:
            self._tell()
            self._tell = None

    async def check(self) -> None:
        reasons = await self._running.not_ready()
        if reasons != self._reasons:
            log.log(
                logging.WARNING if reasons else logging.INFO,
                "%s",
                "; ".join(reasons) or "components are ready",
            )
        self._reasons = reasons
        self._tell_if_ready()

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

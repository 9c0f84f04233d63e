"""Starts a topology on this machine, keeps it alive, and stops all of it."""

import asyncio
import os
import secrets
import signal
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

import maestri
from maestri import clock
from maestri.errors import TopologyError
from maestri.runtime.changes import affected_units, changed, snapshot
from maestri.runtime.control import (
    RESTART,
    STATUS,
    ControlRequest,
    ControlResponse,
    LauncherRecord,
    ProcessStatus,
    refuse_second,
    serve_control,
)
from maestri.runtime.examination import examine
from maestri.runtime.log_printer import LogPrinter
from maestri.runtime.ports import (
    Places,
    consecutive_ports,
    count_of_ports,
    free_ports,
    placed,
    places_for,
    ports_in_use,
)
from maestri.runtime.supervisor import ProcessSpec, Supervisor
from maestri.topology import (
    LISTEN,
    LISTEN_INTERNAL,
    InternalAddress,
    StateDirectory,
    Topology,
    TopologySummary,
    Unit,
    make_writable,
    raise_for_findings,
    read_topology,
)

STOP_S_MAX = 1.4
LEVEL_STOP_S_MAX = 0.45
WATCH_S = 0.5
EXTERNAL_LEVEL = -1
LAUNCHER = "maestri"
FAILED = 1


class LaunchOptions(msgspec.Struct, frozen=True):
    """
    How to launch.

    Attributes:
        reload: Whether changed files restart units.
        port: Where the first process listens, and the others behind it; None: as the file says.
        free_ports: Whether all of them listen on ports that are free.
        log: ``text`` with each process's name in front, or ``json``.
    """

    reload: bool = False
    port: int | None = None
    free_ports: bool = False
    log: str = "text"


def launch(name: str, project: Path, options: LaunchOptions | None = None) -> int:
    """
    Run the topology *name* until SIGTERM or SIGINT; return the exit code.

    External servers are started first, then units level by level. The last line of the start, on
    stdout, has the addresses to open. Ends within 2 s of the signal, or what units
    were given to end besides.

    Raises:
        TopologyError: The topology is wrong or runs already, a port is in use, the state cannot be
            kept, or a unit did not get ready; or ``MAESTRI_LISTEN`` or ``MAESTRI_LISTEN_INTERNAL``
            is set, where only one unit could listen.
    """
    for variable, instead in ((LISTEN, "MAESTRI_UNIT"), (LISTEN_INTERNAL, "MAESTRI_INTERNAL")):
        if os.environ.get(variable):
            raise TopologyError(
                f"{variable}: is for one unit alone, by maestri run. "
                f"Unset it; {instead}_<UNIT> says where a unit of maestri up listens."
            )
    options = options or LaunchOptions()
    while True:
        topology = read_topology(name, project)
        places = _places(topology, options)
        launcher = Launcher(placed(topology, places), places, options)
        asyncio.run(launcher.run())
        if not launcher.again:
            return 0


def _places(topology: Topology, options: LaunchOptions) -> Places:
    if options.free_ports:
        return places_for(topology, free_ports(count_of_ports(topology)))
    if options.port is not None:
        return places_for(topology, consecutive_ports(topology, options.port))
    return {}


class Launcher:
    """One run of a topology; see ``launch``."""

    def __init__(self, topology: Topology, places: Places, options: LaunchOptions) -> None:
        self._topology = topology
        self._options = options
        self._state = StateDirectory(topology.project)
        # One that the environment gives lets others in, such as Prometheus.
        self._token = os.environ.get("MAESTRI_OPERATOR_TOKEN") or secrets.token_urlsafe(24)
        # What hinders any start is told first, and before anything is made.
        refuse_second(self._state.run(topology.name))
        if topology.findings:
            examine(topology, {**os.environ, **places})
        raise_for_findings(ports_in_use(topology))
        make_writable(self._state.data)
        self._environment = self._children_environment(places)
        self._supervisors: list[Supervisor] = []
        self._stop = asyncio.Event()
        self.again = False

    async def run(self) -> None:
        """Start everything, wait for a signal, stop everything."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._signalled)
        lines = LogPrinter((LAUNCHER, *self._names()), as_json=self._options.log == "json")
        record = LauncherRecord(
            self._topology.name,
            os.getpid(),
            self._token,
            _texts({one.name: one.addresses for one in self._topology.units.values()}),
            _texts({one.name: one.internal_addresses for one in self._topology.units.values()}),
        )
        async with serve_control(self._state.run(self._topology.name), record, self._handle):
            try:
                # Third parties need no summary of ours, and start while it is made.
                starting = loop.create_task(self._start(tuple(self._external_specs()), lines))
                summary = await asyncio.to_thread(examine, self._topology, self._environment)
                await starting
                await self._start(tuple(self._unit_specs(summary)), lines)
                if not self._stop.is_set():
                    _announce(self._topology, summary)
                    await self._wait(lines)
            finally:
                self._stop.set()
                await self._stop_all()

    async def _start(self, specs: tuple[ProcessSpec, ...], lines: LogPrinter) -> None:
        for level in sorted({spec.level for spec in specs}):
            if self._stop.is_set():
                return
            started = [
                Supervisor(spec, lines.writer_for(spec.name))
                for spec in specs
                if spec.level == level
            ]
            self._supervisors += started
            for one in started:
                await one.first
                if self._stop.is_set():
                    return
                if not one.first.result():
                    self._not_started(one.spec, lines)

    def _not_started(self, spec: ProcessSpec, lines: LogPrinter) -> None:
        if spec.is_unit:
            raise TopologyError(
                f"{self._topology.file}: unit.{spec.unit}: did not get ready. "
                "Its lines above say why."
            )
        # A third party's server may be away; who calls it has to cope with that anyway.
        lines.writer_for(LAUNCHER)(
            f"goes on without {spec.name}. When it is fixed: maestri restart {spec.name}"
        )

    async def _wait(self, lines: LogPrinter) -> None:
        if not self._options.reload:
            await self._stop.wait()
            return
        write_line = lines.writer_for(LAUNCHER)
        write_line("watches for changes")
        before = snapshot(self._topology.project)
        while not self._stop.is_set():
            await clock.sleep(WATCH_S)
            after = await asyncio.to_thread(snapshot, self._topology.project)
            files = changed(before, after)
            before = after
            if self._topology.path in files:
                write_line(f"{self._topology.file} has changed: everything is started again")
                self.again = True
                return
            if files:
                units = affected_units(self._topology, files)
                first = files[0].relative_to(self._topology.project)
                write_line(f"{first} has changed: {', '.join(units)}")
                failure = await self._restart(units)
                if failure:
                    write_line(failure)

    async def _stop_all(self) -> None:
        """Stop callers before callees, so that work in progress can end; kill what is left."""
        rest = list(self._supervisors)
        longer_s: dict[int, float] = {}
        for one in rest:
            level, own_s = one.spec.level, one.spec.longer_stop_s
            longer_s[level] = max(longer_s.get(level, 0.0), own_s)
        until_s = clock.now_s() + STOP_S_MAX + sum(longer_s.values())
        for level in sorted(longer_s, reverse=True):
            part = [one for one in rest if one.spec.level == level]
            for one in part:
                one.terminate()
            left_s = max(0.0, until_s - clock.now_s())
            await _wait_until_ended(part, min(LEVEL_STOP_S_MAX + longer_s[level], left_s))
        if not await _wait_until_ended(rest, max(0.0, until_s - clock.now_s())):
            for one in rest:
                one.kill()
            await _wait_until_ended(rest, LEVEL_STOP_S_MAX)

    def _signalled(self) -> None:
        again = self._stop.is_set()
        self._stop.set()
        for one in self._supervisors:
            if again:
                one.kill()
            elif not one.first.done():
                # Nobody waits for a start that is no longer wanted.
                one.terminate()

    async def _restart(self, units: Sequence[str]) -> str:
        """Restart units, one replica after the other; return why that ended early, or nothing."""
        environment = self._environment
        try:
            await asyncio.to_thread(examine, self._topology, environment)
        except TopologyError as error:
            return f"{error}\nNothing was restarted."
        for one in sorted(self._supervisors, key=lambda one: one.spec.level):
            if one.spec.unit in units and not self._stop.is_set():
                failure = await one.restart()
                if failure:
                    return failure
        return ""

    async def _handle(self, request: ControlRequest) -> ControlResponse:
        if request.command == STATUS:
            return self._status()
        ours = {one.spec.unit for one in self._supervisors}
        units = [name for name in (*self._topology.external, *self._topology.units) if name in ours]
        if request.command != RESTART or request.unit not in units:
            return ControlResponse(
                ok=False, text=f"there is no unit {request.unit!r}. There are: {', '.join(units)}."
            )
        failure = await self._restart((request.unit,))
        return ControlResponse(
            ok=not failure, text=failure or f"{request.unit} is restarted", exit_code=FAILED
        )

    def _status(self) -> ControlResponse:
        found = tuple(map(_process_status, self._supervisors))
        return ControlResponse(ok=True, text="\n".join(map(_status_line, found)), processes=found)

    def _names(self) -> Iterator[str]:
        yield from (server.name for server in self._topology.external.values() if server.command)
        for unit in self._topology.units.values():
            if unit.here:
                yield from (_process_name(unit, number) for number in range(len(unit.addresses)))

    def _external_specs(self) -> Iterator[ProcessSpec]:
        # They are somebody else's: what is secret among our units is none of their business.
        environment = {k: v for k, v in self._environment.items() if not k.startswith("MAESTRI_")}
        for server in self._topology.external.values():
            if server.command:
                command = server.started_by(sys.executable, server.address.host)
                yield ProcessSpec(
                    server.name, server.name, EXTERNAL_LEVEL, command, environment,
                    self._topology.project, server.address, server.health, is_unit=False,
                )  # fmt: skip

    def _unit_specs(self, summary: TopologySummary) -> Iterator[ProcessSpec]:
        for unit in self._topology.units.values():
            if not unit.here:
                continue
            places = zip(unit.addresses, unit.internal_addresses, strict=True)
            for replica, (address, internal) in enumerate(places):
                command = [sys.executable, "-m", "maestri.runtime.process", unit.name]
                command += ["--topology", self._topology.name, "--replica", str(replica)]
                command += ["--directory", str(self._topology.project)]
                yield ProcessSpec(
                    _process_name(unit, replica), unit.name, summary.levels[unit.name], command,
                    self._environment, self._topology.project, internal, "/health/ready",
                    longer_stop_s=unit.bounds.longer_stop_s,
                    listens=tuple(dict.fromkeys((address, internal))),
                )  # fmt: skip

    def _children_environment(self, places: Places) -> dict[str, str]:
        kernel = Path(maestri.__file__).resolve().parents[1]
        path = [str(self._topology.project), str(kernel), os.environ.get("PYTHONPATH", "")]
        given = {
            "MAESTRI_STATE": str(self._state.root),
            "MAESTRI_SECRET": self._state.secret(),
            "MAESTRI_OPERATOR_TOKEN": self._token,
            "PYTHONPATH": os.pathsep.join(dict.fromkeys(part for part in path if part)),
            "PYTHONUNBUFFERED": "1",
        }
        if self._options.log == "json":
            given["MAESTRI_LOG"] = "json"
        return {**os.environ, **places, **given}


def _process_status(one: Supervisor) -> ProcessStatus:
    now_s = clock.now_s()
    for_s, up_s = round(now_s - one.since_s, 1), round(now_s - one.started_s, 1)
    up_s = up_s if one.pid is not None else 0.0
    return ProcessStatus(one.spec.name, one.state, one.pid, for_s, up_s, one.restarts)


def _status_line(one: ProcessStatus) -> str:
    restarts = f", {one.restarts} restart{'s' * (one.restarts > 1)}" if one.restarts else ""
    up = f", up {one.up_s:.0f} s" if one.pid else ""
    return f"{one.name} {one.state} {one.pid or '-'} for {one.for_s:.0f} s{up}{restarts}"


def _texts(
    addresses: Mapping[str, Iterable[InternalAddress]],
) -> dict[str, tuple[str, ...]]:
    return {name: tuple(map(str, places)) for name, places in addresses.items()}


def _process_name(unit: Unit, replica: int) -> str:
    return unit.name if len(unit.addresses) == 1 else f"{unit.name}.{replica}"


async def _wait_until_ended(supervisors: list[Supervisor], timeout_s: float) -> bool:
    if not supervisors:
        return True
    waiting = [asyncio.ensure_future(one.ended()) for one in supervisors]
    _, rest = await asyncio.wait(waiting, timeout=timeout_s)
    for one in rest:
        one.cancel()
    return not rest


def _announce(topology: Topology, summary: TopologySummary) -> None:
    places = [
        f"{unit.addresses[0].url}{path}"
        for unit in topology.units.values()
        for name in unit.exposes
        for prefix in summary.prefixes[name]
        # Below a prefix nothing answers at its root, but every edge contract has its document.
        for path in ((f"{prefix}/schema",) if prefix else ("/", "/schema"))
    ]
    sys.stdout.write(f"{topology.title}. Open {'  '.join(places)}\n")
    sys.stdout.flush()

"""A topology as processes, and everything that a test may ask of it or do to it."""

import os
import signal
import sys
from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

import maestri
from maestri import clock
from maestri.context import Span
from maestri.errors import TopologyError
from maestri.runtime import ControlRequest, free_ports, running_record, send_request
from maestri.testing.background_process import BackgroundProcess
from maestri.topology import (
    Address,
    ExternalService,
    InternalAddress,
    SocketFile,
    StateDirectory,
    Topology,
    load_topology,
    variable_of,
)

if TYPE_CHECKING:
    import httpx

READY_S_MAX = 45.0
EXTERNAL_READY_S_MAX = 10.0
CLIENT_S_MAX = 10.0
POLL_S = 0.05
HOST = "127.0.0.1"
STATE = "MAESTRI_STATE"


class CallMade(NamedTuple):
    """A call of one component to another, or to an external service, as the caller saw it."""

    caller: str
    operation: str
    outcome: str


class Process(NamedTuple):
    """A process of a unit: what its supervisor says of it; no *pid* while there is none."""

    state: str
    pid: int | None


class RunningTopology:
    """
    A running topology, made by ``topology_running``.

    Processes go by the launcher's names: the unit's, with ``.k`` for replica k if it has several.

    Attributes:
        name: Of the topology.
        topology: As its file says, with the addresses of this run.
        log: Output of all units.
        data: The folder of their databases, if these are files.
    """

    def __init__(
        self, topology: Topology, state: StateDirectory, launcher: BackgroundProcess
    ) -> None:
        self.name = topology.name
        self.topology = topology
        self.log = launcher.log
        self.data = state.data
        self._state = state
        self._launcher = launcher
        self._external: dict[str, BackgroundProcess] = {}
        self._paused: set[int] = set()
        self._clients = ExitStack()
        self._operators: dict[InternalAddress, httpx.Client] = {}

    def url(self, component: str, replica: int = 0) -> str:
        """
        Return the address of a unit that runs *component*; one that exposes it comes first.

        Raises:
            TopologyError: No unit does, or it has no such replica.
        """
        units = sorted(
            self.topology.units_of(component), key=lambda unit: component not in unit.exposes
        )
        if not units or replica >= len(units[0].addresses):
            raise TopologyError(
                f"{self.topology.file}: no unit runs replica {replica} of {component}"
            )
        return units[0].addresses[replica].url

    def client(self, component: str, replica: int = 0) -> "httpx.Client":
        """Return a new client of *component*: no cookies, no redirects, closed at the end."""
        return self._clients.enter_context(_client(self.url(component, replica)))

    def spans(self, request_id: str) -> tuple[Span, ...]:
        """Return what all units that answer recorded of a client's request."""
        path = f"/maestri/trace/{quote(request_id, safe='')}"
        return tuple(Span(**told) for response in self._get_all(path) for told in response)

    def calls(self, request_id: str) -> Counter[CallMade]:
        """Return the calls that a client's request caused, whichever way they travelled."""
        return Counter(
            CallMade(span.component, span.name, span.outcome)
            for span in self.spans(request_id)
            if span.kind == "call"
        )

    def counters(self) -> Counter[str]:
        """Return how often each operation was served, by operation id, in all units together."""
        served: Counter[str] = Counter()
        for response in self._get_all("/maestri/counters"):
            served.update(response)
        return served

    def processes(self) -> dict[str, Process]:
        """Return the processes of all units by name, as the launcher sees them."""
        response = send_request(self._state, self.name, ControlRequest("status"))
        return {one.name: Process(one.state, one.pid) for one in response.processes}

    def pid(self, process: str) -> int:
        """
        Return the process id of *process*; an external server's by its name.

        Raises:
            TopologyError: There is no such process at the moment.
        """
        if process in self._external:
            return self._external[process].pid
        found = self.processes().get(process)
        if found is None or found.pid is None:
            raise TopologyError(f"{self.topology.file}: no process of {process} runs")
        return found.pid

    def pause(self, process: str) -> None:
        """Stop *process* in the middle of what it does (SIGSTOP): it keeps silent."""
        pid = self.pid(process)
        os.kill(pid, signal.SIGSTOP)
        self._paused.add(pid)

    def resume(self, process: str) -> None:
        """Let *process* go on after ``pause``."""
        pid = self.pid(process)
        os.kill(pid, signal.SIGCONT)
        self._paused.discard(pid)

    def kill(self, process: str) -> None:
        """End *process* at once (SIGKILL); the launcher starts a unit again, nobody a server."""
        pid = self.pid(process)
        os.kill(pid, signal.SIGKILL)
        self._paused.discard(pid)

    def start_external(self, name: str) -> None:
        """Start the external server *name* again, after ``kill``."""
        server = self.topology.external[name]
        self._external[name].stop()
        self._start(server)
        self._wait_for(server)

    def wait_until_ready(self, timeout_s: float = READY_S_MAX) -> None:
        """
        Return when every process of every unit is ready.

        Raises:
            TopologyError: One is not in time, or the launcher ended; has the end of their output.
        """
        expected = sum(len(unit.addresses) for unit in self.topology.units.values())
        until_s = clock.monotonic_s() + timeout_s
        while clock.monotonic_s() < until_s and self._launcher.alive:
            try:
                states = [process.state for process in self.processes().values()]
            except TopologyError:
                states = []
            if states == ["ready"] * expected:
                return
            clock.pause(POLL_S)
        raise TopologyError(f"{self.topology.file}: is not ready.\n{self._launcher.tail()}")

    def start(self) -> None:
        """Start external servers, and wait for them and for all units."""
        servers = [server for server in self.topology.external.values() if server.command]
        for server in servers:
            self._start(server)
        self.wait_until_ready()
        for server in servers:
            self._wait_for(server)

    def stop(self) -> None:
        """Stop everything that was started, paused processes too."""
        for pid in self._paused:
            os.kill(pid, signal.SIGCONT)
        self._clients.close()
        self._launcher.stop()
        for process in self._external.values():
            process.stop()

    def _start(self, server: ExternalService) -> None:
        self._external[server.name] = BackgroundProcess(
            server.started_by(sys.executable, HOST),
            environment=_environment(self.topology.project, self._state.root),
            folder=self.topology.project,
            log=self.log.with_name(f"{server.name}.log"),
        )

    def _wait_for(self, server: ExternalService) -> None:
        import httpx

        until_s = clock.monotonic_s() + EXTERNAL_READY_S_MAX
        while clock.monotonic_s() < until_s:
            try:
                if httpx.get(server.address.url + server.health).is_success:
                    return
            except httpx.TransportError:
                clock.pause(POLL_S)
        raise TopologyError(f"external.{server.name}: is not ready")

    def _get_all(self, path: str) -> list[Any]:
        import httpx

        responses = []
        for unit in self.topology.units.values():
            for address in unit.internal_addresses:
                try:
                    responses.append(self._operator(address).get(path).json())
                except httpx.TransportError:
                    continue  # a unit that the test has put down has nothing to tell
        return responses

    def _operator(self, address: InternalAddress) -> "httpx.Client":
        client = self._operators.get(address)
        if client is None:
            client = self._operators[address] = self._clients.enter_context(_client_of(address))
            token = running_record(self._state, self.name).operator_token
            client.headers["authorization"] = f"Bearer {token}"
        return client


@contextmanager
def topology_running(
    name: str, project: Path, state: Path, *, strict: bool = True
) -> Generator[RunningTopology]:
    """
    Run a topology as processes, on free ports, while the body runs.

    Args:
        name: Of its file.
        project: The project's folder.
        state: The state directory of this run. Databases that lie in its ``data`` are used.
        strict: Whether local calls copy their messages, as remote ones do.

    Raises:
        TopologyError: It is wrong, or was not ready in time.
    """
    plain = load_topology(name, project, {})
    places = _places(plain)
    moved = load_topology(name, project, {**places, STATE: str(state)})
    servers = {
        # Whose address the environment gives is started by nobody, unless by us.
        one.name: ExternalService(
            one.name, one.contract, moved.external[one.name].address, one.command, one.health
        )
        for one in plain.external.values()
    }
    topology = Topology(
        name, moved.title, moved.path, project, moved.units, servers, moved.bind, moved.settings
    )
    state.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "maestri", "--directory", str(project), "up", name]
    environment = {**_environment(project, state), **places, "MAESTRI_STRICT": str(int(strict))}
    launcher = BackgroundProcess(
        command,
        environment=environment,
        folder=project,
        log=state / f"{name}.log",
    )
    run = RunningTopology(topology, StateDirectory(project, environment), launcher)
    try:
        run.start()
        yield run
    finally:
        run.stop()


def _client_of(address: InternalAddress) -> "httpx.Client":
    import httpx

    if not isinstance(address, SocketFile):
        return _client(address.url)
    transport = httpx.HTTPTransport(uds=address.file)
    return httpx.Client(base_url="http://localhost", timeout=CLIENT_S_MAX, transport=transport)


def _client(base_url: str) -> "httpx.Client":
    import httpx

    # Without certificates and proxies, which would take longer than the request.
    return httpx.Client(base_url=base_url, timeout=CLIENT_S_MAX, verify=False, trust_env=False)  # noqa: S501 - plain HTTP


def _places(topology: Topology) -> dict[str, str]:
    """Return the environment that moves everything to free ports."""
    units = [unit for unit in topology.units.values() if unit.here]
    servers = [server for server in topology.external.values() if server.command]
    ports = iter(free_ports(sum(len(unit.addresses) for unit in units) + len(servers)))
    places = {
        variable_of("MAESTRI_UNIT", unit.name): ",".join(
            str(Address(HOST, next(ports))) for _ in unit.addresses
        )
        for unit in units
    }
    for server in servers:
        address = Address(HOST, next(ports), server.address.path)
        places[variable_of("MAESTRI_EXTERNAL", server.name)] = str(address)
    return places


def _environment(project: Path, state: Path) -> Mapping[str, str]:
    kernel = Path(maestri.__file__).resolve().parents[1]
    path: Sequence[str] = [str(project), str(kernel), os.environ.get("PYTHONPATH", "")]
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith("MAESTRI_")
    }
    return {
        **inherited,
        "MAESTRI_STATE": str(state),
        "PYTHONPATH": os.pathsep.join(part for part in path if part),
        "PYTHONUNBUFFERED": "1",
    }

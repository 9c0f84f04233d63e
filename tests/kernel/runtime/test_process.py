"""A unit as a real process: ready soon, small, and gone when told."""

import json
import resource
import signal
import socket
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

from maestri.testing import free_ports
from tests.kernel.runtime.processes import END_S_MAX, cpu_s, get, memory_mb, started, until

Write = Callable[..., Path]

MERGED = """
title = "All in one process"
[unit.town]
components = ["town.front", "town.greetings", "town.phrases", "town.names"]
address = "127.0.0.1:{port}"
exposes = ["town.front"]
[setting."town.names"]
title = "Citizen"
"""
NO_TIME_S = "1e-13"
"""Added to any instant, it changes nothing."""

LIMITED = """
import resource, runpy, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (256, {hard}))
sys.argv = sys.argv[1:]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
"""
_, HARD = resource.getrlimit(resource.RLIMIT_NOFILE)
PROCESS = ("-m", "maestri.runtime.process", "town", "--topology", "one")


def test_a_unit_serves_and_ends_at_sigterm(write: Write) -> None:
    """It serves clients, needs little, and exits with 0 within 2 s of SIGTERM."""
    (port,) = free_ports(1)
    with started(write(one=MERGED.format(port=port)), PROCESS) as unit:
        until(lambda: get(port, "/health/ready")[0] == 200, lambda: unit.output)
        used_s, used_mb = cpu_s(unit.pid), memory_mb(unit.pid)
        status, body = get(port, "/hello/anna")
        code, took_s = unit.ended(signal.SIGTERM)

    assert (status, json.loads(body)["text"][:26]) == (200, "Good morning, Citizen Anna")
    assert code == 0, unit.output
    assert took_s < END_S_MAX
    assert used_mb < 100
    # 0.5 s here; a machine that is busy with other tests needs more for the same.
    assert used_s < 1.2


def test_a_unit_serves_on_for_a_grace_after_sigterm(write: Write) -> None:
    """Readiness turns 503 first, and whoever still comes is served; then it ends."""
    (port,) = free_ports(1)
    grace = "[unit.town.server]\ngrace_s = 5\n"
    with started(write(one=MERGED.format(port=port) + grace), PROCESS) as unit:
        until(lambda: get(port, "/health/ready")[0] == 200, lambda: unit.output)
        unit.process.send_signal(signal.SIGTERM)
        until(lambda: get(port, "/health/ready")[0] == 503, lambda: unit.output)
        served = get(port, "/hello/anna")[0]
        code, _ = unit.ended()

    assert (200, 0) == (served, code)


def test_bounds_of_the_topology_are_those_of_the_server(write: Write) -> None:
    """What a file, or the environment, sets is what the process does: here, the time to answer."""
    (port,) = free_ports(1)
    bound = f"[server]\nedge_timeout_s = {NO_TIME_S}\n"
    text = MERGED.format(port=port)
    with started(write(one=text), PROCESS, {"MAESTRI_SERVER_EDGE_TIMEOUT_S": NO_TIME_S}) as unit:
        until(lambda: get(port, "/health/ready")[0] == 200, lambda: unit.output)
        by_environment = get(port, "/hello/anna")[0]
    with started(write(one=text + bound), PROCESS) as unit:
        until(lambda: get(port, "/health/ready")[0] == 200, lambda: unit.output)
        by_file = get(port, "/hello/anna")[0]

    assert (504, 504) == (by_environment, by_file)


def test_a_unit_may_have_many_connections(write: Write) -> None:
    """A shell's limit of open files is raised as far as the system lets us."""
    (port,) = free_ports(1)
    command = ("-c", LIMITED.format(hard=HARD))
    with started(write(one=MERGED.format(port=port)), (*command, *PROCESS[1:])) as unit:
        until(lambda: get(port, "/health/ready")[0] == 200, lambda: unit.output)
        soft, _ = resource.prlimit(unit.pid, resource.RLIMIT_NOFILE)

    assert soft == min(HARD, 65_536)


class TracesReceiver(BaseHTTPRequestHandler):
    """Keeps what OpenTelemetry sends."""

    bodies: ClassVar[list[bytes]] = []

    def do_POST(self) -> None:
        """Take an export."""
        assert self.path == "/v1/traces"
        self.bodies.append(self.rfile.read(int(self.headers["content-length"])))
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - of the base
        """Say nothing."""


def test_a_unit_exports_its_spans_where_the_environment_says(write: Write) -> None:
    """One variable is enough; what was recorded before the end arrives, under the unit's name."""
    (port,) = free_ports(1)
    receiver = ThreadingHTTPServer(("127.0.0.1", 0), TracesReceiver)
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    endpoint = f"http://127.0.0.1:{receiver.server_port}"
    exported = {"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint}
    with started(write(one=MERGED.format(port=port)), PROCESS, exported) as unit:
        until(lambda: get(port, "/health/ready")[0] == 200, lambda: unit.output)
        get(port, "/hello/anna")
        code, _ = unit.ended(signal.SIGTERM)
    receiver.shutdown()
    receiver.server_close()

    sent = b"".join(TracesReceiver.bodies)
    assert code == 0, unit.output
    assert [] == [name for name in (b"service.name", b"town", b"front.hello") if name not in sent]


def test_components_behind_the_exposed_one_are_not_reachable(write: Write) -> None:
    """Of a unit with clients, only what it exposes has addresses."""
    (port,) = free_ports(1)
    with started(write(one=MERGED.format(port=port)), PROCESS) as unit:
        until(lambda: get(port, "/health/ready")[0] == 200, lambda: unit.output)

        assert get(port, "/town/greetings/greetings/anna")[0] == 404


def test_a_port_in_use_ends_the_start(write: Write) -> None:
    """The message names the address; the exit code is 2."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with started(write(one=MERGED.format(port=port)), PROCESS) as unit:
            code, _ = unit.ended()

    assert code == 2
    assert f"127.0.0.1:{port} cannot be listened on" in unit.output
    assert "Traceback" not in unit.output


def test_the_environment_decides_where_a_unit_listens(write: Write) -> None:
    """MAESTRI_LISTEN wins over the address by which others know the unit."""
    known, own = free_ports(2)
    project = write(one=MERGED.format(port=known))
    with started(project, PROCESS, {"MAESTRI_LISTEN": f"127.0.0.1:{own}"}) as unit:
        until(lambda: get(own, "/health/ready")[0] == 200, lambda: unit.output)

        assert get(known, "/health/ready")[0] == 0

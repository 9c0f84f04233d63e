"""A unit as a real process: ready soon, small, and gone when told."""

import json
import signal
import socket
from collections.abc import Callable
from pathlib import Path

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

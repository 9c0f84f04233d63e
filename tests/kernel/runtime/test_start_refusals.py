"""What hinders a start is told in one sentence, before anything is made or started."""

import re
import signal
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from maestri.testing import free_ports
from tests.kernel.runtime.processes import get, started, until

Write = Callable[..., Path]

TOWN = """
title = "Two units"
[unit.front]
components = ["town.front", "town.greetings", "town.phrases"]
address = "127.0.0.1:{front}"
exposes = ["town.front"]
[unit.names]
components = ["town.names"]
address = "127.0.0.1:{names}"
[setting."town.names"]
title = "Citizen"
"""
UP = ("-m", "maestri", "up", "one")


def town(write: Write) -> Path:
    """Return the project, with a topology on ports that are free."""
    front, names = free_ports(2)
    return write(one=TOWN.format(front=front, names=names))


def output_of(
    project: Path, *arguments: str, environment: dict[str, str] | None = None
) -> tuple[int, str]:
    """Run a command that ends by itself; return exit code and output."""
    with started(project, arguments, environment) as process:
        code, _ = process.ended()
    return code, process.output


@pytest.mark.parametrize("arguments", [UP, ("-m", "maestri", "run", "names", "--topology", "one")])
def test_a_state_that_cannot_be_kept_is_told(write: Write, arguments: tuple[str, ...]) -> None:
    """The folder, the reason, and the variable that names another."""
    project = town(write)
    state = project / "pyproject.toml" / "state"
    code, output = output_of(project, *arguments, environment={"MAESTRI_STATE": str(state)})

    assert (code, output) == (
        2,
        (
            f"{state}/data: cannot be written: Not a directory. "
            "Let MAESTRI_STATE name a folder that can.\n"
        ),
    )


def test_a_second_start_is_told_so(write: Write) -> None:
    """Not that its ports are in use, although they are; and how both could run."""
    project = town(write)
    with started(project, UP) as first:
        until(lambda: "Open http" in first.output, lambda: first.output)
        code, output = output_of(project, *UP)
        first.ended(signal.SIGTERM)

    assert (code, output) == (
        2,
        (
            f"{project}/.maestri/one: one runs here already. Stop it, or start this one beside it: "
            "MAESTRI_STATE=FOLDER maestri up one --free-ports\n"
        ),
    )


def test_a_topology_runs_beside_whatever_has_its_ports(write: Write) -> None:
    """With --free-ports all of it moves, callers and callees alike."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        project = write(one=TOWN.format(front=port, names=free_ports(1)[0]))
        with started(project, (*UP, "--free-ports")) as launcher:
            until(lambda: "Open http" in launcher.output, lambda: launcher.output)
            found = re.search(r"Open http://127.0.0.1:(\d+)/", launcher.output)
            assert found is not None
            status, body = get(int(found[1]), "/hello/anna")
            launcher.ended(signal.SIGTERM)

    assert (status, "Citizen Anna" in body) == (200, True)
    assert int(found[1]) != port


def test_a_port_chosen_for_a_start_is_the_first_of_all(write: Write) -> None:
    """--port N moves the first process to N, and the others behind it."""
    first = next(
        port for port in free_ports(200) if all(get(port + k, "/")[0] == 0 for k in range(2))
    )
    project = town(write)
    with started(project, (*UP, "--port", str(first))) as launcher:
        until(lambda: "Open http" in launcher.output, lambda: launcher.output)
        served = get(first, "/hello/anna")[0], get(first + 1, "/health/ready")[0]
        launcher.ended(signal.SIGTERM)

    assert served == (200, 200)


@pytest.mark.parametrize("port", ["0", "65535", "-1"])
def test_ports_that_there_are_not_are_refused(write: Write, port: str) -> None:
    """All of a topology's processes must have one."""
    code, output = output_of(town(write), *UP, "--port", port)

    assert (code, output) == (
        2,
        f"--port: one needs 2 ports from {port} on. Write a number from 1 to 65534.\n",
    )

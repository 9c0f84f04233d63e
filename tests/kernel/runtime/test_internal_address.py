"""A unit that serves clients and other units, at two addresses."""

import json
import os
import signal
import socket
from contextlib import ExitStack
from pathlib import Path

import pytest

from maestri.errors import TopologyError
from maestri.links import HttpRequest, SocketClient
from maestri.runtime import running_record
from maestri.server import application, listening_file, serving
from maestri.testing import free_ports
from maestri.topology import StateDirectory, load_topology
from tests.kernel.runtime.launched import Write, up
from tests.kernel.runtime.processes import get, started, until

MIXED = """
title = "A process per level"
[unit.front]
components = ["town.front", "town.phrases"]
address = "127.0.0.1:{front}"
exposes = ["town.front"]
{internal}
[unit.greetings]
components = ["town.greetings", "town.names"]
address = "127.0.0.1:{greetings}"
[setting."town.names"]
title = "Citizen"
"""


@pytest.mark.parametrize("internal", ["", "port"])
def test_other_units_call_a_unit_that_has_clients(write: Write, internal: str) -> None:
    """Over a Unix socket or a port of its own; restarts and traces use them, too."""
    (port,) = free_ports(1)
    line = f'internal = "127.0.0.1:{port}"' if internal else ""
    text = MIXED.replace("{internal}", line)
    with up(write, text=text) as running:
        greeting = running.greeting()
        with started(running.project, ("-m", "maestri", "restart", "front")) as command:
            code, _ = command.ended()
        again = running.greeting()
        traced = running.command("trace", running.request())
        of_clients = [
            get(running.port, path)[0] for path in ("/health/ready", "/town/phrases/phrases/en")
        ]

    assert greeting.startswith("Good morning, Citizen Anna.")
    assert (0, True) == (code, again.startswith("Good morning, Citizen Anna."))
    assert "phrases.phrase" in traced
    assert "no response" not in traced
    assert [200, 404] == of_clients


def test_operators_ask_where_clients_are_not(write: Write) -> None:
    """Even with the token there is nothing for operators at the address of clients."""
    with up(write) as running:
        record = running_record(StateDirectory(running.project, {}))
        bearer = {"authorization": f"Bearer {record.operator_token}"}
        (inside,) = record.internal["front"]
        at_clients = _status(("127.0.0.1", running.port), bearer)
        at_operators = _status(inside.removeprefix("unix:"), bearer)
        mode = Path(inside.removeprefix("unix:")).stat().st_mode & 0o777

    assert (404, 200, 0o600) == (at_clients, at_operators, mode)


def _status(address: str | tuple[str, int], headers: dict[str, str]) -> int:
    family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
    with socket.socket(family) as connection:
        connection.connect(address)
        lines = ["GET /maestri/counters HTTP/1.1", "host: here", "connection: close"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        with connection.makefile("rb") as response:
            return int(response.readline().split()[1])


async def test_a_server_and_a_client_at_a_unix_socket(tmp_path: Path) -> None:
    """The client for our own units speaks to both kinds of address; connections are kept."""
    file = str(tmp_path / "one.sock")
    client = SocketClient()
    async with serving(application([]), listening_file(file), drain_s=0.1) as server:
        request = HttpRequest("GET", server.url, "/health/live", (), None, 2.0, 1_000)
        responses = [await client.send(request) for _ in "ab"]
    await client.aclose()

    assert f"unix:{file}" == server.url
    assert [{"status": "live"}] * 2 == [json.loads(one.body) for one in responses]


def test_a_file_that_was_left_behind_is_replaced(tmp_path: Path) -> None:
    """Who was killed leaves its file; who listens keeps it."""
    file = str(tmp_path / "one.sock")
    listening_file(file).close()
    with listening_file(file), pytest.raises(TopologyError, match="Address already in use"):
        listening_file(file)


def test_a_file_that_is_no_socket_is_left_alone(tmp_path: Path) -> None:
    """Nobody listens at a file that somebody needs, and it is not removed for a socket."""
    file = tmp_path / "notes.txt"
    file.write_text("dear", encoding="utf-8")
    with pytest.raises(TopologyError, match="it is a file, and no socket"):
        listening_file(str(file))

    assert "dear" == file.read_text(encoding="utf-8")


def test_whoever_has_no_place_left_listens_still(tmp_path: Path) -> None:
    """A listener that takes no connection is not waited for, and not replaced."""
    file = str(tmp_path / "one.sock")
    with socket.socket(socket.AF_UNIX) as full, ExitStack() as callers:
        full.bind(file)
        full.listen(0)
        for _ in range(3):
            caller = callers.enter_context(socket.socket(socket.AF_UNIX))
            caller.setblocking(False)
            caller.connect_ex(file)
        with pytest.raises(TopologyError, match="Address already in use"):
            listening_file(file)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a folder to another user")
def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    """Its owner could put a socket of theirs in the place of ours."""
    folder = tmp_path / "theirs"
    folder.mkdir()
    os.chown(folder, 12_345, -1)
    with pytest.raises(TopologyError, match="its folder belongs to another user"):
        listening_file(str(folder / "one.sock"))


def test_a_unit_alone_leaves_no_file(write: Write) -> None:
    """What ``maestri run`` listened at is gone when it has ended."""
    front, greetings = free_ports(2)
    project = write(one=MIXED.format(front=front, greetings=greetings, internal=""))
    arguments = ("-m", "maestri.runtime.process", "front", "--topology", "one")
    with started(project, arguments) as unit:
        until(lambda: get(front, "/health/ready")[0] == 200, lambda: unit.output)
        (inside,) = load_topology("one", project, {}).units["front"].internal_addresses
        file = Path(str(inside).removeprefix("unix:"))
        there = file.is_socket()
        unit.ended(signal.SIGTERM)

    assert (True, False) == (there, file.exists())

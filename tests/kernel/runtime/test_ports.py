"""Where the processes of a topology go when a start moves them."""

import socket
from collections.abc import Callable
from pathlib import Path

from maestri.runtime import free_ports
from maestri.runtime.ports import consecutive_ports, placed, places_for, ports_in_use
from maestri.topology import Topology, read_topology

Write = Callable[..., Path]

TEXT = """
title = "Replicas, somebody elsewhere, and third parties"
[unit.front]
components = ["town.front"]
address = "127.0.0.1:7000"
replicas = 2
[unit.far]
components = ["town.phrases"]
address = "far.example:7100"
[unit.six]
components = ["town.names"]
address = "[::1]:7200"
[external.ours]
contract = "a:B"
command = ["{python}"]
address = "127.0.0.1:7300/v1"
[external.theirs]
contract = "a:C"
address = "theirs.example:80"
"""


def read(write: Write, environment: dict[str, str] | None = None) -> Topology:
    """Return the topology."""
    return read_topology("one", write(one=TEXT), environment or {})


def test_what_is_started_here_moves(write: Write) -> None:
    """Units with each replica, then third parties' servers, in the order of the file."""
    topology = read(write)
    places = places_for(topology, consecutive_ports(topology, 9000))
    moved = placed(topology, places)

    assert places == {
        "MAESTRI_UNIT_FRONT": "127.0.0.1:9000,127.0.0.1:9001",
        "MAESTRI_UNIT_SIX": "[::1]:9002",
        "MAESTRI_EXTERNAL_OURS": "127.0.0.1:9003/v1",
    }
    assert [str(one) for one in moved.units["front"].addresses] == [
        "127.0.0.1:9000",
        "127.0.0.1:9001",
    ]
    assert str(moved.units["far"].addresses[0]) == "far.example:7100"
    assert str(moved.external["ours"].address) == "127.0.0.1:9003/v1"
    assert moved.external["ours"].command == ("{python}",)


def test_what_the_environment_places_stays(write: Write) -> None:
    """Who says where one unit is, means that one."""
    topology = read(write, {"MAESTRI_UNIT_FRONT": "127.0.0.1:1"})

    assert places_for(topology, consecutive_ports(topology, 9000)) == {
        "MAESTRI_UNIT_SIX": "[::1]:9000",
        "MAESTRI_EXTERNAL_OURS": "127.0.0.1:9001/v1",
    }


def test_only_what_is_started_here_needs_its_port(write: Write) -> None:
    """Where somebody else listens is nobody's business here."""
    topology = read(write, {"MAESTRI_UNIT_SIX": "six.example:1"})
    ports = free_ports(3)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", ports[1]))
        found = list(ports_in_use(placed(topology, places_for(topology, ports))))

    assert [(one.key, one.problem) for one in found] == [
        (
            "unit.front.address",
            f"127.0.0.1:{ports[1]} cannot be used: Address already in use",
        )
    ]

"""Where other units and operators reach a unit that has clients."""

from collections.abc import Callable
from pathlib import Path

import pytest

from maestri.errors import TopologyError
from maestri.topology import Address, SocketFile, load_topology, validate

Write = Callable[..., Path]

FRONT = """
title = "A unit with clients"
[unit.front]
components = ["town.front"]
address = "127.0.0.1:7000"
exposes = ["town.front"]
"""
BESIDE = """
[unit.beside]
components = ["town.front"]
address = "127.0.0.1:7010"
exposes = ["town.front"]
internal = "unix:/run/one.sock.1"
"""
INSIDE = """
title = "A unit without"
[unit.inside]
components = ["town.names"]
address = "127.0.0.1:7000"
"""


def test_it_is_a_unix_socket_of_the_run(write: Write) -> None:
    """Nothing has to be written: one socket per replica, in the folder of the topology's run."""
    project = write(one=FRONT + "replicas = 2\n")
    unit = load_topology("one", project, {"MAESTRI_STATE": "/s"}).units["front"]

    assert unit.internal_addresses == (
        SocketFile("/s/one/front.0.sock"),
        SocketFile("/s/one/front.1.sock"),
    )


def test_its_name_is_short_wherever_the_state_is(write: Write) -> None:
    """A socket's name may have 108 bytes; in a deep folder it is in the temporary one."""
    deep = {"MAESTRI_STATE": "/deep" * 30}
    project = write(one=FRONT)
    one, again = (load_topology("one", project, deep).units["front"] for _ in "ab")
    other = load_topology("one", project, {"MAESTRI_STATE": "/other" * 30}).units["front"]

    (file,) = one.internal_addresses
    assert len(str(file)) < 100
    assert one.internal_addresses == again.internal_addresses != other.internal_addresses


def test_a_unit_without_clients_has_one_address(write: Write) -> None:
    """Other units reach it where its address says."""
    unit = load_topology("one", write(one=INSIDE), {}).units["inside"]

    assert unit.addresses == unit.internal_addresses == (Address("127.0.0.1", 7000),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("127.0.0.1:9000", (Address("127.0.0.1", 9000), Address("127.0.0.1", 9001))),
        ("unix:/run/front.sock", (SocketFile("/run/front.sock"), SocketFile("/run/front.sock.1"))),
    ],
)
def test_the_file_says_where(write: Write, text: str, expected: tuple[object, ...]) -> None:
    """A port, counted up by replica, or a file."""
    project = write(one=f'{FRONT}replicas = 2\ninternal = "{text}"\n')

    assert load_topology("one", project, {}).units["front"].internal_addresses == expected


def test_the_environment_wins(write: Write) -> None:
    """MAESTRI_INTERNAL_<UNIT> says it for a unit that runs elsewhere."""
    project = write(one=FRONT)
    given = {"MAESTRI_INTERNAL_FRONT": "front.example:9000"}

    assert (Address("front.example", 9000),) == (
        load_topology("one", project, given).units["front"].internal_addresses
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f'{FRONT}internal = "9000"\n', "unit.front.internal: '9000' is no address."),
        (f'{FRONT}internal = "unix:x"\n', "unit.front.internal: 'unix:x' names no file."),
        (f'{FRONT}internal = "unix:/{"x" * 120}"\n', "is longer than the 100 bytes"),
        (f'{FRONT}internal = "localhost:9"\n', "a server listens at an IP address"),
        (f'{INSIDE}internal = "127.0.0.1:9"\n', "this one exposes nothing"),
    ],
)
def test_what_is_wrong_is_told(write: Write, text: str, told: str) -> None:
    """Whatever no server could take, or nobody would look at, is refused."""
    with pytest.raises(TopologyError) as caught:
        load_topology("one", write(one=text), {})

    assert told in str(caught.value)


@pytest.mark.parametrize("host", ["0.0.0.0", "127.0.0.1"])
def test_clients_and_units_do_not_share_a_port(write: Write, host: str) -> None:
    """A unit does not listen twice at one address."""
    project = write(one=f'{FRONT}internal = "{host}:7000"\n')
    told = [(one.key, one.problem) for one in validate(load_topology("one", project, {}))[1]]

    assert ("unit.front.internal", f"{host}:7000 is also used by unit.front") in told


def test_no_two_units_share_a_unix_socket(write: Write) -> None:
    """The second could not listen there; each replica has a file of its own, too."""
    text = f'{FRONT}replicas = 2\ninternal = "unix:/run/one.sock"\n' + BESIDE
    told = [
        (one.key, one.problem) for one in validate(load_topology("one", write(one=text), {}))[1]
    ]

    assert ("unit.beside.internal", "unix:/run/one.sock.1 is also used by unit.front") in told


@pytest.mark.parametrize(
    ("text", "given", "told"),
    [
        (
            FRONT + "replicas = 2\n",
            "127.0.0.1:9000",
            "MAESTRI_INTERNAL_FRONT: has 1 addresses for 2 replicas.",
        ),
        (
            FRONT + 'replicas = 2\ninternal = "127.0.0.1:65535"\n',
            None,
            "unit.front.replicas: needs the port 65536.",
        ),
    ],
)
def test_each_replica_has_one(write: Write, text: str, given: str | None, told: str) -> None:
    """As many addresses as replicas, and each a port that there is."""
    environment = {"MAESTRI_INTERNAL_FRONT": given} if given else {}
    with pytest.raises(TopologyError) as caught:
        load_topology("one", write(one=text), environment)

    assert told in str(caught.value)

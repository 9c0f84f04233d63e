"""Topology files: read strictly, errors name file, key and remedy."""

from collections.abc import Callable
from pathlib import Path

import pytest

from maestri.errors import TopologyError
from maestri.topology import Address, find_project, load_topology, topology_names

Write = Callable[..., Path]

GOOD = """
title = "One unit"
[unit.town]
components = ["town.phrases"]
address = "127.0.0.1:7000"
"""


def refusal(project: Path, environment: dict[str, str] | None = None) -> str:
    """Return the text with which the topology "one" of *project* is refused."""
    with pytest.raises(TopologyError) as caught:
        load_topology("one", project, environment or {})
    return str(caught.value)


def test_replicas_listen_on_consecutive_ports(write: Write) -> None:
    """Replica k listens on port + k."""
    topology = load_topology("one", write(one=GOOD + "replicas = 2\n"), {})

    expected = (Address("127.0.0.1", 7000), Address("127.0.0.1", 7001))
    assert topology.units["town"].addresses == expected


def test_the_environment_places_a_unit(write: Write) -> None:
    """MAESTRI_UNIT_<NAME> replaces the addresses, one per replica."""
    project = write(one=GOOD)
    topology = load_topology(
        "one", project, {"MAESTRI_UNIT_TOWN": "10.0.0.1:80,http://db.example:81"}
    )

    unit = topology.units["town"]
    assert unit.addresses == (Address("10.0.0.1", 80), Address("db.example", 81))
    assert not unit.here


def test_an_unknown_topology_is_refused_with_the_close_one(write: Write) -> None:
    """A typing mistake is met with what is near and what there is."""
    with pytest.raises(TopologyError) as caught:
        load_topology("on", write(one=GOOD), {})

    expected = "shared/topologies: has no topology 'on'. Is 'one' meant? There are: one."
    assert str(caught.value) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            ('address = "127.0.0.1:7000"', 'adress = "127.0.0.1:7000"'),
            (
                "shared/topologies/one.toml: unit.town.adress: is unknown. "
                "Known here: components, address, exposes, replicas. Is 'address' meant?\n"
                "shared/topologies/one.toml: unit.town.address: is missing. "
                "Write host:port, such as 127.0.0.1:8001, or set MAESTRI_UNIT_TOWN."
            ),
        ),
        (
            ("127.0.0.1:7000", "127.0.0.1"),
            (
                "shared/topologies/one.toml: unit.town.address: '127.0.0.1' is no address. "
                "Write host:port, such as 127.0.0.1:8001, or set MAESTRI_UNIT_TOWN."
            ),
        ),
        (
            ('["town.phrases"]', '"town.phrases"'),
            (
                "shared/topologies/one.toml: unit.town.components: Expected `array`, got `str`. "
                "Fix the value."
            ),
        ),
        (
            ('["town.phrases"]', "[]"),
            (
                "shared/topologies/one.toml: unit.town.components: is empty. "
                "Name at least one component, or drop the unit."
            ),
        ),
        (
            ('["town.phrases"]', '["town.names", "town.names"]'),
            (
                "shared/topologies/one.toml: unit.town.components: names town.names twice. "
                "Name it once."
            ),
        ),
        (
            ("[unit.town]", "replicas = 2\n[unit.town]"),
            (
                "shared/topologies/one.toml: replicas: is unknown. "
                "Known here: title, unit, external, bind, setting."
            ),
        ),
        (
            ("127.0.0.1:7000", "127.0.0.1:7000'"),
            (
                'shared/topologies/one.toml: unit.town.address: "127.0.0.1:7000\'" is no address. '
                "Write host:port, such as 127.0.0.1:8001, or set MAESTRI_UNIT_TOWN."
            ),
        ),
        (
            ('address = "127.0.0.1:7000"', 'address = "127.0.0.1:7000"\nreplicas = 100'),
            "shared/topologies/one.toml: unit.town.replicas: is 100. Write a number from 1 to 64.",
        ),
    ],
)
def test_a_wrong_file_is_refused(write: Write, change: tuple[str, str], expected: str) -> None:
    """Every wrong key is named at once, with the file and what to do."""
    assert refusal(write(one=GOOD.replace(*change))) == expected


def test_a_file_that_is_no_toml_is_refused(write: Write) -> None:
    """The line of the mistake is in the message."""
    assert "shared/topologies/one.toml: is no TOML: " in refusal(write(one='title = "open'))


def test_a_project_is_found_from_below(write: Write) -> None:
    """The nearest folder upwards with a pyproject.toml and topologies is the project."""
    project = write(one=GOOD, two=GOOD)

    assert find_project(project / "town" / "front") == project
    assert topology_names(project) == ("one", "two")


def test_without_a_project_there_is_advice(tmp_path: Path) -> None:
    """Outside a project the message says what is looked for, and how to name it."""
    with pytest.raises(TopologyError, match="Change into the project, or name its folder"):
        find_project(tmp_path)

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


FILE = "shared/topologies/one.toml"
OR_SET = "or set MAESTRI_UNIT_TOWN"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            ('address = "127.0.0.1:7000"', 'adress = "127.0.0.1:7000"'),
            (
                f"{FILE}:5: unit.town.adress: is unknown. "
                "Known here: components, address, exposes, internal, replicas, server, links. "
                "Is 'address' meant?\n"
                f"{FILE}:3: unit.town.address: is missing. "
                f"Write host:port, such as 127.0.0.1:8001, {OR_SET}."
            ),
        ),
        (
            ('["town.phrases"]', '"town.phrases"'),
            f"{FILE}:4: unit.town.components: Expected `array`, got `str`. Fix the value.",
        ),
        (
            ('["town.phrases"]', "[]"),
            (
                f"{FILE}:4: unit.town.components: is empty. "
                "Name at least one component, or drop the unit."
            ),
        ),
        (
            ('["town.phrases"]', '["town.names", "town.names"]'),
            f"{FILE}:4: unit.town.components: names town.names twice. Name it once.",
        ),
        (
            ("[unit.town]", "replicas = 2\n[unit.town]"),
            (
                f"{FILE}:3: replicas: is unknown. "
                "Known here: title, unit, extends, external, bind, setting, server, links."
            ),
        ),
        (
            ('address = "127.0.0.1:7000"', 'address = "127.0.0.1:7000"\nreplicas = 100'),
            f"{FILE}:6: unit.town.replicas: is 100. Write a number from 1 to 64.",
        ),
        (
            ('["town.phrases"]', '7\nreplicas = "2"'),
            (
                f"{FILE}:4: unit.town.components: Expected `array`, got `int`. Fix the value.\n"
                f"{FILE}:5: unit.town.replicas: Expected `int`, got `str`. Fix the value."
            ),
        ),
        (
            ('title = "One unit"\n[unit.town]', "[unit]\ntown = 7\n[unit.other]"),
            (
                f"{FILE}: title: is missing. Say in a few words what this shape is.\n"
                f"{FILE}:3: unit.town: is no table but 7. Write [unit.town]."
            ),
        ),
    ],
)
def test_a_wrong_file_is_refused(write: Write, change: tuple[str, str], expected: str) -> None:
    """Every wrong key is named at once, with file, line and what to do."""
    assert refusal(write(one=GOOD.replace(*change))) == expected


ADDRESSES = {
    "127.0.0.1": ("'127.0.0.1' is no address", "Write host:port, such as 127.0.0.1:8001"),
    "127.0.0.1:x": (
        "'127.0.0.1:x' has no port: 'x' is no number",
        "Write host:port, such as 127.0.0.1:8001",
    ),
    "127.0.0.1:0": ("'127.0.0.1:0' has the port 0", "Write a port from 1 to 65535"),
    "127.0.0.1:65536": ("'127.0.0.1:65536' has the port 65536", "Write a port from 1 to 65535"),
    "127.0.0.300:80": ("'127.0.0.300' is no IP address", "Write such as 127.0.0.1:80"),
    "127.1:80": ("'127.1' is no IP address", "Write such as 127.0.0.1:80"),
    "::1:80": ("'::1' is no host", "Write an IPv6 address in brackets: [::1]:80"),
    "[1::x]:80": ("[1::x] is no IPv6 address", "Write such as [::1]:80"),
    "[fe80::1%lo]:80": ("[fe80::1%lo] is no IPv6 address", "Write such as [::1]:80"),
    "[127.0.0.1]:80": ("[127.0.0.1] is no IPv6 address", "Write such as [::1]:80"),
    "a b:80": ("'a b' is no host", "Write host:port, such as 127.0.0.1:8001"),
    "https://town.example:80": (
        "'https://town.example:80' is not for http",
        "Write host:port, such as 127.0.0.1:8001",
    ),
    "127.0.0.1:80/town": (
        "127.0.0.1:80/town has the path /town, and a unit serves all paths",
        "Write 127.0.0.1:80",
    ),
    "localhost:80": (
        "localhost:80 has a name, and a server listens at an IP address",
        "Write 127.0.0.1:80",
    ),
}


@pytest.mark.parametrize(("address", "expected"), ADDRESSES.items())
def test_an_address_that_no_server_takes_is_refused(
    write: Write, address: str, expected: tuple[str, str]
) -> None:
    """In the file and in the environment alike: what would end a start is told before it."""
    problem, remedy = expected
    in_file = refusal(write(one=GOOD.replace("127.0.0.1:7000", address)))
    in_environment = refusal(write(one=GOOD), {"MAESTRI_UNIT_TOWN": address})

    assert in_file == f"{FILE}:5: unit.town.address: {problem}. {remedy}, {OR_SET}."
    assert in_environment == f"MAESTRI_UNIT_TOWN: {problem}. {remedy}."


@pytest.mark.parametrize("address", ["[::1]:80", "0.0.0.0:80", "[::ffff:127.0.0.1]:80", "[::]:80"])
def test_an_address_that_a_server_takes_is_good(write: Write, address: str) -> None:
    """IPv4, IPv6 in brackets, and all addresses of the machine."""
    topology = load_topology("one", write(one=GOOD.replace("127.0.0.1:7000", address)), {})

    assert [str(one) for one in topology.units["town"].addresses] == [address]


PART = """
[bind]
"town.greetings.names" = "town.names"
"town.front.greetings" = "town.greetings"
[setting."town.names"]
title = "Citizen"
age = 7
[external.registry]
contract = "town.greetings.spi:Names"
address = "127.0.0.1:7001"
"""


def write_part(project: Path, text: str) -> None:
    """Write a part that the topologies of *project* may extend."""
    path = project / "shared" / "topologies" / "parts" / "town.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_a_topology_extends_a_part(write: Write) -> None:
    """What several shapes have in common is written once; a topology's own lines win."""
    own = (
        'extends = "parts/town.toml"\n[bind]\n"town.front.greetings" = "town.other"\n'
        '[setting."town.names"]\ntitle = "Sir"\n'
    )
    project = write(one=GOOD.replace("[unit.town]", f"{own}[unit.town]"))
    write_part(project, PART)
    topology = load_topology("one", project, {})

    assert topology.bind == {
        "town.greetings.names": "town.names",
        "town.front.greetings": "town.other",
    }
    assert topology.settings == {"town.names": {"title": "Sir", "age": 7}}
    assert list(topology.external) == ["registry"]
    assert topology_names(project) == ("one",)


def test_a_mistake_in_a_part_is_found_there(write: Write) -> None:
    """A message names the file and line where the mistake is written."""
    project = write(one=GOOD.replace("[unit.town]", 'extends = "parts/town.toml"\n[unit.town]'))
    write_part(project, PART.replace("127.0.0.1:7001", "::1:70") + "[unit.more]\n")

    part = "shared/topologies/parts/town.toml"
    assert refusal(project) == (
        f"{part}:11: unit: is unknown. Known here: external, bind, setting, server, links.\n"
        f"{part}:10: external.registry.address: '::1' is no host. "
        "Write an IPv6 address in brackets: [::1]:70."
    )


def test_a_part_that_is_no_toml_is_found_there(write: Write) -> None:
    """What is wrong in the topology itself is told all the same."""
    text = GOOD.replace("[unit.town]", 'extends = "parts/town.toml"\n[unit.town]')
    project = write(one=text.replace("127.0.0.1:7000", "localhost:70"))
    write_part(project, "[bind]\n[bind")
    lines = refusal(project).splitlines()

    assert [line.partition(": ")[0] for line in lines] == [
        "shared/topologies/parts/town.toml:2",
        f"{FILE}:6",
    ]


def test_a_part_that_there_is_not_is_refused(write: Write) -> None:
    """The close one is named."""
    project = write(one=GOOD.replace("[unit.town]", 'extends = "parts/tow.toml"\n[unit.town]'))
    write_part(project, PART)

    assert refusal(project) == (
        f"{FILE}:3: extends: there is no parts/tow.toml. "
        "Name a file, from the folder of this one. Is 'parts/town.toml' meant?"
    )


def test_a_file_that_is_no_toml_is_refused(write: Write) -> None:
    """The line of the mistake is in the message."""
    text = refusal(write(one='title = "One"\nunit = [\n"x" "y"]'))

    assert text.startswith(f"{FILE}:3: is no TOML: ")


def test_a_project_is_found_from_below(write: Write) -> None:
    """The nearest folder upwards with a pyproject.toml and topologies is the project."""
    project = write(one=GOOD, two=GOOD)

    assert find_project(project / "town" / "front") == project
    assert topology_names(project) == ("one", "two")


def test_without_a_project_there_is_advice(tmp_path: Path) -> None:
    """Outside a project the message says what is looked for, and how to name it."""
    with pytest.raises(TopologyError, match="Change into the project, or name its folder"):
        find_project(tmp_path)

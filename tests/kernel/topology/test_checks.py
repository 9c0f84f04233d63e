"""Everything that is wrong with a topology is found before it starts."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from maestri.topology import Finding, load_topology, validate
from tests.kernel.topology.written import WrittenComponents

Write = Callable[..., Path]

SPLIT = """
title = "Two units"
[unit.front]
components = ["town.front", "town.greetings"]
address = "127.0.0.1:7000"
exposes = ["town.front"]
[unit.services]
components = ["town.phrases", "town.names"]
address = "127.0.0.1:7100"
[setting."town.names"]
title = "Citizen"
"""
FILE = "shared/topologies/one.toml"


def findings(project: Path) -> list[Finding]:
    """Return what is wrong with the topology "one" of *project*, whatever the line."""
    found = validate(load_topology("one", project, {}))[1]
    return [one._replace(line=0) for one in found]


@pytest.fixture
def written(tmp_path: Path) -> Iterator[WrittenComponents]:
    """Return a writer of components for one test."""
    components = WrittenComponents(tmp_path)
    yield components
    components.forget()


def units(*components: str, extra: str = "") -> str:
    """Return a topology with one unit that has *components* besides the town's front."""
    names = ", ".join(f'"{name}"' for name in components)
    return SPLIT.replace('"town.greetings"', f'"town.greetings", {names}') + extra


def test_a_sound_topology_has_no_findings(write: Write) -> None:
    """Nothing is found where nothing is wrong."""
    assert findings(write(one=SPLIT)) == []


CASES = [
    pytest.param(
        ('"town.front", "town.greetings"', '"town.front"'),
        [
            (
                "bind.town.front.greetings",
                "is unbound: nothing here serves town.greetings.contract:Greetings",
                'Add "town.greetings" to the components of a unit',
            ),
        ],
        id="unbound",
    ),
    pytest.param(
        ('"town.phrases", "town.names"', '"town.phrases"'),
        [
            (
                "bind.town.greetings.names",
                "is unbound: nothing here serves town.greetings.spi:Names",
                "Add a component that implements town.greetings.spi:Names to a unit",
            ),
            ("setting.town.names", "no unit runs town.names", "Drop the table, or fix its name"),
        ],
        id="spi unbound",
    ),
    pytest.param(
        ('"town.phrases", "town.names"', '"town.phrases", "town.names", "town.nobody"'),
        [
            (
                "unit.services.components",
                "there is no module town.nobody",
                "Fix the component, or its name here",
            ),
        ],
        id="unknown component",
    ),
    pytest.param(
        ('"town.phrases", "town.names"', '"town.phrases", "town.names", "town"'),
        [
            (
                "unit.services.components",
                (
                    "town/__init__.py has no COMPONENT. "
                    "Write: COMPONENT = Component(level=..., cell=...)"
                ),
                "Fix the component, or its name here",
            ),
        ],
        id="no component",
    ),
    pytest.param(
        ("127.0.0.1:7100", "127.0.0.1:7000"),
        [
            (
                "unit.services.address",
                "127.0.0.1:7000 is also used by unit.front",
                "Give each an address of its own; replica k listens on port + k",
            ),
        ],
        id="one address twice",
    ),
    pytest.param(
        ("127.0.0.1:7100", "0.0.0.0:7000"),
        [
            (
                "unit.services.address",
                "0.0.0.0:7000 is also used by unit.front",
                "Give each an address of its own; replica k listens on port + k",
            ),
        ],
        id="all addresses and one of them",
    ),
    pytest.param(
        ('exposes = ["town.front"]', ""),
        [
            (
                "unit",
                "nothing is exposed: no client could reach anything",
                'Add exposes = ["..."] to a unit',
            ),
        ],
        id="nothing exposed",
    ),
    pytest.param(
        ('exposes = ["town.front"]', 'exposes = ["town.front", "town.greetings", "town.names"]'),
        [
            (
                "unit.front.exposes",
                "town.greetings has no contract for clients",
                "Give it one (Contract, edge=True), or expose another",
            ),
            (
                "unit.front.exposes",
                "town.names does not run in this unit",
                "Add it to components, or drop it here",
            ),
        ],
        id="exposed without a contract for clients",
    ),
    pytest.param(
        ('"127.0.0.1:7100"', '"127.0.0.1:7100"\nreplicas = 2'),
        [
            (
                "unit.services.replicas",
                "town.names would run in 2 processes with a SQLite file each writes alone",
                "Run it once, or give it PostgreSQL as database_url",
            ),
        ],
        id="replicas over SQLite",
    ),
    pytest.param(
        ('title = "Citizen"', 'titel = "Citizen"'),
        [
            (
                "setting.town.names.title",
                "is missing",
                'Add it under [setting."town.names"]',
            ),
            (
                "setting.town.names.titel",
                "is unknown",
                "town.names reads: database_url, title",
            ),
        ],
        id="settings",
    ),
    pytest.param(
        ('title = "Citizen"', 'title = "Citizen"\n[setting."town.phrases"]\nloud = true'),
        [("setting.town.phrases.loud", "is unknown", "town.phrases reads: no settings")],
        id="a setting of a component without any",
    ),
    pytest.param(
        ("[setting", '[bind]\n"town.front.names" = "town.names"\n[setting'),
        [
            (
                "bind.town.front.names",
                "town.front has no dependency 'names'",
                "It has: greetings",
            ),
        ],
        id="unknown role",
    ),
    pytest.param(
        ("[setting", '[bind]\n"town.greetings.names" = "town.phrases"\n[setting'),
        [
            (
                "bind.town.greetings.names",
                "town.phrases does not implement town.greetings.spi:Names",
                "Bind another",
            ),
        ],
        id="bound to the wrong component",
    ),
    pytest.param(
        ("[setting", '[bind]\n"town.greetings.names" = "town.nobody"\n[setting'),
        [
            (
                "bind.town.greetings.names",
                "no unit runs town.nobody",
                'Add "town.nobody" to the components of a unit, or bind another',
            ),
        ],
        id="bound to nobody",
    ),
    pytest.param(
        (
            "[setting",
            (
                '[external.f]\ncontract = "town.front.contract:Nothing"\n'
                'address = "127.0.0.1:7200"\n[setting'
            ),
        ),
        [
            (
                "external.f.contract",
                "town.front.contract has no contract 'Nothing'",
                "Write the contract's module:Class",
            ),
        ],
        id="external contract",
    ),
    pytest.param(
        ('"town.front", "town.greetings"]', '"town.front", "town.greetings", "town.phrases"]'),
        [],
        id="a local copy wins, so nothing is mixed",
    ),
]


@pytest.mark.parametrize(("change", "expected"), CASES)
def test_each_mistake_is_found(
    write: Write, change: tuple[str, str], expected: list[tuple[str, str, str]]
) -> None:
    """A finding has the file, the key, the problem and what to do."""
    found = findings(write(one=SPLIT.replace(*change)))

    assert found == [Finding(FILE, *one) for one in expected]


MIXED = SPLIT.replace('"town.greetings"]', '"town.phrases"]').replace(
    '["town.phrases", "town.names"]', '["town.greetings", "town.names"]'
)


def test_a_unit_serves_clients_and_other_units(write: Write) -> None:
    """Any placement is possible: each has an address of its own."""
    assert findings(write(one=MIXED)) == []


def test_other_machines_do_not_reach_a_unix_socket(write: Write) -> None:
    """A unit with clients that others call from elsewhere needs an address with a port."""
    project = write(one=MIXED)
    elsewhere = {"MAESTRI_UNIT_FRONT": "front.example:80"}
    found = validate(load_topology("one", project, elsewhere))[1]
    inside = {**elsewhere, "MAESTRI_INTERNAL_FRONT": "front.example:9000"}

    assert [(one.key, one.problem) for one in found] == [
        (
            "unit.front.internal",
            "is a Unix socket, and other machines call town.phrases here",
        )
    ]
    assert validate(load_topology("one", project, inside))[1] == ()


def test_two_implementers_of_an_spi_are_ambiguous(write: Write, written: WrittenComponents) -> None:
    """An SPI that several components implement needs a line under [bind]."""
    other = written.add("names", 0, "greetings")
    container = Path(written.folder, "names", "container.py")
    container.write_text(
        (
            "from town.names.container import *\n"
            "from town.names.service import NamesService as N\n"
            "class Other(N): pass\n"
            "class Container(containers.DeclarativeContainer):\n"
            "    service = providers.Singleton(Other, None, '')\n"
        ),
        encoding="utf-8",
    )
    assert findings(write(one=units(other))) == [
        Finding(
            FILE,
            "bind.town.greetings.names",
            "is ambiguous: 2 could serve town.greetings.spi:Names",
            f'Choose under [bind]: "town.greetings.names" = one of {other}, town.names',
        )
    ]
    bound = f'[bind]\n"town.greetings.names" = "{other}"\n'
    assert findings(write(one=units(other, extra=bound))) == []


def test_calls_go_downwards_only(write: Write, written: WrittenComponents) -> None:
    """A callee stands on a lower level than its caller."""
    high = written.add("high", 2, "a")
    side = written.add("side", 1, "a", {"other": "level"})
    level = written.add("level", 1, "a", {"top": "high"})

    remedy = "Let a component above both call them, or own an SPI"
    assert findings(write(one=units(high, side, level))) == [
        Finding(
            FILE,
            f"bind.{side}.other",
            f"calls sideways: from level 1 to {level} at level 1",
            remedy,
        ),
        Finding(
            FILE, f"bind.{level}.top", f"calls upwards: from level 1 to {high} at level 2", remedy
        ),
    ]


def test_cells_are_closed(write: Write, written: WrittenComponents) -> None:
    """A domain service is called by components of its own cell alone."""
    service = written.add("service", 0, "theirs")
    caller = written.add("caller", 1, "ours", {"callee": "service"})

    assert findings(write(one=units(service, caller))) == [
        Finding(
            FILE,
            f"bind.{caller}.callee",
            f"calls into the cell 'theirs' past its gateway: {service} is at level 0",
            "Call a sub-orchestrator of the cell 'theirs'",
        )
    ]


def test_a_cycle_is_found(write: Write, written: WrittenComponents) -> None:
    """Two components that need each other can never be built."""
    one = written.add("one", 1, "a", {"two": "two"})
    two = written.add("two", 2, "a", {"one": "one"})

    found = findings(write(one=units(one, two)))

    assert found[-1] == Finding(
        FILE,
        "bind",
        f"is a cycle: {one} -> {two} -> {one}",
        "Bind one of them to another component",
    )


def test_a_path_is_served_once(write: Write, written: WrittenComponents) -> None:
    """Two operations of one method and path are found, as the server would find them."""
    one, two = (written.add(name, 2, "web") for name in ("one", "two"))
    for number, name in enumerate(("one", "two")):
        contract = written.folder / name / "contract.py"
        text = contract.read_text(encoding="utf-8").replace('"):', '", edge=True):')
        contract.write_text(text.replace("/asked", f"/asked/{{p{number}}}"), encoding="utf-8")
        text = contract.read_text(encoding="utf-8").replace("(self)", f"(self, p{number}: int)")
        contract.write_text(text, encoding="utf-8")
    topology = units(one, two).replace('exposes = ["town.front"', f'exposes = ["{one}", "{two}"')
    found = findings(write(one=topology))

    assert found[0] == Finding(
        FILE,
        "unit.front.exposes",
        f"GET /asked/{{}} is served twice: by {one}.asked and {two}.asked",
        "Give one of the two another path or unit",
    )


@pytest.mark.parametrize("path", ["/health/live", "/maestri/metrics", "/maestri/requests"])
def test_the_operators_paths_are_taken(write: Write, written: WrittenComponents, path: str) -> None:
    """No contract may answer where operators ask for a unit's health, metrics and requests."""
    one = written.add("one", 2, "web")
    contract = written.folder / "one" / "contract.py"
    text = contract.read_text(encoding="utf-8").replace('"):', '", edge=True):', 1)
    contract.write_text(text.replace("/asked", path), encoding="utf-8")
    topology = units(one).replace('exposes = ["town.front"', f'exposes = ["{one}"')

    assert findings(write(one=topology))[0].problem == (
        f"GET {path} is served twice: by what operators ask and {one}.asked"
    )


def test_no_two_components_share_a_database(write: Write, written: WrittenComponents) -> None:
    """Each migrates its own; one URL for all is told, and what makes it one for each."""
    other = written.add("kept", 0, "greetings")
    container = written.folder / "kept" / "container.py"
    text = container.read_text(encoding="utf-8").replace(
        "providers.Singleton(Service)", "providers.Singleton(Service, url=settings.database_url)"
    )
    container.write_text(
        text.replace(
            "    pass\n    service", "    settings = providers.Configuration()\n    service"
        ),
        encoding="utf-8",
    )
    project = write(one=units(other))
    environment = {"MAESTRI_DATABASE_URL": "postgresql://db/one"}
    found = validate(load_topology("one", project, environment))[1]

    assert [(one.key, one.problem) for one in found] == [
        ("setting.town.names.database_url", f"town.names would share the database of {other}")
    ]
    each = {"MAESTRI_DATABASE_URL": "postgresql://db/{component}"}
    assert validate(load_topology("one", project, each))[1] == ()


ENVIRONMENTS = {
    ("MAESTRI_UNIT_FORNT", "127.0.0.1:1"): (
        "is read by nobody",
        "Unset it, or fix its name. Is 'MAESTRI_UNIT_FRONT' meant?",
    ),
    ("MAESTRI_SECRTE", "x"): (
        "is read by nobody",
        "Unset it, or fix its name. Is 'MAESTRI_SECRET' meant?",
    ),
    ("MAESTRI_STRICT", "true"): ("'true' means nothing", "Write 1, or unset it"),
    ("MAESTRI_LISTEN", "localhost:80"): (
        "localhost:80 has a name, and a server listens at an IP address",
        "Write 127.0.0.1:80",
    ),
    ("MAESTRI_LISTEN", "town:80"): (
        "'town' is a name, and a server listens at an IP address",
        "Write such as 0.0.0.0:80",
    ),
    ("MAESTRI_LOG", "yaml"): ("'yaml' is no form", "Write text or json"),
}


@pytest.mark.parametrize(("variable", "expected"), ENVIRONMENTS.items())
def test_a_wrong_variable_is_found(
    write: Write, variable: tuple[str, str], expected: tuple[str, str]
) -> None:
    """A variable that nobody reads, or that nobody could use, is told by its name."""
    name, value = variable
    found = validate(load_topology("one", write(one=SPLIT), {name: value}))[1]

    assert found == (Finding("", name, *expected),)


def test_a_variable_of_another_shape_is_no_mistake(write: Write) -> None:
    """Who sets a variable for one shape may look at the others all the same."""
    project = write(one=SPLIT, two=SPLIT.replace("unit.services", "unit.depot"))
    environment = {"MAESTRI_UNIT_DEPOT": "127.0.0.1:1", "MAESTRI_SECRET": "s", "OTHER": "x"}

    assert validate(load_topology("one", project, environment))[1] == ()


def test_units_with_one_variable_are_found(write: Write) -> None:
    """The environment could not tell them apart."""
    twice = SPLIT.replace("unit.front", "unit.a-b").replace("unit.services", "unit.a_b")
    assert findings(write(one=twice)) == [
        Finding(
            FILE,
            "unit.a_b",
            "and unit.a-b would be told by one variable, MAESTRI_UNIT_A_B",
            "Give one of them another name",
        )
    ]


def test_a_part_may_speak_of_what_this_shape_does_not_run(
    write: Write, written: WrittenComponents
) -> None:
    """It is for several shapes; but what is a component nowhere is a mistake."""
    other = written.add("other", 0, "a")
    project = write(one=SPLIT.replace("\n[unit.front]", '\nextends = "parts/p.toml"\n[unit.front]'))
    part = project / "shared" / "topologies" / "parts" / "p.toml"
    part.parent.mkdir()
    part.write_text(f'[setting."{other}"]\na = 1\n[setting."{other}s"]\na = 1\n', encoding="utf-8")

    assert findings(project) == [
        Finding(
            "shared/topologies/parts/p.toml",
            f"setting.{other}s",
            f"no unit runs {other}s",
            "Drop the table, or fix its name",
        )
    ]

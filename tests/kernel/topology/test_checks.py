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
    """Return what is wrong with the topology "one" of *project*."""
    return list(validate(load_topology("one", project, {}))[1])


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


def test_clients_and_units_do_not_share_a_port(write: Write) -> None:
    """A unit that exposes something serves nothing to other units."""
    moved = SPLIT.replace('"town.greetings"]', '"town.phrases"]').replace(
        '["town.phrases", "town.names"]', '["town.greetings", "town.names"]'
    )
    assert findings(write(one=moved)) == [
        Finding(
            FILE,
            "unit.front.exposes",
            "clients and other units, which call town.phrases, would share one port",
            "Move town.phrases to a unit of its own, or put a copy into each calling unit",
        )
    ]


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
            "    service = providers.Singleton(Other)\n"
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

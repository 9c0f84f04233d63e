"""What breaks when a component is built is found without opening anything."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from maestri.topology import load_topology, validate
from tests.kernel.topology.written import WrittenComponents

Write = Callable[..., Path]
TOPOLOGY = """
title = "One unit"
[unit.one]
components = ["{name}"]
address = "127.0.0.1:7000"
exposes = ["{name}"]
"""


@pytest.fixture
def written(tmp_path: Path) -> Iterator[WrittenComponents]:
    """Return a writer of components for one test."""
    components = WrittenComponents(tmp_path)
    yield components
    components.forget()


def problems(write: Write, written: WrittenComponents, container: str) -> list[tuple[str, str]]:
    """Return key and problem of all that is wrong with a component that has lines more."""
    name = written.add("kept", 0, "a")
    folder = written.folder / "kept"
    contract = (folder / "contract.py").read_text(encoding="utf-8")
    edge = contract.replace('"):', '", edge=True):', 1)
    (folder / "contract.py").write_text(edge, encoding="utf-8")
    with (folder / "container.py").open("a", encoding="utf-8") as file:
        file.write(container)
    found = validate(load_topology("one", write(one=TOPOLOGY.format(name=name)), {}))[1]
    return [(one.key.removeprefix(f"{name}."), one.problem) for one in found]


def test_a_part_that_breaks_is_told_once(write: Write, written: WrittenComponents) -> None:
    """Not again for each part that is made of it."""
    lines = """
    number = providers.Singleton(int, "seven")
    double = providers.Singleton(lambda one: 2 * one, number)
    service = providers.Singleton(Service, number=double)
"""
    assert problems(write, written, lines) == [
        (
            "number",
            "cannot be built: ValueError: invalid literal for int() with base 10: 'seven'",
        )
    ]


def test_what_breaks_for_lack_of_a_setting_is_not_told_twice(
    write: Write, written: WrittenComponents
) -> None:
    """That the setting is missing says it; other parts are judged all the same."""
    lines = """
    settings = providers.Configuration()
    number = providers.Singleton(int, settings.number)
    service = providers.Singleton(Service, number=number)
    broken = providers.Singleton(int, "eight")
"""
    found = problems(write, written, lines)

    assert [key.rpartition(".")[2] for key, _ in found] == ["number", "broken"]
    assert found[0][1] == "is missing"


def test_a_composer_that_cannot_be_built_is_told(write: Write, written: WrittenComponents) -> None:
    """By its name, like anything else."""
    lines = """
    from maestri.composition import Composer
    composer = providers.Singleton(Composer, providers.Dict(asked=providers.Object(Asked)))
"""
    assert problems(write, written, lines) == [
        ("composer", "the dependency 'asked' is the class Asked")
    ]

"""One unit in this process: components built in order, bound, started and closed."""

from collections.abc import Callable
from pathlib import Path

import pytest

from maestri.errors import TopologyError
from maestri.links import LocalLink, RemoteLink, link_of
from maestri.runtime import RunningUnit, bind_unit
from maestri.topology import load_topology

Write = Callable[..., Path]


def bound(project: Path, topology: str, unit: str, **environment: str) -> RunningUnit:
    """Return a unit of *project*, not started."""
    return bind_unit(load_topology(topology, project, {}), unit, environment=environment)


def links_of(unit: RunningUnit, component: str) -> dict[str, object]:
    """Return the link of each dependency that a fixture's service holds."""
    held = vars(unit.invokers[component].implementation)
    return {name.strip("_"): link_of(value) for name, value in held.items()}


async def test_a_merged_unit_serves_over_local_links(town: Path) -> None:
    """What is in one unit is called without a network."""
    unit = bound(town, "merged", "town")
    await unit.start()
    greetings = unit.invokers["town.greetings"].implementation

    assert (await greetings.greet("anna")).text.startswith("Good morning, Citizen Anna.")  # type: ignore[attr-defined]  # the contract's class is only known at run time
    assert all(isinstance(link, LocalLink) for link in links_of(unit, "town.greetings").values())
    await unit.aclose()


def test_callees_are_built_before_callers(town: Path) -> None:
    """The order of the file does not matter."""
    unit = bound(town, "merged", "town")

    assert list(unit.invokers) == ["town.phrases", "town.names", "town.greetings", "town.front"]


def test_what_is_elsewhere_is_bound_over_http(town: Path) -> None:
    """A component of another unit is called at all addresses of that unit."""
    link = links_of(bound(town, "split", "front"), "town.front")["greetings"]

    assert isinstance(link, RemoteLink)
    assert [one.address for one in link.replicas.all] == ["http://127.0.0.1:8320"]
    assert link.kind == "http"


def test_clients_and_other_units_reach_different_components(town: Path) -> None:
    """What a unit exposes is for clients, the rest for other units."""
    merged, services = bound(town, "merged", "town"), bound(town, "split", "services")

    assert (["town.front"], ["town.phrases", "town.names", "town.greetings"]) == (
        [one.component for one in merged.exposed],
        [one.component for one in merged.internal],
    )
    assert ([], ["town.phrases", "town.names"]) == (
        [one.component for one in services.exposed],
        [one.component for one in services.internal],
    )


def test_strict_links_are_asked_for_by_the_environment(town: Path) -> None:
    """MAESTRI_STRICT=1 lets local calls go through the codec."""
    strict = links_of(bound(town, "merged", "town", MAESTRI_STRICT="1"), "town.greetings")
    usual = links_of(bound(town, "merged", "town"), "town.greetings")

    assert [link.strict for link in strict.values() if isinstance(link, LocalLink)] == [True, True]
    assert [link.strict for link in usual.values() if isinstance(link, LocalLink)] == [False, False]


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "sqlite://{town}/.maestri/data/town.names.db"),
        ({"MAESTRI_STATE": "/srv/state"}, "sqlite:///srv/state/data/town.names.db"),
        ({"MAESTRI_DATABASE_URL": "postgresql://db/{component}"}, "postgresql://db/town_names"),
        (
            {"MAESTRI_DATABASE_URL": "x", "MAESTRI_DATABASE_URL_TOWN_NAMES": "postgresql://db/n"},
            "postgresql://db/n",
        ),
    ],
)
def test_a_database_url_comes_from_the_environment(
    town: Path, environment: dict[str, str], expected: str
) -> None:
    """The component's own variable wins over the common one, and that over the state directory."""
    unit = bound(town, "merged", "town", **environment)
    url = vars(unit.invokers["town.names"].implementation)["register"].url

    assert url == expected.replace("{town}", str(town))


@pytest.mark.parametrize(
    ("unit", "environment", "made"),
    [
        ("services", {}, True),
        ("services", {"MAESTRI_DATABASE_URL": "postgresql://db/{component}"}, False),
        ("front", {}, False),
    ],
)
async def test_a_unit_alone_makes_the_folder_of_its_databases(
    town: Path, tmp_path: Path, unit: str, environment: dict[str, str], made: bool
) -> None:
    """A unit started by hand on a new machine has where to keep its data, if it keeps any."""
    state = tmp_path / "state"
    running = bound(town, "split", unit, MAESTRI_STATE=str(state), **environment)
    before = state.exists()
    await running.start()
    await running.aclose()

    assert (False, made) == (before, (state / "data").is_dir())


async def test_a_unit_is_ready_while_it_is_started(town: Path) -> None:
    """Before the start and after the end, no component is ready."""
    unit = bound(town, "split", "services")
    before = await unit.not_ready()
    await unit.start()
    during = await unit.not_ready()
    await unit.aclose()

    assert before == ("town.phrases: not started", "town.names: not started")
    assert during == ()
    assert await unit.not_ready() == before


async def test_a_resource_that_is_not_healthy_makes_a_unit_unready(town: Path) -> None:
    """What the resource's ``healthy`` raises is the reason."""
    unit = bound(town, "split", "services")
    await unit.start()
    await vars(unit.invokers["town.names"].implementation)["register"].__aexit__()

    assert await unit.not_ready() == ("town.names: the register is closed",)
    await unit.aclose()


def test_an_unknown_unit_is_refused(town: Path) -> None:
    """The units that there are are named."""
    with pytest.raises(TopologyError) as caught:
        bound(town, "split", "fornt")

    expected = (
        "shared/topologies/split.toml: unit.fornt: there is no such unit. "
        "There are: front, greetings, services."
    )
    assert str(caught.value) == expected

"""The store's own topologies, and the Compose file that comes with it."""

from pathlib import Path

import pytest

from maestri.topology import (
    compose_file,
    find_project,
    load_topology,
    make_importable,
    resolve,
    topology_names,
    validate,
    view_of,
)

ROOT = find_project(Path(__file__))


@pytest.mark.parametrize("name", topology_names(ROOT))
def test_every_topology_of_the_store_is_sound(name: str) -> None:
    """Nothing is found by the checks."""
    make_importable(ROOT)

    assert validate(load_topology(name, ROOT, {}))[1] == ()


def test_every_shape_has_the_same_components() -> None:
    """A shape changes where components run, never which there are."""
    components = {
        frozenset(load_topology(name, ROOT, {}).components) for name in topology_names(ROOT)
    }

    assert len(components) == 1


def test_compose_yaml_is_that_of_hierarchy() -> None:
    """``maestri compose hierarchy > compose.yaml`` would change nothing."""
    make_importable(ROOT)
    written = compose_file(resolve(load_topology("hierarchy", ROOT, {})))

    assert (ROOT / "compose.yaml").read_text(encoding="utf-8") == written


@pytest.mark.parametrize(
    ("name", "hops"),
    [("merged", 1), ("monolithic", 2), ("layered_services", 2), ("cells", 3), ("hierarchy", 4)],
)
def test_shapes_differ_in_network_calls(name: str, hops: int) -> None:
    """The longest chain, from the web to the exchange rates, grows with each split."""
    make_importable(ROOT)
    view = view_of(resolve(load_topology(name, ROOT, {})))

    assert view.hops["bff_web"] == hops

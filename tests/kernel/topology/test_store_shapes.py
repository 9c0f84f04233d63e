"""The store's own topologies, and the Compose file that comes with it."""

from pathlib import Path

import pytest

from maestri.errors import TopologyError
from maestri.topology import (
    ResolvedTopology,
    as_text,
    compose_file,
    difference,
    difference_as_text,
    find_plan,
    find_project,
    load_topology,
    make_importable,
    plan_as_text,
    plans_as_text,
    resolve,
    served_plans,
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


def shape(name: str) -> ResolvedTopology:
    """Return a topology of the store."""
    make_importable(ROOT)
    return resolve(load_topology(name, ROOT, {}))


@pytest.mark.parametrize("name", topology_names(ROOT))
def test_a_terminal_of_80_columns_is_enough(name: str) -> None:
    """What is drawn for people fits, whatever the names of a shape."""
    resolved = shape(name)
    change = difference(view_of(shape("merged")), view_of(resolved))
    texts = (
        as_text(view_of(resolved)),
        plans_as_text(resolved, steps=True),
        difference_as_text(change),
        *(plan_as_text(resolved, one) for one in served_plans(resolved)),
    )
    lines = [line for text in texts for line in text.splitlines()]

    assert [] == [line for line in lines if len(line) > 80]


@pytest.mark.parametrize(
    "name",
    [
        "storefront.home",
        "sub_orchestrators.storefront.home",
        "STOREFRONT.home",
    ],
)
def test_a_plan_is_found_by_what_people_call_it(name: str) -> None:
    """By its operation, or by its component's whole or last name, in any case."""
    assert find_plan(shape("merged"), name).operation == "storefront.home"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "storefront.hom",
            (
                "merged has no plan or operation 'storefront.hom'. Is 'storefront.home' meant? "
                "maestri explain merged lists them."
            ),
        ),
        (
            "suggestions",
            (
                "'suggestions' may be mobile.suggestions, web.api.suggestions, "
                "browsing.suggestions. Name one of these."
            ),
        ),
        (
            "catalog.product",
            "catalog.product is served by code, not by a plan: there is nothing to draw.",
        ),
    ],
)
def test_a_plan_that_is_not_found_has_suggestions(name: str, expected: str) -> None:
    """What is near, what is meant by several, and what is no plan are told apart."""
    with pytest.raises(TopologyError) as caught:
        find_plan(shape("merged"), name)

    assert str(caught.value) == expected


def test_a_plan_tells_where_its_calls_go() -> None:
    """Which of them cross the network is a matter of the shape."""
    split, merged = shape("hierarchy"), shape("merged")
    one = find_plan(split, "web.api.product")

    assert plan_as_text(split, one).endswith(
        "Its calls in hierarchy\n  storefront.product  [http: storefront]"
    )
    assert plan_as_text(merged, one).endswith("Its calls in merged\n  storefront.product  [local]")

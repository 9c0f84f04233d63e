import json
import subprocess
import sys
import textwrap

import pytest

import maestri.plans
from maestri.plans import call, check, composition, each
from tests.kernel.plans.contract import Brand, Catalog, Sku


@composition
def brands(sku: Sku, names: tuple[str, ...]) -> tuple[Brand, ...]:
    """Brands, if they may be sold."""
    check(call(Catalog.may_be_sold, sku))
    return each(names, lambda name: call(Catalog.brand, name))


def test_the_smallest_example_runs() -> None:
    """What the room's docstring shows works as it stands."""
    doc = maestri.plans.__doc__ or ""
    example = doc.split("Smallest example::\n")[1].split("\nNot for logic")[0]
    printed = subprocess.check_output(
        [sys.executable, "-c", textwrap.dedent(example)],
        text=True,
        env={"PYTHONPATH": ":".join(sys.path)},
    )

    assert "prices(skus)  at most 1,000 calls" == printed.splitlines()[0]


def test_a_plan_is_explained_as_text() -> None:
    """The tree of steps tells what is called after what, how often at most, and what may fail."""
    assert brands.explain().splitlines() == [
        "brands(sku, names)  at most 1,001 calls",
        "  Brands, if they may be sold.",
        "  1. may_be_sold: catalog.may_be_sold",
        "  1. each(names)",
        "       1. brand: catalog.brand [at most 1,000 calls]",
        "  may raise: market.not_for_sale",
    ]


def test_a_plan_is_explained_as_data() -> None:
    """The same as JSON, for tools."""
    data = json.loads(brands.explain("json"))

    assert ("brands", 1001, ["market.not_for_sale"]) == (
        data["plan"],
        data["calls_max"],
        data["errors"],
    )
    assert {"may_be_sold": 1, "each(names)~59ce83.brand": 1000} == {
        step["path"]: step["times_max"] for step in data["calls"]
    }
    assert (brands.definition(), brands.content_hash()) == (
        data["definition"],
        data["content_hash"],
    )


def test_a_plan_is_explained_as_a_chart() -> None:
    """Mermaid draws an arrow from each step to those that use it."""
    lines = brands.explain("mermaid").splitlines()

    assert ("flowchart TD", True) == (lines[0], any("--> result" in line for line in lines))


def test_another_form_is_refused() -> None:
    """The message lists the forms there are."""
    with pytest.raises(ValueError, match="text, mermaid, json"):
        brands.explain("pdf")

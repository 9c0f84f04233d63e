import json
import pkgutil
import re
import subprocess
import sys
import textwrap

import pytest

import maestri.plans
from maestri.plans import (
    Role,
    at,
    call,
    check,
    composition,
    each,
    left_out,
    optional,
    otherwise,
    rescue,
    select,
    then,
    when,
)
from tests.kernel.plans.contract import (
    Brand,
    Catalog,
    Page,
    Price,
    Pricing,
    Sku,
    Title,
    UnknownProduct,
)


@composition
def brands(sku: Sku, names: tuple[str, ...]) -> tuple[Brand, ...]:
    """Brands, if they may be sold."""
    check(call(Catalog.may_be_sold, sku))
    return each(names, lambda name: call(Catalog.brand, name))


@composition
def nested(
    sku: Sku, certain: bool, skus: tuple[Sku, ...]
) -> tuple[Brand, tuple[Price | None, ...] | None]:
    """A brand, and prices in a body of a body of a body."""
    known = call(Catalog.product, sku).brand_id
    brand = call(Catalog.brand, otherwise(known, "none"))

    def price(other: Sku) -> Price | None:
        return when(certain, lambda: call(Pricing.price, other))

    return brand, then(known, lambda _: each(skus, price))


def test_the_smallest_example_runs() -> None:
    """What the room's docstring shows works as it stands."""
    doc = maestri.plans.__doc__ or ""
    example = doc.split("Smallest example::\n")[1].split("\nNot for logic")[0]
    assert "assert " in example
    subprocess.run(
        [sys.executable, "-c", textwrap.dedent(example)],
        check=True,
        env={"PYTHONPATH": ":".join(sys.path)},
    )


def test_the_page_of_the_room_leads_to_each_of_its_files() -> None:
    """Whoever reads it has heard of every module, and of none that there is not."""
    doc = (maestri.plans.__doc__ or "").split("How a plan becomes a program")[1]
    modules = {name for _, name, _ in pkgutil.iter_modules(maestri.plans.__path__)}
    named = {one.partition(".")[0] for one in re.findall(r"``([\w.]+)``", doc)}

    assert modules | {"select", "composition"} == named


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


def test_a_plan_is_explained_from_the_outside_in() -> None:
    """A step comes after what the bodies around it wait for, and after what it uses in some way."""
    assert nested.explain().splitlines()[2:-1] == [
        "  1. product: catalog.product",
        "  2. brand: catalog.brand  after product",
        "  2. then(brand_id)  after product",
        "       2. each(skus)",
        "            2. when(certain)",
        "                 2. price: pricing.price [at most 334 batches: pricing.prices]",
    ]


def test_a_plan_is_explained_with_what_is_special_to_a_call() -> None:
    """A call tells its role, whether and for how long it may fail, and what is asked for."""

    @composition
    def noted(sku: Sku) -> Page:
        known = select(call(Catalog.product, sku), Title)
        old = at(Role(Catalog, "archive"), Catalog.product, sku)
        title = then(rescue(old, {UnknownProduct: lambda: None}), lambda product: product.title)
        price = optional(call(Pricing.price, sku), timeout_s=0.2)
        return Page(sku, otherwise(title, known.title), price, left_out())

    assert [line for line in noted.explain().splitlines() if line.startswith("  1. ")] == [
        "  1. product: catalog.product [select Title]",
        "  1. product.archive: catalog.product at archive [failure handled]",
        "  1. price: pricing.price [optional within 0.2 s]",
    ]


def test_a_plan_is_explained_as_data() -> None:
    """The same as JSON, for tools."""
    data = json.loads(brands.explain("json"))

    assert ("brands", 1001, ["market.not_for_sale"]) == (
        data["plan"],
        data["calls_max"],
        data["errors"],
    )
    assert {"may_be_sold": 1, "each(names)~a9c8d8.brand": 1000} == {
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

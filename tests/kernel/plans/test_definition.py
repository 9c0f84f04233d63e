"""A plan as data: equal for plans that do the same, different for all others."""

import functools
import json
import operator
import subprocess
import sys
import textwrap
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from maestri.errors import Faulted, NotExecuted
from maestri.plans import (
    Role,
    at,
    call,
    check,
    composition,
    compute,
    each,
    left_out,
    named,
    optional,
    otherwise,
    outcomes,
    quorum,
    rescue,
    route,
    select,
    then,
    translate,
    when,
)
from tests.kernel.plans.contract import (
    CartFull,
    Carts,
    Catalog,
    NotForSale,
    Price,
    Pricing,
    Product,
    Search,
    Sku,
    Title,
    UnknownProduct,
    Weight,
)

ROOT = Path(__file__).parents[3]


def shown(value: Any, *, most: int = 0) -> str:
    """Show it."""
    return str(value)[most:]


def shown_else(value: Any, *, most: int = 0) -> str:
    """Show it in another way."""
    return str(value)[:most]


def not_for_sale(error: UnknownProduct) -> NotForSale:
    """Say it in other words."""
    return NotForSale(sku=error.sku)


def made_for_sale(error: UnknownProduct) -> NotForSale:
    """Say it in still other words."""
    return NotForSale(sku=error.sku)


def read(sku: Any) -> Product:
    """Read a product."""
    return call(Catalog.product, sku)


def checked(step: Any, sku: Any) -> Product:
    """Read a product if *step* does not refuse."""
    check(step)
    return read(sku)


def put(sku: Any) -> Any:
    """Send a command."""
    return call(Carts.put_line, "c", sku)


Body = Callable[[Any, Any], Any]
"""Makes a result of a sku and skus."""

PAIRS: dict[str, tuple[Body, Body]] = {
    "the operation": (
        lambda sku, _: call(Carts.order, sku),
        lambda sku, _: named("order", call(Carts.empty, sku)),
    ),
    "the role": (
        lambda sku, _: at(Role(Search, "a"), Search.search, sku),
        lambda sku, _: named("search.a", at(Role(Search, "b"), Search.search, sku)),
    ),
    "the name": (lambda sku, _: read(sku), lambda sku, _: named("other", read(sku))),
    "a literal": (
        lambda sku, _: call(Pricing.price, sku, "EUR"),
        lambda sku, _: call(Pricing.price, sku, "USD"),
    ),
    "a default of the operation": (
        lambda sku, _: call(Pricing.price, sku),
        lambda sku, _: call(Pricing.price, sku, "USD"),
    ),
    "a literal of another type": (
        lambda sku, _: compute(shown, (sku, 1)),
        lambda sku, _: compute(shown, (sku, True)),
    ),
    "a number of another type": (
        lambda sku, _: compute(shown, (sku, 1)),
        lambda sku, _: compute(shown, (sku, 1.0)),
    ),
    "a literal on the wire": (
        lambda sku, _: compute(shown, (sku, Decimal("1.0"))),
        lambda sku, _: compute(shown, (sku, Decimal("1.00"))),
    ),
    "bytes or text": (
        lambda sku, _: compute(shown, (sku, b"a")),
        lambda sku, _: compute(shown, (sku, "a")),
    ),
    "none or its text": (lambda sku, _: (sku, None), lambda sku, _: (sku, "None")),
    "a nested literal": (
        lambda sku, _: compute(shown, {"a": (sku, 1)}),
        lambda sku, _: compute(shown, {"a": (sku, 2)}),
    ),
    "a literal in a message": (lambda sku, _: Price(sku, 1), lambda sku, _: Price(sku, 2)),
    "the message": (
        lambda sku, _: Price(sku, 1),
        lambda sku, _: (sku, 1),
    ),
    "a field": (lambda sku, _: read(sku).title, lambda sku, _: read(sku).sku),
    "the function": (lambda sku, _: compute(shown, sku), lambda sku, _: compute(shown_else, sku)),
    "a named argument": (
        lambda sku, _: compute(shown, sku, most=1),
        lambda sku, _: compute(shown, sku, most=2),
    ),
    "what a partial holds": (
        lambda sku, _: compute(functools.partial(shown, most=1), sku),
        lambda sku, _: compute(functools.partial(shown, most=2), sku),
    ),
    "what an item getter holds": (
        lambda _, skus: compute(operator.itemgetter(0), skus),
        lambda _, skus: compute(operator.itemgetter(1), skus),
    ),
    "what a method holds": (
        lambda _, skus: compute("a".join, skus),
        lambda _, skus: compute("b".join, skus),
    ),
    "an operator": (lambda sku, _: read(sku).weight_g > 1, lambda sku, _: read(sku).weight_g >= 1),
    "the side of an operator": (
        lambda sku, _: read(sku).weight_g - 1,
        lambda sku, _: 1 - read(sku).weight_g,
    ),
    "the items' bound": (
        lambda _, skus: each(skus, read, items_max=2),
        lambda _, skus: each(skus, read, items_max=3),
    ),
    "the bound of outcomes": (
        lambda _, skus: outcomes(skus, read, items_max=2),
        lambda _, skus: outcomes(skus, read, items_max=3),
    ),
    "each or outcomes": (lambda _, skus: each(skus, read), lambda _, skus: outcomes(skus, read)),
    "the key": (
        lambda _, skus: each(skus, put, key=lambda sku: sku),
        lambda _, skus: each(skus, put, key=lambda sku: (sku, 1)),
    ),
    "the timeout of an optional": (
        lambda sku, _: (optional(read(sku), timeout_s=1), left_out()),
        lambda sku, _: (optional(read(sku), timeout_s=2), left_out()),
    ),
    "no timeout": (
        lambda sku, _: (optional(read(sku)), left_out()),
        lambda sku, _: (optional(read(sku), timeout_s=1), left_out()),
    ),
    "the least of a quorum": (
        lambda sku, _: (quorum([read(sku)], 0), left_out()),
        lambda sku, _: (quorum([read(sku)], 1), left_out()),
    ),
    "the timeout of a quorum": (
        lambda sku, _: (quorum([read(sku)], 1, timeout_s=1), left_out()),
        lambda sku, _: (quorum([read(sku)], 1, timeout_s=2), left_out()),
    ),
    "the condition": (
        lambda sku, _: when(sku == "a", lambda: read(sku)),
        lambda sku, _: when(sku == "b", lambda: read(sku)),
    ),
    "a case": (
        lambda sku, _: route(sku, {"a": lambda: read(sku)}),
        lambda sku, _: route(sku, {"b": lambda: read(sku)}),
    ),
    "a case's type": (
        lambda sku, _: route(sku, {"1": lambda: read(sku)}),
        lambda sku, _: route(sku, {1: lambda: read(sku)}),
    ),
    "a rescued error": (
        lambda sku, _: rescue(read(sku), {UnknownProduct: lambda: None}),
        lambda sku, _: rescue(read(sku), {NotExecuted: lambda: None}),
    ),
    "the order of rescued errors": (
        lambda sku, _: rescue(read(sku), {NotExecuted: lambda: 1, Faulted: lambda: 2}),
        lambda sku, _: rescue(read(sku), {Faulted: lambda: 2, NotExecuted: lambda: 1}),
    ),
    "what is there instead": (
        lambda sku, _: rescue(read(sku), {UnknownProduct: lambda: 1}),
        lambda sku, _: rescue(read(sku), {UnknownProduct: lambda: 2}),
    ),
    "a translated error": (
        lambda sku, _: translate(read(sku), {UnknownProduct: NotForSale}),
        lambda sku, _: translate(read(sku), {UnknownProduct: UnknownProduct}),
    ),
    "a translating function": (
        lambda sku, _: translate(read(sku), {UnknownProduct: not_for_sale}),
        lambda sku, _: translate(read(sku), {UnknownProduct: made_for_sale}),
    ),
    "a translated command's error": (
        lambda sku, _: translate(put(sku), {CartFull: CartFull}),
        lambda sku, _: put(sku),
    ),
    "the fallback": (
        lambda sku, _: otherwise(read(sku).brand_id, "a"),
        lambda sku, _: otherwise(read(sku).brand_id, "b"),
    ),
    "a fallback that runs": (
        lambda sku, _: otherwise(read(sku).brand_id, "a"),
        lambda sku, _: otherwise(read(sku).brand_id, lambda: "a"),
    ),
    "the shape": (
        lambda sku, _: select(read(sku), Title),
        lambda sku, _: select(read(sku), Weight),
    ),
    "then or when": (
        lambda sku, _: then(read(sku).brand_id, lambda _: "a"),
        lambda sku, _: when(read(sku).title == "a", lambda: "a"),
    ),
    "what is checked": (
        lambda sku, _: checked(call(Catalog.may_be_sold, sku), sku),
        lambda sku, _: checked(named("may_be_sold", read(sku)), sku),
    ),
    "the order of commands": (
        lambda sku, _: (call(Carts.order, "c"), put(sku))[::-1],
        lambda sku, _: (put(sku), call(Carts.order, "c")),
    ),
    "a read before or after a command": (
        lambda sku, _: (call(Carts.cart, "c"), put(sku))[::-1],
        lambda sku, _: (put(sku), call(Carts.cart, "c")),
    ),
    "the order of results": (lambda sku, skus: (sku, skus), lambda sku, skus: (skus, sku)),
}


def plan_of(body: Body, **bounds: int) -> Any:
    """Return a plan whose result is what *body* makes."""

    def plan(sku: Sku, skus: tuple[Sku, ...]) -> Any:
        return body(sku, skus)

    return composition(**bounds)(plan)


@pytest.mark.parametrize("difference", PAIRS)
def test_whatever_matters_is_a_part_of_the_definition(difference: str) -> None:
    """Two plans that may do different things have different hashes."""
    one, other = map(plan_of, PAIRS[difference])

    assert one.definition() != other.definition()
    assert one.content_hash() != other.content_hash()


@pytest.mark.parametrize("body", [body for pair in PAIRS.values() for body in pair])
def test_equal_plans_have_equal_definitions(body: Body) -> None:
    """It is the same wherever and whenever the plan is traced."""
    one, other = plan_of(body), plan_of(body)

    assert (one.definition(), one.content_hash()) == (other.definition(), other.content_hash())


@pytest.mark.parametrize("body", [body for pair in PAIRS.values() for body in pair])
def test_a_definition_survives_json(body: Body) -> None:
    """It is plain data, from which nothing is lost."""
    definition = plan_of(body).definition()

    assert definition == json.loads(json.dumps(definition))


@pytest.mark.parametrize("bound", ["calls_max", "items_max", "in_flight_max"])
def test_bounds_are_a_part_of_the_definition(bound: str) -> None:
    """What ends a run is a part of what it does."""
    one, other = plan_of(PAIRS["the name"][0]), plan_of(PAIRS["the name"][0], **{bound: 7})

    assert one.content_hash() != other.content_hash()


def test_defaults_are_a_part_of_the_definition() -> None:
    """A run that is given nothing starts with them."""

    def one(sku: Sku, most: int = 1) -> Any:
        return read(sku), most

    def other(sku: Sku, most: int = 2) -> Any:
        return read(sku), most

    other.__name__ = one.__name__
    assert composition(one).content_hash() != composition(other).content_hash()


def test_a_module_is_no_part_of_the_definition() -> None:
    """Messages are told by their names, also within other types: a module may be moved."""

    @composition
    def titles(skus: tuple[Sku, ...]) -> Any:
        return select(each(skus, lambda sku: call(Catalog.product, sku)), tuple[Title, ...])

    assert Title.__module__ not in json.dumps(titles.definition())


def test_the_documentation_is_no_part_of_the_definition() -> None:
    """A plan that is explained better still does the same."""

    def one(sku: Sku) -> Any:
        """Explain it."""
        return read(sku)

    def other(sku: Sku) -> Any:
        return read(sku)

    other.__name__ = one.__name__
    assert composition(one).content_hash() == composition(other).content_hash()


SOURCE = """
    import re
    from dataclasses import dataclass
    from maestri.plans import call, composition, compute, each, route
    from tests.kernel.plans.contract import Catalog, Price, Sku

    class Words:
        def __init__(self):
            self.first = ("a", 1.5)

    @dataclass
    class Kinds:
        kinds: frozenset

    def shown(*values):
        return str(values)

    @composition
    def plan(sku: Sku, skus: tuple[Sku, ...], kinds: frozenset[str] = frozenset("abcdef")):
        found = compute(shown, frozenset(("a", "b", "c", "d", "e", "f")), Words(), sku)
        found = compute(shown, found, Kinds(frozenset("abcdef")))
        found = compute(lambda *values: re.sub("a", f"{values!r:>9}", "b") or [*values], found)
        found = compute(re.compile("a", re.I).sub, "b", found)
        return found, each(skus, lambda sku: call(Catalog.product, sku))

    print(plan.content_hash())
    print(plan.definition())
"""


def _printed(folder: Path, before: str, seed: str) -> str:
    folder.mkdir(parents=True)
    script = folder / f"written_{seed}.py"
    source = textwrap.dedent(SOURCE).replace("\n    return str", f"{before}\n    return str")
    script.write_text(source)
    return subprocess.run(
        [sys.executable, str(script)],
        text=True,
        capture_output=True,
        check=True,
        env={"PYTHONPATH": f"{ROOT / 'shared'}:{ROOT}", "PYTHONHASHSEED": seed},
    ).stdout


def test_a_definition_is_the_same_in_every_process(tmp_path: Path) -> None:
    """Neither the hash seed nor an address, a line or a file is a part of it."""
    one = _printed(tmp_path / "one", "", "1")
    other = _printed(tmp_path / "other" / "folder", "\n    # a comment" * 9, "2")

    assert one == other
    assert not [word for word in (".py", " at 0x", "line", str(tmp_path)) if word in one]

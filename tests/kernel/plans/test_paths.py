"""Every step has one path, which stays the same when lines around it come, go or move."""

import random
import re
import textwrap
from collections.abc import Sequence
from typing import Any

import pytest

import maestri.plans as algebra
from maestri.plans import (
    Plan,
    call,
    composition,
    compute,
    each,
    named,
    otherwise,
    rescue,
    route,
    then,
    when,
)
from maestri.plans.words import Call
from tests.kernel.plans import contract
from tests.kernel.plans.contract import (
    Brand,
    CartFull,
    Carts,
    Catalog,
    Price,
    Pricing,
    Product,
    Sku,
)
from tests.kernel.plans.refusals import refused_at_start

SEEDS = range(12)


@composition
def card(sku: Sku) -> tuple[Product, Price]:
    """A product with its price."""
    return call(Catalog.product, sku), call(Pricing.price, sku)


def calls_of(plan: Plan[..., Any]) -> list[str]:
    """Return the paths of the calls of a plan, in written order."""
    return [step.path for step in plan.trace.steps if isinstance(step, Call)]


def plain(path: str) -> str:
    """Return a path without what tells words of one name apart."""
    return re.sub(r"~\w+", "", path)


def test_a_path_is_the_name_behind_the_names_of_what_is_around_it() -> None:
    """Bodies with their words and cases, and inlined plans, from the outside in."""

    @composition
    def plan(skus: tuple[Sku, ...], kind: str, cart_id: str) -> Any:
        cards = each(skus, card)
        tried = rescue(
            call(Carts.put_line, cart_id, Sku("a")), {CartFull: lambda: call(Carts.order, cart_id)}
        )
        chosen = route(kind, {"show": lambda: call(Carts.cart, cart_id)})
        brand = then(tried.skus, lambda one: each(one, lambda sku: call(Catalog.brand, sku)))
        made = when(kind == "b", lambda: named("b", card)(Sku("b")))
        instead = otherwise(brand, lambda: (call(Catalog.brand, kind),))
        return cards, tried, chosen, instead, made

    assert [
        "each(skus).card.product",
        "each(skus).card.price",
        "put_line",
        "rescue(put_line, market.cart_full).order",
        "route(kind, show).cart",
        "then(skus).each(value).brand",
        "when(eq).b.product",
        "when(eq).b.price",
        "otherwise(skus).brand",
    ] == [plain(path) for path in calls_of(plan)]
    assert "rescue(put_line, market.cart_full).order" in calls_of(plan)


def test_an_input_may_be_named_like_a_call() -> None:
    """Inputs and items have no path that a call could have."""

    @composition
    def plan(product: Sku, item: tuple[Sku, ...]) -> Any:
        return call(Catalog.product, product), each(item, card)

    paths = [step.path for step in plan.trace.steps]
    assert len(paths) == len(set(paths))
    assert "product" in calls_of(plan)


def test_a_role_is_a_part_of_the_name() -> None:
    """Two dependencies of one contract are two calls."""

    @composition
    def plan(query: str) -> Any:
        books = algebra.at(algebra.Role(contract.Search, "books"), contract.Search.search, query)
        music = algebra.at(algebra.Role(contract.Search, "music"), contract.Search.search, query)
        return books, music

    assert ["search.books", "search.music"] == calls_of(plan)


def equal_calls(one: Sku, other: Sku) -> Any:
    """Call twice in one block."""
    return call(Catalog.product, one), call(Catalog.product, other)


def equal_plans(one: Sku, other: Sku) -> Any:
    """Inline twice."""
    return card(one), card(other)


def equal_calls_in_a_body(skus: tuple[Sku, ...]) -> Any:
    """Call twice in a body."""
    return each(skus, lambda sku: (call(Catalog.product, sku), call(Catalog.product, sku)))


def equal_bodies_with_commands(skus: tuple[Sku, ...]) -> Any:
    """Send commands for the same items twice."""
    one = each(skus, lambda sku: call(Carts.put_line, "a", sku), key=lambda sku: sku)
    other = each(skus, lambda sku: call(Carts.put_line, "b", sku), key=lambda sku: sku)
    return one, other


def equal_conditions_with_commands(gift: bool, dear: bool) -> Any:
    """Send commands under two conditions of one name."""
    one = when(gift == True, lambda: call(Carts.order, "a"))  # noqa: E712 - a step
    other = when(dear == True, lambda: call(Carts.order, "b"))  # noqa: E712 - a step
    return one, other


def equal_renamed(one: Sku, other: Sku) -> Any:
    """Give two calls one name."""
    first = named("x", call(Catalog.product, one))
    return first, named("x", call(Pricing.price, other))


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (equal_calls, "product"),
        (equal_calls_in_a_body, "product"),
        (equal_bodies_with_commands, "skus"),
        (equal_conditions_with_commands, "eq"),
        (equal_renamed, "x"),
    ],
)
def test_two_calls_of_one_name_in_one_block_are_refused(function: Any, name: str) -> None:
    """Only their author knows which is which; so with two words around commands."""
    assert (
        f'two steps are named {name!r}; tell them apart: named("other_name", ...)'
    ) == refused_at_start(function)


def test_a_plan_that_is_inlined_twice_is_named() -> None:
    """The line is that of its second use."""
    assert (
        "two steps are named 'card.product'; give the plan another name where it is used: "
        'named("other", card)(...)'
    ) == refused_at_start(equal_plans)


def test_equal_names_in_other_blocks_are_other_paths() -> None:
    """A body, a case and an inlined plan are places of their own."""

    @composition
    def plan(sku: Sku, skus: tuple[Sku, ...], kind: str) -> Any:
        one = call(Catalog.product, sku)
        other = each(skus, lambda sku: call(Catalog.product, sku))
        routed = route(
            kind,
            {"a": lambda: call(Catalog.product, sku), "b": lambda: call(Catalog.product, sku)},
        )
        return one, other, routed, card(sku)

    found = calls_of(plan)
    assert len(found) == len(set(found))


def test_cases_of_equal_text_are_other_paths() -> None:
    """1 and "1" are two cases of a route, and two places."""

    @composition
    def plan(kind: Any, sku: Sku) -> Any:
        return route(
            kind, {1: lambda: call(Catalog.product, sku), "1": lambda: call(Catalog.product, sku)}
        )

    found = calls_of(plan)
    assert len(found) == len(set(found))


def test_paths_of_every_step_are_unique() -> None:
    """Computations and words of one name are told apart by what they are made of."""

    @composition
    def plan(skus: tuple[Sku, ...], sku: Sku) -> Any:
        product = call(Catalog.product, sku)
        lengths = compute(len, product.title), compute(len, skus), compute(len, product.title)
        reads = each(skus, lambda one: call(Pricing.price, one))
        again = each(skus, lambda one: call(Catalog.product, one))
        sums = product.weight_g + 1, product.weight_g + 2, product.weight_g + 1
        return lengths, reads, again, sums

    paths = [step.path for step in plan.trace.steps]
    assert len(paths) == len(set(paths))


# Statements that know nothing of each other; each is written in one or several lines. The first
# are the plan's own, and what is said of them must not depend on the rest.
OWN = """
product = call(Catalog.product, sku)
check(call(Catalog.may_be_sold, sku))
cards = each(skus, lambda one: named("shown", call(Catalog.product, one)).title)
put = each(skus, lambda one: call(Carts.put_line, cart_id, one), key=lambda one: one)
full = rescue(named("last", call(Carts.put_line, cart_id, sku)), {CartFull: lambda: None})
ordered = when(gift == True, lambda: call(Carts.order, cart_id))
weight = product.weight_g + 1
length = compute(len, product.title)
""".strip().splitlines()
OTHERS = """
other_0 = named("other_0", call(Pricing.price, other))
other_1 = compute(len, skus)
other_2 = each(others, lambda one: call(Catalog.brand, one))
other_3 = when(dear == True, lambda: named("other_3", call(Catalog.brand, "x")))
other_4 = compute(len, other)
other_5 = each(skus, lambda one: call(Pricing.price, one))
other_6 = rescue(named("other_6", call(Catalog.product, other)), {UnknownProduct: lambda: None})
other_7 = then(named("other_7", call(Catalog.product, other)).brand_id, lambda one: one)
other_8 = outcomes(skus, lambda one: call(Catalog.product, one))
other_9 = (dear == False) | (dear == True)
""".strip().splitlines()
RESULTS = "product, cards, put, full, ordered, weight, length"


def _plan_of(
    statements: Sequence[str], others: Sequence[str], space: str, folder: Any
) -> Plan[..., Any]:
    found = ", ".join(line.split(" = ")[0] for line in others)
    body = f"\n{space}".join([*statements, f"return ({RESULTS}), ({found})"])
    source = (
        "@composition\n"
        "def plan(sku: Sku, other: Sku, skus: tuple[Sku, ...], others: tuple[str, ...], "
        "cart_id: str, gift: bool, dear: bool) -> Any:\n" + textwrap.indent(body, "    ")
    )
    path = folder / "plan.py"
    path.write_text(source)
    names = {**vars(algebra), **vars(contract), "composition": composition, "Any": Any}
    exec(compile(source, str(path), "exec"), names)
    plan: Plan[..., Any] = names["plan"]
    return plan


@pytest.mark.parametrize("seed", SEEDS)
def test_a_path_stays_when_other_lines_come_or_move(seed: int, tmp_path: Any) -> None:
    """Neither unrelated statements nor empty lines between them change any path."""
    chance = random.Random(seed)
    others = chance.sample(OTHERS, chance.randint(1, len(OTHERS)))
    mixed = list(OWN)
    for line in others:
        mixed.insert(chance.randint(0, len(mixed)), line)
    space = "\n" * chance.randint(0, 3) + "# a comment\n" * chance.randint(0, 1)
    (tmp_path / "alone").mkdir()

    alone = _plan_of(OWN, [], "", tmp_path / "alone")
    among = _plan_of(mixed, others, space, tmp_path)

    count = len(OWN) - 1
    expected = {f"result {i}": alone.result[0][i].m_step.path for i in range(count)}
    actual = {f"result {i}": among.result[0][i].m_step.path for i in range(count)}
    assert expected == actual
    assert set(calls_of(alone)) <= set(calls_of(among))


@pytest.mark.parametrize("seed", SEEDS)
def test_independent_lines_may_change_places(seed: int, tmp_path: Any) -> None:
    """Paths do not tell in which order reads are written."""
    chance = random.Random(seed)
    moved = chance.sample(OTHERS, len(OTHERS))
    (tmp_path / "moved").mkdir()

    written = _plan_of([*OWN, *OTHERS], OTHERS, "", tmp_path)
    among = _plan_of([*OWN, *moved], OTHERS, "", tmp_path / "moved")

    assert {step.path for step in written.trace.steps} == {step.path for step in among.trace.steps}
    for one, other in zip(written.result[1], among.result[1], strict=True):
        assert one.m_step.path == other.m_step.path


def test_a_path_says_nothing_of_lines_modules_or_positions() -> None:
    """It is read by people, in traces and journals."""

    @composition
    def plan(sku: Sku) -> Any:
        return compute(Brand, call(Catalog.product, sku).title, "IT"), call(Carts.cart, "c")

    assert ["input(sku)", "product", "Brand", "cart"] == [
        plain(step.path) for step in plan.trace.steps
    ]

"""The calls that a plan says it makes at most are the calls that it makes at most."""

from collections.abc import Mapping
from typing import Any

import pytest

from maestri.composition import Composer
from maestri.contracts import Contract, Outcome, Succeeded, get
from maestri.errors import BoundExceeded, PlanError
from maestri.plans import (
    Plan,
    call,
    check,
    composition,
    compute,
    each,
    named,
    otherwise,
    outcomes,
    program_of,
    rescue,
    route,
    then,
    when,
)
from tests.kernel.plans.contract import (
    BATCH_MAX,
    Brand,
    Carts,
    Catalog,
    Pricing,
    Product,
    Sku,
    UnknownProduct,
)
from tests.kernel.plans.market import Told, market
from tests.kernel.plans.refusals import refused_at_import, refused_at_start

ITEMS = 7


class Stock(Contract, id="bounds_stock"):
    @get("/places/{place}/{sku}")
    async def stock(self, place: str, sku: str) -> int:
        """Count one product."""
        raise NotImplementedError

    @get("/places/{place}", batch_of="stock", batch_max=BATCH_MAX)
    async def stocks(self, place: str, skus: tuple[str, ...]) -> Mapping[str, Outcome[int]]:
        """Count many."""
        raise NotImplementedError


class FakeStock(Stock):
    def __init__(self, told: Told) -> None:
        self.told = told

    async def stock(self, place: str, sku: str) -> int:
        await self.told.play("stock", f"{place}{sku}")
        return 1

    async def stocks(self, place: str, skus: tuple[str, ...]) -> Mapping[str, Outcome[int]]:
        await self.told.play("stocks", skus)
        return {sku: Succeeded(1) for sku in skus}


def texts(letter: str, count: int) -> tuple[Any, ...]:
    """Return that many different texts."""
    return tuple(f"{letter}{i}" for i in range(count))


def joined(one: str, other: str) -> str:
    """Join two texts."""
    return one + other


@composition(items_max=ITEMS)
def singles(names: tuple[str, ...]) -> Any:
    """Call for each item; there is no batch."""
    return each(names, lambda name: call(Catalog.brand, name))


@composition(items_max=ITEMS)
def one_batch_each(skus: tuple[str, ...]) -> Any:
    """Collect the calls of all items, in batches of BATCH_MAX."""
    return each(skus, lambda sku: call(Stock.stock, "p", sku))


@composition(items_max=ITEMS)
def another_argument(places: tuple[str, ...]) -> Any:
    """Let an argument vary that is not the key: no call goes with another."""
    return each(places, lambda place: call(Stock.stock, place, "s"))


@composition(items_max=ITEMS)
def both_arguments(places: tuple[str, ...], skus: tuple[str, ...]) -> Any:
    """Let both vary: a batch for each place."""
    return each(places, lambda place: each(skus, lambda sku: call(Stock.stock, place, sku)))


@composition(items_max=ITEMS)
def keys_of_both(places: tuple[str, ...], skus: tuple[str, ...]) -> Any:
    """Let the key be made of both items, in one group."""
    return each(
        places,
        lambda place: each(skus, lambda sku: call(Stock.stock, "p", compute(joined, place, sku))),
    )


@composition(items_max=ITEMS)
def arguments_of_the_item(skus: tuple[Sku, ...]) -> Any:
    """Let the other argument follow from the item."""
    return each(skus, lambda sku: call(Pricing.price, sku, compute(str, sku)))


@composition(items_max=ITEMS)
def arguments_of_an_answer(skus: tuple[Sku, ...]) -> Any:
    """Let it follow from another call of the item."""
    return each(skus, lambda sku: call(Pricing.price, sku, call(Catalog.brand, sku).name))


@composition(items_max=ITEMS)
def commands(skus: tuple[Sku, ...]) -> Any:
    """Send a command for each; reads in that body are of the item alone."""
    return each(
        skus,
        lambda sku: (call(Carts.put_line, "c", sku), call(Pricing.price, sku)),
        key=lambda sku: sku,
    )


@composition(items_max=ITEMS)
def own_bound(names: tuple[str, ...]) -> Any:
    """Give one each fewer items than the plan has."""
    return each(names, lambda name: call(Catalog.brand, name), items_max=2)


@composition(items_max=ITEMS)
def keys(skus: tuple[Sku, ...]) -> Any:
    """Answer a batch."""
    return outcomes(skus, lambda sku: call(Pricing.price, sku))


@composition(items_max=ITEMS)
def cases(names: tuple[str, ...], kind: str) -> Any:
    """Count every case."""
    chosen = route(
        kind,
        {
            "a": lambda: each(names, lambda name: call(Catalog.brand, name)),
            "b": lambda: (call(Catalog.brand, kind),),
        },
    )
    made = when(kind == "a", lambda: named("made", call(Catalog.brand, "x")))
    return chosen, made, then(made, lambda one: named("then", call(Catalog.brand, one.name)))


BOUNDS: dict[Plan[..., Any], tuple[tuple[Any, ...], int]] = {
    singles: ((texts("n", ITEMS),), ITEMS),
    one_batch_each: ((texts("s", ITEMS),), 3),
    another_argument: ((texts("p", ITEMS),), ITEMS),
    both_arguments: ((texts("p", ITEMS), texts("s", ITEMS)), ITEMS * 3),
    keys_of_both: ((texts("p", ITEMS), texts("s", ITEMS)), -(-ITEMS * ITEMS // BATCH_MAX)),
    arguments_of_the_item: ((texts("s", ITEMS),), ITEMS),
    arguments_of_an_answer: ((texts("s", ITEMS),), 2 * ITEMS),
    commands: ((texts("s", ITEMS),), 2 * ITEMS),
    own_bound: ((texts("n", 2),), 2),
    keys: ((texts("s", ITEMS),), 3),
}


def composer_of(told: Told) -> Composer:
    """Return a composer over the market and its stock."""
    return Composer({**market(told), "stock": FakeStock(told)})


@pytest.mark.parametrize("plan", BOUNDS, ids=lambda plan: plan.name)
async def test_the_bound_that_is_printed_is_reached_and_not_passed(plan: Plan[..., Any]) -> None:
    """The largest run makes exactly as many calls as explain says."""
    arguments, expected = BOUNDS[plan]
    told = Told()

    await composer_of(told).run(plan, *arguments)

    assert expected == len(told.calls)
    assert f"at most {expected} calls" in plan.explain().splitlines()[0]


async def test_a_bound_counts_every_case() -> None:
    """Which case is chosen is known only in a run, which then makes fewer calls."""
    told = Told()

    await composer_of(told).run(cases, texts("n", ITEMS), "a")

    assert (ITEMS + 2, ITEMS + 3) == (len(told.calls), program_of(cases).calls_max)


async def test_equal_reads_are_counted_each() -> None:
    """They are one call in a run if their arguments are equal, and nobody knows that before."""

    @composition
    def plan(one: str, other: str) -> Any:
        return call(Catalog.brand, one), named("other", call(Catalog.brand, other))

    told = Told()
    await composer_of(told).run(plan, "a", "a")

    assert (1, 2) == (len(told.calls), program_of(plan).calls_max)


def too_many_singles(names: tuple[str, ...]) -> tuple[Brand, ...]:
    """Call for each of 1,000 items."""
    return each(names, lambda name: call(Catalog.brand, name))


def too_many_batches(skus: tuple[Sku, ...]) -> tuple[Product, ...]:
    """Collect them, three in a batch."""
    return each(skus, lambda sku: call(Catalog.product, sku))


def too_many_by_an_argument(places: tuple[str, ...]) -> tuple[int, ...]:
    """Collect nothing, as it looks."""
    return each(places, lambda place: call(Stock.stock, place, "s"))


def too_many_when_nested(places: tuple[str, ...], skus: tuple[str, ...]) -> Any:
    """Multiply."""
    return each(
        places,
        lambda place: each(skus, lambda sku: call(Catalog.brand, compute(joined, place, sku))),
    )


def too_many_in_a_handler(sku: Sku) -> Any:
    """Count what runs only instead."""
    return rescue(
        call(Catalog.product, sku),
        {UnknownProduct: lambda: named("instead", call(Catalog.product, Sku("x")))},
    )


def too_many_in_a_fallback(sku: Sku) -> Any:
    """Count what runs only instead."""
    return otherwise(call(Catalog.product, sku).brand_id, lambda: call(Catalog.brand, "x").name)


def too_many_checks(sku: Sku) -> Any:
    """Count what is called for its refusal alone."""
    check(call(Catalog.may_be_sold, sku))
    return call(Catalog.product, sku)


@pytest.mark.parametrize(
    ("function", "calls_max", "calls"),
    [
        (too_many_singles, 999, 1_000),
        (too_many_batches, 1, 334),
        (too_many_by_an_argument, 1, 1_000),
        (too_many_when_nested, 1_000, 1_000_000),
        (too_many_in_a_handler, 1, 2),
        (too_many_in_a_fallback, 1, 2),
        (too_many_checks, 1, 2),
    ],
)
def test_more_calls_than_the_bound_are_refused(function: Any, calls_max: int, calls: int) -> None:
    """The message says how many there may be, and what to do about it."""
    name = function.__name__

    message = refused_at_start(function, calls_max=calls_max)

    assert f"plan {name} may make {calls} calls, its calls_max is {calls_max}; declare a" in message


@pytest.mark.parametrize(
    ("function", "calls"),
    [(too_many_singles, 1_000), (too_many_batches, 334), (too_many_checks, 2)],
)
def test_as_many_calls_as_the_bound_are_right(function: Any, calls: int) -> None:
    """A bound is a maximum."""
    assert calls == program_of(composition(calls_max=calls)(function)).calls_max


@composition(calls_max=2, items_max=2)
def two_brands(names: tuple[str, ...]) -> tuple[Brand, ...]:
    """Make at most two calls."""
    return each(names, lambda name: call(Catalog.brand, name))


def test_an_inlined_plan_keeps_its_items_max() -> None:
    """What is inlined is bound as it was written, whatever bound the plan around it has."""

    @composition(items_max=50)
    def plan(names: tuple[str, ...]) -> Any:
        return two_brands(names), each(names, lambda name: call(Catalog.brand, name))

    assert 2 + 50 == program_of(plan).calls_max


async def test_more_items_than_an_inlined_plan_takes_are_refused() -> None:
    """It is a declared error, before anything is sent for any item."""

    @composition
    def plan(names: tuple[str, ...]) -> Any:
        return two_brands(names)

    told = Told()
    with pytest.raises(BoundExceeded):
        await composer_of(told).run(plan, ("a", "b", "c"))

    assert [] == told.calls


@composition(calls_max=1)
def priced_twice(sku: Sku) -> Any:
    """Make one call for a product, and one more for each brand, if there are any."""
    return call(Catalog.product, sku)


def test_an_inlined_plan_keeps_its_calls_max() -> None:
    """It is checked for each time that it runs, not for all of them."""

    @composition(items_max=ITEMS)
    def plan(skus: tuple[Sku, ...], sku: Sku) -> Any:
        return each(skus, priced_twice), named("other", priced_twice)(sku)

    assert 3 + 1 == program_of(plan).calls_max


def test_an_inlined_plan_that_is_given_more_is_refused() -> None:
    """A body that it is given may make it larger than it was alone; here it is too large alone."""

    @composition(calls_max=1)
    def too_large(names: tuple[str, ...]) -> Any:
        return each(names, lambda name: call(Catalog.brand, name))

    def plan(names: tuple[str, ...]) -> Any:
        return too_large(names)

    assert "plan too_large may make 1000 calls, its calls_max is 1" in refused_at_start(plan)


WRONG = {
    "calls_max": (-1, 1.5, "3", True),
    "items_max": (0, -1, 1.5, None, True),
    "in_flight_max": (0, -1, 1.5, None, False),
}


@pytest.mark.parametrize(
    ("bound", "value"), [(bound, value) for bound, values in WRONG.items() for value in values]
)
def test_a_wrong_bound_is_refused(bound: str, value: Any) -> None:
    """It is a number that lets at least something through; the line is where it is given."""
    with pytest.raises(PlanError) as raised:
        composition(**{bound: value})(too_many_checks)

    expected = f"plan too_many_checks has {bound}={value!r}; give it a number of at least"
    assert expected in str(raised.value)
    assert str(raised.value).startswith(f"{__file__}:")


@pytest.mark.parametrize("value", [0, -1, 1.5, "3", True])
def test_a_wrong_bound_of_an_each_is_refused(value: Any) -> None:
    """So is that of one each."""

    def plan(names: tuple[str, ...]) -> Any:
        return each(names, lambda name: call(Catalog.brand, name), items_max=value)

    def answered(names: tuple[str, ...]) -> Any:
        return outcomes(names, lambda name: call(Catalog.brand, name), items_max=value)

    assert f"items_max={value!r}; give it a number of at least 1" in refused_at_import(plan)
    assert f"items_max={value!r}; give it a number of at least 1" in refused_at_import(answered)


def test_no_calls_are_a_bound() -> None:
    """A plan may promise to call nobody."""

    @composition(calls_max=0)
    def plan(sku: Sku) -> Sku:
        return sku

    assert 0 == program_of(plan).calls_max

"""Every bound of a plan is kept while it runs, and what happens at it is a declared error."""

from collections.abc import Mapping
from typing import Any

import pytest

from maestri import clock
from maestri.composition import Composer
from maestri.contracts import Failed, LeftOut, Message, Outcome
from maestri.errors import BoundExceeded, Faulted
from maestri.plans import (
    Plan,
    call,
    composition,
    compute,
    each,
    left_out,
    optional,
    outcomes,
    program_of,
    rescue,
    when,
)
from tests.kernel.composition.effects import KeyedTold
from tests.kernel.plans.contract import Brand, Carts, Catalog, Price, Pricing, Product, Sku

SKUS = tuple(Sku(f"s{number}") for number in range(8))


@composition(items_max=2)
def few(skus: tuple[Sku, ...]) -> tuple[Product, ...]:
    """At most two products."""
    return each(skus, lambda sku: call(Catalog.product, sku))


@composition
def inlined(skus: tuple[Sku, ...]) -> tuple[Product, ...]:
    """The same, inside a plan with another bound."""
    return few(skus)


@composition
def inlined_in_a_body(rows: tuple[tuple[Sku, ...], ...]) -> tuple[tuple[Product, ...], ...]:
    """The same, for many rows."""
    return each(rows, few)


@composition
def of_its_own(skus: tuple[Sku, ...]) -> tuple[Product, ...]:
    """An each with a bound of its own."""
    return each(skus, lambda sku: call(Catalog.product, sku), items_max=2)


@composition
def of_keys(skus: tuple[Sku, ...]) -> Mapping[Sku, Outcome[Product]]:
    """Outcomes with a bound of their own."""
    return outcomes(skus, lambda sku: call(Catalog.product, sku), items_max=2)


@composition
def of_commands(skus: tuple[Sku, ...]) -> tuple[Any, ...]:
    """An each over commands with a bound."""
    return each(skus, lambda sku: call(Carts.put_line, "c", sku), key=lambda sku: sku, items_max=2)


@pytest.mark.parametrize(
    ("plan", "two", "three"),
    [
        (few, SKUS[:2], SKUS[:3]),
        (inlined, SKUS[:2], SKUS[:3]),
        (inlined_in_a_body, (SKUS[:2], SKUS[2:4], ()), (SKUS[:3],)),
        (of_its_own, SKUS[:2], SKUS[:3]),
        (of_keys, SKUS[:2], SKUS[:3]),
        (of_commands, SKUS[:2], SKUS[:3]),
    ],
    ids=lambda one: one.name if isinstance(one, Plan) else "-",
)
async def test_more_items_than_items_max_are_refused_before_anything_is_sent(
    composer: Composer, told: KeyedTold, plan: Plan[[Any], Any], two: Any, three: Any
) -> None:
    """The bound is that of the plan, or the each, where it is written, also when inlined."""
    await composer.run(plan, two)
    told.calls.clear()

    with pytest.raises(BoundExceeded, match="items_max is 2"):
        await composer.run(plan, three)
    assert [] == told.calls


async def test_an_inlined_plan_has_its_own_bound_whatever_that_of_the_outer_one(
    composer: Composer,
) -> None:
    """A smaller bound of the outer plan is for what is written there."""

    @composition(items_max=4)
    def wide(skus: tuple[Sku, ...]) -> tuple[Product, ...]:
        return each(skus, lambda sku: call(Catalog.product, sku))

    @composition(items_max=2)
    def outer(skus: tuple[Sku, ...]) -> tuple[tuple[Product, ...], tuple[Price, ...]]:
        return wide(skus), each(skus, lambda sku: call(Pricing.price, sku))

    @composition(items_max=2)
    def only_inner(skus: tuple[Sku, ...]) -> tuple[Product, ...]:
        return wide(skus)

    products = await composer.run(only_inner, SKUS[:4])

    assert 4 == len(products)
    with pytest.raises(BoundExceeded, match="items_max is 2"):
        await composer.run(outer, SKUS[:4])


class Shown(Message):
    products: tuple[Product, ...] | None
    left_out: LeftOut = ()


async def test_a_part_over_its_bound_is_left_out(composer: Composer, told: KeyedTold) -> None:
    """What exceeds a bound is a fault, so a part is done without, and named."""

    @composition
    def shown(skus: tuple[Sku, ...]) -> Shown:
        return Shown(optional(few(skus)), left_out())

    assert Shown(None, ("few",)) == await composer.run(shown, SKUS)
    assert [] == told.calls


async def test_a_bound_may_be_rescued(composer: Composer) -> None:
    """BoundExceeded is an error class like the others, and a Faulted."""

    @composition
    def rescued(skus: tuple[Sku, ...]) -> tuple[Product, ...] | None:
        return rescue(each(skus, product_of, items_max=1), {BoundExceeded: lambda: None})

    @composition
    def rescued_as_fault(skus: tuple[Sku, ...]) -> tuple[Product, ...] | None:
        return rescue(each(skus, product_of, items_max=1), {Faulted: lambda: None})

    assert (None, None) == (
        await composer.run(rescued, SKUS),
        await composer.run(rescued_as_fault, SKUS),
    )


def product_of(sku: Sku) -> Product:
    """Call for a product."""
    return call(Catalog.product, sku)


async def test_a_key_over_its_bound_spoils_no_other(composer: Composer) -> None:
    """A bound that is exceeded in a body fails its key."""

    @composition
    def similar(skus: tuple[Sku, ...]) -> Mapping[Sku, Outcome[int]]:
        def count(sku: Sku) -> int:
            found = each(compute(many, sku), product_of, items_max=2)
            return compute(len, found)

        return outcomes(skus, count)

    found = await composer.run(similar, (Sku("xx"), Sku("xxx")))

    assert "urn:maestri:bound_exceeded" == _problem(found[Sku("xxx")])
    assert not isinstance(found[Sku("xx")], Failed)


def many(sku: Sku) -> tuple[Sku, ...]:
    """Return as many items as the text has letters."""
    return tuple(Sku(f"{sku}{number}") for number in range(len(sku)))


def _problem(outcome: Outcome[Any]) -> str:
    return outcome.problem.type if isinstance(outcome, Failed) else ""


@composition(in_flight_max=2)
def two_at_a_time(names: tuple[str, ...]) -> tuple[Brand, ...]:
    """Calls for items, two at a time."""
    return each(names, lambda name: call(Catalog.brand, name))


async def test_the_calls_over_in_flight_max_wait_in_order(
    composer: Composer, told: KeyedTold
) -> None:
    """As soon as one has ended the next is sent, and never more at once."""
    told.delays = {"brand:a": 3.0, "brand:b": 1.0, "brand:c": 1.0, "brand:d": 1.0}
    await composer.run(two_at_a_time, tuple("abcd"))

    assert ([f"brand:{name}" for name in "abcd"], 3.0) == (told.calls, clock.now_s())
    assert ["brand:b", "brand:c"] == told.ended[:2]


async def test_one_at_a_time_is_one_after_the_other(composer: Composer, told: KeyedTold) -> None:
    """With room for one a run is as slow as the sum of its calls."""

    @composition(in_flight_max=1)
    def single(names: tuple[str, ...], sku: Sku) -> tuple[Any, ...]:
        return each(names, lambda name: call(Catalog.brand, name)), call(Pricing.price, sku)

    told.delays = {"brand": 1.0, "price": 1.0}
    await composer.run(single, ("x", "y"), SKUS[0])

    assert 3.0 == clock.now_s()


async def test_a_call_that_is_given_up_makes_room(composer: Composer, told: KeyedTold) -> None:
    """What was cancelled is in flight no more, and what was given up in the queue is not sent."""

    @composition(in_flight_max=1)
    def parts(names: tuple[str, ...]) -> tuple[tuple[Brand | None, ...], LeftOut]:
        found = each(names, lambda name: optional(call(Catalog.brand, name), timeout_s=1.0))
        return found, left_out()

    told.delays = {"brand:x": 60.0}
    found, parts_missing = await composer.run(parts, ("x", "y"))

    assert ((None, None), ("names.brand",)) == (found, parts_missing)
    assert (["brand:x"], ["brand:x"], 1.0) == (told.calls, told.cancelled, clock.now_s())


@composition
def by_place(places: tuple[str, ...], sku: Sku) -> tuple[Price, ...]:
    """A batched call whose other argument varies: no batch can hold two of them."""
    return each(places, lambda place: call(Pricing.price, sku, place))


@composition
def by_sku(skus: tuple[Sku, ...]) -> tuple[Price, ...]:
    """A batched call, batch_max keys at a time."""
    return each(skus, lambda sku: call(Pricing.price, sku))


@composition
def by_both(places: tuple[str, ...], skus: tuple[Sku, ...]) -> tuple[tuple[Price, ...], ...]:
    """A batch for each place."""
    return each(places, lambda place: each(skus, lambda sku: call(Pricing.price, sku, place)))


@composition
def with_fallbacks(skus: tuple[Sku, ...], again: bool) -> tuple[Any, ...]:
    """Calls in bodies that may run, or not."""
    return each(
        skus,
        lambda sku: (
            rescue(call(Catalog.brand, sku), {Faulted: lambda: call(Catalog.brand, "other")}),
            when(again, lambda: call(Pricing.price, sku)),
        ),
    )


@pytest.mark.parametrize(
    ("plan", "inputs"),
    [
        (by_place, (tuple(f"p{number}" for number in range(40)), SKUS[0])),
        (by_sku, (SKUS,)),
        (by_sku, (SKUS[:1],)),
        (by_both, (("p", "q"), SKUS)),
        (with_fallbacks, (SKUS, True)),
    ],
    ids=lambda one: one.name if isinstance(one, Plan) else "-",
)
async def test_a_run_makes_no_more_calls_than_its_plan_says(
    composer: Composer, told: KeyedTold, plan: Plan[..., Any], inputs: tuple[Any, ...]
) -> None:
    """The bound of a plan for so many items holds, whatever varies, and whatever fails."""
    items_max = max(len(one) for one in inputs if isinstance(one, tuple))
    bounded = composition(items_max=items_max)(plan.__wrapped__)  # type: ignore[attr-defined]  # of update_wrapper
    told.failures = {"brand": Faulted()}
    failed = None
    try:
        await composer.run(bounded, *inputs)
    except Faulted as error:
        failed = error

    assert len(told.calls) <= program_of(bounded).calls_max
    assert (failed is None) == (plan is not with_fallbacks)

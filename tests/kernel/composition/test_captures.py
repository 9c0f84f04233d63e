"""A body begins with what it can do, before all that it uses of outside is there."""

from collections.abc import Mapping
from typing import Any

import pytest

from maestri import clock
from maestri.composition import Composer
from maestri.contracts import Failed, LeftOut, Outcome, Succeeded
from maestri.errors import ConnectFailed
from maestri.plans import (
    call,
    check,
    composition,
    compute,
    each,
    left_out,
    named,
    optional,
    outcomes,
    route,
    then,
    when,
)
from tests.kernel.composition.effects import KeyedTold
from tests.kernel.plans.contract import Brand, Cart, Carts, Catalog, Price, Pricing, Sku

A, B = Sku("a"), Sku("b")


def joined(name: str, price: Price) -> str:
    """Return what is made of both."""
    return f"{name} for {price.minor}"


@composition
def priced(sku: Sku, names: tuple[str, ...]) -> tuple[str, ...]:
    """A slow price outside, and a brand in each item that the price is put to."""
    price = call(Pricing.price, sku)
    return each(names, lambda name: compute(joined, call(Catalog.brand, name).name, price))


async def test_a_body_does_not_wait_for_what_it_uses_later(
    composer: Composer, told: KeyedTold
) -> None:
    """The calls of a body are sent at once; only what uses the outer value waits for it."""
    told.delays = {"price": 3.0, "brand": 2.0}
    found = await composer.run(priced, A, ("x", "y"))

    assert (("Name x for 100", "Name y for 100"), 3.0) == (found, clock.now_s())


async def test_every_kind_of_body_begins_at_once(composer: Composer, told: KeyedTold) -> None:
    """Bodies of then, when, route, and bodies in bodies, as those of each."""

    @composition
    def shown(sku: Sku, sure: bool) -> tuple[Any, ...]:
        price = call(Pricing.price, sku)

        def body(name: str) -> str:
            return compute(joined, call(Catalog.brand, name).name, price)

        return (
            then(sku, lambda _: body("then")),
            when(sure, lambda: body("when")),
            route(sure, {True: lambda: body("route"), False: lambda: ""}),
            then(sku, lambda one: when(sure, lambda: each((one,), lambda _: body("deep")))),
        )

    told.delays = {"price": 3.0, "brand": 2.0}
    await composer.run(shown, A, True)

    assert (3.0, 5) == (clock.now_s(), len(told.calls))


async def test_a_result_of_a_body_may_be_what_is_outside(
    composer: Composer, told: KeyedTold
) -> None:
    """A body that only returns an outer value ends when that is there."""

    @composition
    def shown(sku: Sku, names: tuple[str, ...]) -> tuple[Price, ...]:
        price = call(Pricing.price, sku)
        return each(names, lambda _: price)

    told.delays = {"price": 3.0}

    assert (Price(A, 100), Price(A, 100)) == await composer.run(shown, A, ("x", "y"))


async def test_an_outer_value_that_is_there_first_costs_nothing(
    composer: Composer, told: KeyedTold
) -> None:
    """The other way around it is as if the value were an input."""
    told.delays = {"price": 1.0, "brand": 2.0}
    await composer.run(priced, A, ("x", "y"))

    assert 2.0 == clock.now_s()


async def test_an_outer_failure_ends_the_run_at_once(composer: Composer, told: KeyedTold) -> None:
    """What is needed in a body and fails outside of it, unhandled, cancels the body."""
    told.delays = {"price": 1.0, "brand": 9.0}
    told.failures = {"price": ConnectFailed()}

    with pytest.raises(ConnectFailed):
        await composer.run(priced, A, ("x", "y"))

    assert (["brand:x", "brand:y"], 1.0) == (sorted(told.cancelled), clock.now_s())


async def test_an_outer_failure_is_handled_in_the_body_that_uses_it(
    composer: Composer, told: KeyedTold
) -> None:
    """Each item goes without, and the rest of the item is there."""

    @composition
    def shown(sku: Sku, names: tuple[str, ...]) -> tuple[tuple[Any, ...], LeftOut]:
        price = call(Pricing.price, sku)

        def one(name: str) -> tuple[Brand, str | None]:
            return call(Catalog.brand, name), optional(compute(joined, name, price))

        return each(names, one), left_out()

    told.delays = {"price": 1.0, "brand": 2.0}
    told.failures = {"price": ConnectFailed()}
    found, parts = await composer.run(shown, A, ("x", "y"))

    assert ([None, None], ("names.joined",), 2.0) == (
        [text for _, text in found],
        parts,
        clock.now_s(),
    )


async def test_an_outer_failure_spoils_the_keys_that_use_it(
    composer: Composer, told: KeyedTold
) -> None:
    """In outcomes every key fails that uses the outer step, and no other."""

    @composition
    def shown(sku: Sku, names: tuple[str, ...]) -> Mapping[str, Outcome[str | None]]:
        price = call(Pricing.price, sku)

        def one(name: str) -> str | None:
            return when(name != "x", lambda: compute(joined, name, price))

        return outcomes(names, one)

    told.failures = {"price": ConnectFailed()}
    found = await composer.run(shown, A, ("x", "y"))

    assert {"x": Succeeded, "y": Failed} == {name: type(one) for name, one in found.items()}


async def test_a_command_in_a_body_waits_for_what_is_written_before_it(
    composer: Composer, told: KeyedTold
) -> None:
    """An outer read that is written before a word with a command ends before the command."""

    @composition
    def filled(sku: Sku, skus: tuple[Sku, ...]) -> tuple[Price, tuple[Cart, ...]]:
        price = call(Pricing.price, sku)
        put = each(skus, lambda one: call(Carts.put_line, "c", one), key=lambda one: one)
        return price, put

    told.delays = {"price": 3.0}
    await composer.run(filled, A, (A, B))

    assert ["price:a", "put_line:a", "put_line:b"] == told.calls


async def test_batches_wait_for_items_that_wait_for_what_is_outside(
    composer: Composer, told: KeyedTold
) -> None:
    """A collected call whose argument comes from outside is sent when that is there, once."""

    @composition
    def shown(brand_id: str, skus: tuple[Sku, ...]) -> tuple[Price, ...]:
        brand = call(Catalog.brand, brand_id)

        def one(sku: Sku) -> Price:
            return call(Pricing.price, sku, currency=brand.country)

        return each(skus, one)

    told.delays = {"brand": 2.0}
    await composer.run(shown, "x", (A, B))

    assert (["brand:x", "prices:a+b"], 2.0) == (told.calls, clock.now_s())


async def test_an_empty_body_waits_for_nothing(composer: Composer, told: KeyedTold) -> None:
    """An each of no items, or a body that is not run, ends before what it would have used."""

    @composition
    def shown(sku: Sku, names: tuple[str, ...]) -> tuple[Any, Any, Brand | None]:
        price = call(Pricing.price, sku)
        none = each(names, lambda name: compute(joined, call(Catalog.brand, name).name, price))
        check(price)
        after = then(compute(len, none), lambda _: named("after", call(Catalog.brand, "after")))
        return none, when(sku != A, lambda: compute(joined, "x", price)), after

    told.delays = {"price": 3.0, "brand": 1.0}
    await composer.run(shown, A, ())

    assert ["brand:after", "price:a"] == told.ended

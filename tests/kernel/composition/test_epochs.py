"""Between two commands, what is equal is asked for once; across a command, nothing is shared."""

from collections.abc import Mapping
from typing import Any

import pytest

from maestri import clock
from maestri.composition import Composer
from maestri.context import current
from maestri.contracts import Contract, Outcome
from maestri.errors import ConnectFailed
from maestri.plans import (
    Plan,
    Role,
    at,
    call,
    check,
    composition,
    compute,
    each,
    named,
    otherwise,
    outcomes,
    rescue,
    route,
    select,
    then,
    when,
)
from tests.kernel.composition.effects import KeyedTold
from tests.kernel.plans.contract import (
    Brand,
    Cart,
    Carts,
    Catalog,
    Price,
    Pricing,
    Product,
    Search,
    Sku,
    Title,
    UnknownProduct,
    Weight,
)
from tests.kernel.plans.market import FakeCatalog, Told, market

A, B, C, D = Sku("a"), Sku("b"), Sku("c"), Sku("d")


class Lines(Carts):
    """Carts that remember: a command takes a second for a, and five for any other line."""

    def __init__(self) -> None:
        self.lines: tuple[Sku, ...] = ()

    async def cart(self, cart_id: str) -> Cart:
        return Cart(self.lines)

    async def put_line(self, cart_id: str, sku: Sku) -> Cart:
        await clock.sleep(1.0 if sku == "a" else 5.0)
        self.lines += (sku,)
        return Cart(self.lines)

    async def order(self, cart_id: str) -> Cart:
        self.lines = ()
        return Cart(())

    async def empty(self, cart_id: str) -> None:
        self.lines = ()


async def test_a_read_after_an_items_own_command_is_fresh() -> None:
    """What another item has read before is not the answer for an item that has written since."""

    @composition
    def filled(skus: tuple[Sku, ...]) -> tuple[Cart, ...]:
        def put(sku: Sku) -> Cart:
            call(Carts.put_line, "c", sku)
            return call(Carts.cart, "c")

        return each(skus, put, key=lambda sku: sku)

    carts = await Composer({"carts": Lines()}).run(filled, (A, B))

    assert (Cart((A,)), Cart((A, B))) == carts


@composition
def in_when(sku: Sku) -> tuple[Cart, Cart | None]:
    """Read, write and read in a body, after a read outside."""

    def put() -> Cart:
        call(Carts.put_line, "c", sku)
        return call(Carts.cart, "c")

    return call(Carts.cart, "c"), when(sku == A, put)


@composition
def in_then(sku: Sku | None) -> tuple[Cart, Cart | None]:
    """The same in another body."""

    def put(one: Sku) -> Cart:
        call(Carts.put_line, "c", one)
        return call(Carts.cart, "c")

    return call(Carts.cart, "c"), then(sku, put)


@composition
def in_route(sku: Sku) -> tuple[Cart, Cart]:
    """The same in a case."""

    def put() -> Cart:
        call(Carts.put_line, "c", sku)
        return call(Carts.cart, "c")

    return call(Carts.cart, "c"), route(sku, {A: put})


@composition
def in_otherwise(sku: Sku) -> tuple[Cart, Cart]:
    """The same in a fallback."""

    def put() -> Cart:
        call(Carts.put_line, "c", sku)
        return call(Carts.cart, "c")

    none = when(sku != A, lambda: call(Carts.cart, "other"))
    return call(Carts.cart, "c"), otherwise(none, put)


@composition
def outside(sku: Sku) -> tuple[Cart, Cart]:
    """A command between two reads."""
    before = call(Carts.cart, "c")
    call(Carts.put_line, "c", sku)
    return before, named("after", call(Carts.cart, "c"))


@composition
def after_a_body(sku: Sku) -> tuple[Cart, Cart]:
    """A command in a body between two reads."""
    before = call(Carts.cart, "c")
    when(sku == A, lambda: call(Carts.put_line, "c", sku))
    return before, named("after", call(Carts.cart, "c"))


@composition
def in_a_body_after_it(sku: Sku) -> tuple[Cart, Cart | None]:
    """A command, and a body that reads after it."""
    before = call(Carts.cart, "c")
    call(Carts.put_line, "c", sku)
    return before, when(sku == A, lambda: call(Carts.cart, "c"))


@pytest.mark.parametrize(
    "plan",
    [in_when, in_then, in_route, in_otherwise, outside, after_a_body, in_a_body_after_it],
    ids=lambda plan: plan.name,
)
async def test_nothing_is_shared_across_a_command(plan: Plan[[Sku], Any]) -> None:
    """A read that is written after a command sees what it did, in whatever body they are."""
    assert (Cart(()), Cart((A,))) == await Composer({"carts": Lines()}).run(plan, A)


async def test_a_read_for_items_is_asked_again_after_a_command(
    composer: Composer, told: KeyedTold
) -> None:
    """A command between two eaches parts their batches."""

    @composition
    def priced(skus: tuple[Sku, ...]) -> tuple[tuple[Price, ...], tuple[Price, ...]]:
        before = each(skus, lambda sku: call(Pricing.price, sku))
        call(Carts.order, "c")
        after = named("after", each(skus, lambda sku: call(Pricing.price, sku)))
        return before, after

    await composer.run(priced, (A, B))

    assert ["prices:a+b", "order:c", "prices:a+b"] == told.calls


async def test_two_eaches_over_the_same_keys_ask_once(composer: Composer, told: KeyedTold) -> None:
    """The keys that one each asks for are those of the other, too."""

    @composition
    def twice(skus: tuple[Sku, ...]) -> tuple[tuple[Price, ...], tuple[int, ...]]:
        return (
            each(skus, lambda sku: call(Pricing.price, sku)),
            each(skus, lambda sku: call(Pricing.price, sku).minor),
        )

    prices, minors = await composer.run(twice, (A, B))

    assert (["prices:a+b"], (100, 100)) == (told.calls, minors)
    assert (Price(A, 100), Price(B, 100)) == prices


async def test_eaches_that_are_complete_at_one_moment_are_one_batch(
    composer: Composer, told: KeyedTold
) -> None:
    """Different keys of two eaches go together, as those of one each do."""

    @composition
    def both(one: tuple[Sku, ...], other: tuple[Sku, ...]) -> tuple[tuple[Price, ...], ...]:
        return (
            each(one, lambda sku: call(Pricing.price, sku)),
            each(other, lambda sku: call(Pricing.price, sku)),
        )

    await composer.run(both, (A, B), (B, C))

    assert ["prices:a+b+c"] == told.calls


async def test_an_each_asks_for_what_was_not_asked_for_yet(
    composer: Composer, told: KeyedTold
) -> None:
    """A later each sends the keys that no earlier one sent, and those alone."""

    @composition
    def later(one: tuple[Sku, ...], sku: Sku, other: tuple[Sku, ...]) -> tuple[Any, ...]:
        brand = call(Catalog.brand, sku)

        def after(item: Sku) -> Price | None:
            return then(brand.name, lambda _: call(Pricing.price, item))

        return each(one, lambda item: call(Pricing.price, item)), each(other, after)

    told.delays = {"brand": 1.0}
    await composer.run(later, (A, B), C, (A, B, C, D))

    assert ["brand:c", "prices:a+b", "prices:c+d"] == sorted(told.calls)


async def test_a_single_call_and_an_each_ask_for_a_key_once(
    composer: Composer, told: KeyedTold
) -> None:
    """A key that a single call asks for is not in the batch of the same epoch."""

    @composition
    def priced(sku: Sku, skus: tuple[Sku, ...]) -> tuple[Price, tuple[int, ...]]:
        return call(Pricing.price, sku), each(skus, lambda one: call(Pricing.price, one).minor)

    found = await composer.run(priced, A, (A, B, C))

    assert ((Price(A, 100), (100, 100, 100)), ["price:a", "prices:b+c"]) == (
        found,
        sorted(told.calls),
    )


async def test_an_each_of_nothing_new_asks_nothing(composer: Composer, told: KeyedTold) -> None:
    """An each whose only key is that of a single call sends no batch."""

    @composition
    def priced(sku: Sku, skus: tuple[Sku, ...]) -> tuple[Price, tuple[Price, ...]]:
        return call(Pricing.price, sku), each(skus, lambda one: call(Pricing.price, one))

    await composer.run(priced, A, (A, A))

    assert ["price:a"] == told.calls


async def test_items_with_commands_are_not_collected(composer: Composer, told: KeyedTold) -> None:
    """Every item of an each with commands has epochs of its own, so it asks for itself."""

    @composition
    def filled(skus: tuple[Sku, ...]) -> tuple[Price, ...]:
        def put(sku: Sku) -> Price:
            call(Carts.put_line, "c", sku)
            return call(Pricing.price, sku)

        return each(skus, put, key=lambda sku: sku)

    await composer.run(filled, (A, B))

    assert ["price:a", "price:b"] == sorted(one for one in told.calls if one[:5] == "price")


async def test_within_an_item_with_commands_an_inner_each_is_collected(
    composer: Composer, told: KeyedTold
) -> None:
    """In the body of an item the rule is the same as outside: one batch between two commands."""

    @composition
    def filled(skus: tuple[Sku, ...], names: tuple[Sku, ...]) -> tuple[tuple[Price, ...], ...]:
        def put(sku: Sku) -> tuple[Price, ...]:
            before = each(names, lambda name: call(Pricing.price, name))
            check(before)
            call(Carts.put_line, "c", sku)
            return named("after", each(names, lambda name: call(Pricing.price, name)))

        return each(skus, put, key=lambda sku: sku)

    await composer.run(filled, (A, B), (C, D))

    assert ["prices:c+d"] * 4 == [one for one in told.calls if one.startswith("price")]


async def test_outcomes_and_each_share_their_reads(composer: Composer, told: KeyedTold) -> None:
    """A key of an outcomes and of an each is asked for once."""

    @composition
    def both(skus: tuple[Sku, ...]) -> tuple[Mapping[Sku, Outcome[Price]], tuple[Price, ...]]:
        return (
            outcomes(skus, lambda sku: call(Pricing.price, sku)),
            each(skus, lambda sku: call(Pricing.price, sku)),
        )

    await composer.run(both, (A, B))

    assert ["prices:a+b"] == told.calls


def not_sure(sure: bool) -> bool:
    """Return the opposite."""
    return compute(_not, sure)


def _not(sure: bool) -> bool:
    return not sure


@composition
def in_bodies(sku: Sku, sure: bool) -> tuple[Any, ...]:
    """The same read in every kind of body, and outside."""

    def brand() -> Brand:
        return call(Catalog.brand, sku)

    missing = rescue(call(Catalog.product, sku).title, {UnknownProduct: lambda: brand().name})
    return (
        when(sure, brand),
        then(sku, lambda _: brand()),
        route(sku, {A: brand}),
        otherwise(when(not_sure(sure), brand), brand),
        missing,
        named("outer", call(Catalog.brand, sku)),
    )


async def test_equal_reads_of_different_bodies_are_one_call(
    composer: Composer, told: KeyedTold
) -> None:
    """Whatever bodies ask for, and whenever, an epoch asks once."""
    told.failures = {"product": UnknownProduct(sku="a")}
    told.delays = {"product": 1.0}

    await composer.run(in_bodies, A, True)

    assert {"brand:a": 1, "product:a": 1} == told.counted()


class Selecting(FakeCatalog):
    """A catalog that notes which fields it was asked for."""

    def __init__(self, told: Told) -> None:
        super().__init__(told)
        self.asked: list[str] = []

    async def product(self, sku: Sku) -> Product:
        self.asked.append(str(current().selection))
        return await super().product(sku)

    async def products(self, skus: tuple[Sku, ...]) -> Mapping[Sku, Outcome[Product]]:
        self.asked.append(str(current().selection))
        return await super().products(skus)


@pytest.mark.parametrize("sure", [True, False])
async def test_equal_reads_ask_for_what_any_of_them_needs(told: KeyedTold, sure: bool) -> None:
    """The one call of several steps asks for the union of their selections, in written order."""

    @composition
    def both(sku: Sku, sure: bool) -> tuple[Title | None, Weight]:
        return (
            when(sure, lambda: select(call(Catalog.product, sku), Title)),
            select(call(Catalog.product, sku), Weight),
        )

    catalog = Selecting(told)
    dependencies: dict[str, Contract] = {**market(told), "catalog": catalog}
    title, weight = await Composer(dependencies).run(both, A, sure)

    assert (100, sure) == (weight.weight_g, title is not None)
    assert ["title,weight_g"] == catalog.asked


async def test_a_batch_asks_for_what_any_of_its_eaches_needs(told: KeyedTold) -> None:
    """One batch for two eaches has the fields that either of them uses."""

    @composition
    def both(skus: tuple[Sku, ...]) -> tuple[tuple[Title, ...], tuple[Weight, ...]]:
        return (
            each(skus, lambda sku: select(call(Catalog.product, sku), Title)),
            each(skus, lambda sku: select(call(Catalog.product, sku), Weight)),
        )

    catalog = Selecting(told)
    dependencies: dict[str, Contract] = {**market(told), "catalog": catalog}
    titles, weights = await Composer(dependencies).run(both, (A, B))

    assert ["title,weight_g"] == catalog.asked
    assert (("Title a", "Title b"), (100, 100)) == (
        tuple(one.title for one in titles),
        tuple(one.weight_g for one in weights),
    )


async def test_a_failure_is_shared_as_an_answer_is(composer: Composer, told: KeyedTold) -> None:
    """A read that has failed is not asked again in the same epoch."""

    @composition
    def twice(sku: Sku) -> tuple[Brand | None, Brand | None]:
        first = rescue(call(Catalog.brand, sku), {ConnectFailed: lambda: None})
        check(call(Catalog.product, sku))
        again = when(sku == A, lambda: call(Catalog.brand, sku))
        return first, rescue(again, {ConnectFailed: lambda: None})

    told.failures = {"brand": ConnectFailed()}

    assert (None, None) == await composer.run(twice, A)
    assert 1 == told.counted()["brand:a"]


async def test_different_callees_are_asked_each(composer: Composer, told: KeyedTold) -> None:
    """Equal reads at two roles are two calls."""

    @composition
    def searched(query: str) -> tuple[tuple[Sku, ...], ...]:
        books, music = Role(Search, "books"), Role(Search, "music")
        return (
            at(books, Search.search, query),
            at(music, Search.search, query),
            named("again", at(books, Search.search, query)),
        )

    await composer.run(searched, "x")

    assert {"search_books:x": 1, "search_music:x": 1} == told.counted()

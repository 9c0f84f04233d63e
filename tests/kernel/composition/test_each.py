from collections.abc import Mapping
from typing import Any

import pytest

from maestri import clock
from maestri.composition import Composer
from maestri.contracts import Failed, LeftOut, Outcome, Succeeded
from maestri.errors import ConnectFailed, Faulted
from maestri.plans import (
    call,
    check,
    composition,
    each,
    left_out,
    named,
    optional,
    outcomes,
    rescue,
    then,
    when,
)
from tests.kernel.plans.contract import (
    Brand,
    Catalog,
    NotForSale,
    Price,
    Pricing,
    Product,
    Sku,
    UnknownProduct,
)
from tests.kernel.plans.market import Told

A, B, C, D = Sku("a"), Sku("b"), Sku("c"), Sku("d")


@composition
def products(skus: tuple[Sku, ...]) -> tuple[Product, ...]:
    """A call with a declared batch."""
    return each(skus, lambda sku: call(Catalog.product, sku))


async def test_results_come_in_the_order_of_the_items(composer: Composer, told: Told) -> None:
    """N items in, n results out, in the same order, whoever answered first."""

    @composition
    def brands(names: tuple[str, ...]) -> tuple[Brand, ...]:
        return each(names, lambda name: call(Catalog.brand, name))

    told.delays = {"brand:x": 3.0, "brand:y": 1.0}

    assert ["Name x", "Name y"] == [one.name for one in await composer.run(brands, ("x", "y"))]


async def test_an_empty_each_is_empty_and_calls_nothing(composer: Composer, told: Told) -> None:
    """No items in, no results out."""
    assert ((), []) == (await composer.run(products, ()), told.calls)


async def test_calls_for_items_are_one_batch(composer: Composer, told: Told) -> None:
    """Where the contract declares a batch, an each asks once."""
    await composer.run(products, (A, B, C))

    assert ["products:a+b+c"] == told.calls


async def test_equal_items_are_asked_for_once(composer: Composer, told: Told) -> None:
    """A batch holds each key once, and answers all that asked for it."""
    found = await composer.run(products, (A, B, A))

    assert (["products:a+b"], [A, B, A]) == (told.calls, [one.sku for one in found])


async def test_one_item_is_no_batch(composer: Composer, told: Told) -> None:
    """A single key goes to the single operation."""
    await composer.run(products, (A, A))

    assert ["product:a"] == told.calls


async def test_a_batch_is_split_at_its_maximum(composer: Composer, told: Told) -> None:
    """More keys than batch_max are several calls, at once."""
    told.delays = {"products": 1.0}
    await composer.run(products, (A, B, C, D, Sku("e")))

    assert (["products:a+b+c", "products:d+e"], 1.0) == (told.calls, clock.now_s())


async def test_batches_are_merged_across_nested_eaches(composer: Composer, told: Told) -> None:
    """A call in an inner each is one batch for all items of the outer one."""

    @composition
    def matrix(rows: tuple[tuple[Sku, ...], ...]) -> tuple[tuple[Price, ...], ...]:
        return each(rows, lambda row: each(row, lambda sku: call(Pricing.price, sku)))

    await composer.run(matrix, ((A, B), (), (C, A)))

    assert ["prices:a+b+c"] == told.calls


async def test_a_batch_waits_for_items_that_need_longer(composer: Composer, told: Told) -> None:
    """What is sent follows from the plan, not from who answers first."""

    @composition
    def priced(skus: tuple[Sku, ...]) -> tuple[Price | None, ...]:
        def one(sku: Sku) -> Price | None:
            return then(call(Catalog.brand, sku).name, lambda _: call(Pricing.price, sku))

        return each(skus, one)

    told.delays = {"brand:a": 5.0, "brand:b": 1.0}
    await composer.run(priced, (A, B))

    assert ["brand:a", "brand:b", "prices:a+b"] == told.calls


@pytest.mark.parametrize("first", ["", "a", "b"])
async def test_a_batch_has_its_keys_in_written_order(
    first: str, composer: Composer, told: Told
) -> None:
    """Those of two eaches, too, whichever is complete first."""

    @composition
    def priced(one: tuple[Sku, ...], other: tuple[Sku, ...]) -> tuple[Any, ...]:
        brands = {
            sku: named(f"brand_{sku}", call(Catalog.brand, sku))
            for sku in sorted((A, B), key=lambda sku: sku != first)
        }

        def price_after(brand: Brand, sku: Sku) -> Price | None:
            return then(brand.name, lambda _: call(Pricing.price, sku))

        return (
            named("one", each(one, lambda sku: price_after(brands[A], sku))),
            named("other", each(other, lambda sku: price_after(brands[B], sku))),
        )

    await composer.run(priced, (A,), (B,))

    assert "prices:a+b" == told.calls[-1]


async def test_items_that_go_different_ways_share_one_batch(composer: Composer, told: Told) -> None:
    """An item that ends without the call does not hold the batch up."""

    @composition
    def priced(skus: tuple[Sku, ...], wanted: Sku) -> tuple[Price | None, ...]:
        return each(skus, lambda sku: when(sku != wanted, lambda: call(Pricing.price, sku)))

    await composer.run(priced, (A, B, C), B)

    assert ["prices:a+c"] == told.calls


async def test_batches_in_different_branches_do_not_wait_for_each_other_forever(
    composer: Composer, told: Told
) -> None:
    """Items that take branches with other batches, in another order, all come to an end."""

    @composition
    def crossed(skus: tuple[Sku, ...], first: Sku) -> tuple[tuple[Price | None, ...], ...]:
        def one(sku: Sku) -> tuple[Price | None, ...]:
            cheap = when(sku == first, lambda: call(Pricing.price, sku))
            found = then(cheap, lambda price: call(Catalog.product, price.sku))
            other = when(sku != first, lambda: call(Catalog.product, sku))
            dear = then(other, lambda product: call(Pricing.price, product.sku))
            check(found)
            return cheap, dear

        return each(skus, one)

    prices = await composer.run(crossed, (A, B), A)

    assert ((Price(A, 100), None), (None, Price(B, 100))) == prices
    assert {"price:a": 1, "price:b": 1, "product:a": 1, "product:b": 1} == told.counted()


async def test_keys_fail_one_by_one(composer: Composer, told: Told) -> None:
    """A key that a batch cannot answer fails its own item only, with the error of a single call."""

    @composition
    def known(skus: tuple[Sku, ...]) -> tuple[Product | None, ...]:
        return each(
            skus, lambda sku: rescue(call(Catalog.product, sku), {UnknownProduct: lambda: None})
        )

    told.failures = {"product:b": UnknownProduct(sku="b")}
    found = await composer.run(known, (A, B, C))

    assert ["a", None, "c"] == [one and one.sku for one in found]


async def test_a_batch_that_fails_fails_all_its_items(composer: Composer, told: Told) -> None:
    """Every item has the failure of the call that asked for it, and may handle it."""

    @composition
    def decorated(skus: tuple[Sku, ...]) -> tuple[tuple[Price | None, ...], LeftOut]:
        return each(skus, lambda sku: optional(call(Pricing.price, sku))), left_out()

    told.failures = {"prices": ConnectFailed()}

    assert ((None, None), ("skus.price",)) == await composer.run(decorated, (A, B))


async def test_a_key_without_an_outcome_is_a_fault() -> None:
    """A batch that forgets a key has broken its contract."""

    class Forgetful(Pricing):
        async def price(self, sku: Sku, currency: str = "EUR") -> Price:
            return Price(sku, 1)

        async def prices(
            self, skus: tuple[Sku, ...], currency: str = "EUR"
        ) -> Mapping[Sku, Outcome[Price]]:
            return {}

    @composition
    def prices(skus: tuple[Sku, ...]) -> tuple[Price, ...]:
        return each(skus, lambda sku: call(Pricing.price, sku))

    with pytest.raises(Faulted, match="no outcome for 'a'"):
        await Composer({"pricing": Forgetful()}).run(prices, (A, B))


async def test_more_items_than_the_bound_are_an_error(composer: Composer, told: Told) -> None:
    """An each never cuts its items off in silence."""

    @composition(items_max=2)
    def few(skus: tuple[Sku, ...]) -> tuple[Product, ...]:
        return each(skus, lambda sku: call(Catalog.product, sku))

    with pytest.raises(Faulted, match="items_max is 2"):
        await composer.run(few, (A, B, C))

    assert [] == told.calls


async def test_equal_reads_of_one_run_are_one_call(composer: Composer, told: Told) -> None:
    """A read with the same arguments is sent once, whether it is running or has ended."""

    @composition
    def twice(sku: Sku, names: tuple[str, ...]) -> tuple[Brand, Brand, tuple[Brand, ...]]:
        brand = call(Catalog.brand, "x")
        product = call(Catalog.product, sku)
        later = named("later", call(Catalog.brand, "x"))
        check(product)
        return brand, later, each(names, lambda name: call(Catalog.brand, name))

    await composer.run(twice, A, ("x", "y", "x"))

    assert {"brand:x": 1, "brand:y": 1, "product:a": 1} == told.counted()


async def test_a_batch_is_served_key_by_key(composer: Composer, told: Told) -> None:
    """Outcomes answers a failed body, by a check too, as the failed outcome of its key."""

    @composition
    def sold(skus: tuple[Sku, ...]) -> Mapping[Sku, Outcome[Product]]:
        def one(sku: Sku) -> Product:
            check(call(Catalog.may_be_sold, sku))
            return call(Catalog.product, sku)

        return outcomes(skus, one)

    told.failures = {"may_be_sold:b": NotForSale(sku="b"), "product:c": UnknownProduct(sku="c")}
    found = await composer.run(sold, (A, B, C))

    assert [Succeeded, Failed, Failed] == [type(one) for one in found.values()]

import asyncio
from typing import Any

import pytest

from maestri import clock
from maestri.composition import Composer
from maestri.context import new_context, use_context
from maestri.contracts import Contract
from maestri.errors import ConnectFailed, DeadlineExceeded, Faulted, NoTimeLeft
from maestri.plans import (
    Role,
    at,
    call,
    check,
    composition,
    compute,
    drop_none,
    each,
    named,
    reduce,
    rescue,
    route,
    then,
)
from tests.kernel.plans.contract import (
    Brand,
    Carts,
    Catalog,
    Page,
    Price,
    Pricing,
    Product,
    Search,
    Sku,
)
from tests.kernel.plans.market import FakeCatalog, Told

A = Sku("a")


@composition
def offer(sku: Sku) -> tuple[Product, Price, Brand | None]:
    """Three calls: two at once, then one."""
    product = call(Catalog.product, sku)
    price = call(Pricing.price, sku)
    brand = then(product.brand_id, lambda brand_id: call(Catalog.brand, brand_id))
    return product, price, brand


def first_of(*values: Price | None) -> Price | None:
    """Return the first that is there."""
    return next((value for value in values if value is not None), None)


async def test_none_is_a_value_beside_steps(composer: Composer) -> None:
    """Wherever a value is given, a None that is known when the plan is written may stand."""

    @composition
    def view(sku: Sku) -> tuple[Any, ...]:
        price = call(Pricing.price, sku)
        product = call(Catalog.product, sku)
        return (
            compute(first_of, None, price),
            drop_none((None, price)),
            each((None, price), lambda one: compute(first_of, one)),
            route(product.title, {"Title a": lambda: None, "Title b": lambda: price}),
            Page(sku, product.title, None),
        )

    price = Price(A, 100)

    found = await composer.run(view, A)

    assert (price, (price,), (None, price), None, Page(A, "Title a", None)) == found


async def test_a_plan_takes_as_long_as_its_longest_chain_of_calls(
    composer: Composer, told: Told
) -> None:
    """Calls run at once unless one uses what another answers."""
    told.delays = {"product": 2.0, "price": 4.0, "brand": 3.0}

    await composer.run(offer, A)

    assert clock.now_s() == pytest.approx(5.0)


async def test_a_step_starts_as_soon_as_what_it_uses_is_there(
    composer: Composer, told: Told
) -> None:
    """No step waits for a sibling that it does not use."""
    told.delays = {"product": 1.0, "price": 9.0, "brand": 1.0}

    await composer.run(offer, A)

    assert ["product:a", "brand:brand_a", "price:a"] == told.ended


async def test_a_failed_step_cancels_the_others_before_the_plan_fails(
    composer: Composer, told: Told
) -> None:
    """When the caller sees the error, nothing of the plan is running any more."""
    told.delays = {"product": 1.0, "price": 9.0}
    told.failures = {"product": ConnectFailed("down")}

    with pytest.raises(ConnectFailed):
        await composer.run(offer, A)

    assert (["price:a"], 1.0) == (told.cancelled, clock.now_s())


async def test_a_cancelled_plan_cancels_its_calls(composer: Composer, told: Told) -> None:
    """Who gives up on a plan gives up on all that it started."""
    told.delays = {"product": 5.0, "price": 5.0}
    running = asyncio.ensure_future(composer.run(offer, A))
    await clock.sleep(1.0)

    running.cancel()
    await asyncio.wait([running])

    assert ["price:a", "product:a"] == sorted(told.cancelled)


async def test_nothing_is_started_after_the_deadline(composer: Composer, told: Told) -> None:
    """A call that is due after the deadline is refused before it is sent."""
    told.delays = {"product": 2.0}

    @composition
    def late(sku: Sku) -> Price:
        unknown = Product(sku, "unknown", None, ())
        found = rescue(call(Catalog.product, sku), {DeadlineExceeded: lambda: unknown})
        return call(Pricing.price, found.sku)

    with use_context(new_context(deadline_s=clock.now_s() + 1.0)), pytest.raises(NoTimeLeft):
        await composer.run(late, A)

    assert ["product:a"] == told.calls


async def test_a_check_is_run_beside_the_steps_it_guards(composer: Composer, told: Told) -> None:
    """A check is kept though nobody needs its answer, and waits for nobody."""

    @composition
    def guarded(sku: Sku) -> Product:
        check(call(Catalog.may_be_sold, sku))
        return call(Catalog.product, sku)

    told.delays = {"may_be_sold": 2.0, "product": 2.0}
    await composer.run(guarded, A)

    assert (["may_be_sold:a", "product:a"], 2.0) == (sorted(told.calls), clock.now_s())


async def test_at_most_in_flight_max_calls_run_at_once(composer: Composer, told: Told) -> None:
    """The calls over in_flight_max wait in written order."""

    @composition(in_flight_max=2)
    def brands(names: tuple[str, ...]) -> tuple[Brand, ...]:
        return each(names, lambda name: call(Catalog.brand, name))

    told.delays = {"brand": 1.0}
    await composer.run(brands, tuple("abcde"))

    assert (3.0, [f"brand:{name}" for name in "abcde"]) == (clock.now_s(), told.calls)


async def test_a_plan_inside_a_plan_is_inlined(composer: Composer, told: Told) -> None:
    """A plan called in another one is part of it: the steps of both run in parallel."""

    @composition
    def price(sku: Sku) -> Price:
        return call(Pricing.price, sku)

    @composition
    def two(one: Sku, other: Sku) -> tuple[Price, Price]:
        return named("first", price)(one), named("second", price)(other)

    told.delays = {"price": 1.0}
    prices = await composer.run(two, A, Sku("b"))

    assert ((Price(A, 100), Price(Sku("b"), 100)), 1.0) == (prices, clock.now_s())


async def test_inputs_have_defaults_and_keywords(composer: Composer) -> None:
    """A plan takes its inputs as its function would."""

    @composition
    def priced(sku: Sku, *, currency: str = "EUR") -> tuple[Price, str]:
        return call(Pricing.price, sku, currency=currency), currency

    assert ("EUR", "USD") == (
        (await composer.run(priced, A))[1],
        (await composer.run(priced, A, currency="USD"))[1],
    )


async def test_a_role_chooses_among_dependencies_of_one_contract(composer: Composer) -> None:
    """A call at a role goes to the dependency of that name."""
    books, music = Role(Search, "books"), Role(Search, "music")

    @composition
    def searched(query: str) -> tuple[tuple[Sku, ...], tuple[Sku, ...]]:
        return at(books, Search.search, query), at(music, Search.search, query)

    assert (("books_x",), ("music_x",)) == await composer.run(searched, "x")


async def test_reduce_sees_all_answers_in_written_order(composer: Composer, told: Told) -> None:
    """An aggregator gets one value per item, whoever answered first."""

    @composition
    def names(ids: tuple[str, ...]) -> str:
        brands = each(ids, lambda one: call(Catalog.brand, one).name)
        return reduce(" ".join, brands)

    told.delays = {"brand:a": 3.0, "brand:b": 1.0}

    assert "Name a Name b" == await composer.run(names, ("a", "b"))


async def test_a_function_that_breaks_ends_the_plan(composer: Composer, told: Told) -> None:
    """An exception of a pure function is the cause of a Faulted, once all was cancelled."""

    def broken(_: Product) -> str:
        raise ZeroDivisionError

    @composition
    def computed(sku: Sku) -> tuple[str, Price]:
        product = call(Catalog.product, sku)
        return compute(broken, product), call(Pricing.price, sku)

    told.delays = {"price": 5.0, "product": 1.0}
    with pytest.raises(Faulted) as raised:
        await composer.run(computed, A)

    assert (ZeroDivisionError, ["price:a"]) == (type(raised.value.__cause__), told.cancelled)


async def test_a_callee_that_cancels_itself_has_faulted() -> None:
    """A cancellation that nobody asked for is a fault of the callee, not of the caller."""

    class Moody(Carts):
        async def cart(self, cart_id: str) -> None:  # type: ignore[override]  # never answers
            raise asyncio.CancelledError

    for name in ("put_line", "order", "empty"):
        setattr(Moody, name, Moody.cart)

    @composition
    def carts(one: str, other: str) -> tuple[object, object]:
        return named("one", call(Carts.cart, one)), named("other", call(Carts.cart, other))

    dependencies: dict[str, Contract] = {"carts": Moody()}
    with pytest.raises(Faulted, match="cancelled its own work"):
        await Composer(dependencies).run(carts, "x", "y")


@composition
def at_once(one: str, other: str) -> tuple[Brand, Brand]:
    """Two calls of one moment."""
    return named("first", call(Catalog.brand, one)), named("second", call(Catalog.brand, other))


class Prompt(FakeCatalog):
    """A catalog that answers without waiting, but where it is told to."""

    async def brand(self, brand_id: str) -> Brand:
        call = f"brand:{brand_id}"
        self.told.calls.append(call)
        if self.told.delays.get(call):
            await clock.sleep(self.told.delays[call])
        if call in self.told.failures:
            raise self.told.failures[call]
        return Brand(brand_id, "IT")


async def test_all_calls_of_one_moment_are_sent_whichever_fails(told: Told) -> None:
    """A call that fails at once keeps none from being sent that was due with it."""
    told.failures = {"brand:x": ConnectFailed()}
    with pytest.raises(ConnectFailed):
        await Composer({"catalog": Prompt(told)}).run(at_once, "x", "y")

    assert ["brand:x", "brand:y"] == told.calls


async def test_what_is_sent_does_not_depend_on_earlier_runs(told: Told) -> None:
    """What a composer has learned of its callees changes neither which calls are made, nor when."""
    composer = Composer({"catalog": Prompt(told)})
    told.delays = {"brand:y": 1.0}
    await composer.run(at_once, "x", "y")
    told.calls.clear()
    told.delays = {}
    told.failures = {"brand:x": ConnectFailed()}
    with pytest.raises(ConnectFailed):
        await composer.run(at_once, "x", "y")

    assert ["brand:x", "brand:y"] == told.calls


async def test_a_composer_that_has_learned_still_fails_cancels_and_answers(
    composer: Composer, told: Told
) -> None:
    """After many runs that waited, runs that do not, fail, or are cancelled, are as the first."""
    for delay_s in (1.0, 0.0, 1.0):
        told.delays = {"brand": delay_s}
        for _ in range(3):
            begun_s = clock.now_s()

            assert "Name y" == (await composer.run(at_once, "x", "y"))[1].name
            assert delay_s == clock.now_s() - begun_s

    running = asyncio.ensure_future(composer.run(at_once, "x", "y"))
    await clock.sleep(0.5)
    running.cancel()
    await asyncio.wait([running])

    assert (True, ["brand:x", "brand:y"]) == (running.cancelled(), sorted(told.cancelled))

"""A part has its own time; a call goes on as long as somebody with time waits for it."""

from typing import Any

import pytest

from maestri import clock
from maestri.composition import Composer
from maestri.context import current, new_context, use_context
from maestri.contracts import Contract, LeftOut, Message
from maestri.errors import ConnectFailed, DeadlineExceeded
from maestri.plans import (
    call,
    composition,
    compute,
    each,
    left_out,
    named,
    optional,
    quorum,
    then,
)
from tests.kernel.composition.effects import KeyedTold
from tests.kernel.plans.contract import Brand, Catalog, Price, Pricing, Search, Sku
from tests.kernel.plans.market import FakeCatalog, FakeSearch, Told, market

A, B = Sku("a"), Sku("b")


class Pair(Message):
    one: str | None
    other: str | None
    left_out: LeftOut = ()


def one_of(price: Price) -> str:
    """Return a text."""
    return f"one {price.minor}"


def other_of(price: Price) -> str:
    """Return another text."""
    return f"other {price.minor}"


def name_of(brand: Brand) -> str:
    """Return the name of a brand."""
    return brand.name


@composition
def shared(sku: Sku) -> Pair:
    """One call under two parts."""
    price = call(Pricing.price, sku)
    one = optional(compute(one_of, price), timeout_s=0.25)
    other = optional(compute(other_of, price), timeout_s=0.5)
    return Pair(one, other, left_out())


async def test_a_step_of_several_parts_has_the_longest_of_their_times(
    composer: Composer, told: KeyedTold
) -> None:
    """A shared step is given up when no part has time for it any more, and not before."""
    told.delays = {"price": 9.0}

    assert Pair(None, None, ("one_of", "other_of")) == await composer.run(shared, A)
    assert (0.5, ["price:a"]) == (clock.now_s(), told.cancelled)


async def test_a_step_that_is_there_in_the_longest_time_is_there_for_all(
    composer: Composer, told: KeyedTold
) -> None:
    """A value that one part has waited for is a value for the others."""
    told.delays = {"price": 0.375}

    assert Pair("one 100", "other 100") == await composer.run(shared, A)


async def test_a_step_that_is_required_besides_has_no_time_of_its_own(
    composer: Composer, told: KeyedTold
) -> None:
    """Who needs a step in any case waits for it, and so do its parts."""

    @composition
    def needed(sku: Sku) -> tuple[Price, Pair]:
        price = call(Pricing.price, sku)
        part = optional(compute(one_of, price), timeout_s=0.5)
        return price, Pair(part, None, left_out())

    told.delays = {"price": 3.0}

    assert (Price(A, 100), Pair("one 100", None)) == await composer.run(needed, A)
    assert 3.0 == clock.now_s()


async def test_a_part_in_a_part_has_no_more_time_than_the_outer_one(
    composer: Composer, told: KeyedTold
) -> None:
    """The inner time ends with the outer one, whichever is longer."""

    @composition
    def nested(sku: Sku) -> Pair:
        inner = optional(call(Catalog.brand, sku), timeout_s=8.0)
        named_inner = named("inner", then(inner, lambda brand: brand.name))
        return Pair(optional(named_inner, timeout_s=2.0), None, left_out())

    told.delays = {"brand": 60.0}
    await composer.run(nested, A)

    assert 2.0 == clock.now_s()


async def test_a_quorum_has_a_time_as_a_part_has(composer: Composer, told: KeyedTold) -> None:
    """What has not answered in the time of a quorum is left out; with too few it is late."""

    @composition
    def two(sku: Sku) -> tuple[tuple[Brand, ...], LeftOut]:
        steps = [named("x", call(Catalog.brand, "x")), named("y", call(Catalog.brand, sku))]
        return quorum(steps, 1, timeout_s=2.0), left_out()

    told.delays = {"brand:a": 60.0}
    brands, parts = await composer.run(two, A)

    assert (1, ("y",), 2.0, ["brand:a"]) == (len(brands), parts, clock.now_s(), told.cancelled)

    told.delays = {"brand": 60.0}
    with pytest.raises(DeadlineExceeded):
        await composer.run(two, A)

    assert 4.0 == clock.now_s()


def same(brand: Brand) -> str:
    """Return what is the same for all brands."""
    return brand.country


@composition
def joined(names: tuple[str, ...]) -> tuple[tuple[tuple[Any, str], ...], LeftOut]:
    """One equal read under a part of each item, reached when the item's brand is there."""

    def one(name: str) -> tuple[Any, str]:
        brand = call(Catalog.brand, name)
        found = optional(call(Search.search, compute(same, brand)), timeout_s=2.0)
        return found, brand.name

    return each(names, one), left_out()


class TimedSearch(FakeSearch):
    """A search that notes until when each call may take."""

    def __init__(self, told: Told) -> None:
        super().__init__(told, "books")
        self.deadlines_s: list[float] = []

    async def search(self, query: str) -> tuple[Sku, ...]:
        self.deadlines_s.append(current().deadline_s)
        return await super().search(query)


class DutifulSearch(TimedSearch):
    """A search that takes three seconds, two, one, and keeps the deadline, as a remote one does."""

    async def search(self, query: str) -> tuple[Sku, ...]:
        self.told.delays["search_books"] = max(1.0, 3.0 - len(self.deadlines_s))
        try:
            async with clock.timeout_at(current().deadline_s):
                return await super().search(query)
        except TimeoutError as late:
            raise DeadlineExceeded("took too long") from late


async def test_one_that_joins_late_has_its_own_time(told: KeyedTold) -> None:
    """Who joins a call that runs waits as long as it may; the first one goes without."""
    told.delays = {"brand:b": 1.5, "search_books": 3.0}
    search = TimedSearch(told)
    dependencies: dict[str, Contract] = {"catalog": FakeCatalog(told), "search": search}
    items, parts = await Composer(dependencies).run(joined, ("a", "b"))
    found = tuple(item for item, _ in items)

    assert ((None, (Sku("books_IT"),)), ("names.search",)) == (found, parts)
    assert (3.0, 1) == (clock.now_s(), len(search.deadlines_s))


async def test_a_call_that_was_cut_is_made_again_for_one_that_joined_late(
    told: KeyedTold,
) -> None:
    """The callee knew the first one's deadline; who still has time asks again."""
    told.delays = {"brand:b": 1.5}
    search = DutifulSearch(told)
    dependencies: dict[str, Contract] = {"catalog": FakeCatalog(told), "search": search}
    items, parts = await Composer(dependencies).run(joined, ("a", "b"))
    found = tuple(item for item, _ in items)

    assert ((None, None), ("names.search",), [2.0, 3.5]) == (found, parts, search.deadlines_s)
    assert 3.5 == clock.now_s()


async def test_a_call_is_cancelled_when_nobody_waits_for_it(told: KeyedTold) -> None:
    """When the last part has given up, the call is cancelled, and what needs it is left out."""
    told.delays = {"brand:b": 1.5, "search_books": 60.0}
    dependencies: dict[str, Contract] = {
        "catalog": FakeCatalog(told),
        "search": FakeSearch(told, "books"),
    }
    items, _ = await Composer(dependencies).run(joined, ("a", "b"))
    found = tuple(item for item, _ in items)

    assert ((None, None), 3.5, ["search_books:IT"]) == (found, clock.now_s(), told.cancelled)


async def test_one_that_comes_after_a_call_was_given_up_asks_again(told: KeyedTold) -> None:
    """A call that was cancelled has no answer, so a later part makes it once more."""
    told.delays = {"brand:b": 4.0, "search_books": 60.0}
    dependencies: dict[str, Contract] = {
        "catalog": FakeCatalog(told),
        "search": FakeSearch(told, "books"),
    }
    items, _ = await Composer(dependencies).run(joined, ("a", "b"))
    found = tuple(item for item, _ in items)

    assert ((None, None), 6.0) == (found, clock.now_s())
    assert ["search_books:IT"] * 2 == told.cancelled


@composition
def cut_and_needed(sku: Sku) -> tuple[Brand, Pair]:
    """Two equal calls at one moment: a part with little time, and one that is required."""
    part = optional(compute(name_of, named("part", call(Catalog.brand, sku))), timeout_s=1.0)
    brand = named("needed", call(Catalog.brand, sku))
    return brand, Pair(part, None, left_out())


async def test_a_part_goes_without_what_another_step_still_waits_for(
    composer: Composer, told: KeyedTold
) -> None:
    """Each waits for a shared call as long as it may, and the call is made once."""
    told.delays = {"brand": 3.0}
    brand, pair = await composer.run(cut_and_needed, A)

    assert ("Name a", Pair(None, None, ("name_of",))) == (brand.name, pair)
    assert (["brand:a"], [], 3.0) == (told.calls, told.cancelled, clock.now_s())


async def test_a_shared_call_of_one_moment_has_the_longest_time() -> None:
    """The callee is told the deadline of who waits longest, not of who came first."""
    deadlines_s: list[float] = []

    class Catalogue(FakeCatalog):
        async def brand(self, brand_id: str) -> Brand:
            deadlines_s.append(current().deadline_s)
            return await super().brand(brand_id)

    told = Told()
    dependencies: dict[str, Contract] = {**market(told), "catalog": Catalogue(told)}
    with use_context(new_context(deadline_s=10.0)):
        await Composer(dependencies).run(cut_and_needed, A)

    assert [10.0] == deadlines_s


async def test_a_batch_has_the_longest_time_of_its_keys(
    composer: Composer, told: KeyedTold
) -> None:
    """A batch under a part and a required one is waited for, and the part goes without."""

    @composition
    def both(skus: tuple[Sku, ...]) -> tuple[tuple[Price, ...], tuple[Any, ...], LeftOut]:
        parts = each(skus, lambda sku: optional(call(Pricing.price, sku), timeout_s=1.0))
        return each(skus, lambda sku: call(Pricing.price, sku)), parts, left_out()

    told.delays = {"prices": 3.0}
    prices, parts, missing = await composer.run(both, (A, B))

    assert ((Price(A, 100), Price(B, 100)), (None, None)) == (prices, parts)
    assert (("skus.price",), ["prices:a+b"], 3.0) == (missing, told.calls, clock.now_s())


async def test_a_step_outside_has_one_time_for_all_items(
    composer: Composer, told: KeyedTold
) -> None:
    """A part in a body that uses a step outside: that step is given up once, for all items."""

    @composition
    def shown(sku: Sku, names: tuple[str, ...]) -> tuple[tuple[Any, ...], LeftOut]:
        brand = call(Catalog.brand, sku)

        def one(name: str) -> str | None:
            return optional(compute(joined_with, name, brand), timeout_s=2.0)

        return each(names, one), left_out()

    told.delays = {"brand": 60.0}
    found, parts = await composer.run(shown, A, ("x", "y"))

    assert ((None, None), ("names.joined_with",), 2.0) == (found, parts, clock.now_s())


def joined_with(name: str, brand: Brand) -> str:
    """Return two names."""
    return name + brand.name


async def test_a_part_is_late_even_where_the_callee_goes_on_after_its_cancellation() -> None:
    """A callee that swallows its cancellation keeps nobody waiting longer than it takes."""

    class Stubborn(FakeCatalog):
        async def brand(self, brand_id: str) -> Brand:
            try:
                return await super().brand(brand_id)
            except BaseException:  # noqa: BLE001 - as a careless callee does
                return Brand("late", "x")

    @composition
    def shown(sku: Sku) -> Pair:
        brand = optional(call(Catalog.brand, sku), timeout_s=0.5)
        return Pair(then(brand, lambda one: one.name), None, left_out())

    told = Told()
    told.delays = {"brand": 60.0}

    assert Pair(None, None, ("brand",)) == await Composer({"c": Stubborn(told)}).run(shown, A)
    assert 0.5 == clock.now_s()


async def test_a_failure_within_the_time_is_a_failure_at_once(
    composer: Composer, told: KeyedTold
) -> None:
    """A part whose step has failed does not wait for its time to be over."""
    told.delays = {"price": 0.125}
    told.failures = {"price": ConnectFailed()}
    await composer.run(shared, A)

    assert 0.125 == clock.now_s()

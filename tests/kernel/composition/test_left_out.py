"""What is missing from an answer has one name, which says where it is missing."""

from collections.abc import Mapping
from typing import Any

import pytest

from maestri.composition import Composer, Orchestrator, serve
from maestri.context import Context, Recorder, new_context, use_context
from maestri.contracts import (
    Contract,
    LeftOut,
    Message,
    Outcome,
    Succeeded,
    get,
    parse_selection,
)
from maestri.errors import ConnectFailed
from maestri.links import Invoker, LocalLink, stub
from maestri.plans import (
    Plan,
    call,
    composition,
    each,
    left_out,
    named,
    optional,
    otherwise,
    outcomes,
    quorum,
    rescue,
    route,
    then,
    when,
)
from tests.kernel.composition.effects import KeyedTold
from tests.kernel.plans.contract import (
    Anything,
    Brand,
    Catalog,
    Price,
    Pricing,
    Sku,
    UnknownProduct,
)
from tests.kernel.plans.market import market

A, B = Sku("a"), Sku("b")


class Offer(Message):
    price: Price | None
    left_out: LeftOut = ()


class Card(Message):
    offer: Offer | None
    brand: Brand | None
    left_out: LeftOut = ()


@composition
def offer(sku: Sku) -> Offer:
    """A price that may be missing."""
    return Offer(optional(call(Pricing.price, sku)), left_out())


@composition
def card(sku: Sku) -> Card:
    """An offer with what is missing of it, and a brand that may be missing."""
    return Card(offer(sku), optional(call(Catalog.brand, sku)), left_out())


@pytest.fixture(autouse=True)
def _prices_and_brands_fail(told: KeyedTold) -> None:
    told.failures = {"price": ConnectFailed(), "prices": ConnectFailed(), "brand": ConnectFailed()}


async def test_a_part_of_an_inlined_plan_is_named_behind_the_plan(composer: Composer) -> None:
    """Outside it is ``offer.price``, and in the plan's own answer ``price``."""
    found = await composer.run(card, A)

    assert ("brand", "offer.price") == found.left_out
    assert Offer(None, ("price",)) == found.offer


async def test_a_plan_in_a_plan_in_a_plan_is_named_by_all_of_them(composer: Composer) -> None:
    """Names are relative to the plan whose left_out() it is."""

    class Shelf(Message):
        card: Card
        left_out: LeftOut = ()

    @composition
    def shelf(sku: Sku) -> Shelf:
        return Shelf(named("first", card)(sku), left_out())

    found = await composer.run(shelf, A)

    assert ("first.brand", "first.offer.price") == found.left_out
    assert ("brand", "offer.price") == found.card.left_out


class Cards(Message):
    cards: tuple[Card, ...]
    left_out: LeftOut = ()


class Shelves(Message):
    shelves: tuple[Cards, ...]
    left_out: LeftOut = ()


@composition
def shelves(rows: tuple[tuple[Sku, ...], ...]) -> Shelves:
    """Cards of rows."""

    def row(skus: tuple[Sku, ...]) -> Cards:
        return Cards(each(skus, card), left_out())

    return Shelves(each(rows, row), left_out())


async def test_bodies_are_part_of_the_name(composer: Composer) -> None:
    """A part is named by the words around it, each item by those inside of it."""
    found = await composer.run(shelves, ((A, B),))

    assert ("rows.item.card.brand", "rows.item.card.offer.price") == found.left_out
    assert ("item.card.brand", "item.card.offer.price") == found.shelves[0].left_out
    assert ("brand", "offer.price") == found.shelves[0].cards[0].left_out


def brand_of(sku: Sku) -> Brand | None:
    """Return a part."""
    return optional(call(Catalog.brand, sku))


@composition
def in_then(sku: Sku) -> Anything:
    """A part in a body."""
    return Anything(then(sku, brand_of), left_out())


@composition
def in_when(sku: Sku) -> Anything:
    """A part in a body."""
    return Anything(named("shown", when(sku == A, lambda: brand_of(sku))), left_out())


@composition
def in_route(sku: Sku) -> Anything:
    """A part in a case."""
    return Anything(route(sku, {A: lambda: brand_of(sku)}), left_out())


@composition
def in_otherwise(sku: Sku, none: str | None = None) -> Anything:
    """A part in a fallback."""

    def name() -> str:
        brand = brand_of(sku)
        return otherwise(then(brand, lambda one: one.name), "nobody")

    return Anything(otherwise(none, name), left_out())


@composition
def in_rescue(sku: Sku) -> Anything:
    """A part in what rescues."""
    product = call(Catalog.product, sku)
    return Anything(rescue(product, {UnknownProduct: lambda: brand_of(sku)}), left_out())


@composition
def in_each(skus: tuple[Sku, ...]) -> Anything:
    """A part of items."""
    return Anything(each(skus, brand_of), left_out())


@composition
def in_outcomes(skus: tuple[Sku, ...]) -> Anything:
    """A part of keys."""
    return Anything(outcomes(skus, brand_of), left_out())


@pytest.mark.parametrize(
    ("plan", "given", "expected"),
    [
        (in_then, A, "sku.brand"),
        (in_when, A, "shown.brand"),
        (in_route, A, "sku.brand"),
        (in_otherwise, A, "none.brand"),
        (in_rescue, A, "product.brand"),
        (in_each, (A, B), "skus.brand"),
        (in_outcomes, (A, B), "skus.brand"),
    ],
    ids=lambda one: one.name if isinstance(one, Plan) else "",
)
async def test_every_word_with_a_body_gives_its_name(
    composer: Composer, told: KeyedTold, plan: Plan[..., Any], given: Any, expected: str
) -> None:
    """The name of a part has the name of what the word around it is about."""
    told.failures["product"] = UnknownProduct(sku="a")

    assert (expected,) == (await composer.run(plan, given)).left_out


async def test_a_quorum_names_what_did_not_answer(composer: Composer) -> None:
    """The steps of a quorum are parts, by their names."""

    @composition
    def two(sku: Sku) -> Anything:
        steps = [named("here", call(Catalog.brand, sku)), named("there", call(Catalog.brand, "x"))]
        return Anything(quorum(steps, 0), left_out())

    assert ("here", "there") == (await composer.run(two, A)).left_out


async def test_nothing_is_missing_where_all_is_there(composer: Composer, told: KeyedTold) -> None:
    """The names are of what is missing, not of what might be."""
    told.failures = {}

    assert () == (await composer.run(card, A)).left_out


async def test_a_part_that_is_missing_in_several_items_is_named_once(composer: Composer) -> None:
    """Names are of parts, and sorted; how many items miss one does not matter."""

    @composition
    def cards(skus: tuple[Sku, ...]) -> Cards:
        return Cards(each(skus, card), left_out())

    found = await composer.run(cards, (A, B))

    assert ("skus.card.brand", "skus.card.offer.price") == found.left_out


class Shop(Contract, id="left_out_shop"):
    """Serves cards, one by one and in batches."""

    @get("/cards/{sku}")
    async def card(self, sku: Sku) -> Card:
        """Show a card."""
        raise NotImplementedError

    @get("/cards", batch_of="card")
    async def cards(self, skus: tuple[Sku, ...]) -> Mapping[Sku, Outcome[Card]]:
        """Show cards."""
        raise NotImplementedError


@composition
def cards(skus: tuple[Sku, ...]) -> Mapping[Sku, Outcome[Card]]:
    """Cards, key by key."""
    return outcomes(skus, card)


class ShopService(Orchestrator, Shop):
    card = serve(card)
    cards = serve(cards)


class Window(Message):
    first: Card
    others: tuple[Card, ...]
    left_out: LeftOut = ()


@composition
def window(sku: Sku, skus: tuple[Sku, ...]) -> Window:
    """Cards of a shop, one by itself and others in an each."""
    first = named("first", call(Shop.card, sku))
    return Window(first, each(skus, lambda one: call(Shop.card, one)), left_out())


@pytest.fixture(params=[False, True], ids=["as_they_are", "through_the_codec"])
def above(told: KeyedTold, request: pytest.FixtureRequest) -> Composer:
    """Return what runs plans above a shop."""
    service = ShopService(Composer(market(told)))
    return Composer({"shop": stub(Shop, LocalLink(Invoker(service), strict=request.param))})


async def test_what_a_callee_left_out_is_named_behind_the_call(above: Composer) -> None:
    """The names of a callee's parts begin with that of the call, in items behind theirs."""
    found = await above.run(window, A, (B,))

    assert (
        "first.brand",
        "first.offer.price",
        "skus.card.brand",
        "skus.card.offer.price",
    ) == found.left_out
    assert ("brand", "offer.price") == found.first.left_out


async def test_a_batch_names_parts_as_single_calls_do(above: Composer) -> None:
    """One item alone goes to the single operation; the names are the same."""
    one = await above.run(window, A, (A,))
    many = await above.run(window, A, (A, B, Sku("c")))

    assert one.left_out == many.left_out


async def test_a_callee_that_is_missing_as_a_whole_is_one_part(above: Composer) -> None:
    """A part that failed is named itself; what it would have left out is not known."""

    @composition
    def maybe(sku: Sku) -> Anything:
        found = optional(call(Shop.card, sku))
        return Anything(then(found, lambda one: one.brand), left_out())

    assert ("card.brand", "card.offer.price") == (await above.run(maybe, A)).left_out


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (None, ("brand", "offer.price")),
        ("brand,left_out", ("brand",)),
        ("offer(price),left_out", ("offer.price",)),
        ("left_out", ()),
    ],
)
async def test_only_what_is_asked_for_can_be_missing(
    composer: Composer, selection: str | None, expected: tuple[str, ...]
) -> None:
    """A selection prunes parts, and what is pruned is not missing."""
    wanted = None if selection is None else parse_selection(selection)
    context = new_context()
    with use_context(Context(context.deadline_s, "r", selection=wanted)):
        found = await composer.serve(card, (A,))

    assert expected == found.left_out


async def test_a_batch_that_is_served_reports_key_by_key(composer: Composer) -> None:
    """In an outcome are the names of the plan of one key."""
    found = await composer.run(cards, (A, B))

    assert [("brand", "offer.price")] * 2 == [
        one.value.left_out for one in found.values() if isinstance(one, Succeeded)
    ]


async def test_what_is_left_out_is_counted(composer: Composer) -> None:
    """Operators see how often each part is missing from the results of which plan."""
    recorder = Recorder()
    with use_context(new_context(recorder=recorder)):
        await composer.run(shelves, ((A, B),))
        await composer.run(offer, A)

    assert {
        ("", "shelves", "rows.item.card.brand"): 1,
        ("", "shelves", "rows.item.card.offer.price"): 1,
        ("", "offer", "price"): 1,
    } == recorder.left_out

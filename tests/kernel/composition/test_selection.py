from collections.abc import Mapping

import pytest
from msgspec.structs import replace

from maestri.composition import Composer, Orchestrator, serve
from maestri.context import Recorder, new_context, use_context
from maestri.contracts import (
    Contract,
    LeftOut,
    Message,
    Outcome,
    Selection,
    Succeeded,
    get,
    normalized,
    parse_selection,
    project,
    selection_of,
)
from maestri.errors import ConnectFailed
from maestri.links import Invoker, LocalLink, stub
from maestri.plans import (
    call,
    check,
    composition,
    drop_none,
    each,
    left_out,
    optional,
    outcomes,
    program_of,
    rescue,
    select,
    then,
    when,
)
from tests.kernel.plans.contract import (
    Brand,
    Cart,
    Carts,
    Catalog,
    NotForSale,
    Price,
    Pricing,
    Sku,
    UnknownProduct,
)
from tests.kernel.plans.market import Told, market

A, B, C = Sku("a"), Sku("b"), Sku("c")


class Card(Message):
    title: str
    price: Price
    brand: Brand | None


class View(Message):
    title: str
    weight_g: int
    price: Price | None
    brand: Brand | None
    similar: tuple[Card, ...]
    left_out: LeftOut = ()


class Title(Message):
    title: str
    left_out: LeftOut = ()


class BrandName(Message):
    name: str


class CardTitle(Message):
    title: str
    brand: BrandName | None


class Titles(Message):
    title: str
    similar: tuple[CardTitle, ...]
    left_out: LeftOut = ()


class Shop(Contract, id="shop"):
    @get("/{sku}", raises=[UnknownProduct, NotForSale])
    async def view(self, sku: Sku) -> View:
        """Show a product."""
        raise NotImplementedError

    @get("/cards/{sku}", raises=[UnknownProduct])
    async def card(self, sku: Sku) -> Card:
        """Show a card."""
        raise NotImplementedError

    @get("/cards", batch_of="card")
    async def cards(self, skus: tuple[Sku, ...]) -> Mapping[Sku, Outcome[Card]]:
        """Show cards."""
        raise NotImplementedError


class Top(Contract, id="top"):
    @get("/titles/{sku}", raises=[UnknownProduct, NotForSale])
    async def titles(self, sku: Sku) -> Titles:
        """Show titles."""
        raise NotImplementedError

    @get("/card_titles", raises=[UnknownProduct])
    async def card_titles(self, skus: tuple[Sku, ...]) -> tuple[CardTitle, ...]:
        """Show titles of cards."""
        raise NotImplementedError


@composition
def card(sku: Sku) -> Card:
    """One card."""
    product = call(Catalog.product, sku)
    brand = then(product.brand_id, lambda brand_id: call(Catalog.brand, brand_id))
    return Card(product.title, call(Pricing.price, sku), brand)


@composition
def cards(skus: tuple[Sku, ...]) -> Mapping[Sku, Outcome[Card]]:
    """Cards, key by key."""
    return outcomes(skus, card)


@composition
def view(sku: Sku) -> View:
    """Everything about a product."""
    product = call(Catalog.product, sku)
    check(call(Catalog.may_be_sold, sku))
    price = optional(call(Pricing.price, sku))
    brand = then(product.brand_id, lambda brand_id: call(Catalog.brand, brand_id))
    similar = each(product.similar, card)
    return View(product.title, product.weight_g, price, brand, similar, left_out())


@composition
def titles(sku: Sku) -> Titles:
    """What a client needs of it."""
    return select(call(Shop.view, sku), Titles)


@composition
def card_titles(skus: tuple[Sku, ...]) -> tuple[CardTitle, ...]:
    """What a client needs of cards."""
    return each(skus, lambda sku: select(call(Shop.card, sku), CardTitle))


class ShopService(Orchestrator, Shop):
    view = serve(view)
    card = serve(card)
    cards = serve(cards)


class TopService(Orchestrator, Top):
    titles = serve(titles)
    card_titles = serve(card_titles)


@pytest.fixture(params=[False, True], ids=["as_they_are", "through_the_codec"])
def top(told: Told, request: pytest.FixtureRequest) -> Top:
    """Return two levels of orchestrators above the market."""
    shop = stub(Shop, LocalLink(Invoker(ShopService(_strict(market(told), request.param)))))
    composer = Composer({"shop": shop})
    return stub(Top, LocalLink(Invoker(TopService(composer)), strict=request.param))


def _strict(dependencies: dict[str, Contract], strict: bool) -> Composer:
    links = {
        "catalog": stub(Catalog, LocalLink(Invoker(dependencies["catalog"]), strict=strict)),
        "pricing": stub(Pricing, LocalLink(Invoker(dependencies["pricing"]), strict=strict)),
    }
    return Composer(links)


async def test_a_selection_prunes_through_two_levels(top: Top, told: Told) -> None:
    """What nobody at the top needs is not called at the bottom; what is needed is."""
    found = await top.titles(A)

    similar = tuple(CardTitle(f"Title {s}", BrandName(f"Name brand_{s}")) for s in ("a1", "a2"))
    assert Titles("Title a", similar) == found
    assert ["brand", "brand", "may_be_sold", "product", "products"] == sorted(
        name.partition(":")[0] for name in told.calls
    )


async def test_a_selection_never_prunes_a_check(top: Top, told: Told) -> None:
    """A refusal is an answer to every caller, whatever fields it needs."""
    told.failures = {"may_be_sold": NotForSale(sku="a")}

    with pytest.raises(NotForSale):
        await top.titles(A)


async def test_a_selection_narrows_the_answers_of_a_batch(top: Top, told: Told) -> None:
    """Fields that are not needed of the items of a batch are not worked out for any."""
    found = await top.card_titles((A, B))

    expected = tuple(CardTitle(f"Title {s}", BrandName(f"Name brand_{s}")) for s in ("a", "b"))
    assert (expected, []) == (found, [one for one in told.calls if one.startswith("price")])


async def test_a_filter_keeps_what_is_there_and_prunes_the_rest_of_it(told: Told) -> None:
    """drop_none looks into no item: whatever is selected, it takes those that are not None."""

    def known(sku: Sku) -> Card | None:
        product = rescue(call(Catalog.product, sku), {UnknownProduct: lambda: None})
        return then(product, lambda item: Card(item.title, call(Pricing.price, sku), None))

    class Found(Message):
        cards: tuple[Card, ...]

    @composition
    def found(skus: tuple[Sku, ...]) -> Found:
        return Found(drop_none(each(skus, known)))

    told.failures = {"product:b": UnknownProduct(sku="b")}
    composer = Composer(market(told))
    whole = await composer.run(found, (A, B, C))
    prices = [name for name in told.calls if name.startswith("price")]
    titles = Selection((("cards", Selection((("title", None),))),))
    nodes = [node for node in program_of(found, titles).nodes if node is not None]

    assert ["Title a", "Title c"] == [one.title for one in whole.cards]
    assert (True, ["product"]) == (bool(prices), [n.step.name for n in nodes if n.link >= 0])


async def test_a_pruned_part_is_not_reported_as_missing(told: Told) -> None:
    """Left out is what was needed and is missing, not what nobody asked for."""
    told.failures = {"price": ConnectFailed("down")}
    shop = stub(Shop, LocalLink(Invoker(ShopService(Composer(market(told))))))

    @composition
    def title(sku: Sku) -> Title:
        return select(call(Shop.view, sku), Title)

    assert Title("Title a") == await Composer({"shop": shop}).run(title, A)


async def test_a_field_of_an_answer_selects_nothing_by_itself(
    composer: Composer, told: Told
) -> None:
    """Without a select a callee is asked for all, so that its answer can be shared."""

    @composition
    def title(sku: Sku) -> str:
        return call(Catalog.product, sku).title

    recorder = Recorder()
    with use_context(new_context(recorder=recorder)):
        await composer.run(title, A)

    assert (["product:a"], None) == (told.calls, program_of(title).nodes[1].selection)  # type: ignore[union-attr]


async def test_a_selection_reaches_a_child_through_fields_and_bodies() -> None:
    """A child is asked for the fields that are used of it by all that may share its answer."""
    wanted = selection_of(Titles)
    nodes = [node for node in program_of(view, wanted).nodes if node is not None]
    asked = {node.part: str(node.selection) for node in nodes if node.link >= 0}

    assert {
        "product": "brand_id,similar,title",
        "may_be_sold": "None",
        "similar.card.product": "brand_id,similar,title",
        "similar.card.brand_id.brand": "name",
    } == {name: asked[name] for name in sorted(asked, key=list(asked).index)}


async def test_a_pruned_command_still_runs_and_keeps_its_condition(
    composer: Composer, told: Told
) -> None:
    """A selection decides neither whether a command runs, nor how what it depends on is asked."""

    class Answer(Message):
        title: str
        cart: Cart | None

    @composition
    def ordered(sku: Sku, cart_id: str) -> Answer:
        product = call(Catalog.product, sku)
        cart = when(product.weight_g > 100, lambda: call(Carts.order, cart_id))
        check(call(Carts.put_line, cart_id, sku))
        return Answer(product.title, cart)

    program = program_of(ordered, Selection((("title", None),)))
    names = [node.step.name for node in program.nodes if node is not None]
    product = next(node for node in program.nodes if node is not None and node.link == 0)

    assert ("order" in names, "put_line" in names) == (True, True)
    assert None is product.selection
    assert (await composer.run(ordered, A, "c"), ["product:a", "put_line:a"]) == (
        Answer("Title a", None),
        told.calls,
    )


async def test_a_program_is_compiled_once_and_not_kept_for_ever() -> None:
    """Callers may ask for ever other fields: only the 1,024 programs used last are kept."""

    @composition
    def title(sku: Sku) -> Title:
        return Title(sku)

    def asked(number: int) -> Selection:
        return Selection(((f"field_{number}", None),))

    first = program_of(title, asked(0))
    programs = [program_of(title, asked(number)) for number in range(1024)]
    again = program_of(title, asked(1023))
    program_of(title, asked(1024))

    assert (True, True) == (first is programs[0], again is programs[-1])
    assert first is not program_of(title, asked(0))


async def test_a_batch_of_partial_answers_is_still_answered_key_by_key(told: Told) -> None:
    """A selection changes what is in an outcome, not what an outcome is."""
    service = ShopService(Composer(market(told)))
    link = LocalLink(Invoker(service), strict=True)
    context = new_context(recorder=None)
    asked = type(context)(context.deadline_s, "r", selection=Selection((("title", None),)))
    found = await link.send(Shop.operations["cards"], ((A, B),), asked)

    assert [("title",), ("title",)] == [one.value.__struct_fields__ for one in found.values()]
    assert isinstance(found[A], Succeeded)


class Named(Message):
    title: str


class Titled(Message):
    first: Named
    again: Named
    inner: Named | None


async def test_what_gives_a_result_its_form_is_no_step_of_a_run(
    composer: Composer, told: Told
) -> None:
    """Shaping cannot fail, so it is worked out with the result: twice used, or of a step around."""

    @composition
    def titled(sku: Sku) -> Titled:
        product = call(Catalog.product, sku)
        title = select(product, Named)
        return Titled(title, title, when(product.weight_g > 1, lambda: select(product, Named)))

    blocks, found = program_of(titled).blocks, await composer.run(titled, A)

    assert Titled(Named("Title a"), Named("Title a"), Named("Title a")) == found
    steps = program_of(titled).plan.trace.steps
    assert ["call", "compute", "when"] == [steps[i].word for i in blocks[0].eager]
    assert () == blocks[1].eager
    assert ["product:a"] == told.calls


class Stored(Message, rename="pascal", tag="stored"):
    title: str
    sizes: tuple[int, ...]


class Shown(Message, tag="shown"):
    title: str
    sizes: tuple[int, ...] = ()


class Shelf(Message, rename="pascal", tag="shelf"):
    best: Stored
    others: tuple[Stored, ...]


class ShownShelf(Message):
    best: Shown
    others: tuple[Shown, ...]


class Window(Message):
    shelf: ShownShelf | None


class Store(Contract, id="store"):
    @get("/shelf")
    async def shelf(self) -> Shelf:
        """Show all that is on it."""
        raise NotImplementedError


class StoreService(Store):
    async def shelf(self) -> Shelf:
        return Shelf(Stored("a", (1,)), (Stored("b", (2,)),))


@composition
def window() -> Window:
    """Show some of it."""
    return Window(select(call(Store.shelf), ShownShelf))


class Street(Contract, id="street"):
    @get("/window")
    async def window(self) -> Window:
        """Show some of it."""
        raise NotImplementedError


class StreetService(Orchestrator, Street):
    window = serve(window)


@pytest.mark.parametrize(
    "text", ["shelf(best(title))", "shelf(others(sizes),best)", "shelf(best())", "shelf()", "shelf"]
)
async def test_a_part_of_a_shape_has_the_names_and_the_tag_of_the_shape(
    text: str,
) -> None:
    """Those of what it is made of mean nothing to who asked for the shape."""
    context = replace(new_context(), selection=parse_selection(text))
    service = StreetService(Composer({"store": StoreService()}))
    whole = Window(ShownShelf(Shown("a", (1,)), (Shown("b", (2,)),)))
    with use_context(context):
        found = await LocalLink(Invoker(service)).send(Street.operations["window"], (), context)

    assert project(whole, Window, normalized(context.selection, Window)) == found

"""Plans without a mistake: both type checkers are content."""

from collections.abc import Mapping, Sequence

from maestri.composition import Composer, Orchestrator, serve
from maestri.contracts import Contract, LeftOut, Message, Outcome, get
from maestri.errors import NotExecuted
from maestri.plans import (
    Role,
    at,
    call,
    check,
    composition,
    compute,
    each,
    left_out,
    named,
    optional,
    otherwise,
    outcomes,
    quorum,
    reduce,
    rescue,
    route,
    select,
    then,
    translate,
    when,
)
from tests.kernel.plans.contract import (
    Brand,
    Cart,
    CartFull,
    Carts,
    Catalog,
    NotForSale,
    Page,
    Pages,
    Price,
    Pricing,
    Product,
    Search,
    Sku,
    UnknownProduct,
)

BOOKS = Role(Search, "books")
NO_BRAND = Brand("", "")
HEAVY_G = 100


class Card(Message):
    """A product in short."""

    title: str
    price: Price


class View(Message):
    """A product at length."""

    title: str
    price: Price | None
    brand: Brand
    maker: Brand | None
    similar: tuple[Card, ...]
    dear: bool
    left_out: LeftOut = ()


class Title(Message):
    """The title alone."""

    title: str
    left_out: LeftOut = ()


def total_of(prices: Sequence[Price]) -> int:
    """Add prices."""
    return sum(price.minor for price in prices)


def not_for_sale(error: NotExecuted) -> NotForSale:
    """Say it in our own words."""
    return NotForSale(sku=error.message)


@composition
def card(sku: Sku) -> Card:
    """One card."""
    return Card(call(Catalog.product, sku).title, call(Pricing.price, sku, currency="USD"))


@composition(calls_max=2_000, items_max=500, in_flight_max=8)
def view(sku: Sku, *, currency: str = "EUR") -> View:
    """Everything about a product."""
    product = call(Catalog.product, sku)
    check(call(Catalog.may_be_sold, sku))
    price = optional(call(Pricing.price, sku, currency), timeout_s=0.2)
    maker = then(product.brand_id, lambda brand_id: call(Catalog.brand, brand_id))
    similar = each(product.similar, card)
    return View(
        title=product.title,
        price=price,
        brand=otherwise(maker, NO_BRAND),
        maker=maker,
        similar=similar,
        dear=product.weight_g > HEAVY_G,
        left_out=left_out(),
    )


@composition
def cards(skus: tuple[Sku, ...]) -> Mapping[Sku, Outcome[Card]]:
    """Answer a batch key by key."""
    return outcomes(skus, card)


@composition
def total(skus: tuple[Sku, ...]) -> int:
    """Add what all of them cost."""
    return reduce(total_of, each(skus, lambda sku: call(Pricing.price, sku)))


@composition
def handled(sku: Sku, kind: str) -> tuple[Product | None, Cart, Cart, tuple[Sku, ...]]:
    """Handle errors, branch, route."""
    product = rescue(call(Catalog.product, sku), {UnknownProduct: lambda: None})
    cart = translate(
        call(Carts.put_line, "c", sku), {CartFull: CartFull, NotExecuted: not_for_sale}
    )
    routed = route(
        kind, {"cart": lambda: call(Carts.cart, "c"), "order": lambda: call(Carts.order, "c")}
    )
    ordered = when(kind == "order", lambda: named("last", call(Carts.order, "c")))
    return (
        product,
        routed,
        otherwise(ordered, cart),
        at(BOOKS, Search.search, compute(str.lower, kind)),
    )


@composition
def sources(one: str, other: str) -> tuple[tuple[Brand, ...], LeftOut]:
    """Ask two, be content with one."""
    first, second = (
        named("one", call(Catalog.brand, one)),
        named("other", call(Catalog.brand, other)),
    )
    return quorum([first, second], 1, timeout_s=1.0), left_out()


@composition
def title(sku: Sku) -> Title:
    """Ask a child for what is needed."""
    return select(call(Pages.page, sku), Title)


@composition
def pair(one: Sku, other: Sku) -> tuple[Card, Card]:
    """Use a plan twice."""
    return named("one", card)(one), named("other", card)(sku=other)


class Shop(Contract, id="correct_shop"):
    """A shop."""

    @get("/{sku}", raises=[UnknownProduct])
    async def title(self, sku: Sku) -> Title:
        """Show a title."""
        raise NotImplementedError

    @get("/cards/{sku}", raises=[UnknownProduct])
    async def card(self, sku: Sku) -> Card:
        """Show a card."""
        raise NotImplementedError


class ShopService(Orchestrator, Shop):
    """Invoker by plans."""

    title = serve(title)
    card = serve(card)


async def runs(composer: Composer) -> tuple[View, int, Page | None]:
    """Run plans with inputs by position and by name."""
    found: View = await composer.run(view, Sku("a"), currency="USD")
    print(await composer.run(pair, Sku("a"), Sku("b")))
    return found, await composer.run(total, (Sku("a"), Sku("b"))), None

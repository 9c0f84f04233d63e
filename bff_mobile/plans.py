"""What the apps get: the storefront's pages, asked for in the shape of a small screen."""

from bff_mobile.domain import facets_shown, picture_path
from bff_mobile.screens import (
    Card,
    CartRow,
    CartScreen,
    CategoriesScreen,
    CategoryRow,
    HomeScreen,
    ListingScreen,
    ProductScreen,
    SearchScreen,
    ShelfRow,
    TinyCard,
)
from bff_mobile.shapes import (
    CardShape,
    CartLineShape,
    CartShape,
    HomeShape,
    ListingShape,
    PriceShape,
    ProductShape,
    SearchShape,
    ShelfShape,
    TinyCardShape,
)
from domain_services.parameters import (
    CartKey,
    CategoryKey,
    Filters,
    Limit,
    PageNumber,
    PageSize,
    Quantity,
    QueryText,
    SkuKey,
)
from domain_services.vocabulary import Currency, Money
from maestri.contracts import Message
from maestri.plans import call, composition, compute, each, left_out, select, then
from sub_orchestrators.browsing.contract import Browsing, Suggestions
from sub_orchestrators.shopping.contract import Shopping
from sub_orchestrators.storefront.contract import Sort, Storefront


class ListingPage(Message):
    """A screen of a category, and how many there are."""

    screen: ListingScreen
    pages: int


def _price(offer: PriceShape | None) -> Money | None:
    return then(offer, lambda known: known.price)


def _card(card: CardShape) -> Card:
    return Card(
        sku=card.sku,
        title=card.title,
        picture=compute(picture_path, card.sku),
        price=_price(card.offer),
        rating=then(card.rating, lambda known: known.average),
    )


@composition(calls_max=1)
def home(currency: Currency = "EUR") -> HomeScreen:
    """Show one product and some shelves."""
    found = select(call(Storefront.home, currency), HomeShape)

    def shelf(row: ShelfShape) -> ShelfRow:
        return ShelfRow(title=row.title, cards=each(row.cards, _card), category_id=row.category_id)

    return HomeScreen(
        featured=then(found.featured, _card),
        shelves=each(found.shelves, shelf),
        left_out=left_out(),
    )


@composition(calls_max=1)
def categories() -> CategoriesScreen:
    """Show all departments by name."""
    return CategoriesScreen(select(call(Browsing.categories), tuple[CategoryRow, ...]))


@composition(calls_max=1)
def listing(
    category_id: CategoryKey,
    filters: Filters,
    sort: Sort,
    page: PageNumber,
    size: PageSize,
    currency: Currency,
) -> ListingPage:
    """Show one page of a department; stock is not asked for."""
    found = select(
        call(Storefront.listing, category_id, filters, sort, page, size, currency), ListingShape
    )
    screen = ListingScreen(
        title=found.category.title,
        cards=each(found.cards, _card),
        total=found.total,
        facets=compute(facets_shown, found.facets, page),
        left_out=left_out(),
    )
    return ListingPage(screen, found.pages)


@composition(calls_max=1)
def product(sku: SkuKey, currency: Currency = "EUR") -> ProductScreen:
    """Show one product that may be sold; the story of its brand is for larger screens."""
    found = select(call(Storefront.product, sku, currency), ProductShape)
    return ProductScreen(
        sku=found.sku,
        title=found.title,
        description=found.description,
        picture=compute(picture_path, found.sku),
        brand=found.brand,
        price=then(found.offer, lambda offer: offer.price),
        was=then(found.offer, lambda offer: offer.was),
        availability=found.availability,
        rating=found.rating,
        attributes=found.attributes,
        reviews=found.reviews,
        similar=each(found.similar, _card),
        left_out=left_out(),
    )


@composition(calls_max=1)
def card(sku: SkuKey, currency: Currency = "EUR") -> TinyCard:
    """Show name and price; reviews and stock are not asked for, but whether it may be sold is."""
    found = select(call(Storefront.card, sku, currency), TinyCardShape)
    return TinyCard(found.sku, found.title, _price(found.offer), left_out=left_out())


@composition(calls_max=1)
def search(query: QueryText, limit: Limit = 24, currency: Currency = "EUR") -> SearchScreen:
    """Show what fits a query; stock is not asked for."""
    found = select(call(Storefront.search, query, limit, currency), SearchShape)
    return SearchScreen(
        query=found.query,
        cards=each(found.cards, _card),
        total=found.total,
        left_out=left_out(),
    )


@composition(calls_max=1)
def suggestions(prefix: QueryText, limit: Limit = 8) -> Suggestions:
    """Show queries that a customer may mean."""
    return call(Browsing.suggestions, prefix, limit)


@composition(calls_max=1)
def cart(cart_id: CartKey, currency: Currency) -> CartScreen:
    """Show a cart."""
    found = select(call(Storefront.cart, cart_id, currency), CartShape)

    def row(line: CartLineShape) -> CartRow:
        return CartRow(
            sku=line.sku,
            title=line.title,
            quantity=line.quantity,
            picture=compute(picture_path, line.sku),
            price=_price(line.offer),
            line_total=line.line_total,
            availability=line.availability,
        )

    return CartScreen(
        lines=each(found.lines, row),
        item_count=found.item_count,
        total=found.total,
        left_out=left_out(),
    )


@composition(calls_max=2)
def put_line(cart_id: CartKey, sku: SkuKey, quantity: Quantity, currency: Currency) -> CartScreen:
    """Put a product into the cart, then show the cart: the app needs no second call."""
    call(Storefront.put_line, cart_id, sku, quantity)
    return cart(cart_id, currency)


@composition(calls_max=2)
def remove_line(cart_id: CartKey, sku: SkuKey, currency: Currency) -> CartScreen:
    """Take a product out of the cart, then show the cart."""
    call(Shopping.remove_line, cart_id, sku)
    return cart(cart_id, currency)

"""What both clients want: pages composed across subdomains."""

from collections.abc import Mapping

from domain_services.parameters import (
    LIMIT_MAX,
    PAGE_SIZE_MAX,
    SKUS_MAX,
    CartKey,
    CategoryKey,
    Filters,
    Limit,
    PageNumber,
    PageSize,
    Quantity,
    QueryText,
    SkuKey,
    SkuKeys,
)
from domain_services.vocabulary import Currency, Sku
from maestri.contracts import Outcome
from maestri.plans import (
    call,
    check,
    composition,
    compute,
    drop_none,
    each,
    left_out,
    named,
    optional,
    otherwise,
    outcomes,
    rescue,
    then,
)
from sub_orchestrators.browsing.contract import (
    SHELF_SIZE_MAX,
    SHELVES_MAX,
    SIMILAR_MAX,
    BrowsedCard,
    Browsing,
    NotForSale,
    Shelf,
    Sort,
    UnknownProduct,
)
from sub_orchestrators.fulfilment.contract import AvailabilityLevel, Fulfilment
from sub_orchestrators.shopping.contract import (
    LINES_MAX,
    Cart,
    NoPrice,
    Offer,
    PricedLine,
    RatesUnavailable,
    Shopping,
)
from sub_orchestrators.storefront.contract import (
    CardView,
    CartLineView,
    CartView,
    HomeView,
    ListingView,
    ProductView,
    SearchView,
    ShelfView,
)
from sub_orchestrators.storefront.domain import if_sellable, total_if_complete


def _offer(sku: Sku, currency: Currency) -> Offer | None:
    offer = call(Shopping.offer, sku, currency)
    return optional(rescue(offer, {NoPrice: lambda: None, RatesUnavailable: lambda: None}))


def _level(sku: Sku) -> AvailabilityLevel | None:
    availability = optional(call(Fulfilment.availability, sku))
    return then(availability, lambda known: known.level)


def _view(sku: Sku, product: BrowsedCard, currency: Currency) -> CardView:
    return CardView(
        sku=product.sku,
        title=product.title,
        brand=product.brand,
        offer=_offer(sku, currency),
        rating=product.rating,
        availability=_level(sku),
        left_out=left_out(),
    )


def _card(sku: Sku, currency: Currency) -> CardView:
    return _view(sku, call(Browsing.card, sku), currency)


def _card_if_known(sku: Sku, currency: Currency) -> CardView | None:
    return rescue(_card(sku, currency), {UnknownProduct: lambda: None})


@composition(calls_max=7)
def home(currency: Currency = "EUR") -> HomeView:
    """Show one product and some shelves; all cards of all shelves come with one call each."""
    found = call(Browsing.home)

    def shelf(row: Shelf) -> ShelfView:
        cards = each(row.skus, lambda sku: _card_if_known(sku, currency), items_max=SHELF_SIZE_MAX)
        return ShelfView(
            title=row.title, cards=drop_none(named("cards", cards)), category_id=row.category_id
        )

    return HomeView(
        featured=then(found.featured, lambda sku: _card_if_known(sku, currency)),
        shelves=each(found.shelves, shelf, items_max=SHELVES_MAX),
        left_out=left_out(),
    )


@composition(calls_max=8)
def product(sku: SkuKey, currency: Currency = "EUR") -> ProductView:
    """Show everything about one product that may be sold; only the product must be there."""
    product = call(Browsing.product, sku)
    check(call(Browsing.may_be_sold, sku))
    reviews = optional(call(Browsing.reviews, sku, 6))
    similar = each(
        product.similar, lambda other: _card_if_known(other, currency), items_max=SIMILAR_MAX
    )
    return ProductView(
        sku=product.sku,
        title=product.title,
        description=product.description,
        brand=product.brand,
        brand_story=then(product.maker, lambda maker: maker.story),
        category=product.category,
        attributes=product.attributes,
        offer=_offer(sku, currency),
        availability=optional(call(Fulfilment.availability, sku)),
        rating=product.rating,
        reviews=otherwise(then(reviews, lambda page: page.reviews), ()),
        similar=otherwise(optional(drop_none(similar)), ()),
        left_out=left_out(),
    )


@composition(calls_max=3)
def listing(
    category_id: CategoryKey,
    filters: Filters = (),
    sort: Sort = "featured",
    page: PageNumber = 1,
    size: PageSize = 24,
    currency: Currency = "EUR",
) -> ListingView:
    """Show one page of a category with prices, stock and ratings."""
    found = call(Browsing.listing, category_id, filters, sort, page, size)
    cards = each(found.products, lambda one: _view(one.sku, one, currency), items_max=PAGE_SIZE_MAX)
    return ListingView(
        category=found.category,
        cards=named("cards", cards),
        total=found.total,
        facets=found.facets,
        sort=found.sort,
        page=found.page,
        pages=found.pages,
        left_out=left_out(),
    )


@composition(calls_max=4)
def search(query: QueryText, limit: Limit = 24, currency: Currency = "EUR") -> SearchView:
    """Show what the search children found together."""
    found = call(Browsing.search, query, limit)
    cards = each(found.hits, lambda hit: _card_if_known(hit.sku, currency), items_max=LIMIT_MAX)
    return SearchView(
        query=found.query,
        cards=drop_none(named("cards", cards)),
        total=found.total,
        left_out=left_out(),
    )


@composition(calls_max=4)
def card(sku: SkuKey, currency: Currency = "EUR") -> CardView:
    """Show what a list shows of one product that may be sold."""
    check(call(Browsing.may_be_sold, sku))
    return _card(sku, currency)


@composition(calls_max=4)
def cards(skus: SkuKeys, currency: Currency = "EUR") -> Mapping[Sku, Outcome[CardView]]:
    """Show many products, with one call to each subdomain."""
    return outcomes(skus, lambda sku: card(sku, currency), items_max=SKUS_MAX)


@composition(calls_max=4)
def cart(cart_id: CartKey, currency: Currency = "EUR") -> CartView:
    """Show a cart; it comes even if nobody but shopping answers."""
    cart = call(Shopping.cart, cart_id, currency)

    def line_of(line: PricedLine) -> CartLineView:
        card = call(Browsing.card, line.sku)
        product = optional(rescue(card, {UnknownProduct: lambda: None}))
        sale = named("sale", call(Browsing.may_be_sold, line.sku))
        verdict = optional(rescue(sale, {NotForSale: lambda: False, UnknownProduct: lambda: False}))
        payable = compute(if_sellable, verdict, line.offer, line.line_total)
        return CartLineView(
            sku=line.sku,
            title=otherwise(then(product, lambda known: known.title), line.sku),
            quantity=line.quantity,
            brand=then(product, lambda known: known.brand),
            offer=payable.offer,
            line_total=payable.line_total,
            availability=_level(line.sku),
        )

    lines = each(cart.lines, line_of, items_max=LINES_MAX)
    return CartView(
        lines=lines,
        item_count=cart.item_count,
        total=compute(total_if_complete, cart.total, lines),
        rates_as_of=cart.rates_as_of,
        rates_stale=cart.rates_stale,
        left_out=left_out(),
    )


@composition(calls_max=2)
def put_line(cart_id: CartKey, sku: SkuKey, quantity: Quantity) -> Cart:
    """Put a product into the cart, if it may be sold."""
    check(call(Browsing.may_be_sold, sku))
    return call(Shopping.put_line, cart_id, sku, quantity)

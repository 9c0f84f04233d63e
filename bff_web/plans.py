"""The use cases of the web shop: a page is fetched together with what surrounds it."""

from bff_web.domain import CartQuantities, Frame, total_quantity
from domain_services.parameters import (
    CategoryKey,
    Filters,
    Limit,
    PageNumber,
    PageSize,
    Quantity,
    QueryText,
    ReviewKey,
    SkuKey,
)
from domain_services.vocabulary import CartId, Currency
from maestri.plans import (
    call,
    composition,
    compute,
    left_out,
    named,
    optional,
    otherwise,
    select,
    then,
)
from sub_orchestrators.browsing.contract import Browsing, ReviewPage, Suggestions
from sub_orchestrators.shopping.contract import Cart, Shopping
from sub_orchestrators.storefront.contract import (
    CartView,
    Category,
    HomeView,
    ListingView,
    ProductView,
    SearchView,
    Sort,
    Storefront,
)


def _departments() -> tuple[Category, ...]:
    return otherwise(optional(call(Browsing.categories)), ())


def _quantities(cart_id: CartId) -> CartQuantities:
    # The quantities alone: no price is asked for, however deep the hierarchy.
    return select(call(Shopping.cart, cart_id), CartQuantities)


@composition(calls_max=2)
def frame(cart_id: CartId | None) -> Frame:
    """Fetch what surrounds every page; each part may be missing."""
    cart = optional(named("cart", then(cart_id, _quantities)))
    return Frame(
        categories=_departments(),
        item_count=then(cart, lambda known: compute(total_quantity, known.lines)),
        left_out=left_out(),
    )


@composition(calls_max=1)
def frame_with_count(item_count: int) -> Frame:
    """Fetch what surrounds a page that knows how much is in the cart."""
    return Frame(categories=_departments(), item_count=item_count, left_out=left_out())


@composition(calls_max=3)
def home_page(cart_id: CartId | None, currency: Currency) -> tuple[Frame, HomeView]:
    """Fetch the front of the shop."""
    return frame(cart_id), call(Storefront.home, currency)


@composition(calls_max=3)
def listing_page(
    category_id: CategoryKey,
    filters: Filters,
    sort: Sort,
    page: PageNumber,
    cart_id: CartId | None,
    currency: Currency,
) -> tuple[Frame, ListingView]:
    """Fetch one page of a department."""
    view = call(Storefront.listing, category_id, filters, sort, page, currency=currency)
    return frame(cart_id), view


@composition(calls_max=3)
def product_page(
    sku: SkuKey, cart_id: CartId | None, currency: Currency
) -> tuple[Frame, ProductView]:
    """Fetch one product."""
    return frame(cart_id), call(Storefront.product, sku, currency)


@composition(calls_max=3)
def search_page(
    query: QueryText, cart_id: CartId | None, currency: Currency
) -> tuple[Frame, SearchView]:
    """Fetch what fits a query."""
    return frame(cart_id), call(Storefront.search, query, currency=currency)


@composition(calls_max=2)
def cart_page(cart_id: CartId, currency: Currency) -> tuple[Frame, CartView]:
    """Fetch a cart, which also tells its total quantity."""
    view = call(Storefront.cart, cart_id, currency)
    return frame_with_count(view.item_count), view


@composition(calls_max=1)
def cart_quantities(cart_id: CartId) -> CartQuantities:
    """Fetch the quantity of each product in a cart."""
    return _quantities(cart_id)


@composition(calls_max=1)
def put_line_form(cart_id: CartId, sku: SkuKey, quantity: Quantity) -> Cart:
    """Set the quantity of a product that may be sold in a cart."""
    return call(Storefront.put_line, cart_id, sku, quantity)


@composition(calls_max=1)
def remove_line_form(cart_id: CartId, sku: SkuKey) -> Cart:
    """Take a product out of a cart."""
    return call(Shopping.remove_line, cart_id, sku)


@composition(calls_max=1)
def cart(cart_id: CartId, currency: Currency) -> CartView:
    """Fetch a cart for a program."""
    return call(Storefront.cart, cart_id, currency)


@composition(calls_max=2)
def put_line(cart_id: CartId, sku: SkuKey, quantity: int, currency: Currency) -> CartView:
    """Put a product into a cart, then fetch the cart."""
    call(Storefront.put_line, cart_id, sku, quantity)
    return call(Storefront.cart, cart_id, currency)


@composition(calls_max=2)
def remove_line(cart_id: CartId, sku: SkuKey, currency: Currency) -> CartView:
    """Take a product out of a cart, then fetch the cart."""
    call(Shopping.remove_line, cart_id, sku)
    return call(Storefront.cart, cart_id, currency)


@composition(calls_max=1)
def home(currency: Currency = "EUR") -> HomeView:
    """Fetch the front of the shop for a program; so do those below."""
    return call(Storefront.home, currency)


@composition(calls_max=1)
def categories() -> tuple[Category, ...]:
    """Fetch all departments."""
    return call(Browsing.categories)


@composition(calls_max=1)
def listing(
    category_id: CategoryKey,
    filters: Filters = (),
    sort: Sort = "featured",
    page: PageNumber = 1,
    size: PageSize = 24,
    currency: Currency = "EUR",
) -> ListingView:
    """Fetch one page of a department."""
    return call(Storefront.listing, category_id, filters, sort, page, size, currency)


@composition(calls_max=1)
def product(sku: SkuKey, currency: Currency = "EUR") -> ProductView:
    """Fetch one product."""
    return call(Storefront.product, sku, currency)


@composition(calls_max=1)
def reviews(sku: SkuKey, limit: Limit = 10, before: ReviewKey | None = None) -> ReviewPage:
    """Fetch reviews of one product."""
    return call(Browsing.reviews, sku, limit, before)


@composition(calls_max=1)
def search(query: QueryText, limit: Limit = 24, currency: Currency = "EUR") -> SearchView:
    """Fetch what fits a query."""
    return call(Storefront.search, query, limit, currency)


@composition(calls_max=1)
def suggestions(prefix: QueryText, limit: Limit = 8) -> Suggestions:
    """Fetch what a visitor may be about to type."""
    return call(Browsing.suggestions, prefix, limit)

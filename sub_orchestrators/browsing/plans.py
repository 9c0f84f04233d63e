"""What browsing does: reads of one product or many, and a search that asks all its children."""

from collections.abc import Mapping

from domain_services.catalog.contract import (
    Catalog,
    Category,
    Home,
    Sort,
    UnknownBrand,
    UnknownCategory,
    UnknownProduct,
)
from domain_services.parameters import (
    PAGE_SIZE_MAX,
    SKUS_MAX,
    CategoryKey,
    Filters,
    Limit,
    PageNumber,
    PageSize,
    QueryText,
    ReviewKey,
    SkuKey,
    SkuKeys,
)
from domain_services.reviews.contract import ReviewPage, Reviews
from domain_services.vocabulary import Sku
from maestri.contracts import Outcome
from maestri.plans import (
    Role,
    at,
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
    quorum,
    rescue,
)
from sub_orchestrators.browsing.contract import (
    SHELF_SIZE_MAX,
    SHELVES_MAX,
    BrowsedCard,
    BrowsedListing,
    BrowsedProduct,
    SearchResults,
    Suggestions,
)
from sub_orchestrators.browsing.domain import merge_hits, merge_suggestions, pages_of
from sub_orchestrators.browsing.spi import ProductSearch

CHILDREN = tuple(Role(ProductSearch, name) for name in ("media", "technology", "living"))
SEARCH_TIMEOUT_S = 0.8
SUGGESTIONS_TIMEOUT_S = 0.4


@composition
def categories() -> tuple[Category, ...]:
    """Return all categories."""
    return call(Catalog.categories)


@composition
def category(category_id: CategoryKey) -> Category:
    """Return one category."""
    return call(Catalog.category, category_id)


@composition
def home() -> Home:
    """Return what the front of the store shows."""
    return call(Catalog.home, SHELVES_MAX, SHELF_SIZE_MAX)


def _card(sku: Sku) -> BrowsedCard:
    item = call(Catalog.product, sku)
    return BrowsedCard(
        sku=item.sku,
        title=item.title,
        brand=item.brand,
        category_id=item.category_id,
        rating=optional(call(Reviews.rating, sku)),
        left_out=left_out(),
    )


def _card_if_known(sku: Sku) -> BrowsedCard | None:
    return rescue(_card(sku), {UnknownProduct: lambda: None})


@composition
def card(sku: SkuKey) -> BrowsedCard:
    """Return what a list shows of one product."""
    return _card(sku)


@composition
def cards(skus: SkuKeys) -> Mapping[Sku, Outcome[BrowsedCard]]:
    """Return what a list shows of many products, with one call to each service."""
    return outcomes(skus, card, items_max=SKUS_MAX)


@composition
def listing(
    category_id: CategoryKey,
    filters: Filters = (),
    sort: Sort = "featured",
    page: PageNumber = 1,
    size: PageSize = 24,
) -> BrowsedListing:
    """Return one page of a category; its products come with one call to each service."""
    found = call(Catalog.listing, category_id, filters, sort, page, size)
    products = named("products", each(found.skus, _card_if_known, items_max=PAGE_SIZE_MAX))
    return BrowsedListing(
        category=call(Catalog.category, category_id),
        products=drop_none(products),
        total=found.total,
        facets=found.facets,
        sort=sort,
        page=page,
        pages=compute(pages_of, found.total, size),
        left_out=left_out(),
    )


@composition
def product(sku: SkuKey) -> BrowsedProduct:
    """Return everything about one product; only the product itself must be there."""
    item = call(Catalog.product, sku)
    similar = optional(call(Catalog.similar, sku))
    maker = named("maker", call(Catalog.brand, item.brand_id))
    return BrowsedProduct(
        sku=item.sku,
        title=item.title,
        description=item.description,
        brand=item.brand,
        attributes=item.attributes,
        added_on=item.added_on,
        category=rescue(call(Catalog.category, item.category_id), {UnknownCategory: lambda: None}),
        similar=otherwise(similar, ()),
        maker=optional(rescue(maker, {UnknownBrand: lambda: None})),
        rating=optional(call(Reviews.rating, sku)),
        left_out=left_out(),
    )


@composition
def may_be_sold(sku: SkuKey) -> None:
    """Return if the product may be sold; otherwise refuse."""
    return call(Catalog.may_be_sold, sku)


@composition
def which_may_be_sold(skus: SkuKeys) -> Mapping[Sku, Outcome[None]]:
    """Return for each product whether it may be sold."""
    return outcomes(skus, may_be_sold, items_max=SKUS_MAX)


@composition
def reviews(sku: SkuKey, limit: Limit = 10, before: ReviewKey | None = None) -> ReviewPage:
    """Return reviews of a product that exists, the newest first."""
    check(call(Catalog.product, sku))
    return call(Reviews.reviews, sku, limit, before)


@composition
def search(query: QueryText, limit: Limit = 24) -> SearchResults:
    """Ask all search children at once (scatter), and merge what comes in time (gather)."""
    results = quorum(
        [named(child.name, at(child, ProductSearch.search, query, limit)) for child in CHILDREN],
        least=1,
        timeout_s=SEARCH_TIMEOUT_S,
    )
    merged = compute(merge_hits, results, limit)
    return SearchResults(query=query, hits=merged.hits, total=merged.total, left_out=left_out())


@composition
def suggestions(prefix: QueryText, limit: Limit = 8) -> Suggestions:
    """Ask all search children for queries; late ones are not waited for."""
    results = quorum(
        [
            named(child.name, at(child, ProductSearch.suggestions, prefix, limit))
            for child in CHILDREN
        ],
        least=0,
        timeout_s=SUGGESTIONS_TIMEOUT_S,
    )
    return Suggestions(texts=compute(merge_suggestions, results, limit), left_out=left_out())

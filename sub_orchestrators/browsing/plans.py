"""What browsing does: reads of one product or many, and a search that asks all its children."""

from collections.abc import Mapping

from domain_services.catalog.contract import (
    Catalog,
    Category,
    Home,
    Product,
    Sort,
    UnknownBrand,
    UnknownCategory,
    UnknownProduct,
)
from domain_services.parameters import (
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
    each,
    left_out,
    named,
    optional,
    otherwise,
    outcomes,
    present,
    quorum,
    rescue,
    then,
)
from sub_orchestrators.browsing.contract import (
    BrowsedCard,
    BrowsedListing,
    BrowsedProduct,
    SearchResults,
    Suggestions,
)
from sub_orchestrators.browsing.domain import merge_hits, merge_suggestions, pages_of
from sub_orchestrators.browsing.spi import ProductSearch

CHILDREN = tuple(Role(ProductSearch, name) for name in ("media", "technology", "living"))
SHELVES = 6
CARDS_ON_A_SHELF = 4
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
    return call(Catalog.home, SHELVES, CARDS_ON_A_SHELF)


def _card(item: Product) -> BrowsedCard:
    return BrowsedCard(
        sku=item.sku,
        title=item.title,
        brand=item.brand,
        category_id=item.category_id,
        rating=optional(named("rating", call(Reviews.rating, item.sku))),
        left_out=left_out(),
    )


def _card_if_known(sku: Sku) -> BrowsedCard | None:
    item = rescue(call(Catalog.product, sku), {UnknownProduct: None})
    return then(item, _card)


@composition
def card(sku: SkuKey) -> BrowsedCard:
    """Return what a list shows of one product."""
    return _card(call(Catalog.product, sku))


@composition
def cards(skus: SkuKeys) -> Mapping[Sku, Outcome[BrowsedCard]]:
    """Return what a list shows of many products, with one call to each service."""
    return outcomes(skus, card)


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
    return BrowsedListing(
        category=call(Catalog.category, category_id),
        products=present(each(found.skus, _card_if_known)),
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
    similar = optional(named("similar", call(Catalog.similar, sku)))
    maker = optional(
        rescue(named("maker", call(Catalog.brand, item.brand_id)), {UnknownBrand: None})
    )
    return BrowsedProduct(
        sku=item.sku,
        title=item.title,
        description=item.description,
        brand=item.brand,
        attributes=item.attributes,
        added_on=item.added_on,
        category=rescue(call(Catalog.category, item.category_id), {UnknownCategory: None}),
        similar=otherwise(similar, ()),
        maker=maker,
        rating=optional(named("rating", call(Reviews.rating, sku))),
        left_out=left_out(),
    )


@composition
def may_be_sold(sku: SkuKey) -> None:
    """Return if the product may be sold; otherwise refuse."""
    return call(Catalog.may_be_sold, sku)


@composition
def which_may_be_sold(skus: SkuKeys) -> Mapping[Sku, Outcome[None]]:
    """Return for each product whether it may be sold."""
    return outcomes(skus, may_be_sold)


@composition
def reviews(sku: SkuKey, limit: Limit = 10, before: ReviewKey | None = None) -> ReviewPage:
    """Return reviews of a product that exists, the newest first."""
    check(call(Catalog.product, sku))
    return call(Reviews.reviews, sku, limit, before)


@composition
def search(query: QueryText, limit: Limit = 24) -> SearchResults:
    """Ask all search children at once (scatter), and merge what comes in time (gather)."""
    results = quorum(
        [
            named(f"search.{child.name}", at(child, ProductSearch.search, query, limit))
            for child in CHILDREN
        ],
        least=1,
        within=SEARCH_TIMEOUT_S,
    )
    merged = compute(merge_hits, results, limit)
    return SearchResults(query=query, hits=merged.hits, total=merged.total, left_out=left_out())


@composition
def suggestions(prefix: QueryText, limit: Limit = 8) -> Suggestions:
    """Ask all search children for queries; late ones are not waited for."""
    results = quorum(
        [
            named(f"search.{child.name}", at(child, ProductSearch.suggestions, prefix, limit))
            for child in CHILDREN
        ],
        least=0,
        within=SUGGESTIONS_TIMEOUT_S,
    )
    return Suggestions(texts=compute(merge_suggestions, results, limit), left_out=left_out())

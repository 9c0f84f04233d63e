import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from domain_services import seed_data
from domain_services.catalog.container import Container
from domain_services.catalog.contract import (
    SIMILAR_MAX,
    Catalog,
    Listing,
    NotForSale,
    UnknownBrand,
    UnknownCategory,
    UnknownProduct,
)
from domain_services.catalog.domain import FacetCount, facets, narrows
from domain_services.vocabulary import BrandId, CategoryId, Sku
from maestri.contracts import Failed, Succeeded
from maestri.errors import InvalidRequest
from maestri.links import Invoker, LocalLink, stub

ALL = {product.sku: product for product in seed_data.products()}
UNSOLD = next(product for product in ALL.values() if not product.for_sale)
COMPUTERS = CategoryId("computers")
NOTHING = Sku("NO-1")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Name a file that the first test fills, and the others copy."""
    return tmp_path_factory.mktemp("catalog") / "filled.db"


@pytest.fixture
def path(filled: Path, tmp_path: Path) -> Path:
    """Name a database that is filled once any test has filled one."""
    path = tmp_path / "catalog.db"
    if filled.exists():
        shutil.copy(filled, path)
    return path


@pytest.fixture
async def catalog(path: Path, filled: Path) -> AsyncIterator[Catalog]:
    """Start the service and call it as others do."""
    container = Container()
    container.settings.from_dict({"database_url": f"sqlite://{path}"})
    async with container.database():
        yield stub(Catalog, LocalLink(Invoker(container.service()), strict=True))
    shutil.copy(path, filled)


def values(listing: Listing, name: str) -> dict[str, int]:
    """Return the counts of one facet by value."""
    return {
        value.value: value.count
        for facet in listing.facets
        if facet.name == name
        for value in facet.values
    }


def having(sku: Sku, name: str) -> str:
    """Return the value of an attribute of a product."""
    return next((each.value for each in ALL[sku].attributes if each.name == name), "")


def test_names_and_fine_measures_do_not_narrow() -> None:
    """A facet has 2 to 64 values, of which at most 12 are numbers."""
    assert narrows(["oak", "ash"])
    assert not narrows(["oak", "oak"])
    assert not narrows([f"name {number}" for number in range(65)])
    assert not narrows([f"{number} cm" for number in range(13)])


def test_a_chosen_value_can_be_given_up_again() -> None:
    """A chosen value is shown, and first, even if no product has it."""
    found = facets([FacetCount("Wood", "oak", 2), FacetCount("Wood", "ash", 1)], {"Size": {"9"}})

    assert ["Size", "Wood"] == [facet.name for facet in found]
    assert [("9", 0, True)] == [(each.value, each.count, each.chosen) for each in found[0].values]


async def test_a_product_is_found_by_its_sku(catalog: Catalog) -> None:
    """A product is told with the name of its brand, whether it is for sale or not."""
    product = await catalog.product(UNSOLD.sku)

    brand = await catalog.brand(product.brand_id)
    assert (UNSOLD.title, brand.name) == (product.title, product.brand)


async def test_a_batch_returns_key_by_key(catalog: Catalog) -> None:
    """An unknown product or brand spoils no other."""
    sku = next(iter(ALL))
    products = await catalog.products((sku, NOTHING))
    brands = await catalog.brands((ALL[sku].brand_id, BrandId("nobody")))

    assert Succeeded(await catalog.product(sku)) == products[sku]
    assert isinstance(products[NOTHING], Failed)
    assert [Succeeded, Failed] == [type(outcome) for outcome in brands.values()]


async def test_what_is_unknown_is_refused_by_name(catalog: Catalog) -> None:
    """Every lookup has its own declared error."""
    with pytest.raises(UnknownProduct):
        await catalog.product(NOTHING)
    with pytest.raises(UnknownProduct):
        await catalog.similar(NOTHING)
    with pytest.raises(UnknownProduct):
        await catalog.picture(NOTHING)
    with pytest.raises(UnknownCategory):
        await catalog.listing(CategoryId("nowhere"))
    with pytest.raises(UnknownBrand):
        await catalog.brand(BrandId("nobody"))


async def test_what_may_not_be_sold_is_refused_with_the_reason(catalog: Catalog) -> None:
    """A product that is not for sale is told apart from an unknown one, alone and in a batch."""
    with pytest.raises(NotForSale) as refusal:
        await catalog.may_be_sold(UNSOLD.sku)
    sold = next(sku for sku, product in ALL.items() if product.for_sale)
    outcomes = await catalog.which_may_be_sold((sold, UNSOLD.sku, NOTHING))

    assert UNSOLD.not_for_sale_because == refusal.value.reason
    assert Succeeded(None) == outcomes[sold]
    statuses = [each.problem.status for each in outcomes.values() if isinstance(each, Failed)]
    assert [410, 404] == statuses


async def test_a_listing_holds_every_product_for_sale_once(catalog: Catalog) -> None:
    """The pages of a listing together are the category, without what may not be sold."""
    expected = {s for s, p in ALL.items() if p.category_id == UNSOLD.category_id and p.for_sale}
    found: list[Sku] = []
    for page in range(1, 9):
        found += (await catalog.listing(UNSOLD.category_id, page=page, size=40)).skus

    assert (len(expected), expected) == (len(found), set(found))
    category = await catalog.category(UNSOLD.category_id)
    assert len(expected) == category.product_count


async def test_filters_of_one_name_are_alternatives(catalog: Catalog) -> None:
    """Values of one name widen a listing, and another name narrows it."""
    filters = ("Type:Laptops", "Memory:8 GB", "Memory:16 GB")
    listing = await catalog.listing(COMPUTERS, filters, size=48)

    assert listing.skus
    for sku in listing.skus:
        assert having(sku, "Type") == "Laptops"
        assert having(sku, "Memory") in {"8 GB", "16 GB"}


async def test_a_facet_counts_what_a_choice_would_leave(catalog: Catalog) -> None:
    """A count is the total of the listing with that value in place of its facet's chosen ones."""
    listing = await catalog.listing(COMPUTERS, ("Type:Laptops", "Memory:16 GB"))

    assert len(values(listing, "Memory")) > 1
    assert values(listing, "Storage")
    for value, count in values(listing, "Memory").items():
        other = await catalog.listing(COMPUTERS, ("Type:Laptops", f"Memory:{value}"))
        assert other.total == count
    for value, count in values(listing, "Storage").items():
        more = ("Type:Laptops", "Memory:16 GB", f"Storage:{value}")
        assert (await catalog.listing(COMPUTERS, more)).total == count


async def test_listings_are_sorted_as_asked(catalog: Catalog) -> None:
    """Prices go up or down, days go down, titles go up."""

    async def listed(sort: str) -> list[Sku]:
        return list((await catalog.listing(COMPUTERS, (), sort, 1, 48)).skus)  # type: ignore[arg-type]  # a Sort, from below

    cheapest = [ALL[sku].recommended_price_minor for sku in await listed("price_asc")]
    dearest = [ALL[sku].recommended_price_minor for sku in await listed("price_desc")]
    assert sorted(cheapest) == cheapest
    assert sorted(dearest, reverse=True) == dearest
    assert cheapest[0] < dearest[0]
    days = [ALL[sku].added_on for sku in await listed("newest")]
    assert sorted(days, reverse=True) == days
    titles = [ALL[sku].title.casefold() for sku in await listed("title")]
    assert sorted(titles) == titles


@pytest.mark.parametrize("text", ["Type", ":", "Type:", "'; DROP TABLE product; --"])
async def test_a_filter_without_name_and_value_is_refused(catalog: Catalog, text: str) -> None:
    """A filter is name:value, and the refusal names the field."""
    with pytest.raises(InvalidRequest) as refusal:
        await catalog.listing(COMPUTERS, (text,))

    assert refusal.value.field.startswith("filters")


async def test_a_filter_that_fits_nothing_lists_nothing(catalog: Catalog) -> None:
    """Whatever a filter says is only compared, never run."""
    listing = await catalog.listing(COMPUTERS, ("Type:' OR '1'='1",))

    assert ((), 0) == (listing.skus, listing.total)


async def test_home_shows_different_groups(catalog: Catalog) -> None:
    """Neighbouring shelves are of different groups, and the featured product is on none of them."""
    home = await catalog.home(shelf_count=3, shelf_size=5)
    group = {category.category_id: category.group for category in await catalog.categories()}

    assert 3 == len({group[shelf.category_id] for shelf in home.shelves})
    assert [5, 5, 5] == [len(shelf.skus) for shelf in home.shelves]
    assert home.featured not in {sku for shelf in home.shelves for sku in shelf.skus}


async def test_only_what_is_for_sale_is_similar(catalog: Catalog) -> None:
    """Similar products can be bought, and the product itself is not among them."""
    for sku in list(ALL)[:20]:
        similar = await catalog.similar(sku)
        assert similar
        assert sku not in similar
        assert all(ALL[other].for_sale for other in similar)


async def test_at_most_eight_are_similar(catalog: Catalog, path: Path) -> None:
    """However many products are like one, the closest eight are named."""
    sku, before = UNSOLD.sku, await catalog.similar(UNSOLD.sku)
    others = [other for other in ALL if ALL[other].for_sale and other not in before][:SIMILAR_MAX]
    rows = [(sku, len(before) + place, other) for place, other in enumerate(others)]
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executemany(
            "INSERT INTO similar_product (sku, place, other) VALUES (?, ?, ?)", rows
        )

    found = await catalog.similar(sku)

    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM similar_product WHERE place >= ?", (len(before),))
    assert SIMILAR_MAX == len(found)
    assert before == found[: len(before)]


async def test_a_picture_is_streamed(catalog: Catalog) -> None:
    """A picture arrives in chunks that make up one SVG."""
    chunks = [chunk async for chunk in await catalog.picture(UNSOLD.sku)]
    picture = b"".join(chunks).decode()

    assert picture.startswith("<svg")
    assert picture.rstrip().endswith("</svg>")

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from domain_services import seed_data
from domain_services.search.living.container import Container as LivingContainer
from domain_services.search.living.domain import LivingUnderstanding
from domain_services.search.media.container import Container as MediaContainer
from domain_services.search.technology.container import Container as TechnologyContainer
from domain_services.search.technology.domain import TechnologyUnderstanding
from domain_services.search.words import words
from maestri.errors import InvalidRequest
from maestri.links import Invoker, LocalLink, stub
from sub_orchestrators.browsing.spi import ProductSearch

ALL = {product.sku: product for product in seed_data.products()}
BOOK = next(
    product for product in ALL.values() if product.category_id == "books" and product.for_sale
)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Name a folder where tests leave the databases that they filled."""
    return tmp_path_factory.mktemp("search")


@pytest.fixture
def filled(kept: Path, tmp_path: Path) -> Path:
    """Name a folder with copies of the databases that are filled already."""
    return Path(shutil.copytree(kept, tmp_path / "databases"))


async def started(container: Any, kept: Path, path: Path) -> AsyncIterator[ProductSearch]:
    """Start one child and call it as others do."""
    container.settings.from_dict({"database_url": f"sqlite://{path}"})
    async with container.database():
        yield stub(ProductSearch, LocalLink(Invoker(container.service()), strict=True))
    shutil.copy(path, kept)


@pytest.fixture
async def media(kept: Path, filled: Path) -> AsyncIterator[ProductSearch]:
    """Start the child that knows media."""
    async for child in started(MediaContainer(), kept, filled / "media.db"):
        yield child


@pytest.fixture
async def technology(kept: Path, filled: Path) -> AsyncIterator[ProductSearch]:
    """Start the child that knows technology."""
    async for child in started(TechnologyContainer(), kept, filled / "technology.db"):
        yield child


@pytest.fixture
async def living(kept: Path, filled: Path) -> AsyncIterator[ProductSearch]:
    """Start the child that knows things for the home."""
    async for child in started(LivingContainer(), kept, filled / "living.db"):
        yield child


async def found(child: ProductSearch, query: str) -> set[str]:
    """Return the best skus of a query."""
    return {hit.sku for hit in (await child.search(query, 48)).hits}


def attribute(sku: str, name: str) -> str:
    """Return the value of an attribute in lower case."""
    pairs = {each.name: each.value for each in ALL[sku].attributes}  # type: ignore[index]  # a Sku
    return pairs.get(name, "").lower()


def test_words_are_compared_as_people_type_them() -> None:
    """Accents, case, plurals and small words make no difference."""
    assert words("A Café of the Søren's Knives") == words("cafe sorens knife")
    assert ["the"] == words("The")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("16gb", "16 GB"),
        ("1 tb drive", "1000 gb drive"),
        ('13.3" laptop', "13.3-inch notebook"),
        ("usb-c", "USBC"),
        ("3,600 mAh", "3600mah"),
        ("f/1.8", "f1.8"),
    ],
)
def test_technology_reads_one_quantity_in_many_spellings(one: str, other: str) -> None:
    """Units, thousands and hyphens may be written as people like."""
    understanding = TechnologyUnderstanding()

    assert understanding.query(one) == understanding.query(other)


@pytest.mark.parametrize(
    ("one", "other"), [("couch", "sofas"), ("gray", "grey"), ("wooden bike", "wood bicycles")]
)
def test_living_reads_one_thing_in_many_words(one: str, other: str) -> None:
    """Words for the same thing are the same query."""
    understanding = LivingUnderstanding()

    assert understanding.query(one) == understanding.query(other)


async def test_a_whole_title_is_found_first(media: ProductSearch) -> None:
    """Who types a title gets it on top, with the full score."""
    hits = (await media.search(BOOK.title.upper())).hits

    assert (BOOK.sku, 1.0) == (hits[0].sku, hits[0].score)


async def test_an_author_is_found_by_any_part_of_the_name(media: ProductSearch) -> None:
    """First name, last name, with or without accents, in any order."""
    first, *_, last = words(attribute(BOOK.sku, "Author"))

    assert BOOK.sku in await found(media, last)
    assert BOOK.sku in await found(media, f"{last}, {first}")


async def test_a_quantity_is_found_as_a_quantity(technology: ProductSearch) -> None:
    """A query for 16 GB of memory or storage gives nothing with another size."""
    skus = await found(technology, "16gb laptop")

    assert skus
    assert {"16 gb"} == {attribute(sku, "Memory") for sku in skus}


async def test_an_inch_is_found_without_its_fraction(technology: ProductSearch) -> None:
    """A 13.3 inch screen is also a 13 inch screen."""
    skus = await found(technology, "13 inch laptop")

    screens = {attribute(sku, "Screen size") for sku in skus if attribute(sku, "Type") == "laptops"}
    assert {'13.3"'} == screens


async def test_a_broader_word_finds_what_is_narrower(living: ProductSearch) -> None:
    """Wood finds oak and other woods; green finds sage."""
    woods = {attribute(sku, "Wood") for sku in await found(living, "wooden chair")}
    greens = {attribute(sku, "Colour") for sku in await found(living, "green sofa")}

    assert len(woods & {"oak", "walnut", "beech", "ash", "birch"}) > 1
    assert greens
    assert greens <= {"sage", "forest green", "moss"}


async def test_scores_are_shares_and_sorted(
    media: ProductSearch, technology: ProductSearch, living: ProductSearch
) -> None:
    """Every child scores from 0 to 1, so that a parent can merge."""
    for child in (media, technology, living):
        scores = [hit.score for hit in (await child.search("blue", 48)).hits]
        assert scores
        assert sorted(scores, reverse=True) == scores
        assert all(0 < score <= 1 for score in scores)


async def test_what_may_not_be_sold_is_not_found(
    media: ProductSearch, technology: ProductSearch, living: ProductSearch
) -> None:
    """Nobody finds what nobody can buy, in whichever group it is."""
    children = {"media": media, "technology": technology, "living": living}
    group_of = {category.id: category.group for category in seed_data.categories()}
    unsold = [product for product in ALL.values() if not product.for_sale]

    assert set(children) == {group_of[product.category_id] for product in unsold}
    for product in unsold:
        group = group_of[product.category_id]
        assert product.sku not in await found(children[group], product.title)


@pytest.mark.parametrize("query", ["", "   ", "%", "?!", "'; DROP TABLE posting; --xyzzy"])
async def test_a_query_without_words_finds_nothing(media: ProductSearch, query: str) -> None:
    """Signs are no words, and nothing that is typed is run."""
    assert ((), 0) == ((await media.search(query)).hits, (await media.search(query)).total)
    assert () == await media.suggestions(query)


async def test_a_total_counts_beyond_the_limit(living: ProductSearch) -> None:
    """The total does not depend on how many hits are asked for."""
    few, many = await living.search("chair", 2), await living.search("chair", 48)

    assert 2 == len(few.hits) < few.total == many.total


async def test_a_suggestion_starts_as_typed_and_finds_something(
    media: ProductSearch, technology: ProductSearch, living: ProductSearch
) -> None:
    """What is suggested is worth a search, in every child's own way."""
    for child, prefix in ((media, "Jaz"), (technology, "laptops 1"), (living, "oak ch")):
        suggestions = await child.suggestions(prefix)
        assert suggestions
        for text in suggestions:
            assert text.lower().startswith(prefix.lower())
            assert (await child.search(text)).total


async def test_a_query_out_of_bounds_is_refused_by_name(media: ProductSearch) -> None:
    """A query has at most 200 characters."""
    with pytest.raises(InvalidRequest) as refusal:
        await media.search("a" * 201)

    assert "query" == refusal.value.field

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from domain_services import seed_data
from domain_services.seed_data import Category, Product, Review

ROOT = Path(__file__).parents[2]
PICTURE_BYTES_MAX = 6 * 1024
DIGEST = """
import hashlib
from domain_services import seed_data as data

products = data.products()
rows = (data.stock(), data.reviews(), data.prices(), products, data.brands(), data.categories())
pictures = [data.picture(product) for product in reversed(products[::20])]
print(hashlib.sha256(repr((rows, pictures)).encode()).hexdigest())
"""


@pytest.fixture(scope="module")
def products() -> tuple[Product, ...]:
    """Write the products once for all tests."""
    return seed_data.products()


@pytest.fixture(scope="module")
def reviews() -> tuple[Review, ...]:
    """Write the reviews once for all tests."""
    return seed_data.reviews()


def digest_of(hash_seed: str) -> str:
    """Generate everything in a process of its own."""
    path = os.pathsep.join((str(ROOT), str(ROOT / "shared")))
    environment = os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": path}
    command = [sys.executable, "-c", DIGEST]
    return subprocess.run(
        command, env=environment, check=True, capture_output=True, text=True
    ).stdout


def test_a_shop_of_at_least_2000_products_in_12_categories(products: tuple[Product, ...]) -> None:
    """Each of the three groups has four categories, and each category more than 150 products."""
    sizes = Counter(product.category_id for product in products)
    groups = Counter(category.group for category in seed_data.categories())

    assert len(products) >= 2_000
    assert {"media": 4, "technology": 4, "living": 4} == groups
    assert {category.id for category in seed_data.categories()} == set(sizes)
    assert min(sizes.values()) > 150


def test_every_brand_sells_something(products: tuple[Product, ...]) -> None:
    """About 60 brands are known, and each of them has products."""
    brands = {brand.id for brand in seed_data.brands()}

    assert 55 <= len(brands) <= 70
    assert brands == {product.brand_id for product in products}


def test_products_are_told_apart(products: tuple[Product, ...]) -> None:
    """No sku, title or description occurs twice in the whole store."""
    for field in ("sku", "title", "description"):
        values = Counter(getattr(product, field) for product in products)
        assert [] == [value for value, count in values.items() if count > 1]


def test_no_slot_of_a_template_is_left_open(
    products: tuple[Product, ...], reviews: tuple[Review, ...]
) -> None:
    """What a customer reads has no braces, no double spaces and no doubled article."""
    texts = [f"{product.title} {product.description}" for product in products]
    texts += [f"{review.title} {review.body}" for review in reviews]

    for flaw in ("{", "}", "  ", "the the ", "The the ", " a a ", ".."):
        assert [] == [text for text in texts if flaw in text]


def test_products_can_be_narrowed_down(products: tuple[Product, ...]) -> None:
    """A product has four to seven attributes with different names, the first one being its kind."""
    for product in products:
        names = [attribute.name for attribute in product.attributes]
        assert 4 <= len(names) <= 7
        assert len(names) == len(set(names))
        assert names[0] in {"Type", "Genre"}


def test_what_is_not_for_sale_says_why(products: tuple[Product, ...]) -> None:
    """About one product in a hundred is not for sale, and only those have a reason."""
    unsold = [product for product in products if not product.for_sale]

    assert 0.005 < len(unsold) / len(products) < 0.02
    assert all((p.not_for_sale_because is None) == p.for_sale for p in products)


def test_similar_products_are_on_sale_and_close_in_price(products: tuple[Product, ...]) -> None:
    """Four others of the same category are recommended, none of them withdrawn."""
    by_sku = {product.sku: product for product in products}
    for product in products:
        similar = [by_sku[sku] for sku in product.similar]
        assert len(set(product.similar) - {product.sku}) == 4
        assert all(other.for_sale for other in similar)
        assert {product.category_id} == {other.category_id for other in similar}
    ratios = sorted(
        by_sku[sku].recommended_price_minor / product.recommended_price_minor
        for product in products
        for sku in product.similar
    )
    assert 0.8 < ratios[len(ratios) // 20] <= ratios[-len(ratios) // 20] < 1.25


def test_prices_are_the_recommended_ones_or_discounted(products: tuple[Product, ...]) -> None:
    """About 15% of the products cost less than recommended and show the old price."""
    recommended = {product.sku: product.recommended_price_minor for product in products}
    prices = seed_data.prices()
    discounted = [price for price in prices if price.was_minor is not None]

    assert list(recommended) == [price.sku for price in prices]
    assert 0.12 < len(discounted) / len(prices) < 0.18
    for price in prices:
        assert recommended[price.sku] == (price.was_minor or price.price_minor)
        assert 0 < price.price_minor <= recommended[price.sku]


def test_stock_lies_in_four_warehouses(products: tuple[Product, ...]) -> None:
    """Every product is counted in every warehouse, and about 3% are sold out everywhere."""
    warehouses = [warehouse.id for warehouse in seed_data.warehouses()]
    levels = seed_data.stock()
    quantities: Counter[str] = Counter()
    for level in levels:
        quantities[level.sku] += level.quantity
    expected = {(product.sku, warehouse) for product in products for warehouse in warehouses}

    assert ["hamburg", "lyon", "poznan", "valencia"] == warehouses
    assert expected == {(level.sku, level.warehouse_id) for level in levels}
    assert len(expected) == len(levels)
    assert 0.02 < sum(not count for count in quantities.values()) / len(products) < 0.05


def test_reviews_are_about_products_of_the_store(
    products: tuple[Product, ...], reviews: tuple[Review, ...]
) -> None:
    """At least 10,000 reviews have ids of their own and are no older than their product."""
    added_on = {product.sku: product.added_on for product in products}

    assert len(reviews) >= 10_000
    assert len(reviews) == len({review.id for review in reviews})
    assert all(added_on[review.sku] <= review.written_on for review in reviews)
    assert all(review.author and review.title and review.body for review in reviews)


def test_stars_are_spread_as_in_real_shops(reviews: tuple[Review, ...]) -> None:
    """Most customers are content, every number of stars is given, and products differ."""
    share = {
        stars: count / len(reviews)
        for stars, count in Counter(review.stars for review in reviews).items()
    }
    stars_of: dict[str, list[int]] = {}
    for review in reviews:
        stars_of.setdefault(review.sku, []).append(review.stars)
    averages = [sum(given) / len(given) for given in stars_of.values() if len(given) > 9]

    assert {1, 2, 3, 4, 5} == set(share)
    assert min(share.values()) > 0.02
    assert 0.6 < share[4] + share[5] < 0.85
    assert min(averages) < 3.3
    assert max(averages) > 4.5


def test_words_fit_the_stars(reviews: tuple[Review, ...]) -> None:
    """Nothing that a contented customer writes is written by a discontented one, too."""
    happy = [review for review in reviews if review.stars >= 4]
    unhappy = [review for review in reviews if review.stars <= 2]

    assert {review.title for review in happy}.isdisjoint(review.title for review in unhappy)
    assert {review.body for review in happy}.isdisjoint(review.body for review in unhappy)


@pytest.mark.parametrize("category", seed_data.categories(), ids=lambda category: category.id)
def test_pictures_are_small_and_well_formed(
    category: Category, products: tuple[Product, ...]
) -> None:
    """Every picture is an SVG of at most 6 KB that says its product's title and differs."""
    drawn = [(p, seed_data.picture(p)) for p in products if p.category_id == category.id]

    assert drawn
    for product, picture in drawn:
        svg = ET.fromstring(picture)
        assert svg.tag == "{http://www.w3.org/2000/svg}svg"
        assert svg.findtext("{http://www.w3.org/2000/svg}title") == product.title
        assert len(picture.encode()) <= PICTURE_BYTES_MAX
    untitled = {picture.partition("</title>")[2] for _, picture in drawn}
    assert len(drawn) == len(untitled)


def test_the_same_data_everywhere() -> None:
    """Two processes with different hash seeds generate the same data."""
    assert digest_of("1") == digest_of("4242")

"""The catalog's tables, and the seed data that an empty one is filled with."""

from collections.abc import Iterable, Iterator

from msgspec import json, structs

from domain_services import seed_data
from domain_services.catalog.contract import Attribute
from domain_services.catalog.domain import featured_order, narrows
from domain_services.seed_data.records import Product
from domain_services.vocabulary import CategoryId, Sku
from maestri.databases import Migration, Scalar, Transaction

_TABLES = """
CREATE TABLE category (
    category_id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    category_group TEXT NOT NULL,
    description TEXT NOT NULL,
    position BIGINT NOT NULL
);
CREATE TABLE brand (
    brand_id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    country TEXT NOT NULL,
    story TEXT NOT NULL
);
CREATE TABLE product (
    sku TEXT PRIMARY KEY,
    category_id TEXT NOT NULL REFERENCES category,
    brand_id TEXT NOT NULL REFERENCES brand,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    attributes TEXT NOT NULL,
    recommended_price_minor BIGINT NOT NULL,
    added_on TEXT NOT NULL,
    refusal TEXT,
    title_place BIGINT NOT NULL,
    featured_place BIGINT
);
CREATE INDEX product_by_place ON product (category_id, featured_place);
CREATE TABLE similar_product (
    sku TEXT NOT NULL REFERENCES product,
    place BIGINT NOT NULL,
    other TEXT NOT NULL,
    PRIMARY KEY (sku, place)
);
CREATE TABLE facet_value (
    category_id TEXT NOT NULL,
    sku TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    filter TEXT NOT NULL,
    PRIMARY KEY (sku, name)
);
CREATE INDEX facet_value_by_filter ON facet_value (category_id, filter, sku);
"""
# Places are numbers because databases do not agree on how texts are sorted. Only products for sale
# have a featured place, or facet values.


def _fill(transaction: Transaction) -> None:
    transaction.execute_many(
        "INSERT INTO category (category_id, title, category_group, description, position)"
        " VALUES (:id, :name, :group, :description, :position)",
        (
            {**structs.asdict(category), "position": position}
            for position, category in enumerate(seed_data.categories())
        ),
    )
    transaction.execute_many(
        "INSERT INTO brand (brand_id, name, country, story) VALUES (:id, :name, :country, :story)",
        (structs.asdict(brand) for brand in seed_data.brands()),
    )
    products = seed_data.products()
    transaction.execute_many(
        "INSERT INTO product (sku, category_id, brand_id, title, description, attributes,"
        " recommended_price_minor, added_on, refusal, title_place, featured_place)"
        " VALUES (:sku, :category_id, :brand_id, :title, :description, :attributes,"
        " :recommended_price_minor, :added_on, :refusal, :title_place, :featured_place)",
        _product_rows(products),
    )
    transaction.execute_many(
        "INSERT INTO similar_product (sku, place, other) VALUES (:sku, :place, :other)",
        (
            {"sku": product.sku, "place": place, "other": other}
            for product in products
            for place, other in enumerate(product.similar)
        ),
    )
    transaction.execute_many(
        "INSERT INTO facet_value (category_id, sku, name, value, filter)"
        " VALUES (:category_id, :sku, :name, :value, :filter)",
        _facet_rows(products),
    )


def _product_rows(products: Iterable[Product]) -> Iterator[dict[str, Scalar]]:
    by_title = sorted(products, key=lambda product: (product.title.casefold(), product.sku))
    skus_for_sale: dict[CategoryId, list[Sku]] = {}
    for product in by_title:
        if product.for_sale:
            skus_for_sale.setdefault(product.category_id, []).append(product.sku)
    featured_places = {
        sku: place
        for skus in skus_for_sale.values()
        for place, sku in enumerate(featured_order(skus), start=1)
    }
    for title_place, product in enumerate(by_title):
        attributes = tuple(Attribute(each.name, each.value) for each in product.attributes)
        yield {
            "sku": product.sku,
            "category_id": product.category_id,
            "brand_id": product.brand_id,
            "title": product.title,
            "description": product.description,
            "attributes": json.encode(attributes).decode(),
            "recommended_price_minor": product.recommended_price_minor,
            "added_on": product.added_on.isoformat(),
            "refusal": None if product.for_sale else product.not_for_sale_because,
            "title_place": title_place,
            "featured_place": featured_places.get(product.sku),
        }


def _facet_rows(products: Iterable[Product]) -> Iterator[dict[str, Scalar]]:
    by_facet: dict[tuple[CategoryId, str], list[tuple[str, str]]] = {}
    for product in products:
        for attribute in product.attributes if product.for_sale else ():
            facet = by_facet.setdefault((product.category_id, attribute.name), [])
            facet.append((product.sku, attribute.value))
    for (category_id, name), found in by_facet.items():
        if narrows(value for _, value in found):
            for sku, value in found:
                yield {
                    "category_id": category_id,
                    "sku": sku,
                    "name": name,
                    "value": value,
                    "filter": f"{name}:{value}",
                }


MIGRATIONS = (
    Migration(1, "products, categories and brands", _TABLES),
    Migration(2, "seed data", _fill),
)

"""The catalog in SQL: one statement for each question, however many products it is about."""

from datetime import date

import msgspec

from domain_services.catalog.contract import (
    SIMILAR_MAX,
    Attribute,
    Brand,
    Category,
    Product,
    Sort,
)
from domain_services.catalog.domain import FacetCount
from domain_services.vocabulary import BrandId, CategoryId, Sku
from maestri.databases import Database

_ORDER: dict[Sort, str] = {
    "featured": "product.featured_place",
    "newest": "product.added_on DESC, product.title_place",
    "price_asc": "product.recommended_price_minor, product.title_place",
    "price_desc": "product.recommended_price_minor DESC, product.title_place",
    "title": "product.title_place",
}

# For each product, how many of the chosen names it fits: all of them, or it is not listed.
_FITTING = """
    WITH fitting AS MATERIALIZED (
        SELECT sku, COUNT(*) AS names FROM facet_value
        WHERE category_id = :category_id AND filter IN :filters GROUP BY sku
    )
"""
_LISTED = """
    FROM product LEFT JOIN fitting ON fitting.sku = product.sku
    WHERE product.category_id = :category_id AND product.featured_place IS NOT NULL
    AND COALESCE(fitting.names, 0) = :names_count
"""
# A value is counted among the products that fit all *other* names than its own.
_FACETS = f"""{_FITTING}
    SELECT facet_value.name, facet_value.value, COUNT(*) AS count
    FROM facet_value LEFT JOIN fitting ON fitting.sku = facet_value.sku
    WHERE facet_value.category_id = :category_id
    AND COALESCE(fitting.names, 0) - CASE WHEN facet_value.filter IN :filters THEN 1 ELSE 0 END
        = :names_count - CASE WHEN facet_value.name IN :names THEN 1 ELSE 0 END
    GROUP BY facet_value.name, facet_value.value
"""  # noqa: S608 - made of constants
_CATEGORIES = """
    SELECT category.category_id, category.title, category.description,
        category.category_group, COUNT(product.featured_place) AS product_count
    FROM category LEFT JOIN product ON product.category_id = category.category_id
    WHERE :every OR category.category_id = :category_id
    GROUP BY category.category_id ORDER BY category.position
"""

_attributes = msgspec.json.Decoder(tuple[Attribute, ...])


class Narrowing(msgspec.Struct, frozen=True):
    """What a listing is narrowed to: filters as they are stored, and their names."""

    category_id: CategoryId
    filters: tuple[str, ...]
    names: tuple[str, ...]


class SaleRow(msgspec.Struct, frozen=True):
    """Whether a product may be sold: no refusal."""

    sku: str
    refusal: str | None


class ShelfRow(msgspec.Struct, frozen=True):
    """A product on the shelf of its category."""

    category_id: str
    sku: str


class _ProductRow(msgspec.Struct, frozen=True):
    sku: str
    title: str
    description: str
    category_id: str
    brand_id: str
    brand: str
    attributes: str
    added_on: str


class _CategoryRow(msgspec.Struct, frozen=True):
    category_id: str
    title: str
    description: str
    category_group: str
    product_count: int


class CatalogStore:
    """Reads the catalog."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def products(self, skus: tuple[Sku, ...]) -> dict[Sku, Product]:
        """Return the products among *skus* that there are."""
        rows = await self._database.rows(
            _ProductRow,
            "SELECT product.sku, product.title, product.description, product.category_id,"
            " product.brand_id, brand.name AS brand, product.attributes, product.added_on"
            " FROM product JOIN brand ON brand.brand_id = product.brand_id"
            " WHERE product.sku IN :skus",
            skus=skus,
        )
        return {Sku(row.sku): _product(row) for row in rows}

    async def sales(self, skus: tuple[Sku, ...]) -> tuple[SaleRow, ...]:
        """Return whether products may be sold; nothing about those that there are not."""
        return await self._database.rows(
            SaleRow, "SELECT sku, refusal FROM product WHERE sku IN :skus", skus=skus
        )

    async def similar(self, sku: Sku) -> tuple[Sku, ...]:
        """Return the products for sale that are like *sku*, the closest first."""
        rows = await self._database.rows(
            str,
            "SELECT product.sku FROM similar_product"
            " JOIN product ON product.sku = similar_product.other"
            " WHERE similar_product.sku = :sku AND product.featured_place IS NOT NULL"
            " ORDER BY similar_product.place LIMIT :most",
            sku=sku,
            most=SIMILAR_MAX,
        )
        return tuple(Sku(row) for row in rows)

    async def categories(self, category_id: CategoryId | None = None) -> tuple[Category, ...]:
        """Return all categories, or the one asked for, in the order of the shelves."""
        rows = await self._database.rows(
            _CategoryRow, _CATEGORIES, every=category_id is None, category_id=category_id or ""
        )
        return tuple(_category(row) for row in rows)

    async def listed(
        self, narrowing: Narrowing, sort: Sort, offset: int, limit: int
    ) -> tuple[Sku, ...]:
        """Return the products for sale that fit, from *offset* on."""
        rows = await self._database.rows(
            str,
            f"{_FITTING} SELECT product.sku {_LISTED}"
            f" ORDER BY {_ORDER[sort]} LIMIT :limit OFFSET :offset",
            category_id=narrowing.category_id,
            filters=narrowing.filters,
            names_count=len(narrowing.names),
            offset=offset,
            limit=limit,
        )
        return tuple(Sku(row) for row in rows)

    async def listed_count(self, narrowing: Narrowing) -> int:
        """Return how many products for sale fit."""
        count = await self._database.row(
            int,
            f"{_FITTING} SELECT COUNT(*) {_LISTED}",
            category_id=narrowing.category_id,
            filters=narrowing.filters,
            names_count=len(narrowing.names),
        )
        return count or 0

    async def facet_counts(self, narrowing: Narrowing) -> tuple[FacetCount, ...]:
        """Return how many products have each value, given the filters of all other names."""
        return await self._database.rows(
            FacetCount,
            _FACETS,
            category_id=narrowing.category_id,
            filters=narrowing.filters,
            names=narrowing.names,
            names_count=len(narrowing.names),
        )

    async def featured(self, place_max: int) -> tuple[ShelfRow, ...]:
        """Return the first *place_max* products of every category."""
        return await self._database.rows(
            ShelfRow,
            "SELECT category_id, sku FROM product WHERE featured_place <= :place_max"
            " ORDER BY category_id, featured_place",
            place_max=place_max,
        )

    async def brands(self, brand_ids: tuple[BrandId, ...]) -> tuple[Brand, ...]:
        """Return the brands among *brand_ids* that there are."""
        return await self._database.rows(
            Brand,
            "SELECT brand_id, name, country, story FROM brand WHERE brand_id IN :brand_ids",
            brand_ids=brand_ids,
        )


def _product(row: _ProductRow) -> Product:
    return Product(
        sku=Sku(row.sku),
        title=row.title,
        description=row.description,
        category_id=CategoryId(row.category_id),
        brand_id=BrandId(row.brand_id),
        brand=row.brand,
        attributes=_attributes.decode(row.attributes),
        added_on=date.fromisoformat(row.added_on),
    )


def _category(row: _CategoryRow) -> Category:
    fields = msgspec.structs.asdict(row)
    fields["group"] = fields.pop("category_group")
    return msgspec.convert(fields, Category)

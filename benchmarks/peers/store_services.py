"""
The domain services of the real store by hand: FastAPI over the store's own databases.

One application each, for a process of its own; coarse responses, made for the page: what the page
needs of a service is one call, and one more for all similar products.
"""

import os
import sqlite3
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import FastAPI, HTTPException, Query
from pydantic import TypeAdapter

from benchmarks.peers.store_models import (
    Attribute,
    Availability,
    Category,
    Money,
    Offer,
    Product,
    Rating,
    Review,
    Summary,
)

FEW_MAX = 5
DAYS_DEFAULT = (2, 4)
NOT_FOUND = 404
CONFLICT = 409

Skus = Annotated[list[str], Query(max_length=200)]
catalog, reviews, pricing, inventory = (FastAPI() for _ in range(4))
attributes = TypeAdapter(list[Attribute])
# Reads of microseconds are cheapest on the loop itself, through one connection.
database = sqlite3.connect(f"file:{os.environ['DATABASE']}?mode=ro", uri=True)
database.row_factory = sqlite3.Row


def rows(statement: str, *values: object) -> list[Any]:
    """Return all rows of a statement."""
    return database.execute(statement, values).fetchall()


def marks(values: Sequence[object]) -> str:
    """Return a question mark for each value."""
    return ",".join("?" * len(values))


async def health() -> None:
    """Tell that the service is there."""


for app in (catalog, reviews, pricing, inventory):
    app.get("/health")(health)


@catalog.get("/products/{sku}")
async def product(sku: str) -> Product:
    """Return one product that may be sold, with its brand, category and what is like it."""
    found = rows(
        "SELECT product.*, brand.name AS brand, brand.story FROM product"
        " JOIN brand ON brand.brand_id = product.brand_id WHERE sku = ?",
        sku,
    )
    if not found:
        raise HTTPException(NOT_FOUND)
    row = found[0]
    if row["refusal"] is not None:
        raise HTTPException(CONFLICT, row["refusal"])
    similar = rows(
        "SELECT product.sku FROM similar_product"
        " JOIN product ON product.sku = similar_product.other"
        " WHERE similar_product.sku = ? AND product.featured_place IS NOT NULL"
        " ORDER BY similar_product.place",
        sku,
    )
    return Product(
        sku=sku,
        title=row["title"],
        description=row["description"],
        brand=row["brand"],
        brand_story=row["story"],
        category=_category(row["category_id"]),
        attributes=attributes.validate_json(row["attributes"]),
        similar=[other["sku"] for other in similar],
    )


def _category(category_id: str) -> Category:
    [row] = rows(
        "SELECT category.*, COUNT(product.featured_place) AS product_count FROM category"
        " LEFT JOIN product ON product.category_id = category.category_id"
        " WHERE category.category_id = ?",
        category_id,
    )
    return Category(group=row["category_group"], **row)


@catalog.get("/products")
async def summaries(sku: Skus) -> list[Summary]:
    """Return what a list shows of many products."""
    found = rows(
        "SELECT sku, title, brand.name AS brand FROM product"
        f" JOIN brand ON brand.brand_id = product.brand_id WHERE sku IN ({marks(sku)})",
        *sku,
    )
    return [Summary(**row) for row in found]


@reviews.get("/ratings")
async def ratings(sku: Skus) -> list[Rating]:
    """Return what the reviews of many products amount to."""
    found = rows(
        "SELECT sku, stars, COUNT(*) AS count FROM review"
        f" WHERE sku IN ({marks(sku)}) GROUP BY sku, stars",
        *sku,
    )
    histograms = {one: [0] * 5 for one in sku}
    for row in found:
        histograms[row["sku"]][row["stars"] - 1] = row["count"]
    return [_rating(one, histogram) for one, histogram in histograms.items()]


def _rating(sku: str, histogram: list[int]) -> Rating:
    count = sum(histogram)
    stars = sum(number * given for number, given in enumerate(histogram, start=1))
    average = round(stars / count, 2) if count else 0.0
    return Rating(sku=sku, count=count, average=average, histogram=histogram)


@reviews.get("/reviews/{sku}")
async def latest(sku: str, limit: int = 10) -> list[Review]:
    """Return the newest opinions."""
    found = rows("SELECT * FROM review WHERE sku = ? ORDER BY position DESC LIMIT ?", sku, limit)
    return [Review(**row) for row in found]


@pricing.get("/offers")
async def offers(sku: Skus) -> list[Offer]:
    """Return what many products cost, in euros."""
    return [
        Offer(
            sku=row["sku"],
            price=_euros(row["price_minor"]),
            was=None if row["was_minor"] is None else _euros(row["was_minor"]),
        )
        for row in rows(f"SELECT * FROM price WHERE sku IN ({marks(sku)})", *sku)
    ]


def _euros(minor: int) -> Money:
    return Money(amount_minor=minor, currency="EUR")


@inventory.get("/availability")
async def availability(sku: Skus) -> list[Availability]:
    """Return whether many products can be sent, over all warehouses."""
    having: dict[str, list[Any]] = {one: [] for one in sku}
    for row in rows(
        "SELECT * FROM stock JOIN warehouse ON warehouse.warehouse_id = stock.warehouse_id"
        f" WHERE quantity > 0 AND sku IN ({marks(sku)})"
        " ORDER BY delivery_days_max, warehouse.warehouse_id",
        *sku,
    ):
        having[row["sku"]].append(row)
    return [_availability(one, places) for one, places in having.items()]


def _availability(sku: str, places: list[Any]) -> Availability:
    left = sum(row["quantity"] for row in places)
    days_min, days_max = DAYS_DEFAULT
    return Availability(
        sku=sku,
        level="none" if not left else "few" if left <= FEW_MAX else "in_stock",
        left=left,
        warehouses=[row["title"] for row in places],
        delivery_days_min=min((row["delivery_days_min"] for row in places), default=days_min),
        delivery_days_max=min((row["delivery_days_max"] for row in places), default=days_max),
    )

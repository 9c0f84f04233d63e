"""The product page of the real store by hand: two waves of calls, the less important may fail."""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from pydantic import TypeAdapter

from benchmarks.peers.store_models import (
    Availability,
    Card,
    Offer,
    Product,
    ProductPage,
    Rating,
    Review,
    Summary,
)

T = TypeVar("T")
Body = Callable[[str], Awaitable[bytes]]

CATALOG = os.environ.get("CATALOG", "")
REVIEWS = os.environ.get("REVIEWS", "")
PRICING = os.environ.get("PRICING", "")
INVENTORY = os.environ.get("INVENTORY", "")
REVIEWS_SHOWN = 6
TIMEOUT_S = 10.0

summaries_of = TypeAdapter(list[Summary])
ratings_of = TypeAdapter(list[Rating])
offers_of = TypeAdapter(list[Offer])
availability_of = TypeAdapter(list[Availability])
reviews_of = TypeAdapter(list[Review])


async def product_page(sku: str, body: Body) -> ProductPage:
    """Return everything about one product; *body* fetches a URL or raises."""
    product, offers, stocks, ratings, reviews = await asyncio.gather(
        body(f"{CATALOG}/products/{sku}"),
        optional(body(f"{PRICING}/offers?sku={sku}"), offers_of, []),
        optional(body(f"{INVENTORY}/availability?sku={sku}"), availability_of, []),
        optional(body(f"{REVIEWS}/ratings?sku={sku}"), ratings_of, []),
        optional(body(f"{REVIEWS}/reviews/{sku}?limit={REVIEWS_SHOWN}"), reviews_of, []),
    )
    known = Product.model_validate_json(product)
    return ProductPage(
        sku=sku,
        title=known.title,
        description=known.description,
        brand=known.brand,
        brand_story=known.brand_story,
        category=known.category,
        attributes=known.attributes,
        offer=offers[0] if offers else None,
        availability=stocks[0] if stocks else None,
        rating=ratings[0] if ratings else None,
        reviews=reviews,
        similar=await cards(known.similar, body) if known.similar else [],
    )


async def cards(skus: Sequence[str], body: Body) -> list[Card]:
    """Return what a list shows of many products."""
    query = "&".join(f"sku={sku}" for sku in skus)
    summaries, offers, stocks, ratings = await asyncio.gather(
        optional(body(f"{CATALOG}/products?{query}"), summaries_of, []),
        optional(body(f"{PRICING}/offers?{query}"), offers_of, []),
        optional(body(f"{INVENTORY}/availability?{query}"), availability_of, []),
        optional(body(f"{REVIEWS}/ratings?{query}"), ratings_of, []),
    )
    summary_by_sku = {one.sku: one for one in summaries}
    offer_by_sku = {one.sku: one for one in offers}
    stock_by_sku = {one.sku: one for one in stocks}
    rating_by_sku = {one.sku: one for one in ratings}
    return [
        Card(
            sku=sku,
            title=summary_by_sku[sku].title,
            brand=summary_by_sku[sku].brand,
            offer=offer_by_sku.get(sku),
            rating=rating_by_sku.get(sku),
            availability=stock_by_sku[sku].level if sku in stock_by_sku else None,
        )
        for sku in skus
        if sku in summary_by_sku
    ]


async def optional(body: Awaitable[bytes], kind: TypeAdapter[T], instead: T) -> T:
    """Return what a call answers, or *instead* if it fails."""
    try:
        return kind.validate_json(await body)
    except Exception:
        logging.getLogger(__name__).exception("a part of the page is missing")
        return instead

"""The page of the stub store by hand: FastAPI, one httpx client, ``asyncio.gather``."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI

from benchmarks.peers.stub_page import SERVICES, TIMEOUT_S, ProductPage
from benchmarks.peers.stub_services import Availability, Offer, Product, Reviews

CONNECTIONS_MAX = 32
"""The best of 32, 100 and 400: httpx searches its pool for each request, so more cost more."""


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
    """Keep one client for as long as the server runs."""
    limits = httpx.Limits(
        max_connections=CONNECTIONS_MAX, max_keepalive_connections=CONNECTIONS_MAX
    )
    async with httpx.AsyncClient(
        base_url=SERVICES, limits=limits, timeout=TIMEOUT_S, trust_env=False
    ) as client:
        app.state.client = client
        yield


app = FastAPI(lifespan=lifespan)


async def body(path: str) -> bytes:
    """Return the body of one service's response."""
    client: httpx.AsyncClient = app.state.client
    response = await client.get(path)
    return response.raise_for_status().content


@app.get("/api/products/{sku}")
async def product_page(sku: str) -> ProductPage:
    """Return the page of one product."""
    product, offer, availability, reviews = await asyncio.gather(
        body(f"/products/{sku}"),
        body(f"/offers/{sku}"),
        body(f"/availability/{sku}"),
        body(f"/reviews/{sku}"),
    )
    return ProductPage(
        product=Product.model_validate_json(product),
        offer=Offer.model_validate_json(offer),
        availability=Availability.model_validate_json(availability),
        reviews=Reviews.model_validate_json(reviews),
    )

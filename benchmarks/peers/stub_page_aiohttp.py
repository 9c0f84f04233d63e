"""The page of the stub store by hand: FastAPI, one aiohttp session, ``asyncio.gather``."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import aiohttp
from fastapi import FastAPI

from benchmarks.peers.stub_page import CONNECTIONS_MAX, SERVICES, TIMEOUT_S, ProductPage
from benchmarks.peers.stub_services import Availability, Offer, Product, Reviews


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
    """Keep one session for as long as the server runs."""
    async with aiohttp.ClientSession(
        SERVICES,
        connector=aiohttp.TCPConnector(limit=CONNECTIONS_MAX),
        timeout=aiohttp.ClientTimeout(total=TIMEOUT_S),
        raise_for_status=True,
    ) as session:
        app.state.session = session
        yield


app = FastAPI(lifespan=lifespan)


async def body(path: str) -> bytes:
    """Return the body of one service's response."""
    session: aiohttp.ClientSession = app.state.session
    async with session.get(path) as response:
        return await response.read()


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

"""The product page of the real store by hand: FastAPI and one aiohttp session."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import aiohttp
from fastapi import FastAPI

from benchmarks.peers import store_page
from benchmarks.peers.store_models import ProductPage

CONNECTIONS_MAX = 400


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
    """Keep one session for as long as the server runs."""
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=CONNECTIONS_MAX),
        timeout=aiohttp.ClientTimeout(total=store_page.TIMEOUT_S),
        raise_for_status=True,
    ) as session:
        app.state.session = session
        yield


app = FastAPI(lifespan=lifespan)


async def body(url: str) -> bytes:
    """Return the body of one service's response."""
    session: aiohttp.ClientSession = app.state.session
    async with session.get(url) as response:
        return await response.read()


@app.get("/health")
async def health() -> None:
    """Tell that the backend is there."""


@app.get("/api/products/{sku}")
async def product_page(sku: str) -> ProductPage:
    """Return everything about one product."""
    return await store_page.product_page(sku, body)

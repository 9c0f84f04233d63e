"""The product page of the real store by hand: FastAPI and one httpx client."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI

from benchmarks.peers import store_page
from benchmarks.peers.store_models import ProductPage
from benchmarks.peers.stub_page_httpx import CONNECTIONS_MAX


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
    """Keep one client for as long as the server runs."""
    limits = httpx.Limits(
        max_connections=CONNECTIONS_MAX, max_keepalive_connections=CONNECTIONS_MAX
    )
    async with httpx.AsyncClient(
        limits=limits, timeout=store_page.TIMEOUT_S, trust_env=False
    ) as client:
        app.state.client = client
        yield


app = FastAPI(lifespan=lifespan)


async def body(url: str) -> bytes:
    """Return the body of one service's response."""
    client: httpx.AsyncClient = app.state.client
    response = await client.get(url)
    return response.raise_for_status().content


@app.get("/health")
async def health() -> None:
    """Tell that the backend is there."""


@app.get("/api/products/{sku}")
async def product_page(sku: str) -> ProductPage:
    """Return everything about one product."""
    return await store_page.product_page(sku, body)

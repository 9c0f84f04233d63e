"""The page of the stub store by hand in one process: FastAPI calls its own functions."""

import asyncio

from fastapi import FastAPI

from benchmarks.peers import stub_services as services
from benchmarks.peers.stub_page import ProductPage

app = FastAPI()


@app.get("/api/products/{sku}")
async def product_page(sku: str) -> ProductPage:
    """Return the page of one product."""
    product, offer, availability, reviews = await asyncio.gather(
        services.product(sku),
        services.offer(sku),
        services.availability(sku),
        services.reviews(sku),
    )
    return ProductPage(product=product, offer=offer, availability=availability, reviews=reviews)

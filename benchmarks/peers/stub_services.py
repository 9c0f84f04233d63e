"""The stub services by hand: FastAPI, typed responses."""

from fastapi import FastAPI
from pydantic import BaseModel

from benchmarks.stub_store import responses

app = FastAPI()


class Product(BaseModel):
    """What the catalog says."""

    sku: str
    title: str
    description: str
    brand: str
    category: str


class Offer(BaseModel):
    """What pricing says."""

    sku: str
    amount_minor: int
    list_minor: int
    currency: str


class Availability(BaseModel):
    """What inventory says."""

    sku: str
    left: int
    level: str
    days_min: int
    days_max: int


class Review(BaseModel):
    """One opinion."""

    author: str
    stars: int
    text: str


class Reviews(BaseModel):
    """What reviews say."""

    sku: str
    count: int
    average: float
    latest: list[Review]


LATEST = [Review(**review) for review in responses.LATEST]


@app.get("/products/{sku}")
async def product(sku: str) -> Product:
    """Return one product."""
    return Product(sku=sku, **responses.PRODUCT)


@app.get("/offers/{sku}")
async def offer(sku: str) -> Offer:
    """Return what one product costs."""
    return Offer(sku=sku, **responses.OFFER)


@app.get("/availability/{sku}")
async def availability(sku: str) -> Availability:
    """Return how much of one product is there."""
    return Availability(sku=sku, **responses.AVAILABILITY)


@app.get("/reviews/{sku}")
async def reviews(sku: str) -> Reviews:
    """Return the newest opinions of one product."""
    return Reviews(sku=sku, **responses.REVIEWS, latest=LATEST)

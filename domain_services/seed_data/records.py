"""The rows of the seed data: what a service copies into its own empty database."""

from datetime import date
from typing import Literal

from msgspec import Struct

from domain_services.vocabulary import BrandId, CategoryId, Sku, WarehouseId

Group = Literal["media", "technology", "living"]


class Category(Struct, frozen=True):
    """A department of the store; its group names the search child that indexes it."""

    id: CategoryId
    name: str
    group: Group
    description: str


class Brand(Struct, frozen=True):
    """Who makes or publishes a product."""

    id: BrandId
    name: str
    country: str
    story: str


class Attribute(Struct, frozen=True):
    """One property by which products of a category can be narrowed down."""

    name: str
    value: str


class Product(Struct, frozen=True):
    """One thing the store offers, with the price that its maker recommends in euro cents."""

    sku: Sku
    category_id: CategoryId
    brand_id: BrandId
    title: str
    description: str
    attributes: tuple[Attribute, ...]
    recommended_price_minor: int
    added_on: date
    for_sale: bool
    not_for_sale_because: str | None
    similar: tuple[Sku, ...]


class Review(Struct, frozen=True):
    """What one customer wrote about one product."""

    id: str
    sku: Sku
    author: str
    stars: int
    title: str
    body: str
    written_on: date


class Price(Struct, frozen=True):
    """What the store asks, in euro cents; *was_minor* is the crossed-out price, if there is one."""

    sku: Sku
    price_minor: int
    was_minor: int | None


class Warehouse(Struct, frozen=True):
    """A place that ships parcels."""

    id: WarehouseId
    city: str
    country: str


class StockLevel(Struct, frozen=True):
    """How many pieces of a product lie in a warehouse; zero is listed, too."""

    sku: Sku
    warehouse_id: WarehouseId
    quantity: int

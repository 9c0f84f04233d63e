"""A small market: the contracts that the tests of plans compose."""

# ruff: noqa: D101, D102 - the market is explained by the tests that use it

from collections.abc import AsyncIterator, Mapping
from typing import Any, NewType

from maestri.contracts import (
    Contract,
    LeftOut,
    Message,
    Outcome,
    delete,
    get,
    post,
    put,
)
from maestri.errors import Rejected

Sku = NewType("Sku", str)
BATCH_MAX = 3


class UnknownProduct(Rejected, id="market.unknown_product", status=404):
    """The market has no such product."""

    sku: str


class NotForSale(Rejected, id="market.not_for_sale"):
    """This product is not sold."""

    sku: str


class CartFull(Rejected, id="market.cart_full"):
    """The cart holds no more."""

    lines_max: int


class Brand(Message):
    name: str
    country: str


class Product(Message):
    sku: Sku
    title: str
    brand_id: str | None
    similar: tuple[Sku, ...]
    weight_g: int = 100


class Price(Message):
    sku: Sku
    minor: int


class Cart(Message):
    skus: tuple[Sku, ...]


class Page(Message):
    sku: Sku
    title: str
    price: Price | None
    left_out: LeftOut = ()


class Title(Message):
    title: str


class Weight(Message):
    weight_g: int


class Prices(Message):
    values: tuple[Price | None, ...]
    left_out: LeftOut = ()


class Anything(Message):
    value: Any
    left_out: LeftOut = ()


class Catalog(Contract, id="catalog"):
    @get("/products/{sku}", raises=[UnknownProduct])
    async def product(self, sku: Sku) -> Product: ...

    @get("/products", batch_of="product", batch_max=BATCH_MAX)
    async def products(self, skus: tuple[Sku, ...]) -> Mapping[Sku, Outcome[Product]]: ...

    @get("/brands/{brand_id}")
    async def brand(self, brand_id: str) -> Brand: ...

    @get("/sold/{sku}", raises=[NotForSale])
    async def may_be_sold(self, sku: Sku) -> None: ...

    @get("/pictures/{sku}", media_type="image/svg+xml")
    async def picture(self, sku: Sku) -> AsyncIterator[bytes]: ...


class Pricing(Contract, id="pricing"):
    @get("/prices/{sku}")
    async def price(self, sku: Sku, currency: str = "EUR") -> Price: ...

    @get("/prices", batch_of="price", batch_max=BATCH_MAX)
    async def prices(
        self, skus: tuple[Sku, ...], currency: str = "EUR"
    ) -> Mapping[Sku, Outcome[Price]]: ...


class Carts(Contract, id="carts"):
    @get("/{cart_id}")
    async def cart(self, cart_id: str) -> Cart: ...

    @put("/{cart_id}/{sku}", raises=[CartFull])
    async def put_line(self, cart_id: str, sku: Sku) -> Cart: ...

    @post("/{cart_id}/order")
    async def order(self, cart_id: str) -> Cart: ...

    @delete("/{cart_id}")
    async def empty(self, cart_id: str) -> None: ...


class Pages(Contract, id="pages"):
    @get("/{sku}", raises=[UnknownProduct])
    async def page(self, sku: Sku) -> Page: ...

    @get("/all", batch_of="page")
    async def pages(self, skus: tuple[Sku, ...]) -> Mapping[Sku, Outcome[Page]]: ...

    @get("/latest")
    async def latest(self) -> tuple[Page, ...]: ...


class Search(Contract, id="search"):
    @get("/search")
    async def search(self, query: str) -> tuple[Sku, ...]: ...

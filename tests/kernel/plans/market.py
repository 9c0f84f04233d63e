"""The services of the market, as fakes that do as they are told."""

# ruff: noqa: D101, D102 - the market is explained by the tests that use it

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from typing import Any

from maestri import clock
from maestri.contracts import Contract, Failed, Outcome, Succeeded
from maestri.errors import CallError
from tests.kernel.plans.contract import (
    Brand,
    Cart,
    Carts,
    Catalog,
    Page,
    Pages,
    Price,
    Pricing,
    Product,
    Search,
    Sku,
)


class Told:
    """
    What a fake was asked, and what it was told to do.

    Attributes:
        calls: Operation and first argument of every call, as ``product:a``, in order of arrival.
        ended: The same, in order of answers.
        cancelled: The same, for calls that were cancelled.
        delays: Seconds until it answers, by ``product:a`` or ``product``.
        failures: The error that it answers instead, likewise.
    """

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.ended: list[str] = []
        self.cancelled: list[str] = []
        self.delays: dict[str, float] = {}
        self.failures: dict[str, BaseException] = {}

    async def play(self, name: str, argument: Any) -> None:
        """Take a call: wait, fail or return, as told."""
        text = "+".join(argument) if isinstance(argument, tuple) else argument
        call = f"{name}:{text}"
        self.calls.append(call)
        try:
            await clock.sleep(self.delays.get(call, self.delays.get(name, 0.0)))
        except BaseException:
            self.cancelled.append(call)
            raise
        self.ended.append(call)
        failure = self.failures.get(call, self.failures.get(name))
        if failure is not None:
            raise failure

    def outcome(self, name: str, key: str, value: Any) -> Any:
        """Return the outcome of one key of a batch."""
        failure = self.failures.get(f"{name}:{key}")
        return Failed.of(failure) if isinstance(failure, CallError) else Succeeded(value)

    def counted(self) -> Counter[str]:
        """Return how often each call was made."""
        return Counter(self.calls)


def product(sku: Sku) -> Product:
    """Return the product that the market has under *sku*."""
    return Product(sku, f"Title {sku}", f"brand_{sku}", (Sku(f"{sku}1"), Sku(f"{sku}2")))


class FakeCatalog(Catalog):
    def __init__(self, told: Told) -> None:
        self.told = told

    async def product(self, sku: Sku) -> Product:
        await self.told.play("product", sku)
        return product(sku)

    async def products(self, skus: tuple[Sku, ...]) -> Mapping[Sku, Outcome[Product]]:
        await self.told.play("products", skus)
        return {sku: self.told.outcome("product", sku, product(sku)) for sku in skus}

    async def brand(self, brand_id: str) -> Brand:
        await self.told.play("brand", brand_id)
        return Brand(f"Name {brand_id}", "IT")

    async def may_be_sold(self, sku: Sku) -> None:
        await self.told.play("may_be_sold", sku)

    async def picture(self, sku: Sku) -> AsyncIterator[bytes]:
        raise NotImplementedError


class FakePricing(Pricing):
    def __init__(self, told: Told) -> None:
        self.told = told

    async def price(self, sku: Sku, currency: str = "EUR") -> Price:
        await self.told.play("price", sku)
        return Price(sku, 100)

    async def prices(
        self, skus: tuple[Sku, ...], currency: str = "EUR"
    ) -> Mapping[Sku, Outcome[Price]]:
        await self.told.play("prices", skus)
        return {sku: self.told.outcome("price", sku, Price(sku, 100)) for sku in skus}


class FakeCarts(Carts):
    def __init__(self, told: Told) -> None:
        self.told = told

    async def cart(self, cart_id: str) -> Cart:
        await self.told.play("cart", cart_id)
        return Cart(())

    async def put_line(self, cart_id: str, sku: Sku) -> Cart:
        await self.told.play("put_line", sku)
        return Cart((sku,))

    async def order(self, cart_id: str) -> Cart:
        await self.told.play("order", cart_id)
        return Cart(())

    async def empty(self, cart_id: str) -> None:
        await self.told.play("empty", cart_id)


class FakePages(Pages):
    def __init__(self, told: Told) -> None:
        self.told = told

    async def page(self, sku: Sku) -> Page:
        await self.told.play("page", sku)
        return Page(sku, f"Page {sku}", None, (f"price_of_{sku}",))

    async def pages(self, skus: tuple[Sku, ...]) -> Mapping[Sku, Outcome[Page]]:
        await self.told.play("pages", skus)
        return {
            sku: Succeeded(Page(sku, f"Page {sku}", None, (f"price_of_{sku}",))) for sku in skus
        }

    async def latest(self) -> tuple[Page, ...]:
        await self.told.play("latest", "")
        return (Page(Sku("l"), "Latest", None, ("price_of_l",)),)


class FakeSearch(Search):
    def __init__(self, told: Told, name: str) -> None:
        self.told = told
        self.name = name

    async def search(self, query: str) -> tuple[Sku, ...]:
        await self.told.play(f"search_{self.name}", query)
        return (Sku(f"{self.name}_{query}"),)


def market(told: Told) -> dict[str, Contract]:
    """Return the dependencies of a component that needs the whole market."""
    return {
        "catalog": FakeCatalog(told),
        "pricing": FakePricing(told),
        "carts": FakeCarts(told),
        "pages": FakePages(told),
        "books": FakeSearch(told, "books"),
        "music": FakeSearch(told, "music"),
    }

"""Callees in this process, what plans ask of them, and how the same is written by hand."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple

from benchmarks.stub_store.fan_out import products
from benchmarks.stub_store.page.contract import ProductPage
from benchmarks.stub_store.page.plans import product_page
from benchmarks.stub_store.page.service import PageService
from benchmarks.stub_store.services.contract import (
    Availability,
    Catalog,
    Offer,
    Price,
    Prices,
    Product,
    Reviews,
)
from benchmarks.stub_store.services.service import StubServices
from maestri import clock
from maestri.composition import Composer
from maestri.contracts import Outcome, Succeeded
from maestri.plans import call, composition, each, named

SKU = "STB-0001"
SKUS = tuple(f"STB-{number:04}" for number in range(24))


class YieldingServices(StubServices):
    """Lets others run once before it returns."""

    async def product(self, sku: str) -> Product:
        """Return the one product, a little later."""
        await clock.sleep(0)
        return await super().product(sku)

    async def offer(self, sku: str) -> Offer:
        """Return the one offer, a little later."""
        await clock.sleep(0)
        return await super().offer(sku)

    async def availability(self, sku: str) -> Availability:
        """Return the one stock, a little later."""
        await clock.sleep(0)
        return await super().availability(sku)

    async def reviews(self, sku: str) -> Reviews:
        """Return the three opinions, a little later."""
        await clock.sleep(0)
        return await super().reviews(sku)

    async def prices(self, skus: tuple[str, ...]) -> Mapping[str, Outcome[Price]]:
        """Return the one amount for each, a little later."""
        await clock.sleep(0)
        return await super().prices(skus)


@composition
def named_products() -> tuple[Product, ...]:
    """Ask for 24 products by 24 calls, each written down."""
    return tuple(named(f"of_{sku[-4:]}", call(Catalog.product, sku)) for sku in SKUS)


@composition
def priced(skus: tuple[str, ...]) -> tuple[Price, ...]:
    """Ask for the price of every product; all of them come with one call."""
    return each(skus, lambda sku: call(Prices.price, sku))


@composition
def same(sku: str) -> str:
    """Return what was given."""
    return sku


@composition
def message(sku: str, amount_minor: int) -> Price:
    """Return a message made of what was given."""
    return Price(sku, amount_minor)


Work = Callable[[], Awaitable[Any]]


class Pair(NamedTuple):
    """The same work as a plan and by hand; both return the same."""

    plan: Work
    by_hand: Work


def pairs(services: StubServices) -> dict[str, Pair]:
    """Return what is compared, by title."""
    composer = Composer({"services": services})
    page = PageService(composer)

    async def page_by_hand() -> ProductPage:
        product, offer, availability, reviews = await asyncio.gather(
            services.product(SKU),
            services.offer(SKU),
            services.availability(SKU),
            services.reviews(SKU),
        )
        return ProductPage(product, offer, availability, reviews)

    async def products_by_hand() -> tuple[Product, ...]:
        return tuple(await asyncio.gather(*[services.product(sku) for sku in SKUS]))

    async def prices_by_hand() -> tuple[Price, ...]:
        found = await services.prices(SKUS)
        return tuple([value_of(found[sku]) for sku in SKUS])

    return {
        "a page of four calls": Pair(lambda: composer.run(product_page, SKU), page_by_hand),
        "the same, served": Pair(lambda: page.product_page(SKU), page_by_hand),
        "each over 24, no batch": Pair(lambda: composer.run(products, SKUS), products_by_hand),
        "24 named calls": Pair(lambda: composer.run(named_products), products_by_hand),
        "each over 24, one batch": Pair(lambda: composer.run(priced, SKUS), prices_by_hand),
    }


def empty_plans() -> dict[str, Work]:
    """Return runs of plans that have no step, by title."""
    composer = Composer({})
    return {
        "a plan that returns its input": lambda: composer.run(same, SKU),
        "a plan that makes a message": lambda: composer.run(message, SKU, 18_900),
    }


def value_of(outcome: Outcome[Price]) -> Price:
    """Return what was answered; here all is."""
    assert isinstance(outcome, Succeeded)
    return outcome.value

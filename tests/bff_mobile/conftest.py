"""The whole hierarchy below the apps: real orchestrators, small services, links of each sort."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from typing import TypeVar

import httpx
import pytest

import bff_mobile.container
import sub_orchestrators.browsing.container
import sub_orchestrators.fulfilment.container
import sub_orchestrators.shopping.container
import sub_orchestrators.storefront.container
from bff_mobile.contract import Mobile
from domain_services.carts.contract import Carts
from domain_services.catalog.contract import Catalog
from domain_services.inventory.contract import Inventory
from domain_services.pricing.contract import Pricing
from domain_services.reviews.contract import Reviews
from maestri.context import Recorder
from maestri.contracts import Contract
from maestri.links import HttpClient, Invoker, LocalLink, PyreqwestClient, http_link, stub
from maestri.server import ServerOptions, application, running_server
from sub_orchestrators.browsing.contract import Browsing
from sub_orchestrators.browsing.spi import ProductSearch
from sub_orchestrators.fulfilment.contract import Fulfilment
from sub_orchestrators.shopping.contract import Shopping
from sub_orchestrators.storefront.contract import Storefront
from tests.bff_mobile.small_store import (
    TITLES,
    SmallCarts,
    SmallCatalog,
    SmallInventory,
    SmallPricing,
    SmallReviews,
    SmallSearch,
)

C = TypeVar("C", bound=Contract)
SECRET = "a secret of tests"
AT_THE_DOOR = pytest.mark.parametrize("url", ["merged"], indirect=True)
"""What is refused before anything is called needs no second placement of what is below."""


class Services:
    """The domain services, each of which a test may take down."""

    def __init__(self) -> None:
        self.catalog = SmallCatalog()
        self.reviews = SmallReviews()
        self.pricing = SmallPricing()
        self.carts = SmallCarts()
        self.inventory = SmallInventory()
        self.media = SmallSearch(TITLES)
        self.technology = SmallSearch({})
        self.living = SmallSearch({})


class House:
    """
    Build components from the bottom, each behind its own link.

    Args:
        recorder: Counts what each operation served, whatever process it would be in.
        transport: Carries calls over HTTP, to a server for each component; None makes all local.
        stack: Closes the servers.
    """

    def __init__(
        self, recorder: Recorder, transport: HttpClient | None, stack: AsyncExitStack
    ) -> None:
        self._recorder = recorder
        self._transport = transport
        self._stack = stack

    async def behind_link(self, contract: type[C], service: Contract, component: str) -> C:
        """Return what callers of *service* hold."""
        served = Invoker(service, component)
        if self._transport is None:
            return stub(contract, LocalLink(served, strict=True))
        url = await self.served(served)
        return stub(contract, http_link(url, self._transport, component=component))

    async def served(self, served: Invoker) -> str:
        """Return the address of a server of *served*."""
        app = application([served], ServerOptions(recorder=self._recorder))
        return await self._stack.enter_async_context(
            running_server(app, "127.0.0.1", 0, drain_s=0.1)
        )

    async def mobile(self, services: Services) -> Invoker:
        """Return the backend of the apps, above all others."""
        browsing = sub_orchestrators.browsing.container.Container(
            catalog=await self.behind_link(Catalog, services.catalog, "catalog"),
            reviews=await self.behind_link(Reviews, services.reviews, "reviews"),
            media=await self.behind_link(ProductSearch, services.media, "media"),
            technology=await self.behind_link(ProductSearch, services.technology, "technology"),
            living=await self.behind_link(ProductSearch, services.living, "living"),
        )
        shopping = sub_orchestrators.shopping.container.Container(
            pricing=await self.behind_link(Pricing, services.pricing, "pricing"),
            carts=await self.behind_link(Carts, services.carts, "carts"),
        )
        fulfilment = sub_orchestrators.fulfilment.container.Container(
            inventory=await self.behind_link(Inventory, services.inventory, "inventory")
        )
        of_browsing = await self.behind_link(Browsing, browsing.service(), "browsing")
        of_shopping = await self.behind_link(Shopping, shopping.service(), "shopping")
        of_fulfilment = await self.behind_link(Fulfilment, fulfilment.service(), "fulfilment")
        storefront = sub_orchestrators.storefront.container.Container(
            browsing=of_browsing, shopping=of_shopping, fulfilment=of_fulfilment
        )
        container = bff_mobile.container.Container(
            storefront=await self.behind_link(Storefront, storefront.service(), "storefront"),
            browsing=of_browsing,
            shopping=of_shopping,
        )
        container.settings.from_dict({"secret": SECRET})
        return Invoker(container.service(), "bff_mobile")


@pytest.fixture
def services() -> Services:
    """Return the domain services of the test."""
    return Services()


@pytest.fixture
def recorder() -> Recorder:
    """Return what counts the operations that were served below."""
    return Recorder()


@pytest.fixture(params=["merged", "split"])
async def url(
    request: pytest.FixtureRequest, services: Services, recorder: Recorder
) -> AsyncGenerator[str]:
    """Serve the apps over HTTP; below, everything is in this process or everything is not."""
    async with AsyncExitStack() as stack:
        transport: HttpClient | None = None
        if request.param == "split":
            transport = PyreqwestClient()
            stack.push_async_callback(transport.aclose)
        house = House(recorder, transport, stack)
        yield await house.served(await house.mobile(services))


@pytest.fixture
async def app(url: str) -> AsyncGenerator[httpx.AsyncClient]:
    """Return what an app calls the screens with."""
    async with httpx.AsyncClient(base_url=f"{url}/mobile/v1", timeout=10) as client:
        yield client


@pytest.fixture
async def mobile(url: str) -> AsyncGenerator[Mobile]:
    """Return the screens as a typed client sees them."""
    transport = PyreqwestClient()
    yield stub(Mobile, http_link(url, transport))
    await transport.aclose()

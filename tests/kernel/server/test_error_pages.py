"""Where the client is a person, a refusal or a failure is a page."""

import asyncio
import logging
from collections.abc import AsyncGenerator

import httpx
import pytest

from maestri import clock
from maestri.context import Recorder, current
from maestri.errors import CallError, ConnectFailed
from maestri.links import Invoker
from maestri.server import FailedRequest, ServerOptions, application, running_server
from maestri.testing import run_in_virtual_time
from tests.kernel.server.test_edge import ShopService


class PoliteShop(ShopService):
    """Fails at home as it is told to, and says so in HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.failure: CallError | None = None
        self.speechless = False

    async def home(self, visitor: str = "") -> str:
        if self.failure is not None:
            raise self.failure
        await asyncio.Event().wait()
        return ""

    async def error_page(self, failed: FailedRequest) -> str:
        if self.speechless:
            raise ZeroDivisionError
        late = current().remaining_s() <= 0
        return (
            f"<h1>{failed.status}</h1>{failed.method} {failed.target} "
            f"{failed.error.code} {dict(failed.cookies)}{' late' if late else ''}"
        )


@pytest.fixture
def shop() -> PoliteShop:
    """Return the implementation."""
    return PoliteShop()


@pytest.fixture
def recorder() -> Recorder:
    """Return where the server records."""
    return Recorder()


@pytest.fixture
async def client(shop: PoliteShop, recorder: Recorder) -> AsyncGenerator[httpx.AsyncClient]:
    """Return a browser."""
    options = ServerOptions(recorder=recorder)
    async with (
        running_server(
            application([Invoker(shop, "shop")], options), "127.0.0.1", 0, drain_s=0.1
        ) as url,
        httpx.AsyncClient(
            base_url=url, trust_env=False, headers={"accept": "text/html,*/*;q=0.8"}
        ) as made,
    ):
        yield made


async def test_an_error_is_a_page(client: httpx.AsyncClient, shop: PoliteShop) -> None:
    """The page has the error's status, knows the request, and is protected like any page."""
    shop.failure = ConnectFailed("secret host", operation="catalog.product")
    response = await client.get("/shop?x=1", headers={"cookie": "visitor=Ada"})

    expected = "<h1>503</h1>GET /shop?x=1 connect_failed {'visitor': ['Ada']}"
    assert (503, expected) == (response.status_code, response.text)
    assert ("text/html; charset=utf-8", "no-store", "1", "nosniff") == tuple(
        response.headers[name]
        for name in ("content-type", "cache-control", "retry-after", "x-content-type-options")
    )
    assert "default-src 'self'" in response.headers["content-security-policy"]


def test_a_page_that_is_late_is_a_page(shop: PoliteShop) -> None:
    """The page of an ended request comes at its deadline, and sees that no time is left."""

    async def late() -> tuple[int, str, float]:
        app = application([Invoker(shop, "shop")], ServerOptions(edge_timeout_s=0.1))
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://shop") as client:
            response = await client.get("/shop")
        return response.status_code, response.text.rpartition(" ")[2], clock.now_s()

    status, word, came_s = run_in_virtual_time(late())

    assert (504, "late") == (status, word)
    assert 0.1 == pytest.approx(came_s)


async def test_json_fails_in_json(client: httpx.AsyncClient) -> None:
    """Operations that do not return pages return problem details, to browsers too."""
    response = await client.get("/shop/cards/sold")

    assert (410, "application/problem+json") == (
        response.status_code,
        response.headers["content-type"],
    )


async def test_a_page_that_breaks_is_a_problem(client: httpx.AsyncClient, shop: PoliteShop) -> None:
    """Without its page an error keeps its status."""
    shop.failure, shop.speechless = ConnectFailed(), True
    logging.getLogger("maestri.http").disabled = True
    response = await client.get("/shop")
    logging.getLogger("maestri.http").disabled = False

    assert (503, "application/problem+json") == (
        response.status_code,
        response.headers["content-type"],
    )


async def test_nothing_is_a_page_for_people(client: httpx.AsyncClient, recorder: Recorder) -> None:
    """At an address where nothing is, a browser gets a page, and its request is recorded."""
    response = await client.get("/nothing/here?x=1")

    (span,) = recorder.of_request(response.headers["x-request-id"])
    expected = "<h1>404</h1>GET /nothing/here?x=1 not_found {}"
    assert (404, expected, "not_found") == (response.status_code, response.text, span.outcome)


@pytest.mark.parametrize(("method", "accept"), [("GET", "*/*"), ("POST", "text/html")])
async def test_nothing_is_a_problem_for_programs(
    client: httpx.AsyncClient, method: str, accept: str
) -> None:
    """Who does not ask for a page gets problem details."""
    response = await client.request(method, "/nothing", headers={"accept": accept})

    assert (404, "application/problem+json") == (
        response.status_code,
        response.headers["content-type"],
    )

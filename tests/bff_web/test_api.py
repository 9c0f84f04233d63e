"""The shop in JSON: what programs and the pages' own scripts get."""

from typing import Any

import pytest

from bff_web.contract import WebApi
from maestri.errors import ConnectFailed
from tests.bff_web.shop_over_fakes import WITHDRAWN, Below, Browser

READS = (
    "/api/home",
    "/api/categories",
    "/api/categories/furniture",
    "/api/products/FUR-1",
    "/api/search?query=chair",
    "/api/suggestions?prefix=ch",
)


@pytest.mark.parametrize("path", READS)
async def test_what_has_not_changed_is_not_sent_twice(browser: Browser, path: str) -> None:
    """Every read has an ETag; who has the response gets 304."""
    first = await browser.get(path)
    again = await browser.get(path, headers={"if-none-match": first.headers["etag"]})

    assert (200, 304, b"") == (first.status_code, again.status_code, again.content)


async def test_suggestions_have_the_form_that_the_script_reads(browser: Browser) -> None:
    """The field ``texts`` holds the suggestions."""
    response = await browser.get("/api/suggestions?prefix=ch")

    assert {"texts": ["chair"], "left_out": []} == response.json()


async def test_a_cart_is_minted_with_its_first_product(browser: Browser, below: Below) -> None:
    """PUT sets the cookie that keeps the cart; all responses are the cart as it is then."""
    empty = await browser.get("/api/cart")
    put = await browser.put("/api/cart/lines/FUR-1?currency=GBP", json={"quantity": 3})
    got = await browser.get("/api/cart?currency=GBP")
    removed = await browser.delete("/api/cart/lines/FUR-1")

    assert ([0, 3, 3, 0], False, True) == (
        [response.json()["item_count"] for response in (empty, put, got, removed)],
        "set-cookie" in empty.headers,
        "HttpOnly" in put.headers["set-cookie"],
    )
    assert {"amount_minor": 2_700, "currency": "GBP"} == put.json()["total"] == got.json()["total"]
    assert 1 == len(below.carts)


async def test_removing_from_no_cart_is_fine(browser: Browser, below: Below) -> None:
    """Without a cart there is nothing to do and nothing to keep."""
    response = await browser.delete("/api/cart/lines/FUR-1")

    assert (200, 0, {}) == (response.status_code, response.json()["item_count"], below.carts)


REFUSED: list[tuple[str, str, Any, int]] = [
    ("GET", "/api/products/FUR-0", None, 404),
    ("GET", f"/api/products/{WITHDRAWN}", None, 410),
    ("GET", "/api/categories/wine", None, 404),
    ("GET", "/api/categories/furniture?size=49", None, 400),
    ("GET", "/api/home?currency=CHF", None, 400),
    ("GET", "/api/home?x=1", None, 400),
    ("GET", "/api/search", None, 400),
    ("PUT", "/api/cart/lines/FUR-1", {"quantity": 100}, 400),
    ("PUT", "/api/cart/lines/FUR-1", {"quantity": 1, "note": "x"}, 400),
    ("PUT", "/api/cart/lines/FUR-1", {}, 400),
    ("PUT", "/api/cart/lines/FUR-0", {"quantity": 1}, 404),
    ("PUT", f"/api/cart/lines/{WITHDRAWN}", {"quantity": 1}, 410),
]


@pytest.mark.parametrize(("method", "path", "body", "status"), REFUSED)
async def test_a_refusal_is_a_problem(
    browser: Browser, below: Below, method: str, path: str, body: Any, status: int
) -> None:
    """Programs get problem details, even if they say that they read HTML."""
    response = await browser.request(method, path, json=body)

    assert (status, "application/problem+json") == (
        response.status_code,
        response.headers["content-type"],
    )
    assert {} == below.carts


async def test_a_failure_is_a_problem(browser: Browser, below: Below) -> None:
    """A part that is down is 503."""
    below.broken["home"] = ConnectFailed()

    assert 503 == (await browser.get("/api/home")).status_code


async def test_the_document_has_the_api_alone(browser: Browser) -> None:
    """OpenAPI describes every operation in JSON, and no page."""
    document = (await browser.get("/schema")).json()

    assert sorted({operation.path for operation in WebApi.operations.values()}) == sorted(
        document["paths"]
    )

"""Forms: what they change, whose they are, and where they lead."""

import httpx
import pytest

from maestri.edge import Signer
from maestri.errors import ConnectFailed
from maestri.server import application, running_server
from tests.bff_web.shop_over_fakes import SECRET, WITHDRAWN, Below, Browser, shop

EVIL = "https://evil.example"
FORMS = [
    ("/cart/lines", {"sku": "FUR-1", "quantity": "1"}),
    ("/cart/lines/FUR-1", {"quantity": "1"}),
    ("/cart/lines/FUR-1/remove", {}),
    ("/currency", {"currency": "USD"}),
]


def in_carts(below: Below) -> list[dict[str, int]]:
    """Return what is in all carts."""
    return [{str(sku): count for sku, count in cart.items()} for cart in below.carts.values()]


async def test_the_first_product_brings_a_cart(browser: Browser, below: Below) -> None:
    """Only who puts something in gets a cart; its cookie is kept from scripts, for 90 days."""
    before = await browser.get("/products/FUR-1")
    response = await browser.add("FUR-1", 2)

    assert "set-cookie" not in before.headers
    assert (303, "/cart", b"") == (
        response.status_code,
        response.headers["location"],
        response.content,
    )
    cookie = response.headers["set-cookie"]
    assert cookie.endswith("; Max-Age=7776000; Path=/; HttpOnly; SameSite=Lax")
    assert [{"FUR-1": 2}] == in_carts(below)


async def test_a_product_page_adds_and_the_cart_sets(browser: Browser, below: Below) -> None:
    """Adding twice sums up; the cart's own form says how many there are to be."""
    await browser.add("FUR-1", 2)
    await browser.add("FUR-1", 3)
    await browser.add("FUR-2")
    assert [{"FUR-1": 5, "FUR-2": 1}] == in_carts(below)

    response = await browser.post("/cart/lines/FUR-1", data={"quantity": "2"})

    assert (303, "/cart") == (response.status_code, response.headers["location"])
    assert [{"FUR-1": 2, "FUR-2": 1}] == in_carts(below)


async def test_a_sum_stays_within_the_bound(browser: Browser, below: Below) -> None:
    """A quantity of more than 99 does not fit."""
    await browser.add("FUR-1", 60)
    await browser.add("FUR-1", 60)

    assert [{"FUR-1": 99}] == in_carts(below)


async def test_a_product_is_taken_out(browser: Browser, below: Below) -> None:
    """Removing leads back to the cart, also where there was nothing to remove."""
    await browser.add("FUR-1")
    responses = [await browser.post("/cart/lines/FUR-1/remove") for _ in range(2)]
    browser.cookies.clear()
    responses.append(await browser.post("/cart/lines/FUR-1/remove"))

    assert [(303, "/cart")] * 3 == [
        (response.status_code, response.headers["location"]) for response in responses
    ]
    assert [{}] == in_carts(below)


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"sku": "FUR-0"}, 404),
        ({"sku": WITHDRAWN}, 410),
        ({"sku": "FUR-1", "quantity": "0"}, 400),
        ({"sku": "FUR-1", "quantity": "100"}, 400),
        ({"sku": "FUR-1", "quantity": "many"}, 400),
        ({"sku": "FUR-1", "colour": "red"}, 400),
        ({"quantity": "1"}, 400),
        ({"sku": "../x"}, 400),
        ({}, 400),
    ],
)
async def test_a_form_that_is_refused_changes_nothing(
    browser: Browser, below: Below, form: dict[str, str], status: int
) -> None:
    """The response is a page in words, and no cart comes into being."""
    response = await browser.post("/cart/lines", data=form)

    assert (status, "text/html; charset=utf-8") == (
        response.status_code,
        response.headers["content-type"],
    )
    assert "set-cookie" not in response.headers
    assert [] == in_carts(below)


async def test_a_full_cart_says_so(browser: Browser) -> None:
    """One product too many is a page about the cart."""
    for sku in ("FUR-1", "FUR-2", "FUR-3"):
        await browser.add(sku)
    response = await browser.add("FUR-8")

    assert (409, True) == (response.status_code, "Your cart is full" in response.text)


async def test_a_form_that_cannot_be_answered_leads_to_the_cart(
    browser: Browser, below: Below
) -> None:
    """Trying again after a form is looking what is in the cart, not sending it twice."""
    below.broken["put_line"] = ConnectFailed()
    response = await browser.add("FUR-1")

    assert (503, True) == (response.status_code, 'href="/cart">Try again' in response.text)


@pytest.mark.parametrize(("path", "form"), FORMS)
@pytest.mark.parametrize(
    "headers",
    [{"origin": EVIL}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}],
    ids=["origin", "null", "site"],
)
async def test_forms_of_other_sites_are_refused(
    browser: Browser, below: Below, path: str, form: dict[str, str], headers: dict[str, str]
) -> None:
    """Nobody else's page can change a visitor's cart or currency."""
    await browser.add("FUR-2")
    response = await browser.post(path, data=form, headers=headers)

    assert (403, True) == (response.status_code, "did not come from our pages" in response.text)
    assert "set-cookie" not in response.headers
    assert [{"FUR-2": 1}] == in_carts(below)


def forged(good: str) -> list[str]:
    """Return cookies that are not ours, most of them close to *good*."""
    text, rest = good.split(".", 1)
    other = Signer(SECRET, "bff_mobile.cart").sign(text)
    return ["", "x", text, f"{text}x.{rest}", good[:-1], good + "x", other, "é", "a" * 5_000]


async def test_a_cookie_that_is_not_ours_is_none(browser: Browser, below: Below) -> None:
    """A forged cookie shows an empty cart, is no error, and is replaced by the next product."""
    await browser.add("FUR-1")
    good = browser.cookies["cart"]
    browser.cookies.clear()
    for cookie in forged(good):
        sent = httpx.Headers({b"cookie": f"cart={cookie}".encode()})
        page = await browser.get("/cart", headers=sent)
        assert (200, True) == (page.status_code, "Your cart is empty" in page.text), cookie

    await browser.post(
        "/cart/lines", data={"sku": "FUR-2"}, headers={"cookie": f"cart={good[:-1]}"}
    )
    assert [{"FUR-1": 1}, {"FUR-2": 1}] == in_carts(below)


async def test_another_application_may_have_a_cart(browser: Browser, below: Below) -> None:
    """Of several cookies of one name ours counts, whichever the browser sends first."""
    await browser.add("FUR-1", 2)
    ours = browser.cookies["cart"]
    browser.cookies.clear()
    sent = {"cookie": f"cart=theirs; currency=doubloons; cart={ours}; currency=USD"}
    page = await browser.get("/cart", headers=sent)
    await browser.post("/cart/lines", data={"sku": "FUR-2"}, headers=sent)

    assert "$" in page.text
    assert [{"FUR-1": 2, "FUR-2": 1}] == in_carts(below)


async def test_a_currency_is_kept(browser: Browser) -> None:
    """The choice holds for all prices from then on, and leads back to where it was made."""
    response = await browser.post(
        "/currency", data={"currency": "USD", "return_to": "/products/FUR-1?a=b"}
    )

    assert (303, "/products/FUR-1?a=b") == (response.status_code, response.headers["location"])
    page = await browser.get("/products/FUR-1")
    assert 'value="USD" aria-pressed="true"' in page.text
    assert "$12.00" in page.text


@pytest.mark.parametrize("currency", ["CHF", "eur", "", "x" * 5_000])
async def test_a_wrong_currency_is_refused_or_ignored(browser: Browser, currency: str) -> None:
    """A form with it is refused; a cookie with it means euros."""
    refused = await browser.post("/currency", data={"currency": currency})
    page = await browser.get("/", headers={"cookie": f"currency={currency}"})

    assert (400, True) == (refused.status_code, "€10.00" in page.text)


@pytest.mark.parametrize(
    ("return_to", "location"),
    [
        (EVIL, "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("evil", "/"),
        ("", "/"),
        ("/\t/evil.example", "/%09/evil.example"),
        ("/a\r\nset-cookie: x=y", "/a%0D%0Aset-cookie:%20x=y"),
        ("/search?q=stół", "/search?q=st%C3%B3%C5%82"),
    ],
)
async def test_a_form_leads_to_our_own_pages_only(
    browser: Browser, return_to: str, location: str
) -> None:
    """No form can send a visitor elsewhere, nor write a header."""
    response = await browser.post("/currency", data={"currency": "EUR", "return_to": return_to})

    assert (303, location) == (response.status_code, response.headers["location"])
    assert response.headers["set-cookie"].startswith("currency=EUR;")


async def test_cookies_can_be_bound_to_https(below: Below) -> None:
    """Where the setting says so, cookies are Secure."""
    async with (
        running_server(application([shop(below, secure=True)]), "127.0.0.1", 0) as url,
        Browser(url) as browser,
    ):
        response = await browser.add("FUR-1")

    assert response.headers["set-cookie"].endswith("; SameSite=Lax; Secure")

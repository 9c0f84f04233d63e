"""Pages: what they show, what they leave out, and what they say when they cannot be shown."""

import html
import re

import httpx
import pytest

from maestri import clock
from maestri.errors import ConnectFailed, DeadlineExceeded, Faulted
from maestri.server import ServerOptions, application
from maestri.testing import calls_of, run_in_virtual_time
from tests.bff_web.shop_over_fakes import (
    CHAIR,
    INJECTED,
    LAST,
    NASTY,
    WITHDRAWN,
    Below,
    Browser,
    shop,
)

TIMEOUT_S = 0.3
PAGES = ("/", "/categories/furniture", "/products/FUR-1", "/search?q=chair", "/cart")


def text_of(page: httpx.Response) -> str:
    """Return what a person reads on a page, in one line."""
    assert "text/html; charset=utf-8" == page.headers["content-type"]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_stands_in_its_frame(browser: Browser, path: str) -> None:
    """A page has the departments, the currency, the way to the cart and the id of its request."""
    page = await browser.get(path)

    assert 200 == page.status_code
    assert 'href="/categories/furniture"' in page.text
    assert '<button name="currency" value="EUR" aria-pressed="true">' in page.text
    assert f"maestri trace {page.headers['x-request-id']}" in text_of(page)


async def test_frame_and_page_are_fetched_at_once(browser: Browser, below: Below) -> None:
    """One call for the page, one for the departments; none for the cart of who has none."""
    await browser.get("/products/FUR-1")

    assert (["product"], ["categories"], []) == tuple(
        [call.operation for call in calls_of(one)]
        for one in (below.storefront, below.browsing, below.shopping)
    )


async def test_the_cart_shows_its_total_quantity(browser: Browser) -> None:
    """The frame shows the total quantity, and the cart's page says the same."""
    await browser.add("FUR-1", 2)
    await browser.add("FUR-2", 3)

    assert ["5 items"] * 2 == [
        re.findall(r"Cart (\d+ items)", text_of(await browser.get(path)))[0]
        for path in ("/", "/cart")
    ]


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/products/FUR-0", 404, "This page does not exist"),
        ("/categories/wine", 404, "This page does not exist"),
        ("/nothing/here", 404, "This page does not exist"),
        (f"/products/{WITHDRAWN}", 410, "We may not sell this any longer"),
        ("/categories/furniture?page=0", 400, "That did not come through"),
        ("/categories/furniture?sort=size", 400, "That did not come through"),
        ("/categories/furniture?filter=oak", 400, "That did not come through"),
        (f"/search?q={'a' * 201}", 400, "That did not come through"),
        ("/products/%ff", 400, "That did not come through"),
        ("/products/a%2Fb", 400, "That did not come through"),
    ],
)
async def test_a_refusal_is_a_page(browser: Browser, path: str, status: int, words: str) -> None:
    """Who asks for what is not there reads it in words, with the departments around."""
    page = await browser.get(path)

    assert (status, True) == (page.status_code, words in text_of(page))
    assert 'href="/categories/furniture"' in page.text
    assert "Try again" not in page.text


@pytest.mark.parametrize(
    ("error", "status"),
    [(ConnectFailed(), 503), (DeadlineExceeded(), 504), (Faulted(operation="below"), 502)],
)
async def test_a_failure_is_a_page(
    browser: Browser, below: Below, error: ConnectFailed, status: int
) -> None:
    """A failure below has its status and a way to try again; nobody is asked for decorations."""
    await browser.add("FUR-2")
    below.broken["product"] = error
    asked = len(calls_of(below.browsing)), len(calls_of(below.shopping))
    page = await browser.get("/products/FUR-1?x=1")

    # The page that failed asked for departments and cart; the page that says so did not, again.
    assert (asked[0] + 1, asked[1] + 1) == (
        len(calls_of(below.browsing)),
        len(calls_of(below.shopping)),
    )
    assert (status, True) == (page.status_code, 'href="/products/FUR-1?x=1">Try again' in page.text)
    assert "no-store" == page.headers["cache-control"]


def late(below: Below, operation: str) -> tuple[httpx.Response, float]:
    """Return the page of a product whose *operation* is late, and the second when it came."""
    below.late.add(operation)

    async def page() -> tuple[httpx.Response, float]:
        app = application([shop(below)], ServerOptions(edge_timeout_s=TIMEOUT_S))
        async with Browser("http://shop", httpx.ASGITransport(app)) as browser:
            return await browser.get("/products/FUR-1"), clock.now_s()

    return run_in_virtual_time(page())


def test_a_late_page_is_a_page_in_time(below: Below) -> None:
    """When the time of the request is over, the error page comes at once."""
    page, came_s = late(below, "product")

    assert (504, True) == (page.status_code, "This is taking too long" in text_of(page))
    assert TIMEOUT_S == pytest.approx(came_s)


async def test_a_frame_that_is_missing_is_reported(browser: Browser, below: Below) -> None:
    """Without departments and cart the page comes, and says so."""
    await browser.add("FUR-1")
    below.broken = {"categories": ConnectFailed(), "priced_cart": Faulted()}
    page = await browser.get("/products/FUR-2")

    assert 200 == page.status_code
    assert "Some of our departments are missing right now" in text_of(page)
    assert "Your cart is not available right now" in text_of(page)


def test_a_late_frame_does_not_hold_the_page(below: Below) -> None:
    """Departments that take too long are left out within the page's own time."""
    page, came_s = late(below, "categories")

    assert (200, True) == (page.status_code, "departments are missing" in text_of(page))
    assert came_s < TIMEOUT_S


@pytest.mark.parametrize(
    ("path", "part", "words"),
    [
        ("/", "shelves.cards.offer", "Prices are being checked"),
        ("/search?q=chair", "search.media", "Results from Media are missing right now"),
        ("/products/FUR-1", "offer", "The price is being checked"),
        ("/products/FUR-1", "reviews", "Reviews are not available right now"),
        ("/products/FUR-1", "product.rating", "Ratings are not available right now"),
        ("/products/FUR-1", "product.similar", "Similar products are not available right now"),
    ],
)
async def test_a_part_that_is_missing_is_reported(
    browser: Browser, below: Below, path: str, part: str, words: str
) -> None:
    """A page says in words which of its parts is missing."""
    assert words not in text_of(await browser.get(path))
    below.left_out = (part,)

    assert words in text_of(await browser.get(path))


async def test_injected_text_is_only_text(browser: Browser) -> None:
    """Whatever a title, a review, a query or a cart's line holds, the page shows it as written."""
    await browser.add(NASTY)
    pages = [
        await browser.get(f"/products/{NASTY}"),
        await browser.get("/search", params={"q": INJECTED}),
        await browser.get("/cart"),
        await browser.get("/", headers={"cookie": f"currency={INJECTED}; cart={INJECTED}"}),
        await browser.get("/nothing", params={"x": INJECTED}),
    ]

    assert [] == [page.url for page in pages if "<script>alert" in page.text]
    assert all(INJECTED in text_of(page) for page in pages[:3])


async def test_a_choice_is_kept_in_every_link(browser: Browser) -> None:
    """A narrowed list keeps its choice when another page, order or currency is chosen."""
    page = await browser.get("/categories/furniture?filter=Wood:Oak&sort=price_asc&page=2")

    chosen = "/categories/furniture?filter=Wood%3AOak&amp;sort=price_asc"
    assert f'href="{chosen}&amp;page=3"' in page.text
    assert f'name="return_to" value="{chosen}&amp;page=2"' in page.text


async def test_what_is_sold_out_cannot_be_bought(browser: Browser) -> None:
    """The button of a product that nobody has is off."""
    page = await browser.get(f"/products/{LAST}")

    assert "disabled>Not available</button>" in page.text


async def test_a_search_without_words_asks_back(browser: Browser) -> None:
    """An empty query finds nothing and is no error."""
    assert "What are you looking for?" in text_of(await browser.get("/search"))


async def test_pages_tolerate_what_others_hang_on_their_address(browser: Browser) -> None:
    """A link from elsewhere may carry parameters of its own."""
    assert 200 == (await browser.get("/products/FUR-1?utm_source=letter")).status_code


async def test_a_picture_is_streamed_and_cached(browser: Browser) -> None:
    """A picture comes as it is, and may be kept for an hour."""
    picture = await browser.get(f"/pictures/{CHAIR}")

    assert ("image/svg+xml", "public, max-age=3600") == (
        picture.headers["content-type"],
        picture.headers["cache-control"],
    )
    assert b"<svg" == picture.content[:4]


async def test_an_unknown_picture_is_refused(browser: Browser) -> None:
    """A picture of nothing is a problem, not half an image."""
    assert 404 == (await browser.get("/pictures/FUR-0")).status_code


@pytest.mark.parametrize(
    ("suffix", "media_type"),
    [
        ("css", "text/css; charset=utf-8"),
        ("js", "text/javascript; charset=utf-8"),
        ("svg", "image/svg+xml"),
    ],
)
async def test_a_file_is_kept_for_good(browser: Browser, suffix: str, media_type: str) -> None:
    """Pages name files by their content, so that a client never asks again."""
    (path,) = re.findall(rf'"(/static/[\w.]+\.{suffix})"', (await browser.get("/")).text)
    file = await browser.get(path)

    assert (200, media_type, "public, max-age=31536000, immutable") == (
        file.status_code,
        file.headers["content-type"],
        file.headers["cache-control"],
    )


@pytest.mark.parametrize("name", ["shop.css", "shop.0.css", "..%2Fservice.py", "%00", "a" * 200])
async def test_only_files_of_pages_are_served(browser: Browser, name: str) -> None:
    """No other name leads to a file."""
    assert (await browser.get(f"/static/{name}")).status_code in {400, 404}

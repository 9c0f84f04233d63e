"""The shop in a real browser, as its visitors use it."""

import shutil
from collections.abc import AsyncIterator
from typing import NamedTuple

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Request, async_playwright

from maestri.testing import RunningTopology

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
VIEWPORTS = {"desktop": (1300, 900), "phone": (390, 844)}

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.topologies("merged"),
    pytest.mark.timeout(90),
    pytest.mark.skipif(
        CHROMIUM is None,
        reason="no chromium on the PATH; make test installs it where it may",
    ),
]


class Visit(NamedTuple):
    """A visitor's window, and what the browser complained of."""

    page: Page
    home: str
    complaints: list[str]

    async def narrow_enough(self) -> bool:
        """Tell whether the page fits its window without scrolling sideways."""
        fits = await self.page.evaluate(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        )
        return bool(fits)


def _failure_of(request: Request) -> list[str]:
    # A picture that is still on its way when the visitor goes on is no failure.
    return [] if request.failure == "net::ERR_ABORTED" else [f"{request.url}: {request.failure}"]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Start Chromium once."""
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        await started.close()


@pytest_asyncio.fixture(params=VIEWPORTS, loop_scope="session")
async def visit(
    request: pytest.FixtureRequest, browser: Browser, running_topology: RunningTopology
) -> AsyncIterator[Visit]:
    """Open a window of a new visitor, on a desktop or a phone, at the store."""
    width, height = VIEWPORTS[request.param]
    complaints: list[str] = []
    page = await browser.new_page(viewport={"width": width, "height": height})
    page.on("console", lambda said: complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda failed: complaints.extend(_failure_of(failed)))
    yield Visit(page, str(running_topology.client("bff_web").base_url), complaints)
    await page.close()


async def test_a_visitor_finds_a_product_and_puts_it_into_the_cart(visit: Visit) -> None:
    """From the front over a department to a product and the cart, with nothing to complain of."""
    page = visit.page
    await page.goto(visit.home)
    assert await visit.narrow_enough()
    await page.goto(f"{visit.home}/categories/audio")
    assert await visit.narrow_enough()
    await page.locator("main a[href^='/products/']").first.click()
    title = await page.locator("h1").inner_text()
    assert await visit.narrow_enough()
    picture = page.locator("main img").first
    assert 0 < await picture.evaluate("picture => picture.naturalWidth")

    await page.get_by_role("button", name="Add to cart").click()

    await page.wait_for_url("**/cart")
    assert title in await page.locator("main").inner_text()
    assert await visit.narrow_enough()
    assert await page.get_by_role("link", name="Cart 1 item").is_visible()
    assert [] == visit.complaints


async def test_suggestions_come_while_typing(visit: Visit) -> None:
    """A few letters in the search field bring suggestions, and a suggestion finds products."""
    page = visit.page
    await page.goto(visit.home)
    field = page.get_by_role("searchbox").or_(page.locator("input[name=q]")).first
    await field.press_sequentially("headph", delay=30)
    suggestion = await page.locator("#suggestion-0").inner_text()

    await field.fill(suggestion)
    await field.press("Enter")

    await page.wait_for_url("**/search?q=*")
    await page.locator("main a[href^='/products/']").first.wait_for()
    assert [] == visit.complaints


async def test_a_page_that_is_not_there_is_told_in_words(visit: Visit) -> None:
    """An unknown product is a page of the shop with status 404, with a way back."""
    response = await visit.page.goto(f"{visit.home}/products/NOT-THERE")

    assert response is not None
    assert 404 == response.status
    assert "This page does not exist" in await visit.page.locator("main").inner_text()
    assert await visit.page.locator("main a").count() > 0

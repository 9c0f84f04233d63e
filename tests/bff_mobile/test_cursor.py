import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bff_mobile.contract import Mobile
from bff_mobile.signed import PAGES_MAX, Cursors, ListingQuery
from domain_services.vocabulary import Sku
from maestri import clock
from maestri.errors import InvalidRequest
from tests.bff_mobile.conftest import AT_THE_DOOR
from tests.bff_mobile.small_store import BOOKS, FOR_SALE

WALK = ListingQuery(BOOKS, ("Author:v1",), "title", 2)
OTHERS = (
    ListingQuery(BOOKS, (), "title", 2),
    ListingQuery(BOOKS, ("Author:v1",), "newest", 2),
    ListingQuery(BOOKS, ("Author:v1",), "title", 3),
)
CURSORS = Cursors("a secret")


async def walked(mobile: Mobile, size: int) -> list[Sku]:
    """Follow the cursors from the first page to the last."""
    seen: list[Sku] = []
    cursor: str | None = None
    for _ in range(len(FOR_SALE) + 1):
        screen = await mobile.listing(BOOKS, size=size, cursor=cursor)
        seen += [card.sku for card in screen.cards]
        cursor = screen.next_cursor
        if cursor is None:
            return seen
    raise AssertionError("the walk has no end")


@pytest.mark.parametrize("size", [1, 2, 3, 7, 48])
async def test_a_walk_sees_every_card_once(mobile: Mobile, size: int) -> None:
    """Whatever the size of the pages, nothing is lost and nothing is seen twice."""
    assert list(FOR_SALE) == await walked(mobile, size)


async def test_only_the_first_page_has_facets(mobile: Mobile) -> None:
    """An app that walks on knows already what the list can be narrowed by."""
    first = await mobile.listing(BOOKS, size=4)
    second = await mobile.listing(BOOKS, size=4, cursor=first.next_cursor)

    assert (1, 0) == (len(first.facets), len(second.facets))


async def test_a_page_with_a_cursor_keeps_its_etag(
    app: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Time alone changes no cursor, so a page that has not changed is not sent again."""
    first = await app.get("/categories/books?size=2")
    now_s = clock.unix_s()
    monkeypatch.setattr(clock, "unix_s", lambda: now_s + 100)
    again = await app.get(
        "/categories/books?size=2", headers={"if-none-match": first.headers["etag"]}
    )

    assert first.json()["next_cursor"]
    assert 304 == again.status_code


@AT_THE_DOOR
@pytest.mark.parametrize("cursor", ["x", "a.b", "a.b.c", "%C3%A9", "=", "..", "x" * 200, "x" * 201])
async def test_a_cursor_that_is_not_ours_is_refused(app: httpx.AsyncClient, cursor: str) -> None:
    """What was not given out here is a 400 that names the cursor."""
    response = await app.get(f"/categories/books?cursor={cursor}")

    assert (400, "cursor") == (response.status_code, response.json()["fields"]["field"])


@AT_THE_DOOR
async def test_a_tampered_cursor_is_refused(app: httpx.AsyncClient) -> None:
    """No character of a cursor can be changed."""
    cursor = (await app.get("/categories/books?size=2")).json()["next_cursor"]
    statuses = set()
    # The last character of a signature has bits that mean nothing.
    for place in range(0, len(cursor) - 1, 5):
        changed = "A" if cursor[place] != "A" else "B"
        tampered = cursor[:place] + changed + cursor[place + 1 :]
        response = await app.get("/categories/books", params={"size": 2, "cursor": tampered})
        statuses.add((response.status_code, response.json()["fields"]["field"]))

    assert {(400, "cursor")} == statuses


@AT_THE_DOOR
@pytest.mark.parametrize("query", ["size=3", "size=2&sort=title", "size=2&filters=Author:v1"])
async def test_a_cursor_holds_for_its_list_alone(app: httpx.AsyncClient, query: str) -> None:
    """In another list a cursor would skip or repeat cards, so it is refused there."""
    cursor = (await app.get("/categories/books?size=2")).json()["next_cursor"]
    response = await app.get(f"/categories/books?{query}&cursor={cursor}")

    assert (400, "cursor") == (response.status_code, response.json()["fields"]["field"])


async def test_a_walk_may_change_its_currency(app: httpx.AsyncClient) -> None:
    """The currency changes what cards show, not which."""
    cursor = (await app.get("/categories/books?size=2")).json()["next_cursor"]
    response = await app.get(f"/categories/books?size=2&currency=USD&cursor={cursor}")

    price = {"amount_minor": 6_000, "currency": "USD"}
    assert ("BOK-3", price) == tuple(response.json()["cards"][0][name] for name in ("sku", "price"))


@given(page=st.integers(1, PAGES_MAX), pages=st.integers(1, 2 * PAGES_MAX))
def test_a_cursor_leads_to_the_next_page(page: int, pages: int) -> None:
    """A cursor leads to the page after its own; the last one, or the last possible, has none."""
    cursor = CURSORS.after(WALK, page, pages)
    expected = page + 1 if page < min(pages, PAGES_MAX) else None

    assert expected == (None if cursor is None else CURSORS.page(WALK, cursor))


@pytest.mark.parametrize("other", OTHERS)
def test_every_choice_makes_another_list(other: ListingQuery) -> None:
    """Filters, sort and size are all part of what a cursor is bound to."""
    cursor = CURSORS.after(WALK, 1, 9)

    with pytest.raises(InvalidRequest, match="another list"):
        CURSORS.page(other, cursor)

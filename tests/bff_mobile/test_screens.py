import json
from collections.abc import Mapping

import httpx
import pytest

from bff_mobile.contract import FACET_VALUES_MAX, Mobile
from bff_mobile.screens import Availability, Card, CategoryRow, ReviewRow, Stars, TinyCard
from domain_services.catalog.contract import NotForSale, UnknownCategory, UnknownProduct
from domain_services.vocabulary import CategoryId, Money, Sku
from maestri.context import Recorder
from maestri.contracts import Contract
from tests.bff_mobile.conftest import AT_THE_DOOR, Services
from tests.bff_mobile.small_store import (
    BOOKS,
    FIRST,
    FOR_SALE,
    PICTURE,
    UNPRICED,
    VALUES,
    WITHDRAWN,
)

SCREENS = (
    "/home",
    "/categories",
    "/categories/books",
    "/products/BOK-1",
    "/cards/BOK-1",
    "/search?query=Tale",
    "/suggestions?prefix=Ta",
)
LEFT_OUT_WITHOUT = {
    "/home": {
        "reviews": ["home.featured.card.rating", "home.shelves.cards.card.rating"],
        "pricing": ["home.featured.offer", "home.shelves.cards.offer"],
    },
    "/categories/books": {
        "reviews": ["listing.listing.products.rating"],
        "pricing": ["listing.cards.offer"],
    },
    "/products/BOK-1": {
        "reviews": ["product.product.rating", "product.reviews", "product.similar.card.rating"],
        "pricing": ["product.offer", "product.similar.offer"],
        "inventory": ["product.availability"],
    },
    "/cards/BOK-1": {"pricing": ["card.offer"]},
    "/search?query=Tale": {
        "reviews": ["search.cards.card.rating"],
        "media": ["search.search.media"],
    },
    "/suggestions?prefix=Ta": {"media": ["media"]},
}


def card(sku: Sku) -> Card:
    """Return the card of a product in euros."""
    price = None if sku == UNPRICED else Money(int(sku[-1]) * 1_000, "EUR")
    return Card(sku, f"Tale {sku[-1]}", f"/mobile/v1/products/{sku}/picture", price, 4.5)


def calls_below(recorder: Recorder) -> Mapping[str, int]:
    """Return how often each operation of a domain service was served."""
    services = ("catalog", "reviews", "pricing", "carts", "inventory", "browsing.product_search")
    return {
        name: count
        for name, count in recorder.served.items()
        if name.rpartition(".")[0] in services
    }


async def test_the_home_screen_is_one_call(mobile: Mobile) -> None:
    """The app opens with a product and a shelf."""
    screen = await mobile.home()

    assert card(FIRST) == screen.featured
    assert [("Books", BOOKS, tuple(map(card, FOR_SALE[1:4])))] == [
        (shelf.title, shelf.category_id, shelf.cards) for shelf in screen.shelves
    ]


async def test_the_menu_has_all_departments(mobile: Mobile) -> None:
    """Of a department the menu shows its name and how much is in it."""
    assert (CategoryRow(BOOKS, "Books", 7),) == (await mobile.categories()).categories


async def test_a_department_shows_its_cards(mobile: Mobile) -> None:
    """What has no price at all is shown without one, and nothing is missing then."""
    screen = await mobile.listing(BOOKS)

    assert ("Books", 7, tuple(map(card, FOR_SALE)), None, ()) == (
        screen.title,
        screen.total,
        screen.cards,
        screen.next_cursor,
        screen.left_out,
    )


async def test_a_facet_is_shortened_but_for_what_is_chosen(mobile: Mobile) -> None:
    """Of a facet the first values are shown, and chosen ones wherever they stand."""
    last = VALUES - 1
    (facet,) = (await mobile.listing(BOOKS, filters=(f"Author:v{last}",))).facets

    expected = [*(f"v{i}" for i in range(FACET_VALUES_MAX)), f"v{last}"]
    assert expected == [value.value for value in facet.values]


async def test_a_product_is_one_call(mobile: Mobile) -> None:
    """A product comes with price, stock, stars, opinions and what is similar."""
    screen = await mobile.product(FIRST)

    assert ("Tale 1", "Small Press", Money(1_000, "EUR"), None) == (
        screen.title,
        screen.brand,
        screen.price,
        screen.was,
    )
    assert (Availability("few", 1, 3), Stars(4.5, 2)) == (screen.availability, screen.rating)
    assert (ReviewRow("Ida", 5, "Yes", "Read it."),) == screen.reviews
    assert tuple(map(card, FOR_SALE[1:3])) == screen.similar


async def test_a_tiny_card_is_name_and_price(app: httpx.AsyncClient) -> None:
    """A tiny card has no other field."""
    body = (await app.get("/cards/BOK-1")).json()

    price = {"amount_minor": 1_000, "currency": "EUR"}
    assert {"sku": "BOK-1", "title": "Tale 1", "price": price, "left_out": []} == body


async def test_a_search_shows_cards(mobile: Mobile) -> None:
    """What was found is shown as in any list, with how much fits in all."""
    screen = await mobile.search("Tale", limit=2)

    assert (7, tuple(map(card, FOR_SALE[:2]))) == (screen.total, screen.cards)


async def test_suggestions_complete_a_word(mobile: Mobile) -> None:
    """A few letters lead to queries that find something."""
    assert ("Tale 1", "Tale 2") == (await mobile.suggestions("Ta", limit=2)).texts


async def test_prices_are_in_the_currency_asked_for(mobile: Mobile) -> None:
    """Every screen with prices takes a currency."""
    dollars = Money(2_000, "USD")
    home, listed = await mobile.home("USD"), await mobile.listing(BOOKS, currency="USD")
    product, found = await mobile.product(FIRST, "USD"), await mobile.search("Tale", 1, "USD")

    assert home.featured is not None
    assert [dollars] * 4 == [
        home.featured.price,
        listed.cards[0].price,
        product.price,
        found.cards[0].price,
    ]


async def test_a_picture_is_where_cards_say(app: httpx.AsyncClient, mobile: Mobile) -> None:
    """A card's path leads to the picture, which an app need not get twice."""
    path = (await mobile.listing(BOOKS)).cards[0].picture
    root = str(app.base_url).partition("/mobile")[0]
    response = await app.get(root + path)
    again = await app.get(root + path, headers={"if-none-match": response.headers["etag"]})

    assert (200, "image/svg+xml", PICTURE) == (
        response.status_code,
        response.headers["content-type"],
        response.content,
    )
    assert (304, b"") == (again.status_code, again.content)


@pytest.mark.parametrize("path", SCREENS)
async def test_a_screen_that_has_not_changed_is_not_sent_again(
    app: httpx.AsyncClient, path: str
) -> None:
    """Every screen has an ETag, and gives 304 to whoever has it already."""
    first = await app.get(path)
    again = await app.get(path, headers={"if-none-match": first.headers["etag"]})

    assert (200, 304, b"") == (first.status_code, again.status_code, again.content)
    assert first.headers["etag"] == again.headers["etag"]


@pytest.mark.parametrize(
    ("path", "service", "missing"),
    [(path, name, parts) for path, by in LEFT_OUT_WITHOUT.items() for name, parts in by.items()],
)
async def test_a_degraded_screen_says_what_is_missing(
    app: httpx.AsyncClient, services: Services, path: str, service: str, missing: list[str]
) -> None:
    """Without a service a screen comes without its parts, names them, and is not kept."""
    getattr(services, service).down = True
    response = await app.get(path)

    assert (200, missing) == (response.status_code, sorted(response.json()["left_out"]))
    assert (False, "no-store") == ("etag" in response.headers, response.headers["cache-control"])


@pytest.mark.parametrize("path", SCREENS[:5])
async def test_without_the_catalog_there_is_no_screen(
    app: httpx.AsyncClient, services: Services, path: str
) -> None:
    """What cannot be shown without products is a clear 503."""
    services.catalog.down = True
    response = await app.get(path)

    assert (503, "application/problem+json") == (
        response.status_code,
        response.headers["content-type"],
    )


@AT_THE_DOOR
@pytest.mark.parametrize("sku", ["NOPE", "x" * 64, "..%2f", "'%20OR%201=1", "%00", "x" * 65])
@pytest.mark.parametrize("screen", ["products", "cards"])
async def test_what_is_no_product_is_refused(app: httpx.AsyncClient, screen: str, sku: str) -> None:
    """An unknown sku is a 404; what cannot be a sku is a 400."""
    response = await app.get(f"/{screen}/{sku}")

    assert response.status_code == (404 if sku.isalpha() and len(sku) <= 64 else 400)
    assert "sku" in json.dumps(response.json()["fields"])


@pytest.mark.parametrize("operation", ["product", "card"])
async def test_refusals_arrive_as_what_they_are(mobile: Mobile, operation: str) -> None:
    """What may not be sold is refused by product and tiny card alike, and so is the unknown."""
    with pytest.raises(NotForSale) as refusal:
        await getattr(mobile, operation)(WITHDRAWN)
    with pytest.raises(UnknownProduct):
        await getattr(mobile, operation)(Sku("NOPE"))

    assert "Recalled." == refusal.value.reason


async def test_an_unknown_department_is_refused(mobile: Mobile) -> None:
    """A category that is not there is a declared error."""
    with pytest.raises(UnknownCategory):
        await mobile.listing(CategoryId("nowhere"))


@AT_THE_DOOR
@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/home?currency=XXX", "currency"),
        ("/home?colour=red", "colour"),
        ("/categories/books?size=0", "size"),
        ("/categories/books?size=49", "size"),
        ("/categories/books?size=a", "size"),
        ("/categories/books?sort=best", "sort"),
        ("/categories/books?filters=x", "filters"),
        ("/categories/books?page=2", "page"),
        ("/search", "query"),
        (f"/search?query={'x' * 201}", "query"),
        ("/search?query=a&query=b", "query"),
        ("/search?query=a&limit=0", "limit"),
        ("/suggestions?prefix=a&limit=49", "limit"),
        (f"/suggestions?prefix={'x' * 201}", "prefix"),
    ],
)
async def test_parameters_are_bounded(app: httpx.AsyncClient, path: str, field: str) -> None:
    """What is out of bounds, or no parameter at all, is a 400 that names it."""
    response = await app.get(path)

    assert (400, field) == (response.status_code, response.json()["fields"]["field"])


async def test_a_tiny_card_calls_little(mobile: Mobile, recorder: Recorder) -> None:
    """For name and price neither reviews nor inventory are called, but the sale is checked."""
    expected = {"catalog.product": 1, "catalog.may_be_sold": 1, "pricing.offer": 1}

    assert TinyCard(FIRST, "Tale 1", Money(1_000, "EUR")) == await mobile.card(FIRST)
    assert expected == calls_below(recorder)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/categories/books", {"catalog.listing": 1, "catalog.category": 1}),
        (
            "/home",
            {"catalog.home": 1} | {"catalog.product": 1, "pricing.offer": 1, "reviews.rating": 1},
        ),
        ("/search?query=Tale", {"browsing.product_search.search": 3}),
    ],
)
async def test_a_list_of_cards_does_not_ask_for_stock(
    app: httpx.AsyncClient, recorder: Recorder, path: str, expected: dict[str, int]
) -> None:
    """However long a row of cards is, a service is called once for it, and fulfilment never."""
    await app.get(path)

    batches = {"catalog.products": 1, "reviews.ratings": 1, "pricing.offers": 1}
    assert expected | batches == calls_below(recorder)
    assert not [name for name in recorder.served if name.startswith("fulfilment.")]


async def test_a_product_does_not_ask_for_its_makers_story(
    mobile: Mobile, recorder: Recorder
) -> None:
    """What a small screen does not show is not called; what it shows twice is called once."""
    await mobile.product(FIRST)

    calls = calls_below(recorder)
    assert ({"catalog.brand", "catalog.category"} & set(calls), 1) == (
        set(),
        calls["reviews.reviews"],
    )


@AT_THE_DOOR
async def test_the_schema_describes_every_screen(url: str) -> None:
    """The document names all operations, and is served under the prefix."""
    async with httpx.AsyncClient() as client:
        paths = (await client.get(f"{url}/mobile/schema")).json()["paths"]

    described = {one["operationId"] for path in paths.values() for one in path.values()}
    assert {operation.id for operation in Mobile.operations.values()} == described
    assert issubclass(Mobile, Contract)

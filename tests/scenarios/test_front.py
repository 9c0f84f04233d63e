import pytest

from tests.scenarios.store_under_test import Store

pytestmark = pytest.mark.sampled(2)


def test_the_front_page_shows_what_is_featured(store: Store) -> None:
    """The front page is HTML, names a product of each shelf, and needs no cookie."""
    web = store.web()
    home = web.json("/api/home")

    page = web.get("/")

    assert 200 == page.status_code
    assert page.headers["content-type"].startswith("text/html")
    assert home["shelves"]
    for shelf in home["shelves"]:
        assert f"/products/{shelf['cards'][0]['sku']}" in page.text


def test_home_has_shelves_of_whole_cards(store: Store) -> None:
    """Each card of the front has title, price, rating and stock, and nothing is left out."""
    home = store.web().json("/api/home")

    assert [] == home["left_out"]
    cards = [home["featured"], *(card for shelf in home["shelves"] for card in shelf["cards"])]
    assert len(cards) > 10
    for card in cards:
        assert card["title"]
        assert card["offer"]["price"]["amount_minor"] > 0
        assert card["rating"]["sku"] == card["sku"]
        assert card["availability"] in {"in_stock", "few", "none"}


def test_home_asks_each_service_once_for_all_cards(store: Store) -> None:
    """All cards of all shelves come with one call to each service, the featured with another."""
    web = store.web()
    web.json("/api/home")

    for operation in ("catalog.products", "reviews.ratings", "pricing.offers"):
        assert 1 == web.last.called(operation), operation
    for single in ("catalog.product", "reviews.rating", "pricing.offer"):
        assert web.last.called(single) <= 1, single


def test_categories_are_those_of_the_store(store: Store) -> None:
    """There are at least 12 departments, each with products, each with a title of its own."""
    categories = store.web().json("/api/categories")

    assert len(categories) >= 12
    assert len(categories) == len({category["title"] for category in categories})
    assert all(category["product_count"] > 0 for category in categories)


def test_the_app_opens_with_few_fields(store: Store) -> None:
    """The app's home has the fields of a small screen, and is smaller than the web's."""
    web, mobile = store.web(), store.mobile()
    web.json("/api/home")
    screen = mobile.json("/mobile/v1/home")

    assert len(screen["shelves"]) > 1
    assert set(screen["featured"]) == {"sku", "title", "picture", "price", "rating"}
    assert len(mobile.last.body) < len(web.last.body)


def test_both_clients_know_the_same_departments(store: Store) -> None:
    """The app's menu has the departments of the web, in the same order."""
    web = store.web().json("/api/categories")
    mobile = store.mobile().json("/mobile/v1/categories")["categories"]

    expected = [category["category_id"] for category in web]
    assert expected == [category["category_id"] for category in mobile]


@pytest.mark.parametrize("currency", ["EUR", "USD", "GBP"])
def test_prices_come_in_three_currencies(store: Store, currency: str) -> None:
    """Prices are in the currency that was asked for; only foreign ones have exchange rates."""
    home = store.web().json(f"/api/home?currency={currency}")

    offer = home["featured"]["offer"]
    assert currency == offer["price"]["currency"]
    assert (currency == "EUR") == (offer["rates_as_of"] is None)
    assert not offer["rates_stale"]


def test_an_unknown_currency_is_refused_by_name(store: Store) -> None:
    """A currency that the store does not have is the client's mistake."""
    web = store.web()

    problem = web.refused(400, web.get("/api/home?currency=XAU"))

    assert "currency" == problem["fields"]["field"]


def test_a_page_that_is_nowhere_is_not_found(store: Store) -> None:
    """An address of nothing is answered 404, for people as a page, for programs as a problem."""
    web = store.web()
    page = web.get("/nowhere", headers={"accept": "text/html"})

    assert 404 == page.status_code
    web.refused(404, web.get("/api/nowhere", headers={"accept": "application/json"}))

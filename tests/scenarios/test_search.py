import pytest

from tests.scenarios.store_under_test import Store

pytestmark = pytest.mark.sampled(2)

GROUP_OF = {
    "BOK": "media", "MUS": "media", "FLM": "media", "GAM": "media",
    "AUD": "technology", "PHO": "technology", "CMP": "technology", "PHN": "technology",
    "KIT": "living", "FUR": "living", "GRD": "living", "SPO": "living",
}  # fmt: skip


def test_a_search_asks_all_groups(store: Store) -> None:
    """Every search child is asked once, and what they find comes together."""
    web = store.web()

    found = web.json("/api/search?query=black")

    assert 3 == web.last.called("browsing.product_search.search")
    assert [] == found["left_out"]
    groups = {GROUP_OF.get(card["sku"][:3]) for card in found["cards"]}
    assert len(groups) > 1


@pytest.mark.parametrize("query", ["guitar", "oak table", "headphones"])
def test_what_is_found_can_be_bought(store: Store, query: str) -> None:
    """Cards of a search are whole cards, and at least one has the word in its title."""
    found = store.web().json("/api/search", params={"query": query})

    assert found["total"] >= len(found["cards"]) > 0
    assert all(card["offer"] for card in found["cards"])


def test_a_search_has_a_limit(store: Store) -> None:
    """No more cards come than were asked for; the total counts all."""
    found = store.web().json("/api/search?query=black&limit=2")

    assert 2 == len(found["cards"])
    assert found["total"] > 2


def test_a_search_may_find_nothing(store: Store) -> None:
    """Nothing found is a response without cards."""
    found = store.web().json("/api/search?query=qqqqzzzz")

    assert [] == found["cards"]
    assert 0 == found["total"]


def test_suggestions_find_something(store: Store) -> None:
    """Each suggestion, searched for, finds a product."""
    web = store.web()

    texts = web.json("/api/suggestions?prefix=sp")["texts"]

    assert texts
    assert web.json("/api/search", params={"query": texts[0]})["total"] > 0


def test_both_clients_find_the_same(store: Store) -> None:
    """The app finds the products of the web, in the same order, with fewer fields."""
    web = store.web().json("/api/search?query=wireless")["cards"]
    mobile = store.mobile().json("/mobile/v1/search?query=wireless")["cards"]

    assert [card["sku"] for card in web] == [card["sku"] for card in mobile]


def test_people_see_what_they_searched_for(store: Store) -> None:
    """The page of a search repeats the query, never as markup."""
    page = store.web().get("/search", params={"q": "<script>alert(1)</script>"})

    assert 200 == page.status_code
    assert "<script>alert(1)" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text


def test_a_search_without_a_query_is_refused(store: Store) -> None:
    """Programs must say what they search for."""
    web = store.web()

    assert "query" == web.refused(400, web.get("/api/search"))["fields"]["field"]

import pytest

from tests.scenarios.store_under_test import Store

pytestmark = pytest.mark.sampled(2)


def test_a_department_shows_its_products(store: Store) -> None:
    """The first page has a page full of cards, the number of all products, and facets."""
    listing = store.web().json("/api/categories/books")

    assert 24 == len(listing["cards"])
    assert listing["total"] == listing["category"]["product_count"]
    assert listing["pages"] == -(-listing["total"] // 24)
    assert listing["facets"]
    assert [] == listing["left_out"]


def test_a_facet_narrows_by_what_it_says(store: Store) -> None:
    """Choosing a value leaves as many products as the facet had announced."""
    web = store.web()
    facet = web.json("/api/categories/kitchen")["facets"][0]
    value = facet["values"][0]

    chosen = {"filter": f"{facet['name']}:{value['value']}"}
    narrowed = web.json("/api/categories/kitchen", params=chosen)

    assert value["count"] == narrowed["total"]


def test_values_of_one_facet_are_alternatives(store: Store) -> None:
    """Two values of one facet leave the products of either."""
    web = store.web()
    facet = next(
        facet for facet in web.json("/api/categories/games")["facets"] if len(facet["values"]) > 1
    )
    first, second = facet["values"][:2]

    chosen = [("filter", f"{facet['name']}:{one['value']}") for one in (first, second)]
    both = web.json("/api/categories/games", params=chosen)

    assert first["count"] + second["count"] == both["total"]


def test_facets_together_narrow_further(store: Store) -> None:
    """Values of different facets must all fit."""
    web = store.web()
    one, other = web.json("/api/categories/audio")["facets"][:2]
    chosen = [
        ("filter", f"{facet['name']}:{facet['values'][0]['value']}") for facet in (one, other)
    ]

    narrowed = web.json("/api/categories/audio", params=chosen)

    assert narrowed["total"] <= min(one["values"][0]["count"], other["values"][0]["count"])


def test_prices_sort_a_listing_both_ways(store: Store) -> None:
    """The cheapest of one order is no dearer than the first of the other."""
    web = store.web()

    rising = _prices(web.json("/api/categories/garden?sort=price_asc&size=48"))
    falling = _prices(web.json("/api/categories/garden?sort=price_desc&size=48"))

    assert min(rising) < max(falling)
    assert sum(rising) < sum(falling)


def _prices(listing: dict[str, list[dict[str, dict[str, dict[str, int]]]]]) -> list[int]:
    return [card["offer"]["price"]["amount_minor"] for card in listing["cards"]]


@pytest.mark.parametrize("sort", ["featured", "newest", "title"])
def test_a_listing_is_sorted_as_asked(store: Store, sort: str) -> None:
    """The response says how it is sorted, and one page follows the other."""
    web = store.web()

    pages = [web.json(f"/api/categories/music?sort={sort}&page={page}") for page in (1, 2)]

    assert [sort, sort] == [page["sort"] for page in pages]
    skus = [card["sku"] for page in pages for card in page["cards"]]
    assert 48 == len(set(skus))


def test_paging_shows_every_product_once(store: Store) -> None:
    """All pages together have all products of the department, none of them twice."""
    web = store.web()
    first = web.json("/api/categories/films?size=48")

    rest = [
        web.json(f"/api/categories/films?size=48&page={page}")
        for page in range(2, first["pages"] + 1)
    ]

    skus = [card["sku"] for page in (first, *rest) for card in page["cards"]]
    assert first["total"] == len(skus) == len(set(skus))


def test_a_page_after_the_last_is_empty(store: Store) -> None:
    """Asking too far is no mistake: the department is still named."""
    listing = store.web().json("/api/categories/films?page=999")

    assert [] == listing["cards"]
    assert "films" == listing["category"]["category_id"]


def test_an_unknown_department_is_not_found(store: Store) -> None:
    """A department that the store does not have is answered 404, by name."""
    web = store.web()

    problem = web.refused(404, web.get("/api/categories/submarines"))

    assert "urn:maestri:rejected:catalog.unknown_category" == problem["type"]
    assert {"category_id": "submarines"} == problem["fields"]


def test_the_page_of_a_department_shows_its_cards(store: Store) -> None:
    """The page for people has the products of the API, in the same order."""
    web = store.web()
    listing = web.json("/api/categories/phones?sort=newest")

    page = web.get("/categories/phones?sort=newest").text

    places = [page.index(f"/products/{card['sku']}") for card in listing["cards"]]
    assert sorted(places) == places


def test_the_app_walks_through_a_department(store: Store) -> None:
    """Cursors lead through all products once, and end."""
    mobile = store.mobile()
    target = "/mobile/v1/categories/sports"
    screen = mobile.json(target, params={"size": 48})
    skus = [card["sku"] for card in screen["cards"]]

    for _ in range(10):
        if screen["next_cursor"] is None:
            break
        screen = mobile.json(target, params={"size": 48, "cursor": screen["next_cursor"]})
        skus += [card["sku"] for card in screen["cards"]]

    assert screen["next_cursor"] is None
    assert screen["total"] == len(skus) == len(set(skus))


def test_a_cursor_of_another_list_is_refused(store: Store) -> None:
    """A cursor leads on in its own list only."""
    mobile = store.mobile()
    cursor = mobile.json("/mobile/v1/categories/sports")["next_cursor"]

    response = mobile.get("/mobile/v1/categories/books", params={"cursor": cursor})

    assert "cursor" == mobile.refused(400, response)["fields"]["field"]

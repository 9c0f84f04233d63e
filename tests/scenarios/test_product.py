import pytest

from tests.scenarios.store_under_test import Store

pytestmark = pytest.mark.sampled(2)

NOT_FOR_SALE = "AUD-0135"


def test_a_product_has_everything(store: Store) -> None:
    """A product's response has its facts, price, stock, ratings, reviews and what is like it."""
    web = store.web()
    sku = web.json("/api/home")["featured"]["sku"]

    product = web.json(f"/api/products/{sku}")

    assert sku == product["sku"]
    assert product["description"]
    assert product["category"]["category_id"]
    assert product["attributes"]
    assert product["offer"]["price"]["currency"] == "EUR"
    assert product["availability"]["sku"] == sku
    assert product["rating"]["sku"] == sku
    assert product["similar"]
    assert [] == product["left_out"]


def test_a_product_page_shows_the_product(store: Store) -> None:
    """The page for people names the product and its maker."""
    web = store.web()
    product = web.json("/api/products/BOK-0001")

    page = web.get("/products/BOK-0001")

    assert 200 == page.status_code
    assert product["brand"] in page.text
    assert "/pictures/BOK-0001" in page.text


@pytest.mark.parametrize("target", ["/api/products/{}", "/mobile/v1/products/{}"])
def test_a_product_that_may_not_be_sold_is_gone(store: Store, target: str) -> None:
    """What may not be sold is answered 410, with the reason."""
    visitor = store.mobile() if "mobile" in target else store.web()

    problem = visitor.refused(410, visitor.get(target.format(NOT_FOR_SALE)))

    assert "urn:maestri:rejected:catalog.not_for_sale" == problem["type"]
    assert NOT_FOR_SALE == problem["fields"]["sku"]
    assert problem["fields"]["reason"]


@pytest.mark.parametrize("target", ["/api/products/{}", "/mobile/v1/products/{}"])
def test_an_unknown_product_is_not_found(store: Store, target: str) -> None:
    """A product that the store does not have is answered 404, by name."""
    visitor = store.mobile() if "mobile" in target else store.web()

    problem = visitor.refused(404, visitor.get(target.format("NIX-9999")))

    assert "urn:maestri:rejected:catalog.unknown_product" == problem["type"]
    assert {"sku": "NIX-9999"} == problem["fields"]


@pytest.mark.parametrize(("sku", "status"), [(NOT_FOR_SALE, 410), ("NIX-9999", 404)])
def test_people_see_a_refusal_as_a_page(store: Store, sku: str, status: int) -> None:
    """A product that cannot be shown is still answered in HTML."""
    page = store.web().get(f"/products/{sku}", headers={"accept": "text/html"})

    assert status == page.status_code
    assert page.headers["content-type"].startswith("text/html")


def test_reviews_are_paged_to_the_end(store: Store) -> None:
    """Pages of reviews have every review once, the newest first, as many as are counted."""
    web = store.web()
    sku = web.json("/api/home")["featured"]["sku"]
    target = f"/api/products/{sku}/reviews"
    page = web.json(target, params={"limit": 3})
    found = list(page["reviews"])

    for _ in range(50):
        if page["before"] is None:
            break
        page = web.json(target, params={"limit": 3, "before": page["before"]})
        found += page["reviews"]

    assert len(found) == len({review["review_id"] for review in found})
    assert len(found) == web.json(f"/api/products/{sku}")["rating"]["count"]
    written = [review["written_on"] for review in found]
    assert sorted(written, reverse=True) == written


def test_reviews_of_an_unknown_product_are_not_found(store: Store) -> None:
    """Only a product of the store can have reviews."""
    web = store.web()

    web.refused(404, web.get("/api/products/NIX-9999/reviews"))


def test_the_app_shows_a_product_on_one_screen(store: Store) -> None:
    """One call has all that the screen of a product shows."""
    mobile = store.mobile()

    screen = mobile.json("/mobile/v1/products/BOK-0001")

    assert screen["price"]["amount_minor"] > 0
    assert screen["availability"]["level"] in {"in_stock", "few", "none"}
    assert screen["similar"]
    assert "brand_story" not in screen


@pytest.mark.parametrize("client", ["web", "mobile"])
def test_a_picture_is_streamed_as_it_is(store: Store, client: str) -> None:
    """Both clients get the same SVG."""
    web, mobile = store.web(), store.mobile()
    pictures = [
        web.get("/pictures/KIT-0001"),
        mobile.get("/mobile/v1/products/KIT-0001/picture"),
    ]
    chosen = pictures[client == "mobile"]

    assert "image/svg+xml" == chosen.headers["content-type"].partition(";")[0]
    assert chosen.text.lstrip().startswith("<svg")
    assert chosen.text.rstrip().endswith("</svg>")
    assert pictures[0].content == pictures[1].content


def test_an_unknown_product_has_no_picture(store: Store) -> None:
    """The picture of nothing is answered 404 before anything is streamed."""
    web = store.web()

    web.refused(404, web.get("/pictures/NIX-9999"))

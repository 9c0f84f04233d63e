import pytest

from tests.scenarios.store_under_test import Store

pytestmark = pytest.mark.sampled(2)

NOT_FOR_SALE = "AUD-0135"
ETAGGED = [
    "/mobile/v1/home",
    "/mobile/v1/categories",
    "/mobile/v1/categories/garden",
    "/mobile/v1/products/BOK-0001",
    "/mobile/v1/cards/BOK-0001",
    "/mobile/v1/products/BOK-0001/picture",
    "/mobile/v1/search?query=wireless",
]


@pytest.mark.parametrize("target", ETAGGED)
def test_what_the_app_has_is_not_sent_again(store: Store, target: str) -> None:
    """The same ETag gets 304 without a body; any other ETag gets the whole response."""
    mobile = store.mobile()
    first = mobile.get(target)

    same = mobile.get(target, headers={"if-none-match": first.headers["etag"]})
    other = mobile.get(target, headers={"if-none-match": '"0"'})

    assert (304, b"") == (same.status_code, same.content)
    assert (200, first.content) == (other.status_code, other.content)


def test_the_web_has_etags_too(store: Store) -> None:
    """JSON of the web shop is not sent twice either."""
    web = store.web()
    first = web.get("/api/products/BOK-0001")

    assert (
        304
        == web.get(
            "/api/products/BOK-0001", headers={"if-none-match": first.headers["etag"]}
        ).status_code
    )


def test_a_card_asks_for_what_it_shows(store: Store) -> None:
    """A card of the app needs neither reviews nor stock, so neither service is asked at all."""
    mobile = store.mobile()
    before = store.topology.counters()

    mobile.json("/mobile/v1/cards/BOK-0001")

    asked = {operation.partition(".")[0] for operation in store.topology.counters() - before}
    assert asked.isdisjoint({"reviews", "inventory", "fulfilment"})
    assert {"mobile", "storefront", "browsing", "catalog", "shopping", "pricing"} <= asked


def test_a_card_that_may_not_be_sold_is_refused_all_the_same(store: Store) -> None:
    """What nobody shows is not asked for, but whether a product may be sold always is."""
    mobile = store.mobile()

    mobile.refused(410, mobile.get(f"/mobile/v1/cards/{NOT_FOR_SALE}"))

    assert 1 == mobile.last.called("catalog.may_be_sold")


@pytest.mark.parametrize(
    "target",
    ["/mobile/v1/categories/books", "/mobile/v1/home", "/mobile/v1/search?query=black"],
)
def test_lists_of_the_app_never_ask_for_stock(store: Store, target: str) -> None:
    """Cards in lists show no stock, so however many there are, no warehouse is asked."""
    mobile = store.mobile()

    mobile.json(target)

    assert not [call for call in mobile.last.calls if call.operation.startswith("inventory.")]


def test_the_web_card_asks_for_more(store: Store) -> None:
    """In a list of the web a product needs reviews and stock: pruning is the app's choice."""
    web = store.web()

    web.json("/api/categories/books?size=1")

    assert 1 == web.last.called("reviews.ratings") + web.last.called("reviews.rating")
    assert [call for call in web.last.calls if call.operation.startswith("inventory.")]

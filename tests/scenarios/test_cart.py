import pytest

from tests.scenarios.store_under_test import Store, Visitor

pytestmark = pytest.mark.sampled(2)

LINES_MAX = 50
NOT_FOR_SALE = "AUD-0135"


def _put(web: Visitor, sku: str, quantity: object) -> int:
    return web.put(f"/api/cart/lines/{sku}", json={"quantity": quantity}).status_code


def _lines(web: Visitor) -> list[tuple[str, int]]:
    return [(line["sku"], line["quantity"]) for line in web.json("/api/cart")["lines"]]


def test_a_visitor_without_a_cart_has_an_empty_one(store: Store) -> None:
    """A cart that nobody has used has no lines, and asking for it sets no cookie."""
    web = store.web()

    cart = web.json("/api/cart")

    assert ([], 0) == (cart["lines"], cart["item_count"])
    assert "set-cookie" not in web.last.headers


def test_a_cart_keeps_what_was_put_in(store: Store) -> None:
    """Products are put in, changed and taken out again, in the order in which they came."""
    web = store.web()

    assert [200, 200] == [_put(web, "BOK-0001", 2), _put(web, "KIT-0001", 1)]
    assert [("BOK-0001", 2), ("KIT-0001", 1)] == _lines(web)
    assert 200 == _put(web, "BOK-0001", 5)
    assert [("BOK-0001", 5), ("KIT-0001", 1)] == _lines(web)
    assert 200 == web.delete("/api/cart/lines/BOK-0001").status_code
    assert [("KIT-0001", 1)] == _lines(web)


def test_a_cart_adds_up(store: Store) -> None:
    """The total is the sum of the lines, each a price times a quantity."""
    web = store.web()
    _put(web, "BOK-0002", 3)
    _put(web, "GAM-0002", 2)

    cart = web.json("/api/cart")

    assert ["BOK-0002", "GAM-0002"] == [line["sku"] for line in cart["lines"]]
    for line in cart["lines"]:
        price = line["offer"]["price"]["amount_minor"]
        assert line["quantity"] * price == line["line_total"]["amount_minor"]
    lines = sum(line["line_total"]["amount_minor"] for line in cart["lines"])
    assert lines == cart["total"]["amount_minor"]
    assert 5 == cart["item_count"]


def test_a_cart_is_priced_in_the_currency_asked_for(store: Store) -> None:
    """The same cart has a total in any currency."""
    web = store.web()
    _put(web, "BOK-0002", 1)

    totals = {
        currency: web.json(f"/api/cart?currency={currency}")["total"]
        for currency in ("EUR", "USD", "GBP")
    }

    assert list(totals) == [total["currency"] for total in totals.values()]


def test_two_visitors_have_two_carts(store: Store) -> None:
    """What one visitor puts in, the other does not see."""
    one, other = store.web(), store.web()
    _put(one, "BOK-0001", 1)
    _put(other, "MUS-0001", 2)

    assert [("BOK-0001", 1)] == _lines(one)
    assert [("MUS-0001", 2)] == _lines(other)


def test_a_cookie_that_was_tampered_with_is_no_cart(store: Store) -> None:
    """A changed cookie is ignored: the visitor has an empty cart and may fill a new one."""
    web = store.web()
    _put(web, "BOK-0001", 1)
    cookie = web.client.cookies["cart"]
    web.client.cookies.clear()
    web.client.cookies.set("cart", cookie[:-2] + ("AA" if cookie[-2:] != "AA" else "BB"))

    assert [] == _lines(web)
    web.client.cookies.clear()
    web.client.cookies.set("cart", cookie)
    assert [("BOK-0001", 1)] == _lines(web)


@pytest.mark.parametrize("quantity", [0, -1, 100, 1.5, "2", None])
def test_a_quantity_out_of_bounds_is_refused_by_name(store: Store, quantity: object) -> None:
    """A quantity is a number from 1 to 99."""
    web = store.web()

    response = web.put("/api/cart/lines/BOK-0001", json={"quantity": quantity})

    assert "quantity" == web.refused(400, response)["fields"]["field"]


@pytest.mark.parametrize("quantity", [1, 99])
def test_a_quantity_at_its_bound_is_taken(store: Store, quantity: int) -> None:
    """The bounds themselves are allowed."""
    web = store.web()

    assert 200 == _put(web, "BOK-0001", quantity)
    assert [("BOK-0001", quantity)] == _lines(web)


def test_a_cart_is_full_at_50_products(store: Store) -> None:
    """The 51st product is refused; those that are in can still be changed."""
    web = store.web()
    listing = [
        card["sku"]
        for page in (1, 2)
        for card in web.json(f"/api/categories/books?size=48&page={page}")["cards"]
    ]
    for sku in listing[:LINES_MAX]:
        assert 200 == _put(web, sku, 1)

    full = web.put(f"/api/cart/lines/{listing[LINES_MAX]}", json={"quantity": 1})

    assert {"lines_max": LINES_MAX} == web.refused(409, full)["fields"]
    assert 200 == _put(web, listing[0], 2)
    assert LINES_MAX + 1 == web.json("/api/cart")["item_count"]


@pytest.mark.parametrize(("sku", "status"), [(NOT_FOR_SALE, 410), ("NIX-9999", 404)])
def test_what_cannot_be_bought_cannot_be_put_in(store: Store, sku: str, status: int) -> None:
    """A product that may not be sold, or does not exist, never gets into a cart."""
    web = store.web()

    web.refused(status, web.put(f"/api/cart/lines/{sku}", json={"quantity": 1}))

    assert [] == _lines(web)
    assert 0 == web.last.called("carts.put_line")


def test_taking_out_what_is_not_in_is_fine(store: Store) -> None:
    """Removing twice has the effect of removing once."""
    web = store.web()
    _put(web, "BOK-0001", 1)

    for _ in range(2):
        assert [] == web.delete("/api/cart/lines/BOK-0001").json()["lines"]


def test_people_fill_their_carts_by_forms(store: Store) -> None:
    """Forms put in, change and take out; each leads back to a page, and the pages agree."""
    web = store.web()

    added = web.post("/cart/lines", data={"sku": "FUR-0001", "quantity": "2"})
    again = web.post("/cart/lines", data={"sku": "FUR-0001", "quantity": "1"})
    assert [303, 303] == [added.status_code, again.status_code]
    assert [("FUR-0001", 3)] == _lines(web)
    assert "/products/FUR-0001" in web.get("/cart").text
    assert 303 == web.post("/cart/lines/FUR-0001", data={"quantity": "1"}).status_code
    assert [("FUR-0001", 1)] == _lines(web)
    assert 303 == web.post("/cart/lines/FUR-0001/remove").status_code
    assert [] == _lines(web)


def test_a_form_of_another_site_is_refused(store: Store) -> None:
    """A form that another site's page sends changes nothing."""
    web = store.web()

    response = web.post(
        "/cart/lines", data={"sku": "FUR-0001"}, headers={"sec-fetch-site": "cross-site"}
    )

    assert 403 == response.status_code
    assert [] == _lines(web)


def test_the_currency_is_remembered(store: Store) -> None:
    """After a choice of currency, pages show prices in it."""
    web = store.web()

    chosen = web.post("/currency", data={"currency": "GBP", "return_to": "/products/BOK-0001"})

    assert (303, "/products/BOK-0001") == (chosen.status_code, chosen.headers["location"])
    assert "£" in web.get("/products/BOK-0001").text


def test_the_app_keeps_its_cart_by_a_token(store: Store) -> None:
    """The token is all that an app must hold; each change returns the whole cart."""
    mobile = store.mobile()
    token = {"x-cart-token": mobile.post("/mobile/v1/cart").json()["token"]}

    put = mobile.put("/mobile/v1/cart/lines/BOK-0001", json={"quantity": 2}, headers=token)
    assert [("BOK-0001", 2)] == [(row["sku"], row["quantity"]) for row in put.json()["lines"]]
    assert 2 == mobile.json("/mobile/v1/cart", headers=token)["item_count"]
    removed = mobile.delete("/mobile/v1/cart/lines/BOK-0001", headers=token)
    assert [] == removed.json()["lines"]


@pytest.mark.parametrize("token", ["forged", "a.b.c", "x" * 200])
def test_a_forged_token_is_refused(store: Store, token: str) -> None:
    """A token that we did not give out opens no cart."""
    mobile = store.mobile()

    mobile.refused(401, mobile.get("/mobile/v1/cart", headers={"x-cart-token": token}))

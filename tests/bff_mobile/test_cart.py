import httpx
import pytest

from bff_mobile.contract import BadCartToken, Mobile
from domain_services.carts.contract import LINES_MAX, CartFull
from domain_services.catalog.contract import NotForSale, UnknownProduct
from domain_services.vocabulary import Money, Sku
from maestri.context import Recorder
from maestri.edge import Signer
from tests.bff_mobile.conftest import AT_THE_DOOR, SECRET, Services
from tests.bff_mobile.small_store import FIRST, FOR_SALE, UNPRICED, WITHDRAWN

NOT_OURS = (
    "x",
    "a.b.c",
    "0" * 32,
    Signer(SECRET, "cart").sign("m"),
    Signer("s", "mobile.cart").sign("m"),
)
QUANTITY = {"quantity": 1}


@pytest.fixture
async def token(mobile: Mobile) -> str:
    """Return the token of a new cart."""
    return (await mobile.new_cart()).token


async def test_a_new_cart_is_empty(mobile: Mobile, token: str) -> None:
    """A token is good for a cart that nobody has used, and no other token is like it."""
    cart = await mobile.cart(token)

    assert ((), 0, None) == (cart.lines, cart.item_count, cart.total)
    assert token != (await mobile.new_cart()).token


async def test_a_new_cart_calls_nobody(mobile: Mobile, recorder: Recorder) -> None:
    """A token is made here; the cart comes to be when something is put in."""
    await mobile.new_cart()

    assert ["mobile.new_cart"] == list(recorder.served)


async def test_a_line_that_is_put_in_is_shown_at_once(mobile: Mobile, token: str) -> None:
    """Whoever changes the cart gets the whole cart, in the currency asked for."""
    await mobile.put_line(token, FIRST, 1)
    cart = await mobile.put_line(token, FOR_SALE[1], 2, "USD")

    dollars = [(1, Money(2_000, "USD")), (2, Money(8_000, "USD"))]
    assert dollars == [(line.quantity, line.line_total) for line in cart.lines]
    assert (3, Money(10_000, "USD")) == (cart.item_count, cart.total)
    assert cart == await mobile.cart(token, "USD")


async def test_a_line_says_all_that_a_row_shows(mobile: Mobile, token: str) -> None:
    """A row has title, picture, price and availability."""
    (line,) = (await mobile.put_line(token, FIRST, 1)).lines

    assert ("Tale 1", f"/mobile/v1/products/{FIRST}/picture", Money(1_000, "EUR"), "few") == (
        line.title,
        line.picture,
        line.price,
        line.availability,
    )


async def test_a_line_can_be_taken_out_twice(mobile: Mobile, token: str) -> None:
    """Removing is fine if there is nothing to remove."""
    await mobile.put_line(token, FIRST, 1)
    await mobile.put_line(token, FOR_SALE[1], 1)
    left = [[line.sku for line in (await mobile.remove_line(token, FIRST)).lines] for _ in "12"]

    assert [[FOR_SALE[1]]] * 2 == left


async def test_carts_do_not_see_each_other(mobile: Mobile, token: str) -> None:
    """What is put into one cart is in no other."""
    await mobile.put_line(token, FIRST, 1)

    assert () == (await mobile.cart((await mobile.new_cart()).token)).lines


async def test_a_cart_with_something_unpriced_has_no_total(mobile: Mobile, token: str) -> None:
    """A total would be wrong if a line is not in it."""
    await mobile.put_line(token, FIRST, 1)
    cart = await mobile.put_line(token, UNPRICED, 1)

    assert (None, [Money(1_000, "EUR"), None]) == (
        cart.total,
        [line.line_total for line in cart.lines],
    )


@AT_THE_DOOR
@pytest.mark.parametrize("bad", NOT_OURS, ids=["x", "dots", "zeros", "other_use", "other_secret"])
async def test_a_token_that_is_not_ours_is_refused(mobile: Mobile, bad: str) -> None:
    """Every operation on a cart refuses it, as what it is, before anything is called."""
    for attempt in (
        mobile.cart(bad),
        mobile.put_line(bad, FIRST, 1),
        mobile.remove_line(bad, FIRST),
    ):
        with pytest.raises(BadCartToken) as refusal:
            await attempt
        assert "x-cart-token" == refusal.value.field


@AT_THE_DOOR
async def test_a_tampered_token_is_a_401(app: httpx.AsyncClient, token: str) -> None:
    """No character of a token can be changed."""
    responses = set()
    for place in range(0, len(token) - 1, 7):
        changed = "0" if token[place] != "0" else "1"
        headers = {"x-cart-token": token[:place] + changed + token[place + 1 :]}
        response = await app.get("/cart", headers=headers)
        responses.add((response.status_code, response.json()["type"]))

    assert {(401, "urn:maestri:rejected:mobile.bad_cart_token")} == responses


@AT_THE_DOOR
@pytest.mark.parametrize("headers", [{}, {"x-cart-token": ""}, {"x-cart-token": "x" * 201}])
async def test_a_token_that_cannot_be_one_is_a_400(
    app: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    """A missing or oversized token is named."""
    response = await app.get("/cart", headers=headers)

    assert (400, "x-cart-token") == (response.status_code, response.json()["fields"]["field"])


@AT_THE_DOOR
@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b'{"quantity": 1, "gift": true}', "gift"),
        (b'{"quantity": 0}', "quantity"),
        (b'{"quantity": 100}', "quantity"),
        (b'{"quantity": "1"}', "quantity"),
        (b'{"quantity": 1.5}', "quantity"),
        (b"{}", "quantity"),
        (b"[]", "body"),
        (b"{", "body"),
        (b"", "body"),
        (b"[" * 1_000, "body"),
    ],
)
async def test_a_body_that_does_not_fit_is_a_400(
    app: httpx.AsyncClient, token: str, body: bytes, field: str
) -> None:
    """Unknown fields, wrong types and numbers out of bounds are named."""
    headers = {"x-cart-token": token, "content-type": "application/json"}
    response = await app.put(f"/cart/lines/{FIRST}", content=body, headers=headers)

    assert (400, field) == (response.status_code, response.json()["fields"]["field"])


@AT_THE_DOOR
async def test_a_body_that_is_too_large_is_a_413(app: httpx.AsyncClient, token: str) -> None:
    """20 MB are refused, and nothing is put in."""
    headers = {"x-cart-token": token, "content-type": "application/json"}
    response = await app.put(f"/cart/lines/{FIRST}", content=b" " * 20_000_000, headers=headers)

    assert 413 == response.status_code
    assert [] == (await app.get("/cart", headers=headers)).json()["lines"]


async def test_what_may_not_be_sold_cannot_be_put_in(mobile: Mobile, token: str) -> None:
    """A withdrawn or unknown product is refused, and the cart stays as it was."""
    with pytest.raises(NotForSale):
        await mobile.put_line(token, WITHDRAWN, 1)
    with pytest.raises(UnknownProduct):
        await mobile.put_line(token, Sku("NOPE"), 1)

    assert () == (await mobile.cart(token)).lines


async def test_a_full_cart_is_refused(mobile: Mobile, services: Services, token: str) -> None:
    """The bound of the carts is told to the app."""
    await mobile.put_line(token, FIRST, 1)
    (lines,) = services.carts.lines.values()
    lines.update({Sku(f"OLD-{number}"): 1 for number in range(1, LINES_MAX)})

    with pytest.raises(CartFull) as refusal:
        await mobile.put_line(token, FOR_SALE[1], 1)
    assert LINES_MAX == refusal.value.lines_max


async def test_a_cart_without_prices_says_so(
    app: httpx.AsyncClient, services: Services, token: str
) -> None:
    """Without pricing and stock the cart comes, names what is missing, and is not kept."""
    headers = {"x-cart-token": token}
    await app.put(f"/cart/lines/{FIRST}", json=QUANTITY, headers=headers)
    services.pricing.down = services.inventory.down = True
    response = await app.get("/cart", headers=headers)

    assert (["cart.cart.lines.offer", "cart.lines.availability"], None) == (
        sorted(response.json()["left_out"]),
        response.json()["total"],
    )
    assert (False, "no-store") == ("etag" in response.headers, response.headers["cache-control"])


async def test_a_cart_that_has_not_changed_is_not_sent_again(
    app: httpx.AsyncClient, token: str
) -> None:
    """A cart has an ETag, which changes with it, and only for its owner."""
    headers = {"x-cart-token": token}
    empty = (await app.get("/cart", headers=headers)).headers
    again = await app.get("/cart", headers=headers | {"if-none-match": empty["etag"]})
    await app.put(f"/cart/lines/{FIRST}", json=QUANTITY, headers=headers)
    filled = await app.get("/cart", headers=headers | {"if-none-match": empty["etag"]})

    assert (304, 200) == (again.status_code, filled.status_code)
    assert ("private, no-cache", "x-cart-token") == (empty["cache-control"], empty["vary"])


async def test_a_cart_does_not_ask_for_what_it_does_not_show(
    mobile: Mobile, recorder: Recorder, token: str
) -> None:
    """However many lines there are, each service is called once, and reviews never."""
    for sku in FOR_SALE[:3]:
        await mobile.put_line(token, sku, 1)
    recorder.served.clear()
    await mobile.cart(token)

    calls = {name: count for name, count in recorder.served.items() if count != 1}
    assert ({}, []) == (calls, [name for name in recorder.served if name.startswith("reviews.")])

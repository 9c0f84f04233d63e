import json

import pytest

from tests.scenarios.store_under_test import Store, Visitor

# What clients send is refused at the edge, before any topology can make a difference.
pytestmark = pytest.mark.sampled(0)

MIB = 1024 * 1024
LINE = "/api/cart/lines/BOK-0001"
MOBILE_LINE = "/mobile/v1/cart/lines/BOK-0001"
JSON = {"content-type": "application/json"}
BODIES = {
    "nothing": b"",
    "cut short": b'{"quantity": ',
    "no JSON": b"quantity=1",
    "not UTF-8": b'{"quantity": "\xff\xfe"}',
    "null": b"null",
    "a list": b"[1]",
    "a text": b'"1"',
    "a text as number": b'{"quantity": "1"}',
    "a list as number": b'{"quantity": [1]}',
    "too large a number": b'{"quantity": 1e400}',
    "a huge integer": b'{"quantity": ' + b"9" * 5_000 + b"}",
    "no number": b'{"quantity": NaN}',
    "a missing field": b"{}",
    "an unknown field": b'{"quantity": 1, "price_minor": 1}',
    "NUL": b'{"quantity": 1, "note": "\\u0000"}',
    "1,000 deep lists": b"[" * 1_000 + b"]" * 1_000,
    "1,000 deep objects": b'{"quantity":' * 1_000 + b"1" + b"}" * 1_000,
    "1,000 deep and unclosed": b'{"quantity":' + b"[" * 100_000,
}
INJECTIONS = [
    "' OR '1'='1",
    "x'; DROP TABLE product; --",
    '" UNION SELECT * FROM sqlite_master --',
    "../../../../etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "<script>alert(1)</script>",
    "{{7*7}}${7*7}",
    "$(touch x)`id`",
    "\r\nset-cookie: cart=x",
    "\u202egnp.exe",
    "\u0000",
    "\ud7ff\uffff💣",
    "%",
    "A" * 5_000,
]
QUERIES = [
    ("/api/categories/books", "page", "0"),
    ("/api/categories/books", "page", "1001"),
    ("/api/categories/books", "page", "first"),
    ("/api/categories/books", "page", "1.5"),
    ("/api/categories/books", "page", "9" * 5_000),
    ("/api/categories/books", "size", "49"),
    ("/api/categories/books", "size", "-1"),
    ("/api/categories/books", "sort", "best"),
    ("/api/categories/books", "filter", "oak"),
    ("/api/categories/books", "currency", "eur"),
    ("/api/categories/books", "colour", "red"),
    ("/api/search", "query", "x" * 201),
    ("/api/products/BOK-0001/reviews", "limit", "0"),
    ("/api/products/BOK-0001/reviews", "before", "/"),
    ("/mobile/v1/categories/books", "cursor", "forged"),
    ("/mobile/v1/categories/books", "cursor", "x" * 201),
    ("/mobile/v1/categories/books", "cursor", ""),
    ("/mobile/v1/search", "limit", "49"),
]


def _of(store: Store, target: str) -> Visitor:
    return store.mobile() if target.startswith("/mobile") else store.web()


def _token(mobile: Visitor) -> dict[str, str]:
    return {"x-cart-token": mobile.post("/mobile/v1/cart").json()["token"]}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("target", [LINE, MOBILE_LINE])
def test_a_body_that_does_not_fit_is_refused(store: Store, target: str, body: bytes) -> None:
    """Whatever is in a body, the response names what is wrong with it, and nothing is called."""
    visitor = _of(store, target)
    headers = JSON | (_token(visitor) if target is MOBILE_LINE else {})

    problem = visitor.refused(400, visitor.put(target, content=body, headers=headers))

    assert problem["fields"]["field"]
    assert problem["fields"]["reason"]
    assert not visitor.last.calls


@pytest.mark.parametrize("target", [LINE, MOBILE_LINE, "/cart/lines"])
def test_a_large_body_is_refused(store: Store, target: str) -> None:
    """20 MB are refused as too much, and the server works on."""
    visitor = _of(store, target)
    method = "POST" if target == "/cart/lines" else "PUT"
    form = {"content-type": "application/x-www-form-urlencoded"}
    headers = form if target == "/cart/lines" else JSON

    response = visitor.request(method, target, content=b" " * 20 * MIB, headers=headers)

    assert 413 == response.status_code
    assert 200 == visitor.get("/mobile/v1/home" if "mobile" in target else "/api/home").status_code


@pytest.mark.parametrize("media_type", ["text/plain", "application/xml", "multipart/form-data"])
def test_a_body_of_another_kind_is_refused(store: Store, media_type: str) -> None:
    """A body in a media type that the operation does not read is answered 415."""
    web = store.web()

    response = web.put(LINE, content=b'{"quantity": 1}', headers={"content-type": media_type})

    assert {"expected": "application/json"} == web.refused(415, response)["fields"]


@pytest.mark.parametrize(("target", "name", "value"), QUERIES)
def test_a_query_that_does_not_fit_names_its_field(
    store: Store, target: str, name: str, value: str
) -> None:
    """A parameter that is out of bounds, of a wrong type, or unknown is refused by name."""
    visitor = _of(store, target)

    problem = visitor.refused(400, visitor.get(target, params={name: value}))

    assert name == problem["fields"]["field"]


def test_a_parameter_given_twice_is_refused(store: Store) -> None:
    """Which of two values is meant, nobody can know."""
    web = store.web()

    response = web.get("/api/categories/books?page=1&page=2")

    assert "page" == web.refused(400, response)["fields"]["field"]


@pytest.mark.parametrize("text", INJECTIONS)
@pytest.mark.parametrize(
    "target", ["/api/products/{}", "/api/categories/{}", "/mobile/v1/cards/{}", "/pictures/{}"]
)
def test_a_strange_id_is_refused_or_unknown(store: Store, target: str, text: str) -> None:
    """An id that cannot be one is 400 or 404, never more, whatever it would mean elsewhere."""
    from urllib.parse import quote

    visitor = _of(store, target)

    response = visitor.get(target.format(quote(text, safe="")))

    assert response.status_code in {400, 404}
    visitor.refused(response.status_code, response)


@pytest.mark.parametrize("text", INJECTIONS)
@pytest.mark.parametrize("target", ["/api/search", "/mobile/v1/search"])
def test_a_strange_query_is_only_text(store: Store, target: str, text: str) -> None:
    """A search takes any text for what it is: words, or too much."""
    visitor = _of(store, target)

    response = visitor.get(target, params={"query": text})

    refused = len(text) > 200 or "\u0000" in text
    assert (400 if refused else 200) == response.status_code


@pytest.mark.parametrize("text", INJECTIONS)
def test_a_strange_filter_leaves_nothing(store: Store, text: str) -> None:
    """A filter that no product has leaves no product; the facets' names are no code."""
    web = store.web()

    response = web.get("/api/categories/books", params={"filter": f"Author:{text}"})

    assert response.status_code in {200, 400}
    if 200 == response.status_code:
        assert 0 == response.json()["total"]


@pytest.mark.parametrize(
    "cookie",
    ["cart=", "cart", "=;=;;", "cart=a.b.c", 'cart="; currency=XXX', "currency=%00", "x" * 5_000],
)
def test_a_strange_cookie_is_ignored(store: Store, cookie: str) -> None:
    """What is wrong with a cookie a visitor could not fix: it counts as none."""
    web = store.web()

    page = web.get("/cart", headers={"cookie": cookie})
    cart = web.get("/api/cart", headers={"cookie": cookie})

    assert [200, 200] == [page.status_code, cart.status_code]
    assert [] == cart.json()["lines"]


@pytest.mark.parametrize(
    "form",
    [
        b"",
        b"sku=BOK-0001&quantity=many",
        b"sku=BOK-0001&quantity=100",
        b"sku=%00",
        b"sku=%ff",
        b"quantity=1",
        b"sku=BOK-0001&price_minor=1",
        b"a=" * 2_000,
    ],
)
def test_a_form_that_does_not_fit_is_a_page(store: Store, form: bytes) -> None:
    """People see what is wrong with a form as a page; nothing gets into the cart."""
    web = store.web()
    headers = {"content-type": "application/x-www-form-urlencoded", "accept": "text/html"}

    response = web.post("/cart/lines", content=form, headers=headers)

    assert 400 == response.status_code
    assert response.headers["content-type"].startswith("text/html")
    assert "Traceback" not in response.text


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example/", "/\\evil.example"])
def test_nobody_is_led_away(store: Store, target: str) -> None:
    """After a choice of currency the way leads back into the shop only."""
    response = store.web().post("/currency", data={"currency": "USD", "return_to": target})

    assert response.status_code in {303, 400}
    assert "evil" not in response.headers.get("location", "")


@pytest.mark.parametrize("method", ["DELETE", "PATCH", "TRACE", "NONSENSE"])
def test_another_method_is_refused(store: Store, method: str) -> None:
    """An address allows only the methods that it has."""
    assert 405 == store.web().request(method, "/api/home").status_code


@pytest.mark.parametrize("value", ["-1", "0", "1" * 400, "x", "1.5"])
def test_clients_cannot_set_the_context(store: Store, value: str) -> None:
    """Deadline, selection and identity are taken from our own units only."""
    web = store.web()
    headers = {
        "maestri-remaining-ms": value,
        "maestri-select": "sku",
        "maestri-identity": "root",
        "x-request-id": "0000000000000000",
        "maestri-priority": "critical",
    }

    response = web.get("/api/products/BOK-0001", headers=headers)

    assert 200 == response.status_code
    assert response.json()["title"]
    assert "0000000000000000" != response.headers["x-request-id"]


@pytest.mark.parametrize(
    "path",
    ["/maestri/counters", "/maestri/trace/x", "/domain_services/catalog/products/BOK-0001"],
)
def test_clients_reach_nothing_else(store: Store, path: str) -> None:
    """Where clients come in, operators' and components' addresses are those of nothing."""
    web, mobile = store.web(), store.mobile()

    for visitor in (web, mobile):
        visitor.refused(404, visitor.get(path))


@pytest.mark.topologies("hierarchy")
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_components_inside_refuse_bad_bodies_too(store: Store, body: bytes) -> None:
    """Inside, unknown fields are let through, so that callers can be newer; all else is refused."""
    carts = store.topology.client("domain_services.carts")

    response = carts.put("/domain_services/carts/carts/c-1/lines/BOK-0001", content=body)

    if body == BODIES["an unknown field"]:
        assert 200 == response.status_code
    else:
        assert 400 == response.status_code
        assert json.loads(response.content)["fields"]["field"]

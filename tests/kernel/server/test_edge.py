"""What a client sees of an edge contract, byte by byte."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from typing import Any

import httpx
import msgspec
import pytest

from maestri.context import Recorder, current
from maestri.contracts import Reply
from maestri.errors import ConnectFailed, Faulted
from maestri.links import Invoker
from maestri.server import ServerOptions, application, running_server
from tests.kernel.links.conftest import until
from tests.kernel.links.contract import Card, Shop, Sold, Wish

TOKEN = "t0ken"


class ShopService(Shop):
    """Answers from memory."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.stopped = asyncio.Event()

    async def home(self, visitor: str = "") -> str:
        return f"<h1>Welcome{f', {visitor}' if visitor else ''}</h1>"

    async def card(self, sku: str) -> Card:
        if sku == "sold":
            raise Sold(sku=sku)
        return Card(sku, ("stock",) if sku == "partial" else ())

    async def picture(self, sku: str) -> AsyncIterator[bytes]:
        async def parts() -> AsyncGenerator[bytes]:
            yield b"<svg>"
            yield b"</svg>"

        return parts()

    async def wish(self, wish: Wish) -> Wish:
        return wish

    async def visit(self, wish: Wish) -> Reply[None]:
        return Reply(None, 303, (("location", "/shop"), ("set-cookie", f"visitor={wish.sku}")))

    async def search(self, words: str, page: int = 1) -> tuple[str, ...]:
        return (words, str(page))

    async def agent(self, user_agent: str = "") -> tuple[str, ...]:
        context = current()
        return (user_agent, context.identity or "nobody", context.key or "no key")

    async def slow(self) -> None:
        self.begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.stopped.set()

    async def broken(self, how: str) -> None:
        if how == "bug":
            raise ZeroDivisionError("secret")
        if how == "below":
            raise Faulted("secret", operation="catalog.product")
        raise ConnectFailed("secret host", operation="catalog.product")


@pytest.fixture
def recorder() -> Recorder:
    """Return where the server records."""
    return Recorder()


@pytest.fixture
def service() -> ShopService:
    """Return the implementation."""
    return ShopService()


@pytest.fixture
async def client(service: ShopService, recorder: Recorder) -> AsyncGenerator[httpx.AsyncClient]:
    """Return an HTTP client of the shop."""
    options = ServerOptions(
        recorder=recorder, operator_token=TOKEN, body_bytes_max=1_000, ready=lambda: False
    )
    app = application([Invoker(service, "shop")], options)
    async with (
        running_server(app, "127.0.0.1", 0, drain_s=0.1) as address,
        httpx.AsyncClient(base_url=address, trust_env=False) as made,
    ):
        yield made


def problem(response: httpx.Response) -> dict[str, Any]:
    """Return the problem details in *response*."""
    assert "application/problem+json" == response.headers["content-type"]
    found: dict[str, Any] = response.json()
    assert response.status_code == found["status"]
    return found


async def test_a_response_names_its_request(client: httpx.AsyncClient, recorder: Recorder) -> None:
    """The server gives each request an id, whatever the client sent, and records it under that."""
    response = await client.get("/shop/cards/1", headers={"x-request-id": "mine"})

    (span,) = recorder.of_request(response.headers["x-request-id"])
    assert ("serve", "shop.card", "ok", "") == (span.kind, span.name, span.outcome, span.parent_id)


async def test_context_headers_mean_nothing_at_the_edge(client: httpx.AsyncClient) -> None:
    """A client cannot make itself somebody else, nor choose a key."""
    headers = {"user-agent": "x", "maestri-identity": "root", "idempotency-key": "k"}
    response = await client.get("/shop/agent", headers=headers)

    assert ["x", "nobody", "no key"] == response.json()


async def test_a_response_is_sent_once(client: httpx.AsyncClient) -> None:
    """A client that has the response gets 304 and no body; another response has another ETag."""
    first = await client.get("/shop/cards/1")
    other = await client.get("/shop/cards/2")
    given = {"if-none-match": f'"old", W/{first.headers["etag"]}'}
    again = await client.get("/shop/cards/1", headers=given)

    assert (304, b"", first.headers["etag"]) == (
        again.status_code,
        again.content,
        again.headers["etag"],
    )
    assert first.headers["etag"] != other.headers["etag"]
    assert "no-cache" == first.headers["cache-control"]


async def test_a_partial_response_is_not_cached(client: httpx.AsyncClient) -> None:
    """A response with parts left out has no ETag, so the client asks again."""
    response = await client.get("/shop/cards/partial")

    assert "etag" not in response.headers
    assert "no-store" == response.headers["cache-control"]


async def test_head_is_get_without_a_body(client: httpx.AsyncClient) -> None:
    """HEAD gets the headers of GET."""
    head, get_ = await client.head("/shop/cards/1"), await client.get("/shop/cards/1")

    assert (200, b"") == (head.status_code, head.content)
    assert get_.headers["etag"] == head.headers["etag"]
    assert str(len(get_.content)) == head.headers["content-length"]


async def test_a_page_is_protected(client: httpx.AsyncClient) -> None:
    """A page carries its security headers, and says that it depends on the cookie."""
    response = await client.get("/shop", headers={"cookie": "visitor=Ada"})

    assert "<h1>Welcome, Ada</h1>" == response.text
    assert "text/html; charset=utf-8" == response.headers["content-type"]
    assert "default-src 'self'" in response.headers["content-security-policy"]
    assert "nosniff" == response.headers["x-content-type-options"]
    assert "same-origin" == response.headers["referrer-policy"]
    assert ("cookie", "private, no-cache") == (
        response.headers["vary"],
        response.headers["cache-control"],
    )


async def test_what_depends_on_a_header_is_kept_for_who_sent_it(client: httpx.AsyncClient) -> None:
    """A response that a header decides about is nobody else's, and says which header it is."""
    response = await client.get("/shop/agent", headers={"user-agent": "x"})

    assert ("user-agent", "private, no-cache") == (
        response.headers["vary"],
        response.headers["cache-control"],
    )


async def test_a_picture_is_streamed(client: httpx.AsyncClient) -> None:
    """Bytes are sent as they come, with the media type of the operation; no script runs in them."""
    response = await client.get("/shop/pictures/1")

    assert (b"<svg></svg>", "image/svg+xml") == (response.content, response.headers["content-type"])
    assert "sandbox" in response.headers["content-security-policy"]


async def test_a_reply_says_its_status_and_headers(client: httpx.AsyncClient) -> None:
    """A form can be responded with a redirect and a cookie."""
    response = await client.post("/shop/visits", data={"sku": "Ada"})

    assert (303, "/shop", "visitor=Ada", b"") == (
        response.status_code,
        response.headers["location"],
        response.headers["set-cookie"],
        response.content,
    )


async def test_a_refusal_is_a_problem_with_fields(client: httpx.AsyncClient) -> None:
    """A business error is told with its type, its fields and the request's id."""
    response = await client.get("/shop/cards/sold")

    assert 410 == response.status_code
    assert {
        "type": "urn:maestri:rejected:shop.sold",
        "title": "The last one was sold.",
        "status": 410,
        "detail": "sku: sold",
        "fields": {"sku": "sold"},
        "request": response.headers["x-request-id"],
    } == problem(response)


@pytest.mark.parametrize(("how", "status"), [("bug", 500), ("below", 502), ("away", 503)])
async def test_a_fault_tells_nothing_of_the_inside(
    client: httpx.AsyncClient, how: str, status: int
) -> None:
    """Our own bug is a 500, a fault below a 502, and nobody reads a secret in either."""
    logging.getLogger("maestri.invoker").disabled = True
    response = await client.get(f"/shop/broken/{how}")
    logging.getLogger("maestri.invoker").disabled = False

    assert status == problem(response)["status"]
    assert b"secret" not in response.content
    assert ("1" if status == 503 else None) == response.headers.get("retry-after")


async def test_a_slow_request_is_ended(client: httpx.AsyncClient, service: ShopService) -> None:
    """The deadline of the operation ends the work with 504."""
    response = await client.get("/shop/slow")

    assert (504, "urn:maestri:deadline_exceeded") == (
        response.status_code,
        problem(response)["type"],
    )
    assert service.stopped.is_set()


async def test_a_client_that_leaves_stops_the_work(
    client: httpx.AsyncClient, service: ShopService, recorder: Recorder
) -> None:
    """Work is cancelled soon after its client went away, before its deadline."""
    leaving = asyncio.create_task(client.get("/shop/slow"))
    await until(service.begun)
    leaving.cancel()
    await until(service.stopped)
    await asyncio.wait([leaving])

    (span,) = recorder.since(0)
    assert "cancelled" == span.outcome


async def raw(client: httpx.AsyncClient, *lines: bytes, body: bytes = b"") -> tuple[int, bytes]:
    """Send the bytes of a request and return the status and the whole response."""
    url = client.base_url
    reader, writer = await asyncio.open_connection(url.host, url.port)
    writer.write(b"\r\n".join([*lines, b"host: x", b"connection: close", b"", body]))
    response = await reader.read()
    writer.close()
    return int(response.split(b" ", 2)[1]), response


@pytest.mark.parametrize(
    "target",
    [
        b"/shop/cards/%ff",
        b"/shop/cards/%00",
        b"/shop/cards/..",
        b"/shop/search?words=%ff",
        b"/shop/search?words=%00",
        b"/shop/search",
        b"/shop/search?words=a&page=two",
        b"/shop/search?words=a&words=b",
        b"/shop/search?words=a&colour=b",
    ],
)
async def test_a_target_that_does_not_fit_is_refused(
    client: httpx.AsyncClient, target: bytes
) -> None:
    """What is not UTF-8, has a NUL, is missing, doubled or unknown is the client's mistake."""
    status, response = await raw(client, b"GET " + target + b" HTTP/1.1")

    assert 400 == status
    assert b"urn:maestri:rejected:maestri.invalid_request" in response


BODIES: Sequence[tuple[bytes, bytes, int]] = [
    (b"application/json", b"{", 400),
    (b"application/json", b'{"sku": 5}', 400),
    (b"application/json", b'{"sku": "1", "price": 0}', 400),
    (b"application/json", b'{"sku": "\xff"}', 400),
    (b"application/json", b'{"sku": "\\u0000"}', 400),
    (b"application/json", b"[" * 400 + b"]" * 400, 400),
    (b"application/json", b"", 400),
    (b"text/plain", b'{"sku": "1"}', 415),
    (b"application/json", b" " * 1_001, 413),
]


@pytest.mark.parametrize(("media_type", "body", "expected"), BODIES)
@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_that_does_not_fit_is_refused(
    client: httpx.AsyncClient, media_type: bytes, body: bytes, expected: int, *, chunked: bool
) -> None:
    """Broken, deep, large, unknown or malformed bodies are the client's mistake, chunked or not."""
    length = b"transfer-encoding: chunked" if chunked else b"content-length: %d" % len(body)
    sent = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body) if chunked else body
    if chunked and not body:
        sent = b"0\r\n\r\n"
    status, _ = await raw(
        client, b"POST /shop/wishes HTTP/1.1", b"content-type: " + media_type, length, body=sent
    )

    assert expected == status


async def test_a_deep_body_is_refused() -> None:
    """A body nested a hundred thousand deep does not break the server."""
    app = application([Invoker(ShopService(), "shop")])
    async with (
        running_server(app, "127.0.0.1", 0) as address,
        httpx.AsyncClient(base_url=address, trust_env=False) as client,
    ):
        body = b'{"sku":' + b"[" * 100_000
        response = await client.post(
            "/shop/wishes", content=body, headers={"content-type": "application/json"}
        )

    assert 400 == problem(response)["status"]


async def test_a_huge_body_is_refused(client: httpx.AsyncClient) -> None:
    """A body of 20 MB is refused, and the client can read why."""
    response = await client.post(
        "/shop/wishes", content=b" " * 20_000_000, headers={"content-type": "application/json"}
    )

    assert (413, {"bytes_max": 1_000}) == (response.status_code, problem(response)["fields"])


async def test_an_unknown_address_is_a_problem(client: httpx.AsyncClient) -> None:
    """Where nothing is, there is a 404 with problem details."""
    for path in ("/", "/nothing", "/shop/nothing", "/shop/cards/1/2", "/shop//cards/1"):
        response = await client.get(path)
        assert (404, "urn:maestri:not_found") == (
            response.status_code,
            problem(response)["type"],
        )


async def test_another_method_is_told_what_there_is(client: httpx.AsyncClient) -> None:
    """A wrong method gets 405 with those that are allowed; OPTIONS gets 204 with the same."""
    wrong = await client.put("/shop/cards/1")
    options = await client.options("/shop/cards/1")

    assert (405, "GET, HEAD, OPTIONS") == (problem(wrong)["status"], wrong.headers["allow"])
    assert (204, "GET, HEAD, OPTIONS") == (options.status_code, options.headers["allow"])


async def test_the_contract_is_published(client: httpx.AsyncClient) -> None:
    """OpenAPI is found under the prefix, without what is hidden."""
    document = (await client.get("/shop/schema")).json()

    assert "/shop/cards/{sku}" in document["paths"]
    assert "/shop/" not in document["paths"]


async def test_health_is_open(client: httpx.AsyncClient) -> None:
    """Anyone may ask whether the server lives, and whether it is ready."""
    live, ready = await client.get("/health/live"), await client.get("/health/ready")

    assert (200, 503) == (live.status_code, ready.status_code)


@pytest.mark.parametrize("token", [None, "Bearer wrong", f"Basic {TOKEN}", "Bearer"])
async def test_operators_show_their_token(client: httpx.AsyncClient, token: str | None) -> None:
    """Without the token the operator endpoints do not exist."""
    headers = {"authorization": token} if token else {}

    for path in ("/maestri/counters", "/maestri/trace/1"):
        assert 404 == (await client.get(path, headers=headers)).status_code


async def test_operators_read_counters_and_traces(client: httpx.AsyncClient) -> None:
    """With the token they read how often each operation was served, and what a request did."""
    request = (await client.get("/shop/cards/1")).headers["x-request-id"]
    headers = {"authorization": f"Bearer {TOKEN}"}
    counters = await client.get("/maestri/counters", headers=headers)
    trace = await client.get(f"/maestri/trace/{request}", headers=headers)

    assert {"shop.card": 1} == counters.json()
    assert ["shop.card"] == [span["name"] for span in trace.json()]


async def test_a_full_server_refuses(service: ShopService) -> None:
    """One request more than allowed is refused at once, and told when to come again."""
    app = application([Invoker(service, "shop")], ServerOptions(requests_max=1))
    async with (
        running_server(app, "127.0.0.1", 0, drain_s=0.2) as address,
        httpx.AsyncClient(base_url=address, trust_env=False) as client,
    ):
        running = asyncio.create_task(client.get("/shop/slow"))
        await until(service.begun)
        refused = await client.get("/shop/cards/1")
        alive = await client.get("/health/live")
        await running

    assert (503, "urn:maestri:overloaded") == (refused.status_code, problem(refused)["type"])
    assert ("1", 200) == (refused.headers["retry-after"], alive.status_code)


def test_a_problem_is_json_without_nothing() -> None:
    """An error without fields has no member for them."""
    from maestri.contracts import problem_of

    assert b"fields" not in msgspec.json.encode(problem_of(Faulted("x")))

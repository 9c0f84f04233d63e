"""A service that knows nothing of Maestri is described by a contract, and called like any other."""

import asyncio

import httpx
import pytest
import respx

from maestri import clock
from maestri.context import Context, new_context, use_context
from maestri.errors import (
    CallError,
    ConnectFailed,
    DeadlineExceeded,
    Faulted,
    Overloaded,
)
from maestri.links import HttpxClient, http_link, stub
from maestri.testing import run_in_virtual_time
from tests.kernel.links.contract import Bank, Rates, UnknownCurrency


@pytest.fixture
def router() -> respx.Router:
    """Return the bank."""
    return respx.Router()


@pytest.fixture
def bank(router: respx.Router) -> Bank:
    """Return a stub of the bank, at an address with a path."""
    transport = HttpxClient(httpx.MockTransport(router.async_handler))
    return stub(Bank, http_link("https://bank.example/api/", transport))


async def test_an_external_response_becomes_a_message(router: respx.Router, bank: Bank) -> None:
    """The URL is the address, the path and the query of the contract; more fields do no harm."""
    route = router.get("https://bank.example/api/v1/latest").respond(
        json={"base": "EUR", "rates": {"USD": 1.1}, "disclaimer": "none"}
    )

    found = await bank.latest("EUR", ("USD", "GBP"))

    assert Rates("EUR", {"USD": 1.1}) == found
    assert "base=EUR&symbols=USD&symbols=GBP" == route.calls.last.request.url.query.decode()


async def test_nothing_of_the_context_leaves_but_the_trace(
    router: respx.Router, bank: Bank
) -> None:
    """Identity, key, deadline and priority are no business of an external service."""
    route = router.post("https://bank.example/api/v1/orders").respond(204)
    given = new_context(identity="someone@example.org")
    context = Context(given.deadline_s, given.request_id, 0, given.identity, "critical", "key 1")

    with use_context(context):
        await bank.order(5)

    headers = route.calls.last.request.headers
    assert not [name for name in headers if name.startswith("maestri") or name == "x-request-id"]
    assert "idempotency-key" not in headers
    version, trace, span, flags = headers["traceparent"].split("-")
    assert ("00", 32, 16, "01") == (version, len(trace), len(span), flags)
    assert trace.endswith(given.request_id)


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (404, {"currency": "XXX"}, UnknownCurrency),
        (429, {}, Overloaded),
        (500, {}, Faulted),
        (301, {}, Faulted),
    ],
)
async def test_an_external_error_is_translated(
    router: respx.Router, bank: Bank, status: int, body: object, expected: type[CallError]
) -> None:
    """The contract says which status is which error; any other is a fault."""
    router.get("https://bank.example/api/v1/latest").respond(status, json=body)

    with pytest.raises(CallError) as caught:
        await bank.latest("XXX")

    assert expected is type(caught.value)


@pytest.mark.parametrize(
    ("failure", "expected"),
    [(httpx.ConnectError("refused"), ConnectFailed), (httpx.ReadTimeout("late"), DeadlineExceeded)],
)
async def test_a_transport_that_fails_is_told_apart(
    router: respx.Router, bank: Bank, failure: Exception, expected: type[CallError]
) -> None:
    """What a transport of httpx raises is translated by what it proves."""
    router.get("https://bank.example/api/v1/latest").mock(side_effect=failure)

    with pytest.raises(CallError) as caught:
        await bank.latest("EUR")

    assert expected is type(caught.value)


def test_a_transport_without_timeouts_is_still_left_at_the_deadline() -> None:
    """The deadline does not depend on what a transport makes of its timeouts."""

    async def forget(_: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        return httpx.Response(200)

    async def left_s() -> float:
        bank = stub(Bank, http_link("https://b.example", HttpxClient(httpx.MockTransport(forget))))
        with use_context(new_context(deadline_s=2.0)), pytest.raises(DeadlineExceeded):
            await bank.latest("EUR")
        return clock.now_s()

    assert 2.0 == pytest.approx(run_in_virtual_time(left_s()))

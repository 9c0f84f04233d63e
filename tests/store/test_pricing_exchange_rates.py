import json
from datetime import date

import msgspec
import pytest

from domain_services.pricing import rates_provider
from domain_services.pricing.exchange_rates import (
    CurrencyUnknown,
    LatestRates,
    external_error,
)
from maestri.errors import Faulted, Overloaded

TODAY = date(2026, 11, 16)


def said(target: str) -> bytes:
    """Return what the external server says to a GET of *target*."""
    try:
        return json.dumps(rates_provider.response(target, TODAY)).encode()
    except rates_provider.ProviderError as error:
        refusal = {"success": False, "error": {"code": error.code, "info": error.info}}
        return json.dumps(refusal).encode()


def test_external_conventions_become_ours() -> None:
    """Camel-case names and numbers as strings are read as the contract's fields."""
    body = said("/v1/latest?base=EUR&symbols=USD,GBP")
    latest = msgspec.json.decode(body, type=LatestRates)

    assert external_error(200, body) is None
    assert ("EUR", TODAY, {"USD", "GBP"}) == (
        latest.base_currency,
        latest.as_of_date,
        set(latest.rates),
    )
    assert all(isinstance(rate, str) for rate in json.loads(body)["rates"].values())


@pytest.mark.parametrize("query", ["base=XXX&symbols=USD", "base=EUR&symbols=USD,XXX"])
def test_a_refusal_with_status_200_is_an_error(query: str) -> None:
    """The external service says 200 and means no: the body decides."""
    assert isinstance(external_error(200, said(f"/v1/latest?{query}")), CurrencyUnknown)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, b'{"success": false, "error": {"code": 104, "info": "limit"}}', Overloaded),
        (200, b'{"success": false, "error": {"code": 999}}', Faulted),
        (200, b'{"success": false}', Faulted),
        (502, b"<html>Bad gateway</html>", Faulted),
        (500, b'{"success": true}', Faulted),
    ],
)
def test_other_errors_say_what_may_be_concluded(
    status: int, body: bytes, kind: type[Exception]
) -> None:
    """A limit means that nothing was done; anything that is not understood is a fault."""
    assert isinstance(external_error(status, body), kind)


def test_rates_change_by_the_day_and_only_by_the_day() -> None:
    """A day has one rate, near the usual one, on every machine."""
    rates = {rates_provider.rate("EUR", "USD", date(2026, 11, day)) for day in range(1, 29)}

    assert 28 == len(rates)
    usual = rates_provider.EUROS_BUY["USD"]
    assert all(abs(rate / usual - 1) <= rates_provider.SWING for rate in rates)
    assert 1.0930031620363472 == pytest.approx(rates_provider.rate("EUR", "USD", TODAY), rel=1e-12)

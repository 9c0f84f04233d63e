"""
The interface of an external service: exchange rates, as somebody else serves them.

Its conventions are not ours: camel-case names, numbers as strings, and errors that come with status
200 and say ``"success": false``.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from http import HTTPStatus
from typing import Annotated

import msgspec

from maestri.contracts import Contract, Message, get
from maestri.errors import CallError, Faulted, Overloaded, Rejected

SYMBOLS_UNKNOWN = 202
BASE_UNKNOWN = 201
REQUESTS_TOO_MANY = 104


class CurrencyUnknown(Rejected, id="exchange_rates.currency_unknown", status=400):
    """The service of exchange rates does not know one of the currencies. Ask for others."""

    info: str


class LatestRates(Message, rename="camel"):
    """How much one unit of the base currency is worth in others."""

    success: bool
    base_currency: str
    as_of_date: date
    rates: Mapping[str, Decimal]


class Status(Message, rename="camel"):
    """Whether the service works."""

    success: bool
    service_name: str


class _ProviderError(msgspec.Struct, frozen=True):
    code: int
    info: str = ""


class _Envelope(msgspec.Struct, frozen=True):
    success: bool
    error: _ProviderError | None = None


def external_error(status: int, body: bytes) -> CallError | None:
    """Return the error that a response stands for, whatever its status; None if it is none."""
    try:
        response = msgspec.json.decode(body, type=_Envelope)
    except (msgspec.DecodeError, RecursionError):
        return Faulted(f"responded with {status} and a body that is not its own")
    if response.success and status < HTTPStatus.BAD_REQUEST:
        return None
    error = response.error or _ProviderError(0, "without saying why")
    if error.code in {SYMBOLS_UNKNOWN, BASE_UNKNOWN}:
        return CurrencyUnknown(info=error.info)
    if error.code == REQUESTS_TOO_MANY:
        return Overloaded(f"refused: {error.info}")
    return Faulted(f"responded with {status} and error {error.code}: {error.info}")


class ExchangeRates(Contract, id="exchange_rates", external=external_error):
    """Daily exchange rates from a service that knows nothing of us."""

    @get("/status")
    async def status(self) -> Status:
        """Return whether the service works."""
        ...

    @get("/v1/latest", raises=[CurrencyUnknown])
    async def latest(
        self,
        base: Annotated[str, msgspec.Meta(min_length=3, max_length=3)],
        symbols: Annotated[str, msgspec.Meta(min_length=3, max_length=60)],
    ) -> LatestRates:
        """Return today's rates of *symbols*, separated by commas, for one unit of *base*."""
        ...

"""Rules of prices: conversion, and prices that look like prices."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import msgspec

from domain_services.pricing.contract import Price
from domain_services.vocabulary import Currency, Money, Sku

BASE_CURRENCY: Currency = "EUR"
FOREIGN_CURRENCIES: tuple[Currency, ...] = ("USD", "GBP")

_STEP_MINOR = 50


class EuroPrice(msgspec.Struct, frozen=True):
    """What the store asks for a product in euro cents, and what it asked before a reduction."""

    sku: str
    price_minor: int
    was_minor: int | None


class Conversion(msgspec.Struct, frozen=True):
    """How euros become another currency."""

    currency: Currency
    rate: Decimal
    as_of: date
    stale: bool


def euro_price(row: EuroPrice) -> Price:
    """Return a price as it is set."""
    was = None if row.was_minor is None else Money(row.was_minor, BASE_CURRENCY)
    return Price(Sku(row.sku), Money(row.price_minor, BASE_CURRENCY), was, None, rates_stale=False)


def converted_price(row: EuroPrice, conversion: Conversion) -> Price:
    """Return a price in another currency; a reduction that rounding makes vanish is not shown."""
    amount = converted_minor(row.price_minor, conversion.rate)
    was = None if row.was_minor is None else converted_minor(row.was_minor, conversion.rate)
    return Price(
        Sku(row.sku),
        Money(amount, conversion.currency),
        Money(was, conversion.currency) if was is not None and was > amount else None,
        conversion.as_of,
        conversion.stale,
    )


def converted_minor(price_minor: int, rate: Decimal) -> int:
    """
    Convert and round to the nearest amount that ends in .49 or .99, but at least to 0.49.

    Half-way is rounded up. The same rate always gives the same price.
    """
    steps = ((price_minor * rate + 1) / _STEP_MINOR).quantize(Decimal(1), ROUND_HALF_UP)
    return max(1, int(steps)) * _STEP_MINOR - 1

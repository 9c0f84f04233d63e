"""Rules of shopping: what a cart costs."""

from collections.abc import Sequence
from datetime import date

from domain_services.pricing.contract import Price
from domain_services.vocabulary import Money
from maestri.contracts import Message
from sub_orchestrators.shopping.contract import PricedLine


class CartTotal(Message):
    """What all lines of a cart amount to."""

    item_count: int
    total: Money | None
    rates_as_of: date | None
    rates_stale: bool


def times(price: Price, quantity: int) -> Money:
    """Return the price of a quantity."""
    return Money(price.amount.amount_minor * quantity, price.amount.currency)


def total_of(lines: Sequence[PricedLine]) -> CartTotal:
    """Add up a cart; no total unless every line has one, and no total of nothing."""
    totals = [line.line_total for line in lines if line.line_total is not None]
    offers = [line.offer for line in lines if line.offer is not None]
    complete = bool(lines) and len(totals) == len(lines)
    return CartTotal(
        item_count=sum(line.quantity for line in lines),
        total=Money(sum(t.amount_minor for t in totals), totals[0].currency) if complete else None,
        rates_as_of=min((o.rates_as_of for o in offers if o.rates_as_of), default=None),
        rates_stale=any(offer.rates_stale for offer in offers),
    )

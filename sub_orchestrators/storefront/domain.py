"""Rules of the storefront: small decisions between what subdomains answered."""

from collections.abc import Sequence

from domain_services.vocabulary import Money
from maestri.contracts import Message
from sub_orchestrators.shopping.contract import Offer
from sub_orchestrators.storefront.contract import CartLineView


class Sellable(Message):
    """What a cart shows of a line: nothing to pay for what may not be sold."""

    offer: Offer | None
    line_total: Money | None


def if_sellable(
    verdict: bool | None,
    offer: Offer | None,
    line_total: Money | None,
) -> Sellable:
    """Return offer and total, unless the verdict says that the product may not be sold."""
    return Sellable(None, None) if verdict is False else Sellable(offer, line_total)


def total_if_complete(total: Money | None, lines: Sequence[CartLineView]) -> Money | None:
    """Return the total of a cart, unless a line has none."""
    return total if all(line.line_total is not None for line in lines) else None

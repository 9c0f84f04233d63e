"""Rules of the web shop: what surrounds a page, what a cart holds, where a form may lead."""

from collections.abc import Sequence
from urllib.parse import quote

from domain_services.vocabulary import Sku
from maestri.contracts import LeftOut, Message
from sub_orchestrators.storefront.contract import Category

QUANTITY_MAX = 99


class Frame(Message):
    """What surrounds every page. A count that is None is unknown, or of no cart."""

    categories: tuple[Category, ...] = ()
    item_count: int | None = None
    left_out: LeftOut = ()


class SkuQuantity(Message):
    """The quantity of a product in a cart."""

    sku: Sku
    quantity: int


class CartQuantities(Message):
    """All that the frame and the forms want to know of a cart."""

    lines: tuple[SkuQuantity, ...]
    left_out: LeftOut = ()


def total_quantity(lines: Sequence[SkuQuantity]) -> int:
    """Add up the quantities of all lines."""
    return sum(line.quantity for line in lines)


def increased_quantity(lines: Sequence[SkuQuantity], sku: Sku, quantity: int) -> int:
    """Return the quantity of *sku* after *quantity* more: at most 99."""
    there = sum(line.quantity for line in lines if line.sku == sku)
    return min(there + quantity, QUANTITY_MAX)


def local_path(text: str) -> str:
    """Return *text*, fit for a header, if it leads to a page of ours; otherwise the front page."""
    if not text.startswith("/") or text.startswith(("//", "/\\")):
        return "/"
    return quote(text, safe="/?&=%+:,;@-._~!$'()*")

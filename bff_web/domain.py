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


class Pieces(Message):
    """How many pieces of a product are in a cart."""

    sku: Sku
    quantity: int


class CartPieces(Message):
    """All that the frame and the forms want to know of a cart."""

    lines: tuple[Pieces, ...]
    left_out: LeftOut = ()


def pieces_of(lines: Sequence[Pieces]) -> int:
    """Count pieces, not lines."""
    return sum(line.quantity for line in lines)


def with_more(lines: Sequence[Pieces], sku: Sku, quantity: int) -> int:
    """Return how many pieces of *sku* there are when *quantity* are added: at most 99."""
    there = sum(line.quantity for line in lines if line.sku == sku)
    return min(there + quantity, QUANTITY_MAX)


def local_path(text: str) -> str:
    """Return *text*, fit for a header, if it leads to a page of ours; otherwise the front page."""
    if not text.startswith("/") or text.startswith(("//", "/\\")):
        return "/"
    return quote(text, safe="/?&=%+:,;@-._~!$'()*")

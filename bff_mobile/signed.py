"""What the apps hold for us, signed: where they are in a list, and which cart is theirs."""

import hashlib
import secrets

import msgspec

from bff_mobile.contract import TOKEN_HEADER, BadCartToken
from domain_services.vocabulary import CartId, CategoryId
from maestri.contracts import Message
from maestri.edge import Signer, decode_cursor, encode_cursor
from maestri.errors import InvalidRequest
from sub_orchestrators.storefront.contract import Sort

PAGES_MAX = 1_000
"""What no listing goes beyond."""
_DIGEST_BYTES = 9


class ListingQuery(Message):
    """A list that an app walks through; with any other choice it would be another list."""

    category_id: CategoryId
    filters: tuple[str, ...]
    sort: Sort
    size: int


class CursorPosition(Message):
    """Where an app is in a list."""

    query: bytes
    """Digest of the list, so that a cursor stays short."""
    page: int


class Cursors:
    """
    Give out places in lists, and find them again.

    The same position has the same cursor, so that a response that holds one keeps its ETag.
    """

    def __init__(self, secret: str) -> None:
        self._signer = Signer(secret, "mobile.cursor", dated=False)

    def after(self, query: ListingQuery, page: int, pages: int) -> str | None:
        """Return the cursor of the page after *page*; None after the last of *pages*."""
        if page >= min(pages, PAGES_MAX):
            return None
        return encode_cursor(CursorPosition(_digest(query), page + 1), self._signer)

    def page(self, query: ListingQuery, cursor: str | None) -> int:
        """
        Return the page that a cursor leads to, the first without one.

        Raises:
            InvalidRequest: Of the field ``cursor``: it is not ours, or of another list.
        """
        if cursor is None:
            return 1
        position = decode_cursor(cursor, CursorPosition, self._signer)
        if position.query != _digest(query):
            raise InvalidRequest(
                field="cursor",
                reason="is of another list; keep category, filters, sort and size as they were",
            )
        return position.page


class CartTokens:
    """Give out carts by token, and find them again; nothing is stored."""

    def __init__(self, secret: str) -> None:
        self._signer = Signer(secret, "mobile.cart")

    def new(self) -> str:
        """Return the token of a cart that nobody has used."""
        return self._signer.sign(secrets.token_hex(16))

    def cart(self, token: str) -> CartId:
        """
        Return the cart that *token* stands for.

        Raises:
            BadCartToken: We did not give it out.
        """
        cart_id = self._signer.unsign(token)
        if cart_id is None:
            raise BadCartToken(field=TOKEN_HEADER)
        return CartId(cart_id)


def _digest(query: ListingQuery) -> bytes:
    return hashlib.blake2b(msgspec.msgpack.encode(query), digest_size=_DIGEST_BYTES).digest()

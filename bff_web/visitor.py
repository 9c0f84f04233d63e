"""What a visitor's browser keeps for us: which cart is theirs, and in which currency they think."""

import secrets
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import get_args

from domain_services.vocabulary import CartId, Currency
from maestri.edge import Signer, cookie

CART_AGE_S_MAX = 90 * 24 * 3_600
CURRENCY_AGE_S_MAX = 365 * 24 * 3_600
CURRENCIES: tuple[Currency, ...] = get_args(Currency)
_KNOWN: Mapping[str, Currency] = MappingProxyType({code: code for code in CURRENCIES})


class Visitors:
    """
    Know visitors by their cookies. One that is wrong is like none.

    Args:
        secret: Signs the ids of carts, so that nobody can guess another's.
        secure: Whether cookies travel over HTTPS only.
    """

    def __init__(self, secret: str, *, secure: bool) -> None:
        self._signer = Signer(secret, "bff_web.cart")
        self._secure = secure

    def cart_of(self, cookies: Iterable[str]) -> CartId | None:
        """Return the cart in *cookies*; 90 days after the last change it is forgotten."""
        found = self._signer.unsign_any(cookies, CART_AGE_S_MAX)
        return None if found is None else CartId(found)

    def new_cart(self) -> CartId:
        """Mint the id of a cart."""
        return CartId(secrets.token_urlsafe(16))

    def keep_cart(self, cart_id: CartId) -> tuple[str, str]:
        """Return the header that keeps a cart for 90 days from now."""
        signed = self._signer.sign(cart_id)
        return cookie("cart", signed, max_age_s=CART_AGE_S_MAX, secure=self._secure)

    def keep_currency(self, currency: Currency) -> tuple[str, str]:
        """Return the header that keeps the choice of a currency for a year."""
        return cookie("currency", currency, max_age_s=CURRENCY_AGE_S_MAX, secure=self._secure)


def currency_of(cookies: Iterable[str]) -> Currency:
    """Return the first currency in *cookies*; euros if there is none."""
    for code in cookies:
        if code in _KNOWN:
            return _KNOWN[code]
    return "EUR"

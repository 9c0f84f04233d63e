"""The interface of shopping: the gateway of the cell that knows prices and carts."""

from collections.abc import Mapping
from datetime import date

from domain_services.carts.contract import LINES_MAX, Cart, CartFull, CartLine
from domain_services.parameters import SKUS_MAX, CartKey, Quantity, SkuKey, SkuKeys
from domain_services.pricing.contract import NoPrice, RatesUnavailable
from domain_services.vocabulary import CartId, Currency, Money, Sku
from maestri.contracts import Contract, LeftOut, Message, Outcome, delete, get, put

# Callers above see the cell through this gateway alone, so its services' words are also its own.
__all__ = [
    "LINES_MAX",
    "Cart",
    "CartFull",
    "CartLine",
    "NoPrice",
    "Offer",
    "PricedCart",
    "PricedLine",
    "RatesUnavailable",
    "Shopping",
]


class Offer(Message):
    """What a product costs, in the currency of the customer."""

    sku: Sku
    price: Money
    was: Money | None = None
    """The price before a reduction."""
    rates_as_of: date | None = None
    """The day of the exchange rates. None: nothing was converted."""
    rates_stale: bool = False


class PricedLine(Message):
    """A product in the cart. What could not be priced has neither offer nor total."""

    sku: Sku
    quantity: int
    offer: Offer | None = None
    line_total: Money | None = None


class PricedCart(Message):
    """A cart with what it costs at this moment."""

    cart_id: CartId
    lines: tuple[PricedLine, ...]
    item_count: int
    """The sum of quantities, not the number of lines."""
    total: Money | None
    """None: at least one line could not be priced."""
    rates_as_of: date | None = None
    rates_stale: bool = False
    left_out: LeftOut = ()


class Shopping(Contract, id="shopping"):
    """What things cost, and what a visitor means to buy."""

    @get("/offers/{sku}", raises=[NoPrice, RatesUnavailable])
    async def offer(self, sku: SkuKey, currency: Currency = "EUR") -> Offer:
        """Return what one product costs."""
        ...

    @get("/offers", batch_of="offer", batch_max=SKUS_MAX)
    async def offers(
        self, skus: SkuKeys, currency: Currency = "EUR"
    ) -> Mapping[Sku, Outcome[Offer]]:
        """Return what many products cost."""
        ...

    @get("/carts/{cart_id}")
    async def cart(self, cart_id: CartKey, currency: Currency = "EUR") -> PricedCart:
        """Return a cart with priced lines; a cart comes even if nothing in it can be priced."""
        ...

    @put("/carts/{cart_id}/lines/{sku}", raises=[CartFull])
    async def put_line(self, cart_id: CartKey, sku: SkuKey, quantity: Quantity) -> Cart:
        """Set the quantity of a product in the cart."""
        ...

    @delete("/carts/{cart_id}/lines/{sku}")
    async def remove_line(self, cart_id: CartKey, sku: SkuKey) -> Cart:
        """Take a product out of the cart; fine if it is not there."""
        ...

    @delete("/carts/{cart_id}")
    async def empty(self, cart_id: CartKey) -> Cart:
        """Take everything out of the cart."""
        ...

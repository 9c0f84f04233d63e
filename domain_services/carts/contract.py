"""The interface of the carts: what visitors mean to buy."""

from domain_services.parameters import CartKey, Quantity, SkuKey
from domain_services.vocabulary import CartId, Sku
from maestri.contracts import Contract, Message, delete, get, put
from maestri.errors import Rejected

LINES_MAX = 50


class CartFull(Rejected, id="carts.cart_full", status=409):
    """The cart holds as many different products as it can. Remove one first."""

    lines_max: int


class CartLine(Message):
    """A product in a cart."""

    sku: Sku
    quantity: int


class Cart(Message):
    """What one visitor means to buy, in the order in which it was put in."""

    cart_id: CartId
    lines: tuple[CartLine, ...]


class Carts(Contract, id="carts"):
    """
    The carts of visitors.

    Whoever holds a cart's id may use the cart: ids are minted, unguessable, by those who meet the
    visitors. A cart that nobody has put anything in is an empty one, so no cart is ever unknown.
    """

    @get("/carts/{cart_id}")
    async def cart(self, cart_id: CartKey) -> Cart:
        """Return a cart."""
        ...

    @put("/carts/{cart_id}/lines/{sku}", raises=[CartFull])
    async def put_line(self, cart_id: CartKey, sku: SkuKey, quantity: Quantity) -> Cart:
        """Set the quantity of a product in the cart; one that is there keeps its place."""
        ...

    @delete("/carts/{cart_id}/lines/{sku}")
    async def remove_line(self, cart_id: CartKey, sku: SkuKey) -> Cart:
        """Take a product out of the cart; fine if it is not there."""
        ...

    @delete("/carts/{cart_id}")
    async def empty(self, cart_id: CartKey) -> Cart:
        """Take everything out of the cart."""
        ...

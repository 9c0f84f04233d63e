"""The carts service: serves its contract from its store."""

from domain_services.carts.contract import Cart, Carts
from domain_services.carts.store import CartStore
from domain_services.vocabulary import CartId, Sku


class CartsService(Carts):
    """Keeps carts."""

    def __init__(self, store: CartStore) -> None:
        self._store = store

    async def cart(self, cart_id: CartId) -> Cart:
        """Return a cart."""
        return Cart(cart_id, await self._store.lines(cart_id))

    async def put_line(self, cart_id: CartId, sku: Sku, quantity: int) -> Cart:
        """Set the quantity of a product in the cart."""
        return Cart(cart_id, await self._store.put(cart_id, sku, quantity))

    async def remove_line(self, cart_id: CartId, sku: Sku) -> Cart:
        """Take a product out of the cart."""
        return Cart(cart_id, await self._store.remove(cart_id, sku))

    async def empty(self, cart_id: CartId) -> Cart:
        """Take everything out of the cart."""
        await self._store.empty(cart_id)
        return Cart(cart_id, ())

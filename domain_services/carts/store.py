"""Carts in SQL: one row for each line, numbered in the order in which it was put in."""

import msgspec

from domain_services.carts.contract import LINES_MAX, CartFull, CartLine
from domain_services.vocabulary import CartId, Sku
from maestri.databases import Database, Migration, Transaction

MIGRATIONS = (
    Migration(
        1,
        "cart lines",
        """
        CREATE TABLE cart_line (
            cart_id TEXT NOT NULL,
            sku TEXT NOT NULL,
            quantity BIGINT NOT NULL CHECK (quantity BETWEEN 1 AND 99),
            place BIGINT NOT NULL,
            PRIMARY KEY (cart_id, sku)
        );
        """,
    ),
)

_LINES = "SELECT sku, quantity FROM cart_line WHERE cart_id = :cart_id ORDER BY place"


class _Extent(msgspec.Struct, frozen=True):
    count: int
    place_max: int


class CartStore:
    """Reads and changes carts; every change is one transaction and returns the cart after it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def lines(self, cart_id: CartId) -> tuple[CartLine, ...]:
        """Return the lines of a cart, none if there is no such cart."""
        return await self._database.rows(CartLine, _LINES, cart_id=cart_id)

    async def put(self, cart_id: CartId, sku: Sku, quantity: int) -> tuple[CartLine, ...]:
        """Set the quantity of a line, a new one at the end; CartFull if that is too many."""

        def change(transaction: Transaction) -> tuple[CartLine, ...]:
            changed = transaction.execute(
                "UPDATE cart_line SET quantity = :quantity WHERE cart_id = :cart_id AND sku = :sku",
                cart_id=cart_id,
                sku=sku,
                quantity=quantity,
            )
            if not changed:
                _append(transaction, cart_id, sku, quantity)
            return transaction.rows(CartLine, _LINES, cart_id=cart_id)

        return await self._database.write(change)

    async def remove(self, cart_id: CartId, sku: Sku) -> tuple[CartLine, ...]:
        """Remove a line, if it is there."""

        def change(transaction: Transaction) -> tuple[CartLine, ...]:
            transaction.execute(
                "DELETE FROM cart_line WHERE cart_id = :cart_id AND sku = :sku",
                cart_id=cart_id,
                sku=sku,
            )
            return transaction.rows(CartLine, _LINES, cart_id=cart_id)

        return await self._database.write(change)

    async def empty(self, cart_id: CartId) -> None:
        """Remove all lines."""

        def change(transaction: Transaction) -> None:
            transaction.execute("DELETE FROM cart_line WHERE cart_id = :cart_id", cart_id=cart_id)

        await self._database.write(change)


def _append(transaction: Transaction, cart_id: CartId, sku: Sku, quantity: int) -> None:
    extent = transaction.row(
        _Extent,
        "SELECT COUNT(*) AS count, COALESCE(MAX(place), 0) AS place_max"
        " FROM cart_line WHERE cart_id = :cart_id",
        cart_id=cart_id,
    )
    assert extent is not None, "an aggregate always has a row"
    if extent.count >= LINES_MAX:
        raise CartFull(lines_max=LINES_MAX)
    transaction.execute(
        "INSERT INTO cart_line (cart_id, sku, quantity, place)"
        " VALUES (:cart_id, :sku, :quantity, :place)",
        cart_id=cart_id,
        sku=sku,
        quantity=quantity,
        place=extent.place_max + 1,
    )

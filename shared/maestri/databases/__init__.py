"""
Rows and transactions over SQLite or PostgreSQL, chosen by a URL.

Problem: a component owns a database; it must start anywhere with nothing installed, and move to a
server that several replicas share without a changed line.

Pattern: a Gateway (Fowler) over SQL that both databases understand. A short read of a local file
costs less than handing it to a thread, so SQLite reads run on the event loop, interrupted when they
take too long; writes go to one thread, which commits what has queued up as one group. PostgreSQL
has a pool for each. A write is a plain function: it cannot await, so no transaction ever stays open
during a call to somebody else.

Smallest example::

    import asyncio

    import msgspec

    from maestri.databases import Migration, Transaction, open_database

    class Product(msgspec.Struct, frozen=True):
        sku: str
        price_minor: int

    TABLES = "CREATE TABLE product (sku TEXT PRIMARY KEY, price_minor BIGINT NOT NULL)"
    INSERT = "INSERT INTO product (sku, price_minor) VALUES (:sku, :price)"
    BY_SKU = "SELECT sku, price_minor FROM product WHERE sku IN :skus"

    def add(transaction: Transaction) -> int:
        return transaction.execute(INSERT, sku="TEA-1", price=450)

    async def main() -> None:
        migrations = (Migration(1, "first tables", TABLES),)
        async with open_database("sqlite://:memory:", migrations=migrations) as database:
            await database.write(add)
            print(await database.rows(Product, BY_SKU, skus=("TEA-1", "TEA-2")))

    asyncio.run(main())

When not to use it: for long analytical reads, for SQL of one database's own dialect, or where an
object-relational mapper is wanted: use that library directly.
"""

from maestri.databases.database import Database, Parameter, RowType, Scalar
from maestri.databases.factory import open_database
from maestri.databases.migrations import Migration
from maestri.databases.options import DatabaseOptions
from maestri.databases.transaction import Transaction

__all__ = [
    "Database",
    "DatabaseOptions",
    "Migration",
    "Parameter",
    "RowType",
    "Scalar",
    "Transaction",
    "open_database",
]

from typing import NewType

import msgspec
import pytest

from maestri.databases import (
    Database,
    DatabaseOptions,
    Migration,
    Scalar,
    Transaction,
    open_database,
)
from maestri.errors import DatabaseError

Sku = NewType("Sku", str)

TABLES = Migration(
    1,
    "products",
    "CREATE TABLE product (sku TEXT PRIMARY KEY, title TEXT, price_minor BIGINT NOT NULL,"
    " rating DOUBLE PRECISION NOT NULL, sold BOOLEAN NOT NULL)",
)
PRODUCTS: list[dict[str, Scalar]] = [
    {"sku": "TEA-1", "title": "Tea: 100% green", "price_minor": 450, "rating": 4.5, "sold": True},
    {"sku": "TEA-2", "title": None, "price_minor": 900, "rating": 3.0, "sold": False},
    {"sku": "CUP-1", "title": "Cup", "price_minor": 1200, "rating": 5.0, "sold": True},
]
INSERT = "INSERT INTO product VALUES (:sku, :title, :price_minor, :rating, :sold)"


class Product(msgspec.Struct, frozen=True):
    sku: Sku
    title: str | None
    price_minor: int
    rating: float
    sold: bool


class Price(msgspec.Struct, frozen=True, kw_only=True):
    sku: str
    price_minor: int


class Wrong(msgspec.Struct, frozen=True):
    sku: int
    price_minor: int


class Nested(msgspec.Struct, frozen=True):
    sku: tuple[str, ...]


def fill(transaction: Transaction) -> None:
    """Add the products."""
    transaction.execute_many(INSERT, PRODUCTS)


def opened(url: str, options: DatabaseOptions | None = None) -> Database:
    """Return a database with the tables of these tests."""
    return open_database(url, migrations=(TABLES, Migration(2, "seed data", fill)), options=options)


async def test_columns_meet_fields_by_name(url: str) -> None:
    """A row becomes a Struct by the names of its columns, in any order, with bools as bools."""
    async with opened(url) as database:
        rows = await database.rows(
            Product,
            "SELECT sold, rating, price_minor, title, sku FROM product"
            " WHERE sku <> :sku ORDER BY sku",
            sku="CUP-1",
        )

    assert rows == (
        Product(Sku("TEA-1"), "Tea: 100% green", 450, 4.5, sold=True),
        Product(Sku("TEA-2"), None, 900, 3.0, sold=False),
    )
    assert [type(row.sold) for row in rows] == [bool, bool]


async def test_a_struct_may_take_its_fields_by_keyword_only(url: str) -> None:
    """Messages with keyword-only fields are rows, too."""
    async with opened(url) as database:
        row = await database.row(Price, "SELECT price_minor, sku FROM product WHERE sku = 'CUP-1'")

    assert row == Price(sku="CUP-1", price_minor=1200)


async def test_one_column_may_be_a_scalar(url: str) -> None:
    """A statement with one column gives plain values; NewTypes of them as well."""
    async with opened(url) as database:
        skus = await database.rows(Sku, "SELECT sku FROM product ORDER BY sku")
        sold = await database.rows(bool, "SELECT sold FROM product ORDER BY sku")
        total = await database.row(int, "SELECT SUM(price_minor) FROM product")

    assert skus == ("CUP-1", "TEA-1", "TEA-2")
    assert list(sold) == [True, True, False]
    assert total == 2550
    assert type(total) is int


async def test_no_row_and_a_lone_null_are_none(url: str) -> None:
    """``row`` gives None where there is nothing."""
    async with opened(url) as database:
        missing = await database.row(Price, "SELECT sku, price_minor FROM product WHERE sku = 'X'")
        null = await database.row(int, "SELECT MAX(price_minor) FROM product WHERE sku = 'X'")

    assert missing is None
    assert null is None


@pytest.mark.parametrize(
    ("skus", "inside", "outside"),
    [
        ((), (), ("CUP-1", "TEA-1", "TEA-2")),
        (("TEA-2", "TEA-2", "X"), ("TEA-2",), ("CUP-1", "TEA-1")),
    ],
)
async def test_in_takes_a_tuple_of_any_length(
    url: str, skus: tuple[str, ...], inside: tuple[str, ...], outside: tuple[str, ...]
) -> None:
    """``IN :names`` and ``NOT IN :names`` take a tuple, also an empty one."""
    async with opened(url) as database:
        found = await database.rows(
            str, "SELECT sku FROM product WHERE sku IN :skus ORDER BY sku", skus=skus
        )
        others = await database.rows(
            str, "SELECT sku FROM product WHERE sku NOT IN :skus ORDER BY sku", skus=skus
        )
        priced = await database.rows(
            str, "SELECT sku FROM product WHERE price_minor IN :prices", prices=(900, 901)
        )

    assert (found, others, priced) == (inside, outside, ("TEA-2",))


async def test_in_refuses_what_is_no_tuple(url: str) -> None:
    """A text is never taken for a list of letters."""
    async with opened(url) as database:
        with pytest.raises(DatabaseError, match="IN :skus takes a tuple"):
            await database.rows(str, "SELECT sku FROM product WHERE sku IN :skus", skus="TEA-1")


async def test_more_rows_than_allowed_are_an_error(url: str) -> None:
    """A result is never cut off silently: exactly ``rows_max`` rows pass, one more does not."""
    async with opened(url, DatabaseOptions(rows_max=2)) as database:
        two = await database.rows(str, "SELECT sku FROM product LIMIT 2")
        with pytest.raises(DatabaseError, match="more than 2 rows: add LIMIT"):
            await database.rows(str, "SELECT sku FROM product")
        with pytest.raises(DatabaseError, match="more than one row: ask by a key"):
            await database.row(str, "SELECT sku FROM product")

    assert len(two) == 2


@pytest.mark.parametrize(
    ("row_type", "sql", "said"),
    [
        (Price, "SELECT sku FROM product", "has the fields sku, price_minor: make them the same"),
        (str, "SELECT sku, title FROM product", "pass a Struct"),
        (dict, "SELECT sku FROM product", "dict cannot hold them"),
        (Wrong, "SELECT sku, price_minor FROM product", "does not fit Wrong: Expected `int`"),
        (int, "SELECT sku FROM product", "does not fit int"),
        (Nested, "SELECT sku FROM product", "no column can hold Nested.sku"),
    ],
)
async def test_a_row_type_must_fit_the_statement(
    url: str, row_type: type[object], sql: str, said: str
) -> None:
    """Columns and fields that do not fit are found by the first read, not by a wrong answer."""
    async with opened(url) as database:
        with pytest.raises(DatabaseError, match=said):
            await database.rows(row_type, sql)


async def test_a_wrong_statement_is_named(url: str) -> None:
    """A failure says in which database, what was wrong and in which statement."""
    async with opened(url) as database:
        with pytest.raises(DatabaseError) as wrong:
            await database.rows(str, "SELECT nothing FROM product")
        with pytest.raises(DatabaseError, match="WHERE sku = :sku"):
            await database.rows(str, "SELECT sku FROM product WHERE sku = :sku")

    assert str(wrong.value).startswith(f"{database.name}: ")
    assert "correct the statement" in str(wrong.value)
    assert "SELECT nothing FROM product" in str(wrong.value)


async def test_a_read_changes_nothing(url: str) -> None:
    """A statement that would change data is refused outside write()."""
    async with opened(url) as database:
        with pytest.raises(DatabaseError, match=r"change data in write\(\)"):
            await database.rows(str, "DELETE FROM product WHERE sku = 'CUP-1' RETURNING sku")
        count = await database.row(int, "SELECT COUNT(*) FROM product")

    assert count == 3


async def test_a_long_read_is_stopped(url: str) -> None:
    """A read beyond ``read_ms_max`` is an error with its statement; the next read is served."""
    endless = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000000)"
        " SELECT COUNT(*) FROM n"
    )
    async with opened(url, DatabaseOptions(read_ms_max=30)) as database:
        with pytest.raises(DatabaseError, match=r"raise read_ms_max.* WITH RECURSIVE n"):
            await database.rows(int, endless)
        one = await database.row(int, "SELECT 1")

    assert one == 1


async def test_only_an_open_database_serves(url: str) -> None:
    """Before ``start`` and after ``aclose`` every use says so; closing twice is allowed."""
    database = opened(url)
    with pytest.raises(DatabaseError, match="is not open"):
        await database.row(int, "SELECT 1")
    async with database:
        await database.healthy()
        with pytest.raises(DatabaseError, match="start it once"):
            await database.start()
    await database.aclose()
    with pytest.raises(DatabaseError, match="is not open"):
        await database.write(fill)
    with pytest.raises(DatabaseError, match="is not open"):
        await database.healthy()

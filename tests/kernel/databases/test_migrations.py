import asyncio
import os
import subprocess
import sys

import pytest

from maestri.databases import Migration, Transaction, open_database
from maestri.errors import DatabaseError

TABLES = Migration(
    1,
    "first tables",
    """
    CREATE TABLE product (sku TEXT PRIMARY KEY, title TEXT NOT NULL);  -- a comment; it's one
    CREATE INDEX product_title ON product (title);
    INSERT INTO product VALUES ('X', 'a; b :c 100%')
    """,
)
INSERT = "INSERT INTO product (sku, title) VALUES (:sku, :title)"


def fill(transaction: Transaction) -> None:
    """Add 10,000 products."""
    rows = [{"sku": f"S-{i}", "title": f"title {i}"} for i in range(10_000)]
    transaction.execute_many(INSERT, rows)


OPENING_DATA = Migration(2, "seed data", fill)


async def test_migrations_are_applied_once(shared_url: str) -> None:
    """A second start finds everything done."""
    async with open_database(shared_url, migrations=(OPENING_DATA, TABLES)):
        pass
    async with open_database(shared_url, migrations=(OPENING_DATA, TABLES)) as database:
        versions = await database.rows(int, "SELECT version FROM maestri_migration ORDER BY 1")
        titles = await database.rows(str, "SELECT title FROM product WHERE sku = 'X'")
        count = await database.row(int, "SELECT COUNT(*) FROM product")

    assert (versions, titles, count) == ((1, 2), ("a; b :c 100%",), 10_001)


async def test_a_later_migration_is_added(shared_url: str) -> None:
    """A newer code applies only what is missing."""
    async with open_database(shared_url, migrations=(TABLES,)) as database:
        await database.write(lambda transaction: transaction.execute(INSERT, sku="A", title="kept"))
    more = Migration(2, "prices", "ALTER TABLE product ADD COLUMN price_minor BIGINT")
    async with open_database(shared_url, migrations=(TABLES, more)) as database:
        title = await database.row(
            str, "SELECT title FROM product WHERE sku = 'A' AND price_minor IS NULL"
        )

    assert title == "kept"


async def test_a_changed_migration_is_refused(shared_url: str) -> None:
    """The text of an applied migration may change in white space only."""
    async with open_database(shared_url, migrations=(TABLES,)):
        pass
    assert isinstance(TABLES.body, str)
    indented = Migration(1, "first tables", TABLES.body.replace("    ", "\t"))
    async with open_database(shared_url, migrations=(indented,)):
        pass
    changed = Migration(1, "first tables", TABLES.body.replace("NOT NULL", ""))
    with pytest.raises(DatabaseError, match="make the change a new migration"):
        await open_database(shared_url, migrations=(changed,)).start()


async def test_a_newer_database_is_refused(shared_url: str) -> None:
    """Code that does not know the last migration does not touch the data."""
    async with open_database(shared_url, migrations=(TABLES, OPENING_DATA)):
        pass
    with pytest.raises(DatabaseError, match=r"has version 2 \(seed data\).*deploy the newer code"):
        await open_database(shared_url, migrations=(TABLES,)).start()


async def test_a_failed_migration_leaves_all_as_before(shared_url: str) -> None:
    """All missing migrations are applied, or none of them is."""
    wrong = Migration(2, "wrong", "CREATE TABLE brand (id TEXT); INSERT INTO nowhere VALUES (1)")
    with pytest.raises(DatabaseError, match=r"migration 2 \(wrong\) failed.*INSERT INTO nowhere"):
        await open_database(shared_url, migrations=(TABLES, wrong)).start()
    async with open_database(shared_url) as database:
        with pytest.raises(DatabaseError, match="product"):
            await database.rows(str, "SELECT sku FROM product")


async def test_each_series_is_numbered_by_itself(url: str) -> None:
    """A room of the kernel keeps its tables beside those of a component."""
    guard = Migration(1, "guard", "CREATE TABLE maestri_guard (id TEXT)", series="guard")
    async with open_database(url, migrations=(TABLES, guard)) as database:
        applied = await database.rows(str, "SELECT series FROM maestri_migration ORDER BY series")

    assert applied == ("guard", "main")


@pytest.mark.parametrize("versions", [(2,), (1, 1), (1, 3), (0, 1)])
def test_versions_have_no_gaps(versions: tuple[int, ...]) -> None:
    """Versions are 1, 2, 3 ..., which is checked before anything is touched."""
    with pytest.raises(DatabaseError, match="number them 1, 2, 3"):
        open_database(
            "sqlite://:memory:", migrations=[Migration(version, "x", "") for version in versions]
        )


async def test_seed_data_is_fast(url: str) -> None:
    """10,000 rows take less than half a second of this process: they are not sent one by one."""
    database = open_database(url, migrations=(TABLES, OPENING_DATA))
    begun = os.times()
    async with database:
        end = os.times()

    used_s = end.user - begun.user + end.system - begun.system
    assert used_s < 0.5


async def test_two_replicas_start_at_once(shared_url: str) -> None:
    """Several databases of one process may start together; each migration is applied once."""
    replicas = [open_database(shared_url, migrations=(TABLES, OPENING_DATA)) for _ in range(4)]
    await asyncio.gather(*(replica.start() for replica in replicas))
    count = await replicas[3].row(int, "SELECT COUNT(*) FROM product")
    for replica in replicas:
        await replica.aclose()

    assert count == 10_001


def test_two_processes_start_at_once(shared_url: str) -> None:
    """Processes that start together agree who migrates; all of them then serve."""
    program = """
import asyncio, sys
from maestri.databases import Migration, open_database

def fill(transaction):
    rows = [{"sku": str(i)} for i in range(3000)]
    transaction.execute_many("INSERT INTO product VALUES (:sku)", rows)

async def main():
    migrations = (
        Migration(1, "tables", "CREATE TABLE product (sku TEXT PRIMARY KEY)"),
        Migration(2, "seed data", fill),
    )
    database = open_database(sys.argv[1], migrations=migrations)
    sys.stdin.readline()
    async with database:
        print(await database.row(int, "SELECT COUNT(*) FROM product"))

asyncio.run(main())
"""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", program, shared_url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={"PYTHONPATH": ":".join(sys.path)},
        )
        for _ in range(3)
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    outputs = [process.communicate(timeout=30) for process in processes]

    assert outputs == [("3000\n", "")] * 3

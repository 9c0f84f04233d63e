import asyncio
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from maestri.databases import DatabaseOptions, Migration, Transaction, open_database
from maestri.errors import DatabaseError

ACCOUNTS = Migration(
    1,
    "accounts",
    "CREATE TABLE account (id BIGINT PRIMARY KEY, balance BIGINT NOT NULL);"
    "INSERT INTO account VALUES (1, 1000), (2, 0); CREATE TABLE note (text TEXT)",
)
IMPATIENT = DatabaseOptions(busy_s_max=0.05, migrate_s_max=0.05)


def transfer(transaction: Transaction) -> None:
    """Keep the sum of all balances."""
    transaction.execute("UPDATE account SET balance = balance - 1 WHERE id = 1")
    transaction.execute("UPDATE account SET balance = balance + 1 WHERE id = 2")


async def test_a_missing_directory_is_named(tmp_path: Path) -> None:
    """Directories are not made: a typing error would hide the data."""
    with pytest.raises(DatabaseError, match=r"no/store.db: .*check that its directory exists"):
        await open_database(f"sqlite://{tmp_path}/no/store.db").start()


async def test_a_directory_that_cannot_be_written_is_named() -> None:
    """A file that cannot be made is an error that says what to check."""
    with pytest.raises(DatabaseError, match="this user may write there"):
        await open_database("sqlite:///proc/store.db").start()


async def test_another_file_is_not_overwritten(tmp_path: Path) -> None:
    """A file that is no database is refused and left alone."""
    path = tmp_path / "letter.txt"
    path.write_text("Dear customer, " * 100)
    with pytest.raises(DatabaseError, match="it is not a SQLite database: check the path"):
        await open_database(f"sqlite://{path}").start()

    assert path.read_text() == "Dear customer, " * 100


async def test_a_locked_file_is_named(tmp_path: Path) -> None:
    """A lock of another process is waited for within a bound, at the start and by each write."""
    url = f"sqlite://{tmp_path}/store.db"
    other = sqlite3.connect(tmp_path / "store.db", isolation_level=None)
    async with open_database(url, migrations=(ACCOUNTS,), options=IMPATIENT) as database:
        other.execute("BEGIN IMMEDIATE")
        results = await asyncio.gather(
            *(database.write(transfer) for _ in range(3)), return_exceptions=True
        )
        with pytest.raises(DatabaseError, match="find that process, or raise busy_s_max"):
            await open_database(url, migrations=(ACCOUNTS,), options=IMPATIENT).start()
        readable = await database.row(int, "SELECT balance FROM account WHERE id = 1")
        other.execute("ROLLBACK")
        await database.write(transfer)
    other.close()

    assert readable == 1000
    assert all("another process holds its lock" in str(result) for result in results)


async def test_a_full_disk_is_named(tmp_path: Path) -> None:
    """A write that finds no space is taken back; the database goes on."""

    def fill(transaction: Transaction) -> None:
        transaction.execute("INSERT INTO note VALUES (:text)", text="x" * 1_000_000)

    def limit(transaction: Transaction) -> None:
        transaction.rows(int, "PRAGMA max_page_count = 50")

    async with open_database(f"sqlite://{tmp_path}/a.db", migrations=(ACCOUNTS,)) as database:
        await database.write(limit)
        results = await asyncio.gather(
            database.write(transfer),
            database.write(fill),
            database.write(transfer),
            return_exceptions=True,
        )
        notes = await database.row(int, "SELECT COUNT(*) FROM note")
        balance = await database.row(int, "SELECT balance FROM account WHERE id = 2")

    assert isinstance(results[1], DatabaseError)
    assert "free some space on its disk" in str(results[1])
    assert (notes, balance) == (0, 2)


async def test_a_file_has_the_promised_settings(tmp_path: Path) -> None:
    """Write-ahead log, full synchronisation and foreign keys are on; a reader only reads."""

    def settings(transaction: Transaction) -> tuple[object, ...]:
        return (
            transaction.row(str, "PRAGMA journal_mode"),
            transaction.row(int, "PRAGMA synchronous"),
            transaction.row(int, "PRAGMA foreign_keys"),
        )

    async with open_database(f"sqlite://{tmp_path}/a.db") as database:
        written = await database.write(settings)
        read = await database.row(int, "PRAGMA query_only")

    assert written == ("wal", 2, 1)
    assert read == 1


async def test_a_killed_writer_leaves_a_consistent_file(tmp_path: Path) -> None:
    """After kill -9 in the midst of writes every transaction is stored whole or not at all."""
    program = """
import asyncio, sys
from maestri.databases import open_database

def transfer(transaction):
    transaction.execute("UPDATE account SET balance = balance - 1 WHERE id = 1")
    transaction.execute("UPDATE account SET balance = balance + 1 WHERE id = 2")

async def main():
    async with open_database(sys.argv[1]) as database:
        while True:
            await asyncio.gather(*(database.write(transfer) for _ in range(20)))
            print("stored", flush=True)

asyncio.run(main())
"""
    url = f"sqlite://{tmp_path}/store.db"
    async with open_database(url, migrations=(ACCOUNTS,)):
        pass
    with subprocess.Popen(  # noqa: ASYNC220 - blocks for milliseconds, in a test
        [sys.executable, "-c", program, url],
        stdout=subprocess.PIPE,
        env={"PYTHONPATH": ":".join(sys.path)},
    ) as process:
        assert process.stdout is not None
        for _ in range(10):
            assert process.stdout.readline() == b"stored\n"
        process.send_signal(signal.SIGKILL)
    async with open_database(url, migrations=(ACCOUNTS,)) as database:
        balances = await database.rows(int, "SELECT balance FROM account ORDER BY id")
        checked = await database.row(str, "PRAGMA integrity_check")

    assert sum(balances) == 1000
    assert balances[1] >= 200
    assert checked == "ok"

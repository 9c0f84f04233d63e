"""A database that cannot keep what is written to it is not healthy."""

import asyncio
import os
import shutil
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from maestri.databases import Database, DatabaseOptions, Migration, Transaction, open_database
from maestri.errors import DatabaseError, NotCommitted
from maestri.testing import embedded_postgres, fresh_database

NOTES = Migration(1, "notes", "CREATE TABLE note (text TEXT)")


def add(transaction: Transaction) -> None:
    """Store a note of some pages."""
    transaction.execute("INSERT INTO note VALUES (:text)", text="x" * 100_000)


def opened(folder: Path) -> Database:
    """Return a database in a file."""
    return open_database(f"sqlite://{folder}/store.db", migrations=(NOTES,))


async def failure_of(use: Awaitable[object]) -> DatabaseError:
    """Return what the use of a database raises."""
    with pytest.raises(DatabaseError) as caught:
        await use
    return caught.value


def delete(path: Path) -> None:
    """Remove the file."""
    path.unlink()


def replace(path: Path) -> None:
    """Put a copy in the place of the file."""
    copy = path.with_name("copy")
    shutil.copy(path, copy)
    copy.replace(path)


def move(path: Path) -> None:
    """Give the file another name."""
    path.rename(path.with_name("elsewhere"))


@pytest.mark.parametrize("happens", [delete, replace, move])
@pytest.mark.parametrize("name", ["store.db", "store.db-wal"])
async def test_a_file_that_is_no_longer_the_one_that_was_opened(
    tmp_path: Path, happens: Callable[[Path], None], name: str
) -> None:
    """What would be written to a file without its name is lost, so nothing should be."""
    async with opened(tmp_path) as database:
        await database.write(add)
        await database.healthy()
        happens(tmp_path / name)
        with pytest.raises(DatabaseError, match=f"{name} was deleted or replaced") as caught:
            await database.healthy()

    assert "gone" == caught.value.condition


async def test_a_file_that_is_replaced_while_it_is_closed_is_fine(tmp_path: Path) -> None:
    """A backup is restored between two starts."""
    database = opened(tmp_path)
    async with database:
        await database.write(add)
    replace(tmp_path / "store.db")
    async with database:
        await database.healthy()
        assert 1 == await database.row(int, "SELECT COUNT(*) FROM note")


async def damaged(folder: Path) -> Database:
    """Return a database of which the pages of one table are overwritten."""
    async with opened(folder) as database:
        for _ in range(3):
            await database.write(add)
        root = await database.row(int, "SELECT rootpage FROM sqlite_master WHERE name = 'note'")
        size = await database.row(int, "PRAGMA page_size")
    assert root is not None
    assert size is not None
    with (folder / "store.db").open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(os.urandom(size))
    return opened(folder)


def count(transaction: Transaction) -> None:
    """Read within a transaction."""
    transaction.row(int, "SELECT COUNT(*) FROM note")


@pytest.mark.parametrize("reads", [True, False])
async def test_damage_lasts(tmp_path: Path, reads: bool) -> None:
    """Once something met it the database is unhealthy, whatever else can be read and written."""
    async with await damaged(tmp_path) as database:
        await database.healthy()
        with pytest.raises(DatabaseError) as caught:
            await (
                database.row(int, "SELECT COUNT(*) FROM note") if reads else database.write(count)
            )
        await database.write(lambda transaction: transaction.row(int, "SELECT 1"))
        for _ in range(2):
            with pytest.raises(DatabaseError, match="restore a backup"):
                await database.healthy()

    assert "damaged" == caught.value.condition


async def test_a_full_disk_lasts_until_something_can_be_stored(tmp_path: Path) -> None:
    """A write that finds no space makes it unhealthy; it heals by itself when there is some."""

    def pages_max(pages: int) -> Callable[[Transaction], object]:
        return lambda transaction: transaction.rows(int, f"PRAGMA max_page_count = {pages}")

    async with opened(tmp_path) as database:
        await database.write(pages_max(1))  # SQLite takes it as the present number.
        with pytest.raises(NotCommitted, match="free some space") as caught:
            await database.write(add)
        for _ in range(2):
            with pytest.raises(NotCommitted, match="free some space"):
                await database.healthy()
        await database.write(pages_max(10_000))
        await database.healthy()
        await database.write(add)
        leftover = await database.row(
            int, "SELECT COUNT(*) FROM maestri_migration WHERE series <> 'main'"
        )

    assert ("full", 0) == (caught.value.condition, leftover)


async def test_what_cannot_be_written_is_unhealthy(tmp_path: Path) -> None:
    """A write that is refused by the file makes it unhealthy; one that is in a read does not."""

    def only_read(transaction: Transaction) -> None:
        transaction.execute("PRAGMA query_only = 1")

    async with opened(tmp_path) as database:
        with pytest.raises(DatabaseError) as mistaken:
            await database.rows(str, "DELETE FROM note RETURNING text")
        await database.healthy()
        await database.write(only_read)
        with pytest.raises(NotCommitted) as refused:
            await database.write(add)
        with pytest.raises(NotCommitted):
            await database.healthy()

    assert ("", "read-only") == (mistaken.value.condition, refused.value.condition)


async def test_a_server_that_takes_no_writes_is_unhealthy(postgres_server: str) -> None:
    """A server that has become a copy of another one refuses writes until it is one no longer."""
    url = fresh_database(postgres_server)

    def only_reads(value: str) -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            name = connection.info.dbname
            connection.execute("SET default_transaction_read_only = off")
            connection.execute(
                f'ALTER DATABASE "{name}" SET default_transaction_read_only = {value}'.encode()
            )
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

    async with open_database(url, migrations=(NOTES,)) as database:
        with pytest.raises(DatabaseError) as mistaken:
            await database.rows(str, "DELETE FROM note RETURNING text")
        await database.healthy()
        only_reads("on")
        with pytest.raises(NotCommitted) as refused:
            await database.write(add)
        with pytest.raises(NotCommitted):
            await database.healthy()
        only_reads("off")
        await database.healthy()

    assert ("", "read-only") == (mistaken.value.condition, refused.value.condition)


@pytest.mark.parametrize(
    ("code", "condition"),
    [
        ("53100", "full"),
        ("XX001", "damaged"),
        ("XX002", "damaged"),
        ("58030", "broken"),
        ("57014", ""),
        ("55P03", ""),
        ("23505", ""),
    ],
)
async def test_a_server_says_what_is_to_be_mended(
    postgres_server: str, code: str, condition: str
) -> None:
    """A full disk, damage and a broken disk are told apart from what the code has to mend."""
    fail = f"DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{code}'; END $$"
    async with open_database(fresh_database(postgres_server)) as database:
        with pytest.raises(NotCommitted) as caught:
            await database.write(lambda transaction: transaction.execute(fail))

    assert condition == caught.value.condition


async def test_a_server_that_is_gone_is_unreachable() -> None:
    """Reads, writes and the question for health end within their bound, and say why."""
    options = DatabaseOptions(busy_s_max=0.2)
    with ExitStack() as running:
        url = fresh_database(running.enter_context(embedded_postgres()))
        async with open_database(url, migrations=(NOTES,), options=options) as database:
            await database.healthy()
            await asyncio.to_thread(running.close)
            failures = [
                await failure_of(database.row(int, "SELECT 1")),
                await failure_of(database.write(add)),
                await failure_of(database.healthy()),
            ]

    assert ["unreachable"] * 3 == [one.condition for one in failures]
    assert isinstance(failures[1], NotCommitted)


async def test_a_mistake_in_a_statement_is_no_matter_of_health(url: str) -> None:
    """What the code has to mend leaves the database healthy."""
    async with open_database(url, migrations=(NOTES,)) as database:
        with pytest.raises(NotCommitted) as caught:
            await database.write(lambda transaction: transaction.execute("INSERT INTO nowhere"))
        await database.healthy()

    assert "" == caught.value.condition

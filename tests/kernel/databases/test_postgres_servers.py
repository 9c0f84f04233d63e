import asyncio
from urllib.parse import urlsplit

import psycopg
import pytest

from maestri.databases import Database, DatabaseOptions, Migration, Transaction, open_database
from maestri.errors import DatabaseError, Overloaded
from maestri.testing import fresh_database

COUNTER = Migration(
    1, "counter", "CREATE TABLE counter (count BIGINT); INSERT INTO counter VALUES (0)"
)


@pytest.fixture
def postgres_url(postgres_server: str) -> str:
    """Return the URL of an empty database."""
    return fresh_database(postgres_server)


def increment(transaction: Transaction) -> int:
    """Read, then write."""
    count = transaction.row(int, "SELECT count FROM counter") or 0
    transaction.execute("UPDATE counter SET count = :count", count=count + 1)
    return count + 1


def end_connections(url: str) -> None:
    """Break all connections, as a restart of the server does."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


async def test_an_unreachable_server_is_named() -> None:
    """Nobody at the address: the error says so, without the password."""
    database = open_database(
        "postgresql://ann:s3cret@127.0.0.1:1/store", options=DatabaseOptions(busy_s_max=1)
    )
    with pytest.raises(DatabaseError, match="check that the server runs at this address") as error:
        await database.start()

    assert "postgresql://ann:***@127.0.0.1:1/store" in str(error.value)
    assert "s3cret" not in str(error.value)


async def test_a_missing_database_is_named(postgres_server: str) -> None:
    """A server without this database: the error says what to do there."""
    url = urlsplit(postgres_server)._replace(path="/nowhere").geturl()
    with pytest.raises(DatabaseError, match='database "nowhere" does not exist'):
        await open_database(url).start()


async def test_a_restart_of_the_server_is_not_noticed(postgres_url: str) -> None:
    """Connections that broke are made anew, and what was not committed is repeated."""
    async with open_database(postgres_url, migrations=(COUNTER,)) as database:
        await database.write(increment)
        end_connections(postgres_url)
        read = await database.row(int, "SELECT count FROM counter")
        end_connections(postgres_url)
        written = await database.write(increment)

    assert (read, written) == (1, 2)


async def test_a_transaction_that_always_loses_is_an_error(postgres_url: str) -> None:
    """A transaction is repeated ``attempts_max`` times, then its error says what to change."""
    attempts = []

    def lose(transaction: Transaction) -> None:
        transaction.row(int, "SELECT count FROM counter")
        attempts.append(1)
        with psycopg.connect(postgres_url) as connection:
            connection.execute("UPDATE counter SET count = count + 1")
        transaction.execute("UPDATE counter SET count = 0")

    options = DatabaseOptions(attempts_max=3)
    async with open_database(postgres_url, migrations=(COUNTER,), options=options) as database:
        with pytest.raises(DatabaseError, match="spread them, or raise attempts_max"):
            await database.write(lose)

    assert len(attempts) == 3


async def test_waiting_reads_are_bounded(postgres_url: str) -> None:
    """One read more than may wait for a connection is Overloaded."""

    async def sleep(database: Database) -> object:
        return await database.rows(bool, "SELECT pg_sleep(0.1) IS NULL")

    options = DatabaseOptions(connections_max=1, reads_queued_max=2)
    async with open_database(postgres_url, options=options) as database:
        results = await asyncio.gather(*(sleep(database) for _ in range(4)), return_exceptions=True)

    assert sorted(type(result).__name__ for result in results) == ["Overloaded", *["tuple"] * 3]
    assert any(isinstance(result, Overloaded) for result in results)


async def test_a_read_waits_for_a_connection_within_a_bound(postgres_url: str) -> None:
    """Without a free connection in ``busy_s_max`` the read was certainly not done, and says so."""
    options = DatabaseOptions(connections_max=1, busy_s_max=0.2)
    async with open_database(postgres_url, options=options) as database:
        slow = asyncio.create_task(database.rows(bool, "SELECT pg_sleep(1) IS NULL"))
        await asyncio.sleep(0)  # noqa: TID251 - lets it take the connection
        with pytest.raises(DatabaseError, match=r"no connection within 0\.2 s"):
            await database.row(int, "SELECT 1")
        await slow

"""Whoever writes knows by the class of an error whether its transaction may be stored."""

import asyncio
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from maestri import clock
from maestri.databases import DatabaseOptions, Migration, Transaction, open_database
from maestri.errors import CommitUnknown, DatabaseError, NotCommitted
from maestri.testing import fresh_database

COUNTER = Migration(
    1,
    "counter",
    "CREATE TABLE counter (name TEXT PRIMARY KEY, count BIGINT NOT NULL CHECK (count >= 0));"
    "INSERT INTO counter VALUES ('a', 0);"
    "CREATE TABLE mark (counter TEXT NOT NULL REFERENCES counter (name)"
    " DEFERRABLE INITIALLY DEFERRED)",
)
SLOW_COMMIT = Migration(
    2,
    "a commit that takes its time",
    "CREATE FUNCTION take_time() RETURNS trigger LANGUAGE plpgsql"
    " AS $$ BEGIN PERFORM pg_sleep(60); RETURN NULL; END $$;"
    "CREATE CONSTRAINT TRIGGER slow AFTER UPDATE ON counter"
    " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION take_time()",
)
WAIT_S_MAX = 10.0
COUNT = "SELECT count FROM counter WHERE name = 'a'"


def increment(transaction: Transaction) -> None:
    """Change one row."""
    transaction.execute("UPDATE counter SET count = count + 1 WHERE name = 'a'")


def break_a_rule(transaction: Transaction) -> None:
    """Fail by a statement."""
    increment(transaction)
    transaction.execute("UPDATE counter SET count = -1")


def break_a_rule_of_the_commit(transaction: Transaction) -> None:
    """Fail when the transaction is stored."""
    increment(transaction)
    transaction.execute("INSERT INTO mark VALUES ('nobody')")


def hide_a_failure(transaction: Transaction) -> None:
    """Go on after a statement that failed."""
    increment(transaction)
    try:
        transaction.execute("UPDATE counter SET count = -1")
    except DatabaseError:
        return


def last_too_long(transaction: Transaction) -> None:
    """Count to a number that is too high."""
    increment(transaction)
    transaction.row(
        int,
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000)"
        " SELECT COUNT(*) FROM n",
    )


@pytest.mark.parametrize(
    "function",
    [break_a_rule, break_a_rule_of_the_commit, hide_a_failure, last_too_long],
)
async def test_what_is_taken_back_is_not_committed(
    url: str, function: Callable[[Transaction], None]
) -> None:
    """However a write fails before it is stored: it certainly is not, and nobody has to mend it."""
    options = DatabaseOptions(write_s_max=0.1)
    async with open_database(url, migrations=(COUNTER,), options=options) as database:
        with pytest.raises(NotCommitted) as caught:
            await database.write(function)
        stored = await database.row(int, COUNT)
        await database.healthy()

    assert (0, "") == (stored, caught.value.condition)


async def test_a_closed_database_commits_nothing(url: str) -> None:
    """Nothing is stored where nothing is open."""
    database = open_database(url, migrations=(COUNTER,))
    with pytest.raises(NotCommitted, match="is not open"):
        await database.write(increment)


def wait_for_backend(url: str, waiting_for: str) -> None:
    """Wait until a connection to the database waits for something, then end it."""
    end_s = clock.monotonic_s() + WAIT_S_MAX
    with psycopg.connect(url, autocommit=True) as connection:
        while not connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event = %s",
            (waiting_for,),
        ).fetchall():
            assert clock.monotonic_s() < end_s, f"nobody waits for {waiting_for}"
            clock.pause(0.01)


@contextmanager
def a_copy_is_waited_for(url: str) -> Generator[None]:
    """Let each commit in the database wait for a copy of it, which nobody makes."""
    with psycopg.connect(url, autocommit=True) as connection:
        name = connection.info.dbname
        connection.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = on'.encode())
        connection.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
        connection.execute("SELECT pg_reload_conf()")
        try:
            yield
        finally:
            connection.execute("ALTER SYSTEM RESET synchronous_standby_names")
            connection.execute("SELECT pg_reload_conf()")


async def test_a_backend_that_ends_before_it_has_committed_leaves_its_outcome_unknown(
    postgres_server: str,
) -> None:
    """Its client cannot know that nothing is stored, and does not write it again."""
    url = fresh_database(postgres_server)
    async with open_database(url, migrations=(COUNTER, SLOW_COMMIT)) as database:
        writing = asyncio.create_task(database.write(increment))
        await asyncio.to_thread(wait_for_backend, url, "PgSleep")
        with pytest.raises(CommitUnknown, match="look before repeating it") as caught:
            await writing
        stored = await database.row(int, COUNT)

    assert (0, "unreachable") == (stored, caught.value.condition)


async def test_a_backend_that_ends_after_it_has_committed_leaves_its_outcome_unknown(
    postgres_server: str,
) -> None:
    """Its client cannot know that all is stored, and does not write it again."""
    url = fresh_database(postgres_server)
    async with open_database(url, migrations=(COUNTER,)):
        pass
    with a_copy_is_waited_for(url):
        async with open_database(url, migrations=(COUNTER,)) as database:
            writing = asyncio.create_task(database.write(increment))
            await asyncio.to_thread(wait_for_backend, url, "SyncRep")
            with pytest.raises(CommitUnknown, match="look before repeating it"):
                await writing
            stored = await database.row(int, COUNT)

    assert 1 == stored


@pytest.mark.parametrize("code", ["08007", "40003"])
async def test_a_server_that_cannot_tell_leaves_the_outcome_unknown(
    postgres_server: str, code: str
) -> None:
    """Two of PostgreSQL's errors say that nobody knows whether a commit is complete."""
    unsure = Migration(
        2,
        "a commit that ends in doubt",
        "CREATE FUNCTION doubt() RETURNS trigger LANGUAGE plpgsql"
        f" AS $$ BEGIN RAISE EXCEPTION 'in doubt' USING ERRCODE = '{code}'; END $$;"
        "CREATE CONSTRAINT TRIGGER unsure AFTER UPDATE ON counter"
        " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION doubt()",
    )
    url = fresh_database(postgres_server)
    async with open_database(url, migrations=(COUNTER, unsure)) as database:
        with pytest.raises(CommitUnknown):
            await database.write(increment)


BROKEN_DISK = """
import asyncio, os, resource, sys
from maestri.databases import open_database

runs = []

def increment(transaction):
    runs.append(transaction)
    transaction.execute("UPDATE counter SET count = count + 1 WHERE name = 'a'")

async def main():
    url, count = sys.argv[1], int(sys.argv[2])
    async with open_database(url) as database:
        await database.write(increment)
        # The system refuses whatever would make a file longer than this one is.
        length = os.stat(url.removeprefix("sqlite://") + "-wal").st_size
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (length, before[1]))
        writes = (database.write(increment) for _ in range(count))
        results = await asyncio.gather(*writes, return_exceptions=True)
        try:
            await database.healthy()
            health = "healthy"
        except Exception as error:
            health = type(error).__name__
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        await database.healthy()
        await database.write(increment)
        stored = await database.row(int, "SELECT count FROM counter")
        print(*(type(one).__name__ for one in results), health, stored, len(runs))

asyncio.run(main())
"""


@pytest.mark.parametrize("count", [1, 5])
async def test_a_disk_that_fails_during_a_commit_leaves_its_outcome_unknown(
    tmp_path: Path, count: int
) -> None:
    """Alone or in a group, no write is repeated by itself; it lasts until the disk writes again."""
    url = f"sqlite://{tmp_path}/store.db"
    async with open_database(url, migrations=(COUNTER,)):
        pass
    program = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-c", BROKEN_DISK, url, str(count)),
        stdout=subprocess.PIPE,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    said, _ = await program.communicate()

    *results, health, stored, runs = said.decode().split()
    assert ["CommitUnknown"] * count == results
    assert ("CommitUnknown", "2", count + 2) == (health, stored, int(runs))

import asyncio
import threading

import pytest

from maestri.databases import (
    Database,
    DatabaseOptions,
    Migration,
    Scalar,
    Transaction,
    open_database,
)
from maestri.errors import DatabaseError, NotCommitted, Overloaded

TABLES = Migration(
    1,
    "counters",
    "CREATE TABLE counter (name TEXT PRIMARY KEY, count BIGINT NOT NULL CHECK (count >= 0));"
    "INSERT INTO counter VALUES ('a', 0), ('b', 0);"
    "CREATE TABLE mark (counter TEXT NOT NULL REFERENCES counter (name)"
    " DEFERRABLE INITIALLY DEFERRED)",
)
UPSERT = (
    "INSERT INTO counter (name, count) VALUES (:name, :count)"
    " ON CONFLICT (name) DO UPDATE SET count = EXCLUDED.count"
)


class OutOfStock(Exception):
    """A business error."""


def opened(url: str, options: DatabaseOptions | None = None) -> Database:
    """Return a database with the tables of these tests."""
    return open_database(url, migrations=(TABLES,), options=options)


def increment(transaction: Transaction) -> int:
    """Read, then write, as most use cases do."""
    count = transaction.row(int, "SELECT count FROM counter WHERE name = 'a'")
    assert count is not None
    transaction.execute("UPDATE counter SET count = :count WHERE name = 'a'", count=count + 1)
    return count + 1


async def count_of(database: Database, name: str = "a") -> int | None:
    """Return what is stored."""
    return await database.row(int, "SELECT count FROM counter WHERE name = :name", name=name)


async def test_a_write_returns_what_its_function_returns(url: str) -> None:
    """After ``write`` the result is stored and every read sees it."""
    async with opened(url) as database:
        returned = await database.write(increment)
        stored = await count_of(database)

    assert (returned, stored) == (1, 1)


async def test_execute_counts_changed_rows(url: str) -> None:
    """The number of rows tells whether an INSERT ... ON CONFLICT DO NOTHING did something."""

    def change(transaction: Transaction) -> tuple[int, ...]:
        insert = "INSERT INTO counter VALUES ('c', 1) ON CONFLICT DO NOTHING"
        rows: list[dict[str, Scalar]] = [{"name": f"n{i}", "count": i} for i in range(5)]
        return (
            transaction.execute(insert),
            transaction.execute(insert),
            transaction.execute(UPSERT, name="c", count=9),
            transaction.execute("CREATE TABLE other (a TEXT)"),
            transaction.execute_many(UPSERT, rows),
            transaction.execute_many(UPSERT, []),
            transaction.execute("DELETE FROM counter WHERE name IN :names", names=("n0", "n1")),
        )

    async with opened(url) as database:
        counts = await database.write(change)

    assert counts == (1, 0, 1, 0, 5, 0, 2)


async def test_returning_gives_rows(url: str) -> None:
    """A statement with RETURNING is read like any other."""
    async with opened(url) as database:
        changed = await database.write(
            lambda transaction: transaction.rows(
                int, "UPDATE counter SET count = count + 1 RETURNING count"
            )
        )

    assert changed == (1, 1)


async def test_an_exception_takes_everything_back(url: str) -> None:
    """What a function raises is raised by ``write``, and nothing of it is stored."""

    def sell(transaction: Transaction) -> None:
        increment(transaction)
        raise OutOfStock

    async with opened(url) as database:
        with pytest.raises(OutOfStock):
            await database.write(sell)
        after_failure = await count_of(database)
        after_success = await database.write(increment)

    assert (after_failure, after_success) == (0, 1)


async def test_a_failed_statement_dooms_its_transaction(url: str) -> None:
    """A function that hides the failure of a statement cannot go on, nor be stored."""

    def hide(transaction: Transaction) -> None:
        increment(transaction)
        with pytest.raises(DatabaseError, match="say ON CONFLICT"):
            transaction.execute("INSERT INTO counter VALUES ('a', 1)")
        with pytest.raises(DatabaseError, match="let its error pass"):
            increment(transaction)

    async with opened(url) as database:
        with pytest.raises(DatabaseError, match="nothing of this transaction is stored"):
            await database.write(hide)
        stored = await count_of(database)

    assert stored == 0


async def test_a_commit_that_fails_stores_nothing(url: str) -> None:
    """A constraint that is checked at the commit fails the write that broke it, and no other."""

    def mark(transaction: Transaction) -> None:
        transaction.execute("INSERT INTO mark VALUES ('nobody')")

    async with opened(url) as database:
        results = await asyncio.gather(
            database.write(increment),
            database.write(mark),
            database.write(increment),
            return_exceptions=True,
        )
        stored = await count_of(database)

    assert [type(result) for result in results] == [int, NotCommitted, int]
    assert stored == 2


async def test_writes_that_fail_leave_their_neighbours_alone(url: str) -> None:
    """Writes that are committed as a group are taken back one by one."""

    def fail(transaction: Transaction) -> int:
        increment(transaction)
        raise OutOfStock

    async with opened(url) as database:
        results = await asyncio.gather(
            *(database.write(fail if i % 3 == 0 else increment) for i in range(30)),
            return_exceptions=True,
        )
        stored = await count_of(database)

    assert stored == 20
    assert sorted(result for result in results if isinstance(result, int)) == list(range(1, 21))
    assert sum(isinstance(result, OutOfStock) for result in results) == 10


async def test_read_then_write_loses_no_update(url: str) -> None:
    """Functions that read before they write are as good as one after the other."""
    async with opened(url) as database:
        counts = await asyncio.gather(*(database.write(increment) for _ in range(40)))
        stored = await count_of(database)

    assert stored == 40
    assert sorted(counts) == list(range(1, 41))


async def test_a_read_is_not_held_up_by_a_write(shared_url: str) -> None:
    """While a transaction is open a read sees what was stored before it, at once."""
    begun, may_end = threading.Event(), threading.Event()

    def slow(transaction: Transaction) -> None:
        increment(transaction)
        begun.set()
        may_end.wait(5)

    async with opened(shared_url) as database:
        writing = asyncio.create_task(database.write(slow))
        await asyncio.to_thread(begun.wait, 5)
        during = await count_of(database)
        may_end.set()
        await writing
        after = await count_of(database)

    assert (during, after) == (0, 1)


async def test_a_full_queue_refuses(shared_url: str) -> None:
    """One write more than ``writes_queued_max`` is Overloaded and certainly not executed."""
    begun, may_end = threading.Event(), threading.Event()

    def slow(transaction: Transaction) -> int:
        begun.set()
        may_end.wait(5)
        return increment(transaction)

    async with opened(shared_url, DatabaseOptions(writes_queued_max=2)) as database:
        waiting = [asyncio.create_task(database.write(function)) for function in (slow, increment)]
        await asyncio.to_thread(begun.wait, 5)
        with pytest.raises(Overloaded, match="writes_queued_max"):
            await database.write(increment)
        may_end.set()
        await asyncio.gather(*waiting)
        stored = await count_of(database)
        next_one = await database.write(increment)

    assert (stored, next_one) == (2, 3)


async def test_a_cancelled_write_that_still_waits_is_dropped(shared_url: str) -> None:
    """Who stops waiting takes the queued write back; what has begun is completed."""
    begun, may_end = threading.Event(), threading.Event()

    def slow(transaction: Transaction) -> int:
        begun.set()
        may_end.wait(5)
        return increment(transaction)

    async with opened(shared_url, DatabaseOptions(connections_max=1)) as database:
        running = asyncio.create_task(database.write(slow))
        waiting = asyncio.create_task(database.write(increment))
        await asyncio.to_thread(begun.wait, 5)
        running.cancel()
        waiting.cancel()
        await asyncio.gather(running, waiting, return_exceptions=True)
        may_end.set()
        stored = await database.write(increment)

    assert stored == 2


async def test_closing_finishes_what_is_queued(shared_url: str) -> None:
    """``aclose`` waits for the writes that were accepted."""
    database = opened(shared_url)
    await database.start()
    writes = [asyncio.create_task(database.write(increment)) for _ in range(10)]
    await asyncio.sleep(0)  # noqa: TID251 - lets the tasks queue their writes
    await database.aclose()

    assert sorted(await asyncio.gather(*writes)) == list(range(1, 11))


async def test_a_long_write_is_stopped(url: str) -> None:
    """A write beyond ``write_s_max`` is taken back, so the next one is served."""

    def endless(transaction: Transaction) -> None:
        transaction.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000000)"
            " UPDATE counter SET count = (SELECT COUNT(*) FROM n)"
        )

    async with opened(url, DatabaseOptions(write_s_max=0.05)) as database:
        results = await asyncio.gather(
            database.write(increment),
            database.write(endless),
            database.write(increment),
            return_exceptions=True,
        )
        stored = await count_of(database)

    assert isinstance(results[1], DatabaseError)
    assert "write_s_max" in str(results[1])
    assert stored == 2


async def test_an_async_function_is_refused(url: str) -> None:
    """A write cannot await: the mistake is named and nothing is stored."""

    async def wrong(transaction: Transaction) -> None:
        increment(transaction)

    async with opened(url) as database:
        with pytest.raises(DatabaseError, match="drop the async"):
            _ = await database.write(wrong)


async def test_a_transaction_ends_with_its_function(url: str) -> None:
    """A transaction that is kept cannot be used later."""
    async with opened(url) as database:
        kept = await database.write(lambda transaction: transaction)
        with pytest.raises(DatabaseError, match="use it only inside its function"):
            kept.execute("DELETE FROM counter")


async def test_stop_iteration_does_not_hang(url: str) -> None:
    """An iterator that runs empty inside a function is an error like any other."""

    def empty(transaction: Transaction) -> int:
        return next(iter(transaction.rows(int, "SELECT count FROM counter WHERE name = 'x'")))

    async with opened(url) as database:
        with pytest.raises(RuntimeError, match="StopIteration"):
            await database.write(empty)

"""Writes to PostgreSQL run in a few threads, each in a SERIALIZABLE transaction."""

import asyncio
import secrets
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

import psycopg
from psycopg import Connection, IsolationLevel
from psycopg_pool import ConnectionPool, PoolTimeout

from maestri import clock
from maestri.databases.migrations import Migration, migrate
from maestri.databases.options import DatabaseOptions
from maestri.databases.postgres_session import (
    PostgresSession,
    StatementCache,
    adapt,
    failure,
    is_lost,
    no_connection,
    outcome_is_unknown,
)
from maestri.databases.row_shapes import RawRow
from maestri.databases.transaction import Transaction, run_in
from maestri.errors import CommitUnknown, Overloaded

T = TypeVar("T")
Writers = ConnectionPool[Connection[RawRow]]

_MIGRATION_LOCK = 6_872_331_904_115_207
"""Any number that no other program uses for an advisory lock."""

_PAUSE_MS_FIRST, _PAUSE_MS_MAX = 2, 100


class PostgresWriter:
    """
    Runs a write in a free thread with a connection of its own.

    A transaction that lost against another one, or whose connection broke before its commit, has
    certainly stored nothing; it is repeated after a random pause that doubles up to 100 ms.
    """

    def __init__(
        self,
        url: str,
        migrations: Sequence[Migration],
        options: DatabaseOptions,
        statements: StatementCache,
    ) -> None:
        self._url = url
        self._migrations = migrations
        self._options = options
        self._statements = statements
        self._slots = threading.BoundedSemaphore(options.writes_queued_max)
        self._threads = ThreadPoolExecutor(options.connections_max, "maestri-writer")
        self._pool: Writers = ConnectionPool(
            url,
            min_size=1,
            max_size=options.connections_max,
            timeout=options.busy_s_max,
            configure=self._configure,
            num_workers=1,
            name=statements.name,
            open=False,
        )

    async def start(self) -> None:
        """Migrate, then connect."""
        await asyncio.get_running_loop().run_in_executor(self._threads, self._migrate_and_open)

    async def write(self, function: Callable[[Transaction], T]) -> T:
        """Queue *function*; return its result once that is stored."""
        if not self._slots.acquire(blocking=False):
            raise Overloaded(
                f"{self._statements.name}: {self._options.writes_queued_max} writes wait already, "
                "writes_queued_max: slow down"
            )
        running = self._threads.submit(copy_context().run, self._repeat, function)
        running.add_done_callback(lambda _: self._slots.release())
        value: T = await asyncio.wrap_future(running)
        return value

    async def aclose(self) -> None:
        """Finish what is queued, then disconnect."""
        await asyncio.to_thread(self._threads.shutdown)
        await asyncio.to_thread(self._pool.close)

    def _migrate_and_open(self) -> None:
        # A single connection says better than a pool why none can be made.
        connect_s_max = max(2, round(self._options.busy_s_max))
        try:
            with psycopg.connect(self._url, connect_timeout=connect_s_max) as connection:
                adapt(connection)
                session = PostgresSession(connection, self._statements)
                migrate_ms_max = int(self._options.migrate_s_max * 1000)
                session.script(f"SET LOCAL statement_timeout = {migrate_ms_max}")
                session.script(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})")
                migrate(session, self._migrations)
            self._pool.open(wait=True, timeout=self._options.busy_s_max)
        except psycopg.Error as error:
            if isinstance(error, PoolTimeout):
                raise no_connection(self._statements.name, self._options) from error
            raise failure(self._statements.name, error, "connect and migrate") from error

    def _configure(self, connection: Connection[RawRow]) -> None:
        adapt(connection)
        write_ms_max = int(self._options.write_s_max * 1000)
        connection.execute(f"SET statement_timeout = {write_ms_max}".encode())
        connection.commit()
        connection.isolation_level = IsolationLevel.SERIALIZABLE

    def _repeat(self, function: Callable[[Transaction], T]) -> T:
        pause_ms = _PAUSE_MS_FIRST
        for attempts_left in reversed(range(self._options.attempts_max)):
            try:
                return self._attempt(function)
            except _LostConnection as lost:
                if attempts_left == 0:
                    raise failure(self._statements.name, lost.reason, "a transaction") from lost
            clock.pause(secrets.randbelow(pause_ms * 1000) / 1e6)
            pause_ms = min(2 * pause_ms, _PAUSE_MS_MAX)
        raise AssertionError("attempts_max is at least 1")

    def _attempt(self, function: Callable[[Transaction], T]) -> T:
        try:
            with self._pool.connection() as connection:
                session = PostgresSession(connection, self._statements)
                try:
                    value = run_in(session, function)
                except BaseException as error:
                    if session.lost is not None:
                        raise _LostConnection(session.lost) from error
                    raise
                self._commit(connection)
                return value
        except PoolTimeout as error:
            raise no_connection(self._statements.name, self._options) from error

    def _commit(self, connection: Connection[RawRow]) -> None:
        try:
            connection.commit()
        except psycopg.Error as error:
            if is_lost(error):
                raise _LostConnection(error) from error
            if outcome_is_unknown(error, connected=not connection.closed):
                raise CommitUnknown(
                    f"{self._statements.name}: the connection broke during the commit, it is "
                    "unknown whether the transaction is stored: look before repeating it",
                    condition="unreachable",
                ) from error
            raise failure(self._statements.name, error, "COMMIT") from error


class _LostConnection(Exception):
    """A transaction was taken back, by another one or with its connection. It may be repeated."""

    def __init__(self, reason: psycopg.Error) -> None:
        super().__init__(str(reason))
        self.reason = reason

"""PostgreSQL: reads through an async pool, writes in a few threads with a pool of their own."""

from collections.abc import Callable, Mapping, Sequence
from typing import NoReturn, TypeVar

import psycopg
from psycopg import AsyncConnection
from psycopg.conninfo import conninfo_to_dict
from psycopg_pool import AsyncConnectionPool, PoolClosed, PoolTimeout, TooManyRequests

from maestri.databases.database import Database, Parameter, RowType
from maestri.databases.migrations import Migration
from maestri.databases.options import DatabaseOptions
from maestri.databases.postgres_session import (
    WRONG_STATEMENT,
    StatementCache,
    adapt,
    failure,
    no_connection,
)
from maestri.databases.postgres_writer import PostgresWriter
from maestri.databases.row_shapes import RawRow
from maestri.databases.transaction import Transaction
from maestri.errors import DatabaseError, Overloaded

T = TypeVar("T")
Readers = AsyncConnectionPool[AsyncConnection[RawRow]]


class PostgresDatabase(Database):
    """
    A database of a server, which several replicas may share.

    Writes are SERIALIZABLE, so a function that reads before it writes is as safe as behind SQLite's
    one writer. A whole result is received before its rows are counted.
    """

    def __init__(
        self, name: str, url: str, migrations: Sequence[Migration], options: DatabaseOptions
    ) -> None:
        super().__init__(name)
        self._url = url
        self._migrations = migrations
        self._options = options
        self._statements = StatementCache(name, options)
        self._readers: Readers | None = None
        self._writer: PostgresWriter | None = None
        try:
            conninfo_to_dict(url)
        except psycopg.Error:
            # What libpq says may quote the password.
            raise DatabaseError(
                f"{name}: PostgreSQL cannot read this URL: write postgresql://user@host/name"
            ) from None

    async def start(self) -> None:
        """Connect and apply the migrations. Several replicas may start at once."""
        if self._readers is not None:
            raise DatabaseError(f"{self.name}: was started before: start it once")
        writer = PostgresWriter(self._url, self._migrations, self._options, self._statements)
        readers = self._reader_pool()
        try:
            await writer.start()
            await readers.open(wait=True, timeout=self._options.busy_s_max)
        except BaseException as error:
            await readers.close()
            await writer.aclose()
            if isinstance(error, PoolTimeout):
                raise no_connection(self.name, self._options) from error
            raise
        self._readers, self._writer = readers, writer

    async def aclose(self) -> None:
        """Finish the queued writes, then disconnect."""
        readers, self._readers = self._readers, None
        writer, self._writer = self._writer, None
        if writer is not None:
            await writer.aclose()
        if readers is not None:
            await readers.close()

    async def rows(
        self, row_type: RowType[T], sql: str, /, **parameters: Parameter
    ) -> tuple[T, ...]:
        """Return all rows."""
        return await self._read(row_type, sql, parameters, self._options.rows_max)

    async def row(self, row_type: RowType[T], sql: str, /, **parameters: Parameter) -> T | None:
        """Return the only row, or None."""
        found = await self._read(row_type, sql, parameters, 1)
        return found[0] if found else None

    async def _write(self, function: Callable[[Transaction], T]) -> T:
        """Run *function* in one transaction."""
        writer = self._writer or self._refuse()
        return await writer.write(function)

    async def _check(self) -> None:
        """Raise a DatabaseError unless reads would be served."""
        await self.rows(int, "SELECT version FROM maestri_migration LIMIT 1")

    async def _read(
        self, row_type: RowType[T], sql: str, parameters: Mapping[str, Parameter], count_max: int
    ) -> tuple[T, ...]:
        readers = self._readers or self._refuse()
        query, values = self._statements.translated(sql, parameters)
        broken_max = self._options.connections_max
        while True:
            try:
                async with readers.connection() as connection:
                    try:
                        cursor = await connection.execute(query, values)
                        raw = await cursor.fetchmany(count_max + 1) if cursor.description else []
                    except psycopg.OperationalError:
                        # After a restart of the server every kept connection is broken, once.
                        if not connection.closed or broken_max == 0:
                            raise
                        broken_max -= 1
                        continue
                return self._statements.shaped(row_type, sql, raw, cursor.description, count_max)
            except TooManyRequests as error:
                count = self._options.reads_queued_max
                raise Overloaded(
                    f"{self.name}: {count} reads wait already, reads_queued_max: slow down"
                ) from error
            except (PoolTimeout, PoolClosed) as error:
                raise no_connection(self.name, self._options) from error
            except WRONG_STATEMENT as error:
                raise failure(self.name, error, sql, reads=True) from error

    def _reader_pool(self) -> Readers:
        return AsyncConnectionPool(
            self._url,
            kwargs={"autocommit": True},
            min_size=1,
            max_size=self._options.connections_max,
            max_waiting=self._options.reads_queued_max,
            timeout=self._options.busy_s_max,
            configure=self._configure,
            num_workers=1,
            name=self.name,
            open=False,
        )

    async def _configure(self, connection: AsyncConnection[RawRow]) -> None:
        adapt(connection)
        await connection.execute("SET default_transaction_read_only = on")
        read_ms_max = self._options.read_ms_max or 2_000
        await connection.execute(f"SET statement_timeout = {read_ms_max}".encode())

    def _refuse(self) -> NoReturn:
        raise DatabaseError(
            f"{self.name}: is not open: await start() first, and nothing after aclose()"
        )

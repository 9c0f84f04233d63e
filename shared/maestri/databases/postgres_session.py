"""PostgreSQL through psycopg: statements, bounds and failures, for both kinds of connection."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

import psycopg
from psycopg import Column, errors
from psycopg.abc import AdaptContext, Buffer
from psycopg.adapt import Loader

from maestri.databases.bounded_cache import BoundedCache
from maestri.databases.database import Parameter, RowType, Scalar
from maestri.databases.options import DatabaseOptions
from maestri.databases.row_shapes import RawRow, RowShape, too_many_rows
from maestri.databases.statements import Statement, for_postgres, lists_as_arrays, shortened
from maestri.errors import DatabaseError

T = TypeVar("T")

WRONG_STATEMENT = (psycopg.Error, ValueError, TypeError)
"""What psycopg raises for what does not fit, next to what the server says."""

_CONDITIONS: tuple[tuple[type[psycopg.Error] | tuple[type[psycopg.Error], ...], str], ...] = (
    (errors.DiskFull, "full"),
    ((errors.DataCorrupted, errors.IndexCorrupted), "damaged"),
    (errors.ReadOnlySqlTransaction, "read-only"),
    (errors.IoError, "broken"),
    ((errors.QueryCanceled, errors.LockNotAvailable), ""),
    ((errors.SerializationFailure, errors.DeadlockDetected), ""),
    (psycopg.OperationalError, "unreachable"),
)
"""What operators have to mend: the first that fits; most errors are none of those."""

_ADVICE: tuple[tuple[type[psycopg.Error], str], ...] = (
    (
        errors.QueryCanceled,
        "it took too long: add an index or LIMIT, or raise read_ms_max or write_s_max",
    ),
    (errors.LockNotAvailable, "another connection holds its lock: find it, or raise migrate_s_max"),
    (errors.ReadOnlySqlTransaction, "change data in write(), not in a read"),
    (
        errors.SerializationFailure,
        "too many transactions change the same rows: spread them, or raise attempts_max",
    ),
    (
        errors.DeadlockDetected,
        "transactions wait for each other: touch rows in one order, or raise attempts_max",
    ),
    (errors.IntegrityError, "check the data first, or say ON CONFLICT"),
    (
        errors.DiskFull,
        "free some space on the server's disk; nothing of this transaction is stored",
    ),
    (errors.InvalidPassword, "check the user and the password in the URL"),
    (errors.InvalidCatalogName, "create this database on the server, or check its name in the URL"),
    (errors.TooManyConnections, "lower connections_max, or raise max_connections of the server"),
    (errors.AdminShutdown, "the server is stopping: try again when it runs"),
    (psycopg.OperationalError, "check that the server runs at this address and lets this user in"),
)


class StatementCache:
    """Translations and row shapes of one database, shared by its connections."""

    def __init__(self, name: str, options: DatabaseOptions) -> None:
        self.name = name
        self.rows_max = options.rows_max
        self._statements: BoundedCache[str, tuple[bytes, Statement]] = BoundedCache(
            options.statements_max
        )
        self._shapes: BoundedCache[tuple[Any, str], RowShape[Any]] = BoundedCache(
            options.statements_max
        )

    def translated(
        self, sql: str, parameters: Mapping[str, Parameter]
    ) -> tuple[bytes, Mapping[str, object]]:
        """Return the statement and the parameters as psycopg takes them."""
        cached = self._statements.get(sql)
        if cached is None:
            statement = for_postgres(sql)
            cached = self._statements.add(sql, (statement.sql.encode(), statement))
        query, statement = cached
        return query, lists_as_arrays(
            parameters, statement.lists
        ) if statement.lists else parameters

    def shaped(
        self,
        row_type: RowType[T],
        sql: str,
        raw: list[RawRow],
        columns: Sequence[Column] | None,
        count_max: int,
    ) -> tuple[T, ...]:
        """Return *raw* as *row_type*, at most *count_max*; as a single row, a lone NULL is none."""
        if len(raw) > count_max:
            raise too_many_rows(self.name, sql, count_max)
        if count_max == 1 and raw == [(None,)]:
            return ()
        shape: RowShape[T] | None = self._shapes.get((row_type, sql))
        if shape is None:
            names = [column.name for column in columns or ()]
            shape = self._shapes.add(
                (row_type, sql), RowShape(row_type, names, f"{self.name}: {shortened(sql)}")
            )
        return shape(raw)


class PostgresSession:
    """One connection in one thread, within a transaction that its owner has begun."""

    def __init__(self, connection: psycopg.Connection[RawRow], statements: StatementCache) -> None:
        self.name = statements.name
        self._statements = statements
        self._connection = connection
        self._cursor = connection.cursor()
        self.lost: psycopg.Error | None = None

    def execute(self, sql: str, parameters: Mapping[str, Parameter]) -> int:
        """Run a statement; return the number of rows it changed."""
        self._execute(sql, parameters)
        return max(0, self._cursor.rowcount)

    def execute_many(self, sql: str, rows: Iterable[Mapping[str, Scalar]]) -> int:
        """Run a statement once for each of *rows*, without waiting between them."""
        query, _ = self._statements.translated(sql, {})
        try:
            self._cursor.executemany(query, rows)
        except WRONG_STATEMENT as error:
            raise self._failure(error, sql) from error
        return max(0, self._cursor.rowcount)

    def rows(
        self, row_type: RowType[T], sql: str, parameters: Mapping[str, Parameter]
    ) -> tuple[T, ...]:
        """Return all rows, or a DatabaseError if there are more than the bound."""
        return self._fetch(row_type, sql, parameters, self._statements.rows_max)

    def row(self, row_type: RowType[T], sql: str, parameters: Mapping[str, Parameter]) -> T | None:
        """Return the only row, or None; also for a lone NULL."""
        found = self._fetch(row_type, sql, parameters, 1)
        return found[0] if found else None

    def script(self, sql: str) -> None:
        """Run several statements, sent as they are because they have no parameters."""
        try:
            self._cursor.execute(sql.encode())
        except WRONG_STATEMENT as error:
            raise self._failure(error, sql) from error

    def _fetch(
        self, row_type: RowType[T], sql: str, parameters: Mapping[str, Parameter], count_max: int
    ) -> tuple[T, ...]:
        self._execute(sql, parameters)
        cursor = self._cursor
        raw = cursor.fetchmany(count_max + 1) if cursor.description else []
        return self._statements.shaped(row_type, sql, raw, cursor.description, count_max)

    def _execute(self, sql: str, parameters: Mapping[str, Parameter]) -> None:
        query, values = self._statements.translated(sql, parameters)
        try:
            self._cursor.execute(query, values)
        except WRONG_STATEMENT as error:
            raise self._failure(error, sql) from error

    def _failure(self, error: Exception, sql: str) -> DatabaseError:
        if isinstance(error, psycopg.Error) and (is_lost(error) or self._connection.closed):
            self.lost = error
        return failure(self.name, error, sql)


class _NumberLoader(Loader):
    """Gives the sum of whole numbers as an int, as SQLite does; PostgreSQL widens it to numeric."""

    def load(self, data: Buffer) -> int | float:
        text = bytes(data).decode()
        return int(text) if text.lstrip("-").isdigit() else float(text)


def adapt(context: AdaptContext) -> None:
    """Make values of a connection equal to SQLite's."""
    if context.adapters is not None:
        context.adapters.register_loader("numeric", _NumberLoader)


def is_lost(error: BaseException | None) -> bool:
    """Tell whether a transaction lost against another and may be repeated from the start."""
    return isinstance(error, errors.SerializationFailure | errors.DeadlockDetected)


def outcome_is_unknown(error: psycopg.Error, *, connected: bool) -> bool:
    """Tell whether a commit that failed with *error* may have stored its transaction."""
    return not connected or isinstance(
        error, errors.StatementCompletionUnknown | errors.TransactionResolutionUnknown
    )


def failure(name: str, error: Exception, doing: str, *, reads: bool = False) -> DatabaseError:
    """Return the DatabaseError for *error*; *doing* is a statement or what else was tried."""
    advice = next(
        (text for kind, text in _ADVICE if isinstance(error, kind)),
        "correct the statement or its parameters",
    )
    # A read that would change something is refused by our own connection.
    its_own = reads and isinstance(error, errors.ReadOnlySqlTransaction)
    condition = next((text for kind, text in _CONDITIONS if isinstance(error, kind)), "")
    said = " ".join(str(error).split())
    return DatabaseError(
        f"{name}: {said}: {advice}. It was: {shortened(doing)}",
        condition="" if its_own else condition,
    )


def no_connection(name: str, options: DatabaseOptions) -> DatabaseError:
    """Return the DatabaseError for a pool without a free connection."""
    return DatabaseError(
        f"{name}: no connection within {options.busy_s_max} s, nothing was done: "
        "check that the server runs, or raise connections_max",
        condition="unreachable",
    )

"""One SQLite connection in one thread, with bounds on time and rows."""

import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar
from urllib.parse import quote

from maestri import clock
from maestri.databases.bounded_cache import BoundedCache
from maestri.databases.database import Parameter, RowType, Scalar
from maestri.databases.options import DatabaseOptions
from maestri.databases.row_shapes import RawRow, RowShape, too_many_rows
from maestri.databases.sqlite_failures import DRIVER_ERRORS, commit_failure, failure, interrupted
from maestri.databases.statements import Statement, for_sqlite, lists_as_json, shortened
from maestri.errors import DatabaseError

T = TypeVar("T")

Role = Literal["reader", "writer", "both"]

_INSTRUCTIONS_BETWEEN_CHECKS = 10_000
"""SQLite runs so many in 0.1 to 0.5 ms."""

_WAL_PAUSE_S = 0.01


class SqliteSession:
    """
    Runs statements and stops them at their bounds.

    Args:
        name: For messages.
        path: The file, or None for a database in memory.
        options: Bounds.
        role: A reader cannot change anything; a writer creates the file; both are needed in memory.
    """

    def __init__(self, name: str, path: Path | None, options: DatabaseOptions, role: Role) -> None:
        self.name = name
        self._options = options
        self._role = role
        self._statements: BoundedCache[str, Statement] = BoundedCache(options.statements_max)
        self._shapes: BoundedCache[tuple[Any, str], RowShape[Any]] = BoundedCache(
            options.statements_max
        )
        self._read_s = (options.read_ms_max or 250) / 1000
        self._bound_s = 0.0
        self._stop_ns = 0
        self._is_reading = False
        self._connection = self._connect(path)
        self._connection.set_progress_handler(self._is_too_late, _INSTRUCTIONS_BETWEEN_CHECKS)

    def rows(
        self, row_type: RowType[T], sql: str, parameters: Mapping[str, Parameter]
    ) -> tuple[T, ...]:
        """Return all rows, or a DatabaseError if there are more than the bound."""
        raw, shape = self._fetch(row_type, sql, parameters, self._options.rows_max)
        return shape(raw)

    def row(self, row_type: RowType[T], sql: str, parameters: Mapping[str, Parameter]) -> T | None:
        """Return the only row, or None; also for a lone NULL."""
        raw, shape = self._fetch(row_type, sql, parameters, 1)
        return shape(raw)[0] if raw and raw[0] != (None,) else None

    def execute(self, sql: str, parameters: Mapping[str, Parameter]) -> int:
        """Run a statement; return the number of rows it changed."""
        return max(0, self._execute(sql, parameters).rowcount)

    def execute_many(self, sql: str, rows: Iterable[Mapping[str, Scalar]]) -> int:
        """Run a statement once for each of *rows*; return the number of rows changed in all."""
        try:
            return max(0, self._connection.executemany(sql, rows).rowcount)
        except DRIVER_ERRORS as error:
            raise self._failure(error, sql) from error

    def script(self, sql: str) -> None:
        """Run several statements; unlike sqlite3's own, this one does not commit first."""
        statement = ""
        for piece in sql.split(";"):
            statement += piece + ";"
            if sqlite3.complete_statement(statement):
                self._execute(statement, {})
                statement = ""
        if statement.strip(" \t\r\n;"):
            self._execute(statement, {})

    def begin_read(self) -> None:
        """Start the time of a read."""
        self._limit(self._read_s, is_reading=True)

    def begin_write(self) -> None:
        """Begin a transaction, once no other process writes."""
        self._begin("BEGIN IMMEDIATE", self._options.write_s_max)

    def begin_migration(self) -> None:
        """Begin a transaction, once no other process migrates or writes."""
        busy_ms = int(self._options.migrate_s_max * 1000)
        self._execute(f"PRAGMA busy_timeout = {busy_ms}", {})
        try:
            self._begin("BEGIN EXCLUSIVE", self._options.migrate_s_max)
        finally:
            self._execute(f"PRAGMA busy_timeout = {int(self._options.busy_s_max * 1000)}", {})

    def limit_write(self) -> None:
        """Start the time of one write in a transaction of several."""
        self._limit(self._options.write_s_max)

    def control(self, sql: str) -> None:
        """Run a statement about savepoints."""
        self._execute(sql, {})

    def commit(self) -> None:
        """Store the transaction; without success it is still open, or CommitUnknown is raised."""
        try:
            self._connection.execute("COMMIT")
        except DRIVER_ERRORS as error:
            raise commit_failure(self.name, error) from error
        self._end_write()

    def rollback(self) -> None:
        """Take the transaction back, if it is still open."""
        if self._connection.in_transaction:
            self._execute("ROLLBACK", {})
        self._end_write()

    @property
    def in_transaction(self) -> bool:
        """Tell whether SQLite has not already taken the transaction back by itself."""
        return self._connection.in_transaction

    def close(self) -> None:
        """Disconnect."""
        self._connection.close()

    def _begin(self, sql: str, seconds: float) -> None:
        if self._role == "both":
            self._execute("PRAGMA query_only = OFF", {})
        self._execute(sql, {})
        self._limit(seconds)

    def _end_write(self) -> None:
        if self._role == "both":
            self._execute("PRAGMA query_only = ON", {})

    def _limit(self, seconds: float, *, is_reading: bool = False) -> None:
        self._is_reading = is_reading
        self._bound_s = seconds
        self._stop_ns = clock.perf_ns() + int(seconds * 1e9)

    def _is_too_late(self) -> bool:
        return clock.perf_ns() > self._stop_ns

    def _fetch(
        self, row_type: RowType[T], sql: str, parameters: Mapping[str, Parameter], count_max: int
    ) -> tuple[list[RawRow], RowShape[T]]:
        cursor = self._execute(sql, parameters)
        try:
            raw: list[RawRow] = cursor.fetchmany(count_max + 1)
        except DRIVER_ERRORS as error:
            raise self._failure(error, sql) from error
        if len(raw) > count_max:
            cursor.close()
            raise too_many_rows(self.name, sql, count_max)
        shape = self._shapes.get((row_type, sql))
        if shape is None:
            columns = [column[0] for column in cursor.description or ()]
            made = RowShape(row_type, columns, f"{self.name}: {shortened(sql)}")
            shape = self._shapes.add((row_type, sql), made)
        return raw, shape

    def _execute(self, sql: str, parameters: Mapping[str, Parameter]) -> sqlite3.Cursor:
        statement = self._statements.get(sql)
        if statement is None:
            statement = self._statements.add(sql, for_sqlite(sql))
        if statement.lists:
            parameters = lists_as_json(parameters, statement.lists)
        try:
            return self._connection.execute(statement.sql, parameters)
        except DRIVER_ERRORS as error:
            raise self._failure(error, sql) from error

    def _failure(self, error: Exception, sql: str) -> DatabaseError:
        if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_INTERRUPT:
            return interrupted(self.name, self._bound_s, sql, reads=self._is_reading)
        return failure(self.name, error, sql, reads=self._is_reading)

    def _connect(self, path: Path | None) -> sqlite3.Connection:
        options = self._options
        mode = "rw" if self._role == "reader" else "rwc"
        # quote() keeps "?" and "#" of a file's name from being read as parts of the URI.
        uri = ":memory:" if path is None else f"file:{quote(str(path.absolute()))}?mode={mode}"
        busy_s = self._read_s if self._role == "reader" else options.busy_s_max
        try:
            connection = sqlite3.connect(
                uri,
                uri=True,
                timeout=busy_s,
                isolation_level=None,
                cached_statements=options.statements_max,
            )
        except DRIVER_ERRORS as error:
            raise failure(self.name, error, "connect") from error
        try:
            if self._role != "reader":
                self._prepare_file(connection, path)
            connection.execute("PRAGMA foreign_keys = ON")
            if self._role != "writer":
                connection.execute("PRAGMA query_only = ON")
        except DRIVER_ERRORS as error:
            connection.close()
            raise failure(self.name, error, "connect") from error
        return connection

    def _prepare_file(self, connection: sqlite3.Connection, path: Path | None) -> None:
        connection.execute(f"PRAGMA synchronous = {self._options.synchronous}")
        if path is None:
            return
        give_up_s = clock.monotonic_s() + self._options.busy_s_max
        while True:
            try:
                (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
                break
            except sqlite3.OperationalError as error:
                # Of two processes that change the mode at once SQLite refuses one without waiting.
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or clock.monotonic_s() > give_up_s:
                    raise
                clock.pause(_WAL_PAUSE_S)
        if mode != "wal":
            raise ValueError(
                f"cannot keep a write-ahead log ({mode}): move the file to a local disk"
            )

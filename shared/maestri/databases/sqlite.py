"""SQLite: reads on the event loop, writes in one thread."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn, TypeVar

from maestri.databases.database import Database, Parameter, RowType
from maestri.databases.migrations import Migration
from maestri.databases.options import DatabaseOptions
from maestri.databases.sqlite_session import SqliteSession
from maestri.databases.sqlite_writer import WriterInMemory, WriterThread, open_writer
from maestri.databases.transaction import Transaction
from maestri.errors import DatabaseError

T = TypeVar("T")

FileId = tuple[int, int]
"""Device and inode."""

FIRST_VERSION = "SELECT version FROM maestri_migration LIMIT 1"


class SqliteDatabase(Database):
    """
    One file, or one database in memory.

    A read by an index takes about 10 µs here and several times that through a thread, so it runs on
    the loop; ``read_ms_max`` is therefore the longest that a bad statement can hold up all others.
    """

    def __init__(
        self,
        name: str,
        path: Path | None,
        migrations: Sequence[Migration],
        options: DatabaseOptions,
    ) -> None:
        super().__init__(name)
        self._path = path
        self._migrations = migrations
        self._options = options
        self._reader: SqliteSession | None = None
        self._writer: WriterThread | WriterInMemory | None = None
        self._files: dict[Path, FileId] = {}
        self._damage: DatabaseError | None = None

    async def start(self) -> None:
        """Connect and apply the migrations. Several processes may start at once."""
        if self._reader is not None:
            raise DatabaseError(f"{self.name}: was started before: start it once")
        if self._path is None:
            self._reader = open_writer(self.name, None, self._migrations, self._options)
            self._writer = WriterInMemory(self._reader)
            return
        writer = WriterThread(self.name, self._path, self._migrations, self._options)
        await writer.start()
        self._writer = writer
        try:
            self._reader = SqliteSession(self.name, self._path, self._options, "reader")
            # The log is made when it is first read, and lives as long as the connections.
            await self.rows(int, FIRST_VERSION)
        except BaseException:
            await self.aclose()
            raise
        paths = (self._path, self._path.with_name(f"{self._path.name}-wal"))
        self._files = {path: found for path in paths if (found := _file_id(path))}

    async def aclose(self) -> None:
        """Finish the queued writes, then disconnect."""
        writer, self._writer = self._writer, None
        reader, self._reader = self._reader, None
        self._files = {}
        # Who closes last folds the log into the file, which takes a while: let it be the writer.
        if reader is not None:
            reader.close()
        if writer is not None:
            await writer.aclose()

    async def rows(
        self, row_type: RowType[T], sql: str, /, **parameters: Parameter
    ) -> tuple[T, ...]:
        """Return all rows."""
        reader = self._reader or self._refuse()
        reader.begin_read()
        try:
            return reader.rows(row_type, sql, parameters)
        except DatabaseError as error:
            self._note_damage(error)
            raise

    async def row(self, row_type: RowType[T], sql: str, /, **parameters: Parameter) -> T | None:
        """Return the only row, or None."""
        reader = self._reader or self._refuse()
        reader.begin_read()
        try:
            return reader.row(row_type, sql, parameters)
        except DatabaseError as error:
            self._note_damage(error)
            raise

    async def _write(self, function: Callable[[Transaction], T]) -> T:
        """Run *function* in one transaction."""
        writer = self._writer or self._refuse()
        return await writer.write(function)

    async def _check(self) -> None:
        """Raise a DatabaseError unless the file is whole, the one that was opened, and served."""
        if self._writer is not None and not self._writer.is_alive():
            raise DatabaseError(f"{self.name}: its writer has ended: restart this process")
        if self._damage is not None:
            raise DatabaseError(str(self._damage), condition=self._damage.condition)
        for path, opened in self._files.items():
            if _file_id(path) != opened:
                raise DatabaseError(
                    f"{self.name}: {path.name} was deleted or replaced while it was open, and what "
                    "is written now is lost at the end of this process: stop it, restore the file, "
                    "start it again",
                    condition="gone",
                )
        await self.rows(int, FIRST_VERSION)

    def _note(self, error: DatabaseError) -> None:
        self._note_damage(error)
        super()._note(error)

    def _note_damage(self, error: DatabaseError) -> None:
        # A damaged file stays one, whatever else of it can be read, until it is restored.
        if error.condition == "damaged":
            self._damage = error

    def _refuse(self) -> NoReturn:
        raise DatabaseError(
            f"{self.name}: is not open: await start() first, and nothing after aclose()"
        )


def _file_id(path: Path) -> FileId | None:
    """Return what tells a file from any other that has its path later; None if there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino

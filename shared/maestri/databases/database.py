"""What a component may ask of its database, whichever it is."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Self, TypeVar

from maestri.errors import CommitUnknown, DatabaseError, NotCommitted

if TYPE_CHECKING:
    from maestri.databases.transaction import Transaction

T = TypeVar("T")

RowType = Callable[..., T]
"""What rows become: a Struct's class, a scalar type or a NewType of one."""

Scalar = str | int | float | bool | bytes | None
"""What a column holds in both databases."""

Parameter = Scalar | tuple[Scalar, ...]
"""What a statement takes. A tuple is written ``IN :names``; it may be empty."""


class Database(ABC):
    """
    Reads give tuples of rows; writes run a plain function in one transaction.

    Parameters are written ``:name``. A row type is a frozen Struct with exactly the columns of the
    statement, by name, or the type of the only column: ``str``, ``int``, ``float``, ``bool``,
    ``bytes`` or a NewType of one. Every failure is a DatabaseError that names the database and says
    what to do.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        """The URL without its password, for messages."""
        self._failed_write: DatabaseError | None = None

    @abstractmethod
    async def start(self) -> None:
        """Connect and apply the migrations. Several replicas may start at once."""

    @abstractmethod
    async def aclose(self) -> None:
        """Finish the queued writes, then disconnect. Closing twice is allowed."""

    @abstractmethod
    async def rows(
        self, row_type: RowType[T], sql: str, /, **parameters: Parameter
    ) -> tuple[T, ...]:
        """Return all rows, at most ``rows_max``, within ``read_ms_max``; see DatabaseOptions."""

    @abstractmethod
    async def row(self, row_type: RowType[T], sql: str, /, **parameters: Parameter) -> T | None:
        """Return the only row, or None without one or for a lone NULL. A second row is an error."""

    async def write(self, function: Callable[["Transaction"], T]) -> T:
        """
        Run *function* in one transaction; return what it returns once that is stored.

        The function runs in another thread (of a database in memory: on the event loop), alone with
        its transaction: it is not async, changes nothing else, and may be run again from the start,
        if another transaction interfered. An exception takes everything back and is raised here. A
        caller that is cancelled takes back what is still queued; what has begun is completed.

        Raises:
            Overloaded: ``writes_queued_max`` writes wait already. Certainly not executed.
            NotCommitted: Certainly nothing was stored.
            CommitUnknown: The database failed during the commit; all may be stored, or nothing.
        """
        try:
            value = await self._write(function)
        except (CommitUnknown, NotCommitted) as error:
            self._note(error)
            raise
        except DatabaseError as error:
            self._note(error)
            raise NotCommitted(str(error), condition=error.condition) from error
        self._failed_write = None
        return value

    async def healthy(self) -> None:
        """
        Return if reads and writes would be served; otherwise raise a DatabaseError.

        What a write met that its operators have to mend, such as a full disk, lasts until another
        write succeeds: here one of 64 KiB is tried then.
        """
        await self._check()
        if self._failed_write is not None:
            await self.write(_fill)
            await self.write(_clear)

    @abstractmethod
    async def _write(self, function: Callable[["Transaction"], T]) -> T:
        """Run *function* in one transaction; any DatabaseError but CommitUnknown is certain."""

    @abstractmethod
    async def _check(self) -> None:
        """Raise a DatabaseError unless reads would be served, and what is written would be kept."""

    def _note(self, error: DatabaseError) -> None:
        """Remember what operators have to mend before a write can succeed."""
        if error.condition:
            self._failed_write = error

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


_PROBE = "maestri probe"
_PROBE_BYTES = 64 * 1024


def _fill(transaction: "Transaction") -> None:
    _clear(transaction)
    transaction.execute(
        "INSERT INTO maestri_migration (series, version, title, checksum, applied_at)"
        " VALUES (:series, 0, :title, '', 0)",
        series=_PROBE,
        title="." * _PROBE_BYTES,
    )


def _clear(transaction: "Transaction") -> None:
    transaction.execute("DELETE FROM maestri_migration WHERE series = :series", series=_PROBE)

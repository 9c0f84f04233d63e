"""What a component may ask of its database, whichever it is."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Self, TypeVar

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

    name: str
    """The URL without its password, for messages."""

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

    @abstractmethod
    async def write(self, function: Callable[["Transaction"], T]) -> T:
        """
        Run *function* in one transaction; return what it returns once that is stored.

        The function runs in another thread (of a database in memory: on the event loop), alone with
        its transaction: it is not async, changes nothing else, and may be run again from the start,
        if another transaction interfered. An exception takes everything back and is raised here. A
        caller that is cancelled takes back what is still queued; what has begun is completed.

        Raises:
            Overloaded: ``writes_queued_max`` writes wait already. Certainly not executed.
            DatabaseError: Nothing was stored, unless the message says that this is unknown.
        """

    @abstractmethod
    async def healthy(self) -> None:
        """Return if reads and writes would be served; otherwise raise a DatabaseError."""

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

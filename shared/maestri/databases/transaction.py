"""A transaction stores all of its statements or none, with the same rules on both databases."""

from collections.abc import Callable, Iterable, Mapping
from types import CoroutineType
from typing import Protocol, TypeVar

from maestri.databases.database import Parameter, RowType, Scalar
from maestri.errors import DatabaseError

T = TypeVar("T")


class Session(Protocol):
    """One connection, used by one thread at a time."""

    name: str

    def execute(self, sql: str, parameters: Mapping[str, Parameter]) -> int:
        """Run a statement; return the number of rows it changed."""
        ...

    def execute_many(self, sql: str, rows: Iterable[Mapping[str, Scalar]]) -> int:
        """Run a statement once for each of *rows*; return the number of rows changed in all."""
        ...

    def rows(
        self, row_type: RowType[T], sql: str, parameters: Mapping[str, Parameter]
    ) -> tuple[T, ...]:
        """Return all rows, or a DatabaseError if there are more than the bound."""
        ...

    def row(self, row_type: RowType[T], sql: str, parameters: Mapping[str, Parameter]) -> T | None:
        """Return the only row, if any."""
        ...

    def script(self, sql: str) -> None:
        """Run several statements without parameters, within the transaction."""
        ...


class Transaction:
    """
    Runs statements that are stored together or not at all.

    It works only inside the function that it was handed to. Once a statement has failed, the whole
    transaction has: a function that catches the error cannot go on, as in PostgreSQL.
    """

    def __init__(self, session: Session) -> None:
        self._session: Session | None = session
        self._name = session.name
        self._failure: DatabaseError | None = None

    def execute(self, sql: str, /, **parameters: Parameter) -> int:
        """Run a statement; return the number of rows it changed."""
        return self._run(lambda session: session.execute(sql, parameters))

    def execute_many(self, sql: str, rows: Iterable[Mapping[str, Scalar]], /) -> int:
        """Run a statement once for each of *rows*, fast; return how many rows changed in all."""
        return self._run(lambda session: session.execute_many(sql, rows))

    def rows(self, row_type: RowType[T], sql: str, /, **parameters: Parameter) -> tuple[T, ...]:
        """Return all rows, as Database.rows does; also those of a ``RETURNING``."""
        return self._run(lambda session: session.rows(row_type, sql, parameters))

    def row(self, row_type: RowType[T], sql: str, /, **parameters: Parameter) -> T | None:
        """Return the only row, as Database.row does; also that of a ``RETURNING``."""
        return self._run(lambda session: session.row(row_type, sql, parameters))

    def _run(self, statement: Callable[[Session], T]) -> T:
        if self._session is None:
            raise DatabaseError(
                f"{self._name}: this transaction is over: use it only inside its function"
            )
        if self._failure is not None:
            raise _rolled_back_error(self._name, self._failure) from self._failure
        try:
            return statement(self._session)
        except DatabaseError as error:
            self._failure = error
            raise

    def close(self) -> None:
        """End the use of this transaction."""
        self._session = None

    def raise_if_failed(self) -> None:
        """Raise if a statement had failed, whatever the function made of it."""
        if self._failure is not None:
            raise _rolled_back_error(self._name, self._failure) from self._failure


def run_in(session: Session, function: Callable[[Transaction], T]) -> T:
    """Run *function* in the transaction that *session* has begun; whoever began it also ends it."""
    transaction = Transaction(session)
    try:
        result = function(transaction)
    except StopIteration as error:
        # A future cannot carry a StopIteration; an async function would do the same.
        raise RuntimeError("the function of a write raised StopIteration") from error
    finally:
        transaction.close()
    transaction.raise_if_failed()
    if isinstance(result, CoroutineType):
        result.close()
        raise DatabaseError(
            f"{session.name}: write() takes a plain function, not an async one: drop the async"
        )
    return result


def _rolled_back_error(name: str, failure: DatabaseError) -> DatabaseError:
    return DatabaseError(
        f"{name}: nothing of this transaction is stored, a statement in it failed: "
        f"let its error pass. It was: {failure}",
        condition=failure.condition,
    )

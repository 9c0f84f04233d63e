"""Waiting writes are stored by one commit; one that fails is taken back alone, by a savepoint."""

import asyncio
from collections.abc import Callable
from contextvars import Context
from typing import Any

from maestri.databases.sqlite_session import SqliteSession
from maestri.databases.transaction import Transaction, run_in
from maestri.errors import CommitUnknown, DatabaseError


class Write:
    """A function on its way to the writer, and what became of it."""

    __slots__ = ("_context", "_function", "error", "finished", "value")

    def __init__(
        self,
        function: Callable[[Transaction], Any],
        context: Context,
        finished: asyncio.Future[None] | None,
    ) -> None:
        self._function = function
        self._context = context
        self.finished = finished
        self.value: Any = None
        self.error: BaseException | None = None

    def run(self, session: SqliteSession) -> Any:
        """Run the function in the transaction that is open."""
        return self._context.run(run_in, session, self._function)

    @property
    def is_cancelled(self) -> bool:
        """Tell whether nobody waits for it any more."""
        return self.finished is not None and self.finished.cancelled()


def commit_group(session: SqliteSession, writes: list[Write]) -> None:
    """Run *writes* in one transaction; if that fails as a whole, run each in its own."""
    if len(writes) > 1:
        try:
            session.begin_write()
        except DatabaseError as error:
            _fail_all(writes, error)
            return
        writes = _commit_together(session, writes)
    for write in writes:
        if not write.is_cancelled:
            _commit_alone(session, write)


def _commit_alone(session: SqliteSession, write: Write) -> None:
    write.error = None
    try:
        session.begin_write()
        value = write.run(session)
        session.commit()
        write.value = value
    except BaseException as error:  # noqa: BLE001 - raised again by write()
        write.error = error
        _rollback(session)


def _commit_together(session: SqliteSession, writes: list[Write]) -> list[Write]:
    """Return the writes that must be repeated, because SQLite took back the whole transaction."""
    try:
        for write in writes:
            if write.is_cancelled:
                continue
            _run_in_savepoint(session, write)
            if not session.in_transaction:
                return [other for other in writes if other is not write]
        session.commit()
    except CommitUnknown as error:
        # Whoever repeated it could store it twice: a disk that failed may still have it.
        _rollback(session)
        _fail_all([write for write in writes if write.error is None], error)
    except DatabaseError:
        _rollback(session)
        return writes
    return []


def _fail_all(writes: list[Write], error: DatabaseError) -> None:
    for write in writes:
        # An error that is raised to several callers would gather the traces of all.
        write.error = type(error)(str(error), condition=error.condition)


def _run_in_savepoint(session: SqliteSession, write: Write) -> None:
    session.control("SAVEPOINT one_write")
    session.limit_write()
    try:
        write.value = write.run(session)
    except BaseException as error:  # noqa: BLE001 - raised again by write()
        write.error = error
        if session.in_transaction:
            session.control("ROLLBACK TO one_write")
    if session.in_transaction:
        session.control("RELEASE one_write")


def _rollback(session: SqliteSession) -> None:
    try:
        session.rollback()
    except DatabaseError:
        # The connection is broken; the next BEGIN says so to the next write.
        return

"""One thread writes; what queues up behind a commit is committed together."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from contextvars import copy_context
from pathlib import Path
from queue import SimpleQueue
from typing import TypeVar

from maestri import clock
from maestri.databases.group_commit import Write, commit_group
from maestri.databases.migrations import Migration, migrate
from maestri.databases.options import DatabaseOptions
from maestri.databases.sqlite_session import SqliteSession
from maestri.databases.transaction import Transaction
from maestri.errors import Overloaded

T = TypeVar("T")


class WriterThread:
    """
    Runs writes one after the other, in groups of those that wait.

    While one group waits for the disk the next one gathers, so the more there is to write the more
    is stored by each commit. A write of a group that fails is taken back alone, by a savepoint.
    """

    def __init__(
        self, name: str, path: Path, migrations: Sequence[Migration], options: DatabaseOptions
    ) -> None:
        self._name = name
        self._path = path
        self._migrations = migrations
        self._options = options
        self._queue: SimpleQueue[Write | None] = SimpleQueue()
        self._count = 0
        self._thread: threading.Thread | None = None

    async def start(self) -> None:
        """Start the thread; return when it has migrated the database."""
        self._loop = asyncio.get_running_loop()
        self._stopped = self._loop.create_future()
        started: asyncio.Future[None] = self._loop.create_future()
        # A daemon, so that a forgotten aclose() does not keep the process alive.
        self._thread = threading.Thread(
            target=self._work, args=(started,), name="maestri-writer", daemon=True
        )
        self._thread.start()
        try:
            await started
        except BaseException:
            self._queue.put(None)
            raise

    async def write(self, function: Callable[[Transaction], T]) -> T:
        """Queue *function*; return its result once that is stored."""
        if self._count >= self._options.writes_queued_max:
            raise Overloaded(
                f"{self._name}: {self._count} writes wait already, writes_queued_max: slow down"
            )
        finished = self._loop.create_future()
        write = Write(function, copy_context(), finished)
        self._count += 1
        self._queue.put(write)
        await finished
        if write.error is not None:
            raise write.error
        value: T = write.value
        return value

    async def aclose(self) -> None:
        """Finish what is queued, then end the thread."""
        self._queue.put(None)
        await self._stopped

    def is_alive(self) -> bool:
        """Tell whether writes would be served."""
        return self._thread is not None and self._thread.is_alive()

    def _work(self, started: asyncio.Future[None]) -> None:
        try:
            session = open_writer(self._name, self._path, self._migrations, self._options)
        except BaseException as error:  # noqa: BLE001 - raised again by start()
            self._tell(_settle, self._stopped, None)
            self._tell(_settle, started, error)
            return
        self._tell(_settle, started, None)
        while group := self._next_group():
            commit_group(session, group)
            self._tell(self._finish, group)
        session.close()
        self._tell(_settle, self._stopped, None)

    def _next_group(self) -> list[Write]:
        """Wait for a write; return it with those behind it, or nothing at the end."""
        group: list[Write] = []
        while len(group) < self._options.writes_grouped_max and (
            not group or not self._queue.empty()
        ):
            write = self._queue.get()
            if write is None:
                if group:
                    self._queue.put(None)
                break
            group.append(write)
        return group

    def _finish(self, group: list[Write]) -> None:
        self._count -= len(group)
        for write in group:
            if write.finished is not None:
                _settle(write.finished, None)

    def _tell(self, function: Callable[..., None], *arguments: object) -> None:
        # After the end of the loop nobody is left who could wait for an answer.
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(function, *arguments)


class WriterInMemory:
    """Runs each write on the event loop: no disk to wait for, and no second connection."""

    def __init__(self, session: SqliteSession) -> None:
        self._session = session

    async def write(self, function: Callable[[Transaction], T]) -> T:
        """Run *function*; return its result."""
        write = Write(function, copy_context(), None)
        # As with a file, a write lets the others run.
        await clock.sleep(0)
        commit_group(self._session, [write])
        if write.error is not None:
            raise write.error
        value: T = write.value
        return value

    async def aclose(self) -> None:
        """Do nothing: the reader owns the connection."""

    def is_alive(self) -> bool:
        """Tell that writes would be served."""
        return True


def open_writer(
    name: str, path: Path | None, migrations: Sequence[Migration], options: DatabaseOptions
) -> SqliteSession:
    """Return a session that may write, after the migrations."""
    session = SqliteSession(name, path, options, "both" if path is None else "writer")
    try:
        session.begin_migration()
        try:
            migrate(session, migrations)
            session.commit()
        except BaseException:
            session.rollback()
            raise
    except BaseException:
        session.close()
        raise
    return session


def _settle(future: asyncio.Future[None], error: BaseException | None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(None)
    else:
        future.set_exception(error)

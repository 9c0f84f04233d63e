"""The bounds of a database. Each is tested at its limit."""

from typing import Literal

import msgspec


class DatabaseOptions(msgspec.Struct, frozen=True, kw_only=True):
    """
    Bounds of one database; the defaults suit a component of the store.

    Attributes:
        read_ms_max: A longer read is interrupted. None: 250 on SQLite, where a read holds the event
            loop, and 2,000 on PostgreSQL, where it does not.
        rows_max: A read that gives more rows is an error; nothing is ever cut off silently.
        write_s_max: SQLite interrupts a longer transaction, PostgreSQL a longer statement of one.
        writes_queued_max: Writes that wait or run. One more is Overloaded, certainly not executed.
        reads_queued_max: PostgreSQL reads that wait for a connection. One more is Overloaded.
        writes_grouped_max: SQLite commits at most so many waiting writes together.
        attempts_max: PostgreSQL repeats a transaction that lost against another at most so often.
        busy_s_max: Longest wait for a lock of another process, or for a free connection.
        migrate_s_max: Longest wait for another replica's migrations, and longest migration.
        connections_max: PostgreSQL connections for reads, and as many again for writes.
        statements_max: Statements whose translation is kept; the oldest is forgotten.
        synchronous: SQLite. FULL survives a power cut; NORMAL may lose the last commits in one, and
            commits about ten times faster; OFF is for data that can be made again.
    """

    read_ms_max: int | None = None
    rows_max: int = 10_000
    write_s_max: float = 10.0
    writes_queued_max: int = 1_000
    reads_queued_max: int = 1_000
    writes_grouped_max: int = 100
    attempts_max: int = 20
    busy_s_max: float = 5.0
    migrate_s_max: float = 60.0
    connections_max: int = 4
    statements_max: int = 1_000
    synchronous: Literal["FULL", "NORMAL", "OFF"] = "FULL"

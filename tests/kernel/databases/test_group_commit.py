"""What is committed together is stored, or not, each on its own."""

import asyncio
from contextvars import copy_context
from typing import Literal

from hypothesis import given
from hypothesis import strategies as st

from maestri.databases import DatabaseOptions, Migration, Transaction
from maestri.databases.group_commit import Write, commit_group
from maestri.databases.sqlite_writer import open_writer
from maestri.errors import DatabaseError

TABLES = Migration(
    1,
    "marks",
    "CREATE TABLE mark (number INTEGER PRIMARY KEY);"
    "CREATE TABLE use (number INTEGER REFERENCES mark (number) DEFERRABLE INITIALLY DEFERRED)",
)
Kind = Literal["stored", "raises", "twice", "dangling", "cancelled"]
KINDS: list[Kind] = ["stored", "raises", "twice", "dangling", "cancelled"]


class Refused(Exception):
    """A business error."""


def write_of(kind: Kind, number: int, loop: asyncio.AbstractEventLoop) -> Write:
    """Return a write that marks *number*, or fails in its own way."""

    def work(transaction: Transaction) -> int:
        transaction.execute("INSERT INTO mark (number) VALUES (:number)", number=number)
        if kind == "raises":
            raise Refused
        if kind == "twice":
            transaction.execute("INSERT INTO mark (number) VALUES (:number)", number=number)
        if kind == "dangling":  # Found by the commit, which takes back the whole group.
            transaction.execute("INSERT INTO use (number) VALUES (:number)", number=-number - 1)
        return number

    finished: asyncio.Future[None] = loop.create_future()
    if kind == "cancelled":
        finished.cancel()
    return Write(work, copy_context(), finished)


@given(st.lists(st.lists(st.sampled_from(KINDS), min_size=1, max_size=5), max_size=4))
def test_a_group_stores_what_each_alone_would(groups: list[list[Kind]]) -> None:
    """Whoever fails, or gives up, takes nothing from the others and leaves nothing behind."""
    session = open_writer("marks", None, (TABLES,), DatabaseOptions())
    loop = asyncio.new_event_loop()
    expected, count = list[int](), 0
    for kinds in groups:
        writes = [write_of(kind, count + i, loop) for i, kind in enumerate(kinds)]
        commit_group(session, writes)
        for i, (kind, write) in enumerate(zip(kinds, writes, strict=True)):
            if kind == "stored":
                assert (count + i, None) == (write.value, write.error)
                expected.append(count + i)
            elif kind != "cancelled":
                assert isinstance(write.error, Refused if kind == "raises" else DatabaseError)
        count += len(kinds)
    stored = Write(
        lambda transaction: transaction.rows(int, "SELECT number FROM mark ORDER BY number"),
        copy_context(),
        None,
    )
    commit_group(session, [stored])
    session.close()
    loop.close()

    assert (None, tuple(expected)) == (stored.error, tuple(stored.value))

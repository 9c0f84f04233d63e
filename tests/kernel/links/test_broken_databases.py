"""What a database says of a transaction reaches the callers of its component, and its operators."""

import logging

import pytest

from maestri import clock
from maestri.contracts import Contract, get, post
from maestri.errors import (
    CallError,
    CommitUnknown,
    DatabaseError,
    Faulted,
    NotCommitted,
    OutcomeUnknown,
    Overloaded,
)
from maestri.links import Invoker, LocalLink, stub
from maestri.testing import run_in_virtual_time


class Ledger(Contract, id="ledger"):
    """What is called."""

    @post("/entries")
    async def add(self) -> None:
        """Store something."""
        raise NotImplementedError

    @get("/sum")
    async def total(self) -> int:
        """Read something."""
        raise NotImplementedError


class Broken(Ledger):
    """A ledger whose database always fails."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def add(self) -> None:
        """Fail."""
        raise self.error

    async def total(self) -> int:
        """Fail."""
        raise self.error


FULL = NotCommitted("store.db: disk is full: free some space", condition="full")


def called(error: Exception) -> Ledger:
    """Return a stub of a component that fails so."""
    return stub(Ledger, LocalLink(Invoker(Broken(error), "books.ledger")))


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (CommitUnknown("lost", condition="unreachable"), OutcomeUnknown),
        (CommitUnknown("lost"), OutcomeUnknown),
        (FULL, Faulted),
        (DatabaseError("no such table"), Faulted),
        (ValueError("wrong"), Faulted),
    ],
)
async def test_a_caller_hears_whether_something_may_be_stored(
    error: Exception, kind: type[CallError]
) -> None:
    """An unknown commit is an unknown outcome; of anything else the component broke."""
    with pytest.raises(CallError) as caught:
        await called(error).add()

    assert kind is type(caught.value)


def test_what_operators_have_to_mend_makes_a_line_and_a_count(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A full disk is one line in 10 s, whichever operations meet it, without a traceback."""

    async def work() -> None:
        ledger = called(FULL)
        for _ in range(80):
            with pytest.raises(CallError):
                await ledger.add()
        for _ in range(79):
            with pytest.raises(CallError):
                await ledger.total()
        await clock.sleep(20)

    run_in_virtual_time(work())

    line = "books.ledger: store.db: disk is full: free some space"
    assert [(line, None), (f"{line}, 158 times in the last 10 s", None)] == [
        (record.getMessage(), record.exc_info) for record in caplog.records
    ]


def test_what_a_component_refuses_is_told_by_it_alone(caplog: pytest.LogCaptureFixture) -> None:
    """A full queue of writes makes a line and a count, and none for those who call."""

    class Caller(Broken):
        """Has a ledger of its own."""

        async def add(self) -> None:
            """Pass the call on."""
            await called(self.error).add()

    async def work() -> None:
        full = Overloaded("store.db: 1000 writes wait already")
        caller = stub(Ledger, LocalLink(Invoker(Caller(full), "books.caller")))
        for _ in range(2):
            with pytest.raises(Overloaded):
                await caller.add()
        await clock.sleep(20)

    run_in_virtual_time(work())

    assert {"books.ledger"} == {record.getMessage().split(":")[0] for record in caplog.records}


async def test_what_programmers_have_to_mend_is_told_with_its_traceback(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A wrong statement is an error of the code, told with where it is."""
    with caplog.at_level(logging.ERROR), pytest.raises(Faulted):
        await called(DatabaseError("no such table")).add()

    assert 1 == len(caplog.records)
    assert "Traceback" in caplog.text

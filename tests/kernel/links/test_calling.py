"""What belongs to the caller is done for every link: a link of three lines shows it."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import msgspec
import pytest

from maestri import clock
from maestri.composition import Composer
from maestri.context import Commands, Context, Recorder, new_context, use_context
from maestri.contracts import Operation
from maestri.errors import (
    CallError,
    ConnectFailed,
    ConnectionLost,
    Faulted,
    NoTimeLeft,
    OutcomeUnknown,
)
from maestri.links import stub
from maestri.plans import call, composition
from tests.kernel.links.contract import Shelf
from tests.kernel.links.shelf import BOOK


class BareLink:
    """Does nothing but what a link must: it carries the call, or fails."""

    def __init__(self, error: CallError | None) -> None:
        self.error = error
        self.contexts: list[Context] = []

    async def send(self, operation: Operation, arguments: tuple[Any, ...], context: Context) -> Any:
        """Carry one call; see Link."""
        del operation, arguments
        self.contexts.append(context)
        if self.error is not None:
            raise self.error
        return None


@composition
def removed(isbn: str) -> None:
    """Take a book away."""
    call(Shelf.remove, isbn)


Make = Callable[[BareLink], Any]
MADE: dict[str, Make] = {
    "by a stub": lambda link: stub(Shelf, link).remove("1"),
    "by a plan": lambda link: Composer({"shelf": stub(Shelf, link)}).run(removed, "1"),
}


@pytest.fixture(params=list(MADE.values()), ids=list(MADE))
def make(request: pytest.FixtureRequest) -> Make:
    """Return what makes one call of a command over a link."""
    made: Make = request.param
    return made


def context_of_an_operation(**changes: Any) -> Context:
    """Return the context of an operation in progress."""
    context = new_context(recorder=Recorder())
    return msgspec.structs.replace(
        context, component="web", commands=Commands(), key="k", **changes
    )


@pytest.mark.parametrize(
    ("error", "acted"),
    [
        (None, ["shelf.remove"]),
        (ConnectionLost("gone"), ["shelf.remove"]),
        (Faulted("broke"), ["shelf.remove"]),
        (ConnectFailed("nobody"), []),
    ],
)
async def test_what_may_have_acted_is_noted_for_every_link(
    make: Make, error: CallError | None, acted: list[str]
) -> None:
    """A link need not know that there are commands; unless it is certain, one may have acted."""
    context = context_of_an_operation()
    with use_context(context):
        if error is None:
            await make(BareLink(None))
        else:
            with pytest.raises(CallError):
                await make(BareLink(error))

    assert context.commands is not None
    assert acted == context.commands.acted


async def test_a_lost_command_is_not_called_undone(make: Make) -> None:
    """What follows a command that was lost cannot claim that nothing was done."""
    context = context_of_an_operation()
    with use_context(context), pytest.raises(ConnectionLost):
        await make(BareLink(ConnectionLost("gone")))

    assert context.commands is not None
    concluded = context.commands.concluded(ConnectFailed("nobody listens"))
    assert OutcomeUnknown is type(concluded)


@pytest.mark.parametrize("error", [None, ConnectFailed("nobody")])
async def test_every_call_is_one_span(make: Make, error: CallError | None) -> None:
    """The span is the caller's, its id the parent of what the callee does, whatever the link."""
    context, link = context_of_an_operation(span_id=7), BareLink(error)
    with use_context(context), suppress(CallError):
        await make(link)

    assert context.recorder is not None
    (span,) = [one for one in context.recorder.of_request(context.request_id) if one.kind == "call"]
    outcome = "ok" if error is None else "connect_failed"
    assert ("shelf.remove", "web", outcome) == (span.name, span.component, span.outcome)
    assert int(span.span_id, 16) == link.contexts[0].span_id != 7


async def test_no_link_is_used_after_the_deadline(make: Make) -> None:
    """What has no time left is refused before a link sees it."""
    context, link = context_of_an_operation(deadline_s=clock.now_s() - 0.001), BareLink(None)
    with use_context(context), pytest.raises(NoTimeLeft):
        await make(link)

    assert context.commands is not None
    assert ([], []) == (link.contexts, context.commands.acted)


async def test_an_operation_that_reads_sends_no_command(make: Make) -> None:
    """A command of what is declared to only read reaches no link."""
    context, link = context_of_an_operation(safe=True), BareLink(None)
    with use_context(context), pytest.raises(Faulted, match="declared to only read"):
        await make(link)

    assert [] == link.contexts


async def test_an_operation_that_links_repeat_sends_nothing_that_is_not_to_be_repeated(
    make: Make,
) -> None:
    """What is declared idempotent is sent again when it is lost, with all that it does."""
    context, link = context_of_an_operation(), BareLink(None)
    context = msgspec.structs.replace(context, commands=Commands(repeatable=True))
    with use_context(context):
        await make(link)
        with pytest.raises(Faulted, match="declared idempotent"):
            await stub(Shelf, link).place(BOOK)

    assert 1 == len(link.contexts)

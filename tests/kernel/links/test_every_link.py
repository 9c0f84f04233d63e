"""The caller cannot tell which link carries its call."""

import pytest

from maestri import clock
from maestri.context import Recorder, id_text, new_context, use_context
from maestri.contracts import Failed, Succeeded, parse_selection
from maestri.errors import (
    CallError,
    ConnectFailed,
    Faulted,
    InvalidRequest,
    NoTimeLeft,
)
from maestri.links import link_of
from tests.kernel.links.contract import Shelf, UnknownBook
from tests.kernel.links.shelf import BOOK, RAISED, Books


@pytest.mark.parametrize("isbn", ["1", "a/b", "a b%2F?#&", "größe", "日本", "..x", "%2e%2e"])
async def test_an_argument_arrives_as_it_was_given(any_shelf: Shelf, isbn: str) -> None:
    """A parameter in the path is text, whatever characters it has."""
    book = await any_shelf.book(isbn)

    assert isbn == book.isbn


@pytest.mark.parametrize("isbn", ["", ".", ".."])
async def test_a_segment_that_would_vanish_is_refused(any_shelf: Shelf, isbn: str) -> None:
    """A path segment of dots or of nothing would lead to another operation."""
    with pytest.raises(InvalidRequest) as caught:
        await any_shelf.book(isbn)

    assert "isbn" == caught.value.field


async def test_a_constraint_holds_on_every_link(any_shelf: Shelf, books: Books) -> None:
    """What the contract forbids never reaches the implementation."""
    with pytest.raises(InvalidRequest):
        await any_shelf.set_copies("1", 100)

    assert {} == books.copies


async def test_a_body_carries_message_and_plain_values(any_shelf: Shelf, books: Books) -> None:
    """A command's message and values travel together in its body."""
    placed = await any_shelf.place(BOOK, copies=3)

    assert (BOOK, {"1": 3}) == (placed, books.copies)


@pytest.mark.parametrize("code", [code for code in RAISED if code not in {"bug", "undeclared"}])
async def test_an_error_arrives_as_the_class_that_was_raised(any_shelf: Shelf, code: str) -> None:
    """Every class of error, with its fields, is the same on both sides."""
    with pytest.raises(CallError) as caught:
        await any_shelf.fail(code)

    expected = RAISED[code]()
    assert type(expected) is type(caught.value)
    assert getattr(expected, "fields", None) == getattr(caught.value, "fields", None)


@pytest.mark.parametrize("code", ["undeclared", "bug"])
async def test_what_is_not_declared_arrives_as_faulted(any_shelf: Shelf, code: str) -> None:
    """A bug, or an error that the contract does not name, is a fault of the callee."""
    with pytest.raises(Faulted):
        await any_shelf.fail(code)


async def test_a_batch_gives_each_key_its_own_result(any_shelf: Shelf) -> None:
    """A key that fails has a problem, and the others their results."""
    found = await any_shelf.books(("1", "missing"))

    assert Succeeded(BOOK) == found["1"]
    assert isinstance(found["missing"], Failed)
    assert "urn:maestri:rejected:shelf.unknown_book" == found["missing"].problem.type


async def test_an_empty_batch_is_no_mistake(any_shelf: Shelf) -> None:
    """No keys, no results."""
    assert {} == await any_shelf.books(())


async def test_only_the_selected_fields_arrive(any_shelf: Shelf) -> None:
    """A response narrowed to a selection has the selected fields and no others."""
    selection = parse_selection("title,author(name)")
    operation = Shelf.operations["book"]
    context = new_context()
    narrowed = type(context)(context.deadline_s, context.request_id, selection=selection)

    book = await link_of(any_shelf).send(operation, ("1",), narrowed)

    assert ("Dune", "Frank Herbert") == (book.title, book.author.name)
    assert not hasattr(book, "isbn")
    assert not hasattr(book.author, "born")


async def test_the_context_reaches_the_callee(any_shelf: Shelf) -> None:
    """Deadline, request, identity and priority travel with a read; it has no key of its own."""
    given = new_context(deadline_s=clock.now_s() + 5, identity="Zoë <z>")
    context = type(given)(
        given.deadline_s, given.request_id, 0, given.identity, "critical", "order 7/8"
    )

    with use_context(context):
        seen = await any_shelf.seen()

    assert 4.5 < seen.remaining_s <= 5
    assert (context.request_id, "Zoë <z>") == (seen.request_id, seen.identity)
    assert ("critical", None) == (seen.priority, seen.key)


async def test_a_call_is_one_span_that_the_callee_continues(any_shelf: Shelf) -> None:
    """The caller records the call; its id is the parent of what the callee does."""
    recorder = Recorder()
    context = new_context(recorder=recorder)

    with use_context(context):
        seen = await any_shelf.seen()
        with pytest.raises(UnknownBook):
            await any_shelf.book("missing")

    first, second = recorder.of_request(context.request_id)
    assert (id_text(seen.span_id), "call", "shelf.seen", "ok") == (
        first.span_id,
        first.kind,
        first.name,
        first.outcome,
    )
    assert "shelf.unknown_book" == second.outcome


async def test_nothing_is_started_after_the_deadline(any_shelf: Shelf, books: Books) -> None:
    """A call whose deadline has passed is refused before it is sent."""
    with use_context(new_context(deadline_s=clock.now_s() - 0.001)), pytest.raises(NoTimeLeft):
        await any_shelf.slow(0.0)

    assert 0 == books.started


async def test_a_stream_arrives_whole(any_shelf: Shelf) -> None:
    """The chunks of a streamed response arrive in order."""
    pages = b"".join([chunk async for chunk in await any_shelf.pages("1")])

    assert b"page 0 of 1. page 1 of 1. page 2 of 1. " == pages


async def test_an_error_before_a_stream_is_raised_by_the_call(any_shelf: Shelf) -> None:
    """What fails before the first chunk is an error like any other."""
    with pytest.raises(UnknownBook):
        await any_shelf.pages("missing")


async def test_an_error_names_its_operation(any_shelf: Shelf) -> None:
    """The log line of an error says which call it was."""
    with pytest.raises(ConnectFailed) as caught:
        await any_shelf.fail("connect_failed")

    assert "shelf.fail" == caught.value.operation

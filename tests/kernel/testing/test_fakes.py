# mypy: disable-error-code="empty-body"
from collections.abc import AsyncIterator, Mapping
from typing import Annotated

import msgspec
import pytest

from maestri import clock
from maestri.context import new_context, use_context
from maestri.contracts import Contract, Failed, Message, Outcome, Succeeded, get, put, selection_of
from maestri.errors import ContractError, NoTimeLeft, Rejected
from maestri.links import link_of
from maestri.testing import calls_of, fake

Shelf = Annotated[str, msgspec.Meta(max_length=8)]


class NoSuchBook(Rejected, id="library.no_such_book", status=404):
    """The library has no such book."""

    wanted: str


class Burnt(Rejected, id="library.burnt"):
    """The book is gone."""


class Book(Message):
    title: str
    pages: int = 0


class Library(Contract, id="library"):
    """Books."""

    @get("/books/{title}", raises=[NoSuchBook])
    async def book(self, title: str) -> Book:
        """Return a book."""
        ...

    @get("/books", batch_of="book")
    async def books(self, titles: tuple[str, ...]) -> Mapping[str, Outcome[Book]]:
        """Return many books."""
        ...

    @put("/shelves/{shelf}")
    async def put_on(self, shelf: Shelf, title: str) -> None:
        """Put a book on a shelf."""
        ...

    @get("/scans/{title}", media_type="text/plain")
    async def scan(self, title: str) -> AsyncIterator[bytes]:
        """Stream a book."""
        ...


def _known(title: str) -> Book:
    if title == "Emma":
        return Book(title, 474)
    raise NoSuchBook(wanted=title)


async def test_a_fake_returns_a_value() -> None:
    """A value is the result of every call."""
    library = fake(Library, book=Book("Emma"))

    assert Book("Emma") == await library.book("Persuasion")


async def test_a_fake_returns_what_a_function_of_all_arguments_returns() -> None:
    """A function gets the operation's arguments, and may be async."""

    async def book(title: str) -> Book:
        return Book(title, len(title))

    library = fake(Library, book=book)

    assert Book("Emma", 4) == await library.book(title="Emma")


async def test_a_fake_raises_declared_errors() -> None:
    """An error given or raised as a result is raised at the caller, as over any link."""
    library = fake(Library, book=NoSuchBook(wanted="Emma"))

    with pytest.raises(NoSuchBook) as caught:
        await library.book("Emma")

    assert "Emma" == caught.value.wanted


async def test_a_fake_refuses_an_error_that_is_not_declared() -> None:
    """A business error that the operation does not declare cannot come from it."""
    library = fake(Library, book=Burnt())

    with pytest.raises(ContractError, match=r"library\.book does not declare Burnt.*NoSuchBook"):
        await library.book("Emma")


@pytest.mark.parametrize("result", ["Emma", {"title": "Emma"}, Book("Emma", "many"), None])  # type: ignore[arg-type]  # that is the mistake
async def test_a_fake_refuses_a_result_of_another_type(result: object) -> None:
    """What the contract would not carry, or would carry as something else, is no result."""
    library = fake(Library, book=result)

    with pytest.raises(ContractError, match=r"the fake of library\.book returned"):
        await library.book("Emma")


async def test_a_fake_refuses_a_result_where_there_is_none() -> None:
    """A command without a result returns None."""
    library = fake(Library, put_on=1)

    with pytest.raises(ContractError, match=r"library\.put_on returned 1, which should be None"):
        await library.put_on("A", "Emma")


async def test_a_fake_refuses_arguments_that_do_not_fit() -> None:
    """Arguments that a remote callee would refuse are the caller's mistake, by name."""
    library = fake(Library, put_on=None)

    with pytest.raises(ContractError, match=r"library\.put_on was called with .*shelf"):
        await library.put_on("much too long", "Emma")


async def test_an_operation_without_result_says_how_to_give_one() -> None:
    """A call that the test did not expect names itself and the remedy."""
    library = fake(Library)

    with pytest.raises(ContractError, match=r"library\.book\('Emma'\).*fake\(Library, book=...\)"):
        await library.book("Emma")


def test_an_unknown_operation_is_refused_at_once() -> None:
    """A misspelt operation is refused when the fake is made."""
    with pytest.raises(ContractError, match=r"no operation 'bok'. Is 'book' meant\?"):
        fake(Library, bok=Book("Emma"))


async def test_a_batch_asks_the_single_operation() -> None:
    """A batch without a result of its own returns for each key what the single operation would."""
    library = fake(Library, book=_known)

    results = await library.books(("Emma", "Nemo"))

    assert Succeeded(Book("Emma", 474)) == results["Emma"]
    failed = results["Nemo"]
    assert isinstance(failed, Failed)
    assert "urn:maestri:rejected:library.no_such_book" == failed.problem.type


async def test_a_batch_refuses_an_error_that_its_single_operation_does_not_declare() -> None:
    """The outcomes of a batch are bound by the errors of the single operation."""
    library = fake(Library, book=Burnt())

    with pytest.raises(ContractError, match=r"library\.book does not declare Burnt"):
        await library.books(("Emma",))


@pytest.mark.parametrize("result", [b"It is a truth", (b"It is ", b"a truth")])
async def test_a_stream_is_given_by_bytes_or_chunks(result: object) -> None:
    """Bytes are a stream of one chunk."""
    library = fake(Library, scan=result)

    # A stub's method is awaited for the stream.
    chunks = [chunk async for chunk in await library.scan("Pride")]

    assert b"It is a truth" == b"".join(chunks)


async def test_a_stream_of_something_else_is_refused() -> None:
    """A text is no bytes."""
    library = fake(Library, scan="It is a truth")

    with pytest.raises(ContractError, match="should be bytes"):
        await library.scan("Pride")


async def test_a_fake_records_its_calls() -> None:
    """Each call is kept with its arguments by name, refused ones too."""
    library = fake(Library, book=_known)

    await library.book("Emma")
    with pytest.raises(NoSuchBook):
        await library.book("Nemo")

    expected = [("book", {"title": "Emma"}), ("book", {"title": "Nemo"})]
    assert expected == list(calls_of(library))


def test_only_a_fake_has_calls() -> None:
    """Asking something else for its calls is a mistake of the test."""

    class Real(Library):
        pass

    with pytest.raises(ContractError):
        calls_of(Real())


async def test_a_fake_returns_the_selected_fields() -> None:
    """A caller that asked for some fields gets no others, as over any link."""
    library = fake(Library, book=Book("Emma", 474))
    operation = Library.operations["book"]

    class Title(Message):
        title: str

    context = new_context()
    context = msgspec.structs.replace(context, selection=selection_of(Title))
    result = await link_of(library).send(operation, ("Emma",), context)

    assert "Emma" == result.title
    assert not hasattr(result, "pages")


async def test_a_fake_starts_nothing_after_the_deadline() -> None:
    """A call whose time is over is not carried, as over any link."""
    library = fake(Library, book=Book("Emma"))

    with use_context(new_context(deadline_s=clock.now_s() - 1)), pytest.raises(NoTimeLeft):
        await library.book("Emma")

    assert () == calls_of(library)

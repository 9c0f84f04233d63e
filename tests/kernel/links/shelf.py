"""An implementation of the shelf, which notes what becomes of its calls."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping

import msgspec

from maestri import errors
from maestri.context import Context, current
from maestri.contracts import Failed, Outcome, Succeeded
from maestri.errors import CallError
from tests.kernel.links.contract import (
    Author,
    Book,
    Quantity,
    Seen,
    Shelf,
    ShelfFull,
    Undeclared,
    UnknownBook,
)

BOOK = Book("1", "Dune", Author("Frank Herbert", 1920), ("desert", "worms"))

RAISED: dict[str, Callable[[], Exception]] = {
    "not_executed": lambda: errors.NotExecuted("n"),
    "connect_failed": lambda: errors.ConnectFailed("secret host"),
    "overloaded": lambda: errors.Overloaded("o"),
    "no_time_left": lambda: errors.NoTimeLeft("t"),
    "outcome_unknown": lambda: errors.OutcomeUnknown("u"),
    "deadline_exceeded": lambda: errors.DeadlineExceeded("d"),
    "connection_lost": lambda: errors.ConnectionLost("l"),
    "faulted": lambda: errors.Faulted("secret"),
    "shelf.unknown_book": lambda: UnknownBook(isbn="9"),
    "shelf.full": lambda: ShelfFull(books_max=3),
    "maestri.invalid_request": lambda: errors.InvalidRequest(field="code", reason="is odd"),
    "undeclared": Undeclared,
    "bug": lambda: ZeroDivisionError("secret"),
}
"""What ``fail`` raises, by code; the last two arrive as Faulted."""


class Books(Shelf):
    """The implementation; it notes what becomes of its slow calls."""

    def __init__(self) -> None:
        self.started = 0
        self.begun = asyncio.Event()
        self.released = asyncio.Event()
        self.cancelled = asyncio.Event()
        self.received: Context | None = None
        self.copies: dict[str, int] = {}
        self.streamed = 0

    async def book(self, isbn: str) -> Book:
        """Return one book."""
        if isbn == "missing":
            raise UnknownBook(isbn=isbn)
        return msgspec.structs.replace(BOOK, isbn=isbn)

    async def books(self, isbns: tuple[str, ...]) -> Mapping[str, Outcome[Book]]:
        """Return several books."""
        return {isbn: await self._outcome(isbn) for isbn in isbns}

    async def _outcome(self, isbn: str) -> Outcome[Book]:
        try:
            return Succeeded(await self.book(isbn))
        except CallError as error:
            return Failed.of(error)

    async def place(self, book: Book, copies: Quantity = 1) -> Book:
        """Put a book on the shelf."""
        self.copies[book.isbn] = copies
        return book

    async def set_copies(self, isbn: str, copies: Quantity) -> None:
        """Set how many copies there are."""
        self.copies[isbn] = copies

    async def remove(self, isbn: str) -> None:
        """Take a book away."""
        self.copies.pop(isbn, None)

    async def seen(self, language: str = "en") -> Seen:
        """Tell what the callee saw of its caller's context."""
        context = current()
        self.received = context
        return Seen(
            context.remaining_s(),
            context.request_id,
            context.identity,
            context.priority,
            context.key,
            context.span_id,
        )

    async def fail(self, code: str) -> None:
        """Raise the error with that code."""
        raise _made(code)

    async def slow(self, seconds: float) -> str:
        """Take no time for 0 seconds, otherwise until the test releases it."""
        self.started += 1
        self.begun.set()
        try:
            if seconds:
                await self.released.wait()
        except asyncio.CancelledError:
            self.cancelled.set()
            raise
        return "done"

    async def pages(self, isbn: str) -> AsyncIterator[bytes]:
        """Stream the pages of a book."""
        if isbn == "missing":
            raise UnknownBook(isbn=isbn)
        return self._pages(isbn)

    async def _pages(self, isbn: str) -> AsyncGenerator[bytes]:
        try:
            for number in range(100_000 if isbn == "endless" else 3):
                if isbn == "broken" and number > 1:
                    raise ZeroDivisionError
                if isbn == "stuck" and number == 1:
                    await self.released.wait()
                self.streamed += 1
                yield f"page {number} of {isbn}. ".encode()
        except (GeneratorExit, asyncio.CancelledError):
            self.cancelled.set()
            raise

    async def large(self, characters: int) -> str:
        """Answer a text of that length."""
        return "x" * characters


def _made(code: str) -> Exception:
    # An error in a variable of the frame that raises it would be a circle.
    return RAISED[code]()

"""A small contract with one operation for everything a link must carry, and its implementation."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from typing import Annotated

import msgspec

from maestri import clock, errors
from maestri.context import Context, current
from maestri.contracts import (
    Answered,
    Contract,
    Failed,
    Header,
    Message,
    Outcome,
    delete,
    get,
    post,
    put,
)
from maestri.errors import CallError, Rejected


class UnknownBook(Rejected, id="shelf.unknown_book", status=404):
    """The shelf has no such book."""

    isbn: str


class ShelfFull(Rejected, id="shelf.full"):
    """The shelf is full."""

    books_max: int


class Undeclared(Rejected, id="shelf.undeclared"):
    """Nobody declares this error."""


class Author(Message):
    name: str
    born: int


class Book(Message):
    isbn: str
    title: str
    author: Author | None = None
    tags: tuple[str, ...] = ()


class Seen(Message):
    """What the callee saw of its caller's context."""

    remaining_s: float
    request_id: str
    identity: str | None
    priority: str
    key: str | None
    span_id: str


Quantity = Annotated[int, msgspec.Meta(ge=1, le=99)]


class Shelf(Contract, id="shelf"):
    """Books."""

    @get("/books/{isbn}", raises=[UnknownBook])
    async def book(self, isbn: str) -> Book: ...

    @get("/books", batch_of="book", batch_max=3)
    async def books(self, isbns: tuple[str, ...]) -> Mapping[str, Outcome[Book]]: ...

    @post("/books", raises=[ShelfFull])
    async def place(self, book: Book, copies: Quantity = 1) -> Book: ...

    @put("/books/{isbn}/copies")
    async def set_copies(self, isbn: str, copies: Quantity) -> None: ...

    @delete("/books/{isbn}")
    async def remove(self, isbn: str) -> None: ...

    @get("/seen")
    async def seen(self, language: Annotated[str, Header("accept-language")] = "en") -> Seen: ...

    @get("/failing/{code}", raises=[UnknownBook, ShelfFull])
    async def fail(self, code: str) -> None: ...

    @get("/slow")
    async def slow(self, seconds: float) -> str: ...

    @get("/pages/{isbn}", media_type="text/plain", raises=[UnknownBook])
    async def pages(self, isbn: str) -> AsyncIterator[bytes]: ...

    @get("/large")
    async def large(self, characters: int) -> str: ...


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
        self.cancelled = asyncio.Event()
        self.received: Context | None = None
        self.copies: dict[str, int] = {}
        self.streamed = 0

    async def book(self, isbn: str) -> Book:
        if isbn == "missing":
            raise UnknownBook(isbn=isbn)
        return msgspec.structs.replace(BOOK, isbn=isbn)

    async def books(self, isbns: tuple[str, ...]) -> Mapping[str, Outcome[Book]]:
        return {isbn: await self._outcome(isbn) for isbn in isbns}

    async def _outcome(self, isbn: str) -> Outcome[Book]:
        try:
            return Answered(await self.book(isbn))
        except CallError as error:
            return Failed.of(error)

    async def place(self, book: Book, copies: Quantity = 1) -> Book:
        self.copies[book.isbn] = copies
        return book

    async def set_copies(self, isbn: str, copies: Quantity) -> None:
        self.copies[isbn] = copies

    async def remove(self, isbn: str) -> None:
        self.copies.pop(isbn, None)

    async def seen(self, language: str = "en") -> Seen:
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
        raise RAISED[code]()

    async def slow(self, seconds: float) -> str:
        self.started += 1
        try:
            await clock.sleep(seconds)
        except asyncio.CancelledError:
            self.cancelled.set()
            raise
        return "done"

    async def pages(self, isbn: str) -> AsyncIterator[bytes]:
        if isbn == "missing":
            raise UnknownBook(isbn=isbn)
        return self._pages(isbn)

    async def _pages(self, isbn: str) -> AsyncGenerator[bytes]:
        try:
            for number in range(100_000 if isbn == "endless" else 3):
                if isbn == "broken" and number == 2:
                    raise ZeroDivisionError
                if isbn == "stuck" and number == 1:
                    await clock.sleep(5)
                self.streamed += 1
                yield f"page {number} of {isbn}. ".encode()
        except (GeneratorExit, asyncio.CancelledError):
            self.cancelled.set()
            raise

    async def large(self, characters: int) -> str:
        return "x" * characters

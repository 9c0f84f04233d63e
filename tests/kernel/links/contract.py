"""The contracts of the tests: one operation for everything that a link must carry."""

from collections.abc import AsyncIterator, Mapping
from typing import Annotated

import msgspec

from maestri.contracts import (
    Contract,
    Cookie,
    Form,
    Header,
    LeftOut,
    Message,
    Outcome,
    Reply,
    delete,
    get,
    post,
    put,
)
from maestri.errors import CallError, Overloaded, Rejected


class UnknownBook(Rejected, id="shelf.unknown_book", status=404):
    """The shelf has no such book."""

    isbn: str


class ShelfFull(Rejected, id="shelf.full"):
    """The shelf is full."""

    books_max: int


class Undeclared(Rejected, id="shelf.undeclared"):
    """Nobody declares this error."""


class Author(Message):
    """Who wrote a book."""

    name: str
    born: int


class Book(Message):
    """A book."""

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
    span_id: int


Quantity = Annotated[int, msgspec.Meta(ge=1, le=99)]


class Shelf(Contract, id="shelf"):
    """Books."""

    @get("/books/{isbn}", raises=[UnknownBook])
    async def book(self, isbn: str) -> Book:
        """Return one book."""
        ...

    @get("/books", batch_of="book", batch_max=3)
    async def books(self, isbns: tuple[str, ...]) -> Mapping[str, Outcome[Book]]:
        """Return several books."""
        ...

    @post("/books", raises=[ShelfFull])
    async def place(self, book: Book, copies: Quantity = 1) -> Book:
        """Put a book on the shelf."""
        ...

    @put("/books/{isbn}/copies")
    async def set_copies(self, isbn: str, copies: Quantity) -> None:
        """Set how many copies there are."""
        ...

    @delete("/books/{isbn}")
    async def remove(self, isbn: str) -> None:
        """Take a book away."""
        ...

    @get("/seen")
    async def seen(self, language: Annotated[str, Header("accept-language")] = "en") -> Seen:
        """Tell what the callee saw of its caller's context."""
        ...

    @get("/failing/{code}", raises=[UnknownBook, ShelfFull])
    async def fail(self, code: str) -> None:
        """Raise the error with that code."""
        ...

    @get("/slow")
    async def slow(self, seconds: float) -> str:
        """Take a while."""
        ...

    @get("/pages/{isbn}", media_type="text/plain", raises=[UnknownBook])
    async def pages(self, isbn: str) -> AsyncIterator[bytes]:
        """Stream the pages of a book."""
        ...

    @get("/large")
    async def large(self, characters: int) -> str:
        """Answer a text of that length."""
        ...


class Sold(Rejected, id="shop.sold", status=410):
    """The last one was sold."""

    sku: str


class Card(Message):
    """What a client shows of an article."""

    sku: str
    left_out: LeftOut = ()


class Wish(Message):
    """What somebody would like to have."""

    sku: str
    note: str = ""


class Shop(Contract, id="shop", edge=True, prefix="/shop"):
    """A shop's edge."""

    @get("/", media_type="text/html", etag=True, hidden=True)
    async def home(self, visitor: Annotated[str, Cookie("visitor")] = "") -> str:
        """Return the first page."""
        ...

    @get("/cards/{sku}", etag=True, raises=[Sold])
    async def card(self, sku: str) -> Card:
        """Return a card."""
        ...

    @get("/pictures/{sku}", media_type="image/svg+xml")
    async def picture(self, sku: str) -> AsyncIterator[bytes]:
        """Return the picture."""
        ...

    @post("/wishes")
    async def wish(self, wish: Wish) -> Wish:
        """Note a wish."""
        ...

    @post("/visits")
    async def visit(self, wish: Annotated[Wish, Form()]) -> Reply[None]:
        """Note a visit."""
        ...

    @get("/search")
    async def search(self, words: str, page: int = 1) -> tuple[str, ...]:
        """Search for words."""
        ...

    @get("/agent", etag=True)
    async def agent(self, user_agent: Annotated[str, Header()] = "") -> tuple[str, ...]:
        """Tell what was sent in headers."""
        ...

    @get("/slow", timeout_s=0.5)
    async def slow(self) -> None:
        """Take longer than allowed."""
        ...

    @get("/broken/{how}")
    async def broken(self, how: str) -> None:
        """Break in some way."""
        ...


class Note(Message):
    """A message."""

    text: str
    left_out: LeftOut = ()


class Deeper(Message):
    """A message that holds another; neither forbids unknown fields."""

    note: Note
    notes: tuple[Note, ...] = ()


class Desk(Contract, id="desk"):
    """Inside."""

    @get("/vendor", media_type="application/vnd.shop+json")
    async def vendor(self) -> Note:
        """Answer a message as JSON of our own kind."""
        ...

    @get("/problem", media_type="application/json")
    async def text(self) -> str:
        """Answer a text as JSON."""
        ...

    @get("/page", media_type="text/html")
    async def page(self) -> str:
        """Answer a text as it is."""
        ...

    @get("/picture", media_type="image/png")
    async def picture(self) -> bytes:
        """Answer bytes as they are."""
        ...

    @post("/none")
    async def nothing(self) -> None:
        """Answer nothing."""
        ...


class Window(Contract, id="window", edge=True, prefix="/window"):
    """The edge."""

    @get("/slow", timeout_s=0.05)
    async def slow(self) -> None:
        """Take longer than allowed."""
        ...

    @get("/note", etag=True)
    async def note(self) -> Note:
        """Answer with an ETag."""
        ...

    @get("/kept/{text}", max_age_s=60)
    async def kept(self, text: str) -> Note:
        """Answer what may be kept."""
        ...

    @get("/moved", max_age_s=60)
    async def moved(self) -> Reply[Note]:
        """Answer with a status of its own what might be kept."""
        ...

    @get("/hidden", hidden=True)
    async def hidden(self) -> None:
        """Be no part of the document."""
        ...

    @get("/reply", media_type="text/plain")
    async def reply(self) -> Reply[str]:
        """Answer with a status of its own."""
        ...

    @post("/deeper")
    async def deeper(self, deeper: Deeper) -> Deeper:
        """Take a message that holds others."""
        ...

    @post("/fields")
    async def fields(self, note: Note, count: int = 1) -> Note:
        """Take members of a body."""
        ...


NOT_FOUND = 404
TOO_MANY = 429


class UnknownCurrency(Rejected, id="rates.unknown_currency", status=404):
    """The bank does not know the currency."""

    currency: str


def errors_of_the_bank(status: int, body: bytes) -> CallError | None:
    """Translate what the bank answers when it does not answer a rate."""
    if status == NOT_FOUND:
        return UnknownCurrency(currency=msgspec.json.decode(body)["currency"])
    return Overloaded("the bank asks for patience") if status == TOO_MANY else None


class Rates(Message):
    """What one unit of *base* is worth."""

    base: str
    rates: Mapping[str, float]


class Bank(Contract, id="rates", external=errors_of_the_bank):
    """What an external bank offers."""

    @get("/v1/latest", raises=[UnknownCurrency])
    async def latest(self, base: str, symbols: tuple[str, ...] = ()) -> Rates:
        """Return the rates of today."""
        ...

    @post("/v1/orders")
    async def order(self, amount: int) -> None:
        """Order an amount."""
        ...

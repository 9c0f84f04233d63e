"""The contracts of the tests."""

from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Literal, NewType

import msgspec

from maestri.contracts import (
    Body,
    Contract,
    Cookie,
    Form,
    Header,
    LeftOut,
    Message,
    Outcome,
    Query,
    Reply,
    delete,
    get,
    patch,
    post,
    put,
)
from maestri.errors import Rejected

Sku = NewType("Sku", str)


class UnknownPart(Rejected, id="parts.unknown", status=404):
    """There is no such part."""

    sku: Sku


class Maker(Message):
    """Who makes a part."""

    name: str
    country: str


class Part(Message):
    """A part."""

    sku: Sku
    title: str
    maker: Maker | None = None
    fits: tuple[Maker, ...] = ()
    left_out: LeftOut = ()


class Login(Message):
    """What a form sends."""

    name: str
    interests: tuple[str, ...] = ()
    age: int | None = None


class Parts(Contract, id="parts"):
    """Parts."""

    @get("/parts/{sku}", raises=[UnknownPart])
    async def part(self, sku: Sku) -> Part:
        """Return one part."""
        ...

    @get("/parts", batch_of="part", batch_max=7)
    async def parts(self, skus: tuple[Sku, ...]) -> Mapping[Sku, Outcome[Part]]:
        """Return several parts."""
        ...

    @get("/listing/{page}")
    async def listing(
        self,
        page: Annotated[int, msgspec.Meta(ge=1)],
        sort: Literal["name", "price"] = "name",
        *,
        exact: bool = False,
        words: Annotated[tuple[str, ...], Query("q")] = (),
    ) -> tuple[Part, ...]:
        """Return a page of parts."""
        ...

    @post("/parts")
    async def add(self, part: Part) -> None:
        """Add a part."""
        ...

    @post("/orders", idempotent=True)
    async def order(self, part: Part, count: int, note: str = "") -> Part:
        """Order parts."""
        ...

    @patch("/parts/{sku}")
    async def rename(self, sku: Sku, title: str) -> Part:
        """Rename a part."""
        ...

    @put("/parts/{sku}")
    async def replace(self, sku: Sku, part: Annotated[Part, Body()]) -> Part:
        """Replace a part."""
        ...

    @delete("/parts/{sku}")
    async def remove(self, sku: Sku) -> None:
        """Remove a part."""
        ...

    @post("/searches", safe=True)
    async def search(self, words: tuple[str, ...]) -> tuple[Part, ...]:
        """Search, with a body."""
        ...

    @get("/pictures/{sku}", media_type="image/png")
    async def picture(self, sku: Sku) -> AsyncIterator[bytes]:
        """Stream a picture."""
        ...


class Counter(Contract, id="counter", edge=True, prefix="/counter"):
    """The edge of the tests."""

    @post("/logins")
    async def login(self, form: Annotated[Login, Form()]) -> Reply[None]:
        """Log in."""
        ...

    @post("/notes")
    async def note(self, text: str, stars: int = 0) -> None:
        """Write a note."""
        ...

    @get("/me", hidden=True)
    async def me(
        self,
        session: Annotated[str, Cookie("sid")] = "",
        accept_language: Annotated[str, Header()] = "en",
    ) -> tuple[str, ...]:
        """Tell who is there."""
        ...


class Note(Message):
    """What a form of the desk sends."""

    text: str
    tags: tuple[str, ...] = ()


class Desk(Contract, id="desk", edge=True, prefix="/desk"):
    """What may be given more than once, at the edge."""

    @post("/files")
    async def file(
        self, text: str = "", numbers: tuple[int, ...] = (), notes: tuple[Note, ...] = ()
    ) -> None:
        """File notes."""
        ...

    @post("/notes")
    async def write(self, note: Annotated[Note, Form()]) -> None:
        """Write a note."""
        ...

    @get("/notes")
    async def find(self, text: str, tags: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Find notes."""
        ...

    @get("/me")
    async def me(
        self,
        name: Annotated[str, Cookie("name")] = "",
        age: Annotated[int, Cookie("age")] = 0,
        carts: Annotated[tuple[str, ...], Cookie("cart")] = (),
    ) -> str:
        """Tell who asks."""
        ...

"""Services that answer what they are given, behind each kind of link."""

import datetime as dt
import enum
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Annotated, Any

import msgspec

from maestri.context import new_context, use_context
from maestri.contracts import (
    Contract,
    Header,
    Message,
    get,
    parse_selection,
    post,
)
from maestri.links import Invoker, Link, LocalLink, SocketClient, http_link
from maestri.server import application, running_server

LINKS = ["local", "strict", "http"]


class Kind(enum.Enum):
    """An enum of texts."""

    ONE = "one"


class Level(enum.IntEnum):
    """An enum of numbers."""

    LOW = 1


class Inner(Message, rename="camel"):
    """A message with names of its own on the wire."""

    full_name: str
    at_most: Annotated[int, msgspec.Meta(le=9)] = 1
    weight: float | None = None


class Outer(Message):
    """A message that holds others."""

    inner: Inner | None = None
    below: "tuple[Outer, ...]" = ()
    by_name: Mapping[str, Inner] = {}
    kinds: frozenset[Kind] = frozenset()
    price: Decimal = Decimal("1.0")


class Dated(Message):
    """A message with an instant, and with JSON that nobody looks into."""

    at: dt.datetime
    weight: float = 0.0
    more: msgspec.Raw = msgspec.Raw(b"{}")


@asynccontextmanager
async def linked(service: Contract, kind: str) -> AsyncGenerator[Link]:
    """Connect to *service* over a link of that *kind*."""
    if kind != "http":
        yield LocalLink(Invoker(service, "library.shelf"), strict=kind == "strict")
        return
    transport = SocketClient(connect_s_max=10)
    component = "" if type(service).edge else "library.shelf"
    app = application([Invoker(service, "library.shelf")])
    async with running_server(app, "127.0.0.1", 0, drain_s=0.1) as address:
        yield http_link(address, transport, component=component)
        await transport.aclose()


def echoing(
    kind: Any,
    *,
    edge: bool = False,
    declare: Callable[..., Any] = post,
    path: str = "/echo",
    **options: Any,
) -> Contract:
    """Return a service that answers what it is given, of the type *kind*."""

    async def promised(self: Any, value: Any) -> Any:
        raise NotImplementedError

    promised.__name__ = "echo"
    promised.__annotations__ = {"value": kind, "return": kind}
    members = {"echo": declare(path, **options)(promised)}
    contract = type("Echo", (Contract,), members, id="echo", edge=edge)

    async def echo(_: Any, value: Any) -> Any:
        return value

    return type("Echoing", (contract,), {"echo": echo})()  # type: ignore[no-any-return]  # made


def answering(kind: Any, answer: Any, *, edge: bool = False, **options: Any) -> Contract:
    """Return a service that answers *answer* where *kind* is declared."""

    async def promised(self: Any) -> Any:
        raise NotImplementedError

    promised.__name__ = "tell"
    promised.__annotations__ = {"return": kind}
    members = {"tell": get("/tell", **options)(promised)}
    contract = type("Teller", (Contract,), members, id="teller", edge=edge)

    async def tell(_: Any) -> Any:
        return answer

    return type("Telling", (contract,), {"tell": tell})()  # type: ignore[no-any-return]  # made


async def sent(service: Contract, link: Link, *arguments: Any, select: str = "") -> Any:
    """Call the only operation of *service* over *link*."""
    (operation,) = type(service).operations.values()
    context = new_context()
    if select:
        context = msgspec.structs.replace(context, selection=parse_selection(select))
    with use_context(context):
        return await link.send(operation, operation.bind(arguments, {}), context)


HEADERS = Annotated[str, Header("x-what")]

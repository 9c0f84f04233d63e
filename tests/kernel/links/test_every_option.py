"""What an operation declares holds over every link."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from maestri import clock
from maestri.context import new_context, use_context
from maestri.contracts import Contract, Reply, openapi
from maestri.errors import DeadlineExceeded, InvalidRequest
from maestri.links import Invoker, Link, LocalLink, SocketClient, http_link, stub
from maestri.server import application, running_server
from tests.kernel.links.contract import Deeper, Desk, Note, Shelf, Window
from tests.kernel.links.shelf import Books

LINKS = ["local", "strict", "http"]


class Clerk(Desk):
    """Answers from memory."""

    async def vendor(self) -> Note:
        return Note("a")

    async def text(self) -> str:
        return "ä"

    async def page(self) -> str:
        return "<p>ä"

    async def picture(self) -> bytes:
        return b"\x00\xff"

    async def nothing(self) -> None:
        return None


class Porter(Window):
    """Answers from memory."""

    def __init__(self) -> None:
        self.stopped = asyncio.Event()

    async def slow(self) -> None:
        try:
            await clock.sleep(5)
        finally:
            self.stopped.set()

    async def note(self) -> Note:
        return Note("a")

    async def kept(self, text: str) -> Note:
        return Note(text, ("stars",) if text == "partial" else ())

    async def moved(self) -> Reply[Note]:
        return Reply(Note("a"), 503)

    async def hidden(self) -> None:
        return None

    async def reply(self) -> Reply[str]:
        return Reply("made", 201, (("x-own", "1"),))

    async def deeper(self, deeper: Deeper) -> Deeper:
        return deeper

    async def fields(self, note: Note, count: int = 1) -> Note:
        return Note(note.text * count)


@asynccontextmanager
async def linked(service: Contract, kind: str) -> AsyncGenerator[Link]:
    """Connect to *service* over a link of that *kind*."""
    if kind != "http":
        yield LocalLink(Invoker(service, "library.desk"), strict=kind == "strict")
        return
    transport = SocketClient(connect_s_max=10)
    app = application([Invoker(service, "library.desk")])
    component = "" if isinstance(service, Window) else "library.desk"
    async with running_server(app, "127.0.0.1", 0, drain_s=0.1) as address:
        yield http_link(address, transport, component=component)
        await transport.aclose()


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (lambda desk: desk.vendor(), Note("a")),
        (lambda desk: desk.text(), "ä"),
        (lambda desk: desk.page(), "<p>ä"),
        (lambda desk: desk.picture(), b"\x00\xff"),
        (lambda desk: desk.nothing(), None),
    ],
)
async def test_a_media_type_changes_no_answer(
    link: str, call: Callable[[Desk], Any], expected: Any
) -> None:
    """JSON of any kind carries a message, other media types a text or bytes."""
    async with linked(Clerk(), link) as carrying:
        assert expected == await call(stub(Desk, carrying))


@pytest.mark.parametrize("link", LINKS)
async def test_a_timeout_ends_the_work(link: str) -> None:
    """An operation that takes longer than it declares is cancelled, whoever calls it."""
    porter = Porter()
    async with linked(porter, link) as carrying:
        with use_context(new_context()), pytest.raises(DeadlineExceeded):
            await stub(Window, carrying).slow()

        assert porter.stopped.is_set()


@pytest.mark.parametrize("link", LINKS)
async def test_a_reply_arrives_with_its_status_and_headers(link: str) -> None:
    """A client of ours sees what any client sees."""
    async with linked(Porter(), link) as carrying:
        found = await stub(Window, carrying).reply()

    assert ("made", 201, "1") == (found.value, found.status, dict(found.headers)["x-own"])


@pytest.mark.parametrize("link", LINKS)
async def test_a_batch_takes_as_many_keys_as_it_declares(link: str) -> None:
    """One more is refused before it is sent."""
    async with linked(Books(), link) as carrying:
        shelf = stub(Shelf, carrying)
        assert 3 == len(await shelf.books(("1", "2", "3")))
        with pytest.raises(InvalidRequest):
            await shelf.books(("1", "2", "3", "4"))


@pytest.fixture
async def client() -> AsyncGenerator[httpx.AsyncClient]:
    """Return a client of the edge."""
    app = application([Invoker(Porter(), "library.desk")])
    async with (
        running_server(app, "127.0.0.1", 0, drain_s=0.1) as address,
        httpx.AsyncClient(base_url=f"{address}/window", trust_env=False) as made,
    ):
        yield made


async def test_what_is_partial_is_not_kept(client: httpx.AsyncClient) -> None:
    """An answer with parts left out, or with another status, is asked for again."""
    whole, partial = await client.get("/kept/a"), await client.get("/kept/partial")
    moved = await client.get("/moved")

    assert "public, max-age=60" == whole.headers["cache-control"]
    assert "no-store" == partial.headers["cache-control"] == moved.headers["cache-control"]


async def test_what_is_hidden_is_in_no_document(client: httpx.AsyncClient) -> None:
    """Its address may be passed on with more than it had."""
    document = openapi([Window], title="Window", version="1")

    assert "/hidden" not in document["paths"]
    assert 204 == (await client.get("/hidden?utm_source=x")).status_code
    assert 400 == (await client.get("/note?utm_source=x")).status_code


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/deeper", '{"note": {"text": "a"}, "more": 1}', "more"),
        ("/deeper", '{"note": {"text": "a", "more": 1}}', "note.more"),
        ("/deeper", '{"note": {"text": "a"}, "notes": [{"text": "b", "m": 1}]}', "notes[0].m"),
        ("/fields", '{"note": {"text": "a"}, "counts": 1}', "counts"),
        ("/fields", '{"note": {"text": "a", "more": 1}}', "note.more"),
    ],
)
async def test_unknown_fields_are_refused_at_the_edge(
    client: httpx.AsyncClient, path: str, body: str, field: str
) -> None:
    """In a body, and in every message within it: a client that mistypes is told so."""
    headers = {"content-type": "application/json"}
    refused = await client.post(path, content=body, headers=headers)
    good = await client.post(path, json={"note": {"text": "a", "left_out": []}})

    assert (400, field) == (refused.status_code, refused.json()["fields"]["field"])
    assert 200 == good.status_code

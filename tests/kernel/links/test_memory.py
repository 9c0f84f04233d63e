"""A call that is over is forgotten at once: nothing of it waits for the collector."""

import gc
from collections.abc import Awaitable, Callable, Iterator
from types import FrameType
from typing import Any

import pytest

from maestri.errors import CallError
from maestri.links import HttpClient, http_link, stub
from tests.kernel.links.contract import Shelf
from tests.kernel.links.shelf import BOOK

CALLS = 10

Call = Callable[[Shelf], Awaitable[object]]


async def read(shelf: Shelf, isbn: str) -> list[bytes]:
    """Read a stream to its end."""
    return [chunk async for chunk in await shelf.pages(isbn)]


OVER: dict[str, Call] = {
    "a value": lambda shelf: shelf.book("1"),
    "a command": lambda shelf: shelf.place(BOOK),
    "a batch": lambda shelf: shelf.books(("1", "missing")),
    "a stream": lambda shelf: read(shelf, "1"),
}
FAILED: dict[str, Call] = {
    "a refusal": lambda shelf: shelf.book("missing"),
    "not executed": lambda shelf: shelf.fail("overloaded"),
    "an unknown outcome": lambda shelf: shelf.fail("connection_lost"),
    "no stream": lambda shelf: read(shelf, "missing"),
    "a stream that breaks": lambda shelf: read(shelf, "broken"),
}


@pytest.fixture
def _without_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.set_debug(0)
    gc.garbage.clear()
    gc.enable()


def circles() -> set[str]:
    """Return the types of what only the collector frees: frames, and what is Maestri's."""
    gc.set_debug(gc.DEBUG_SAVEALL)
    gc.collect()
    gc.set_debug(0)
    found: list[Any] = list(gc.garbage)
    gc.garbage.clear()
    kinds = {type(one) for one in found}
    return {
        kind.__name__
        for kind in kinds
        if kind is FrameType or kind.__module__.startswith("maestri.")
    }


async def tried(shelf: Shelf, call: Call) -> bool:
    """Make *call*; tell whether it failed."""
    try:
        await call(shelf)
    except CallError:
        return True
    return False


@pytest.mark.usefixtures("_without_collector")
@pytest.mark.parametrize("name", [*OVER, *FAILED])
async def test_a_call_leaves_no_circle(any_shelf: Shelf, name: str) -> None:
    """Neither side keeps a request, a response or an error, and what their frames hold."""
    call = {**OVER, **FAILED}[name]
    await tried(any_shelf, call)
    circles()

    failed = [await tried(any_shelf, call) for _ in range(CALLS)]

    assert [name in FAILED] * CALLS == failed
    assert set() == circles()


@pytest.mark.usefixtures("_without_collector")
async def test_a_call_that_nobody_took_leaves_no_circle(transport: HttpClient, nobody: str) -> None:
    """An error that ends the search for a replica holds nothing of the call."""
    shelf = stub(Shelf, http_link(nobody, transport, component="library.shelf"))
    await tried(shelf, OVER["a value"])
    circles()

    failed = [await tried(shelf, OVER["a value"]) for _ in range(CALLS)]

    assert [True] * CALLS == failed
    assert set() == circles()

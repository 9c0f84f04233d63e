"""A path leads to one operation, whatever its parameters are."""

import tracemalloc
from typing import Any

import pytest

from maestri.errors import TopologyError
from maestri.server.routes import Routes, header_map
from tests.kernel.cost import steps_per_byte


async def answered(routes: Routes, method: str, path: str) -> tuple[int, dict[str, str]]:
    """Return the status and the parameters with which *path* was answered."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        raise AssertionError("no route reads")

    scope: dict[str, Any] = {"method": method, "path": path}
    await routes.handle(scope, receive, send)
    return sent[0]["status"], scope.get("path_params", {})


def routes_of(*declared: tuple[str, str, int]) -> Routes:
    """Return routes that respond with the given status."""
    routes = Routes()
    for method, path, status in declared:

        async def response(_: Any, __: Any, send: Any, status: int = status) -> None:
            await send({"status": status})

        routes.add(method, path, response)
    return routes


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", (201, {})),
        ("/books", (202, {})),
        ("/books/1", (203, {"isbn": "1"})),
        ("/books/new", (204, {})),
        ("/books/new/pages", (205, {"id": "new"})),
        ("/books/a%2Fb/pages", (205, {"id": "a%2Fb"})),
        ("/books/", (404, {})),
        ("/books//pages", (404, {})),
        ("/books/1/2", (404, {})),
        ("/nothing", (404, {})),
        ("/" + "a/" * 100, (404, {})),
    ],
)
async def test_the_most_literal_route_that_fits_is_taken(
    path: str, expected: tuple[int, dict[str, str]]
) -> None:
    """A literal goes before a parameter, and a dead end leads back to the parameter."""
    routes = routes_of(
        ("GET", "/", 201),
        ("GET", "/books", 202),
        ("GET", "/books/{isbn}", 203),
        ("GET", "/books/new", 204),
        ("GET", "/books/{id}/pages", 205),
    )

    assert expected == await answered(routes, "GET", path)


async def test_each_method_has_names_of_its_own() -> None:
    """Two operations at one place may call its parameter differently."""
    routes = routes_of(("GET", "/books/{isbn}", 201), ("PUT", "/books/{id}", 202))

    assert (201, {"isbn": "1"}) == await answered(routes, "GET", "/books/1")
    assert (202, {"id": "1"}) == await answered(routes, "PUT", "/books/1")
    assert (405, {}) == await answered(routes, "DELETE", "/books/1")


def test_a_second_endpoint_is_refused() -> None:
    """One method at one place is answered by one operation."""
    with pytest.raises(TopologyError, match=r"GET /books/{id} is served twice"):
        routes_of(("GET", "/books/{isbn}", 201), ("GET", "/books/{id}", 202))


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ([], {}),
        ([(b"accept", b"a"), (b"host", b"b")], {"accept": "a", "host": "b"}),
        ([(b"accept", b"a"), (b"accept", b"b")], {"accept": "a, b"}),
        ([(b"cookie", b"a=1"), (b"cookie", b"b=2; c=3")], {"cookie": "a=1; b=2; c=3"}),
        (
            [(b"origin", b"https://a"), (b"origin", b"https://b")],
            {"origin": "https://a, https://b"},
        ),
        ([(b"a", b"\xe9")], {"a": "\xe9"}),
    ],
)
def test_repeated_headers_are_one(raw: list[tuple[bytes, bytes]], expected: dict[str, str]) -> None:
    """No line of a header is lost, and two that contradict each other are neither of them."""
    assert expected == header_map(raw)


async def test_long_paths_are_not_kept() -> None:
    """What a client may choose costs no memory once its request is over."""
    routes = routes_of(("GET", "/books/{isbn}", 201))
    tracemalloc.start()
    for number in range(100):
        assert routes.matches(f"/books/{number}" + "a" * 60_000)
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert kept < 1_000_000


@pytest.mark.parametrize("piece", ["/", "/a", "a", "/%"])
def test_paths_are_looked_up_in_linear_time(piece: str) -> None:
    """Paths of any segments, and of as many as a server reads."""
    routes = routes_of(("GET", "/books/{isbn}/{page}", 201), ("GET", "/{a}/{b}/{c}/{d}", 202))
    sent = piece.encode() * (100_000 // len(piece))

    assert 2.0 > steps_per_byte(lambda raw: routes.matches(raw.decode()), sent, enough=2.0)

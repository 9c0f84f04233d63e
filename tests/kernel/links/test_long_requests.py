"""A request is as long as a server reads, over every link."""

from typing import Annotated, Any

import pytest

from maestri.contracts import (
    Cookie,
    Query,
    delete,
    get,
)
from maestri.errors import InvalidRequest
from tests.kernel.links.echo import HEADERS, LINKS, echoing, linked, sent

TOO_LONG: list[tuple[Any, Any]] = [
    (str, "a" * 70_000),
    (str, "ü" * 11_000),
    (str, "/" * 22_000),
    (tuple[str, ...], ("a" * 35_000, "b" * 35_000)),
    (tuple[str, ...], ("é" * 120,) * 100),
    (Annotated[str, Query("v" * 70)], "a" * 63_990),
    (Annotated[tuple[int, ...], Query("v" * 70)], tuple(range(900))),
    (HEADERS, "a" * 500_000),
    (Annotated[str, Cookie("what")], "a" * 500_000),
]


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize(
    ("kind", "value"), TOO_LONG, ids=[str(index) for index in range(len(TOO_LONG))]
)
async def test_a_call_that_a_server_would_not_read_is_refused(
    link: str, kind: Any, value: Any
) -> None:
    """Addresses and headers have a bound, and it is the same without a server."""
    for service in (echoing(kind, declare=get), echoing(kind, declare=delete)):
        async with linked(service, link) as carrying:
            with pytest.raises(InvalidRequest, match="does not fit into"):
                await sent(service, carrying, value)


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (str, "a" * 63_900),
        (str, "ü" * 10_600),
        (tuple[str, ...], ("a" * 600,) * 100),
        (HEADERS, "a" * 63_900),
    ],
    ids=["text", "unicode", "texts", "header"],
)
async def test_what_just_fits_arrives(link: str, kind: Any, value: Any) -> None:
    """What is not refused here is read by a server of ours."""
    service = echoing(kind, declare=get)
    async with linked(service, link) as carrying:
        assert value == await sent(service, carrying, value)


@pytest.mark.parametrize("link", LINKS)
async def test_a_segment_of_a_path_has_a_bound(link: str) -> None:
    """A path is a part of the address."""
    service = echoing(str, path="/echo/{value}", declare=get)
    async with linked(service, link) as carrying:
        assert "a" * 60_000 == await sent(service, carrying, "a" * 60_000)
        with pytest.raises(InvalidRequest, match="does not fit into"):
            await sent(service, carrying, "a" * 70_000)

"""A Reply that HTTP cannot carry is the callee's fault over every link."""

from typing import Any

import pytest

from maestri.contracts import Reply
from maestri.errors import Faulted
from tests.kernel.links.echo import LINKS, Inner, answering, linked, sent

ONE = Inner("a")


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize(
    ("kind", "value"),
    [
        *[(Reply[Inner], Reply(ONE, status)) for status in (0, 199, 204, 205, 304, 600)],
        *[(Reply[None], Reply(None, status)) for status in (300, 301, 302, 303, 305, 307, 308)],
        *[(Reply[None], Reply(None, status)) for status in (400, 404, 409, 499, 500, 503, 599)],
        *[
            (Reply[None], Reply(None, 303, headers))
            for headers in (
                (("location", ""),),
                (("location", "/a b"),),
                (("location", "/\xe4"),),
                (("location", "/a"), ("Location", "/b")),
            )
        ],
        *[
            (Reply[Inner], Reply(ONE, headers=(header,)))
            for header in (
                ("content-length", "3"),
                ("Transfer-Encoding", "chunked"),
                ("x-own", "a\r\nx-evil: 1"),
                ("x own", "a"),
                ("", "a"),
                ("x-own", "\u65e5"),
            )
        ],
        (Reply[Inner], ONE),
        (Reply[None], None),
        (Inner, Reply(ONE)),
    ],
)
async def test_a_reply_that_cannot_be_sent_is_a_fault(link: str, kind: Any, value: Any) -> None:
    """Status, body and headers fit HTTP, and a Reply is what the operation declares."""
    service = answering(kind, value, edge=True)
    async with linked(service, link) as carrying:
        with pytest.raises(Faulted):
            await sent(service, carrying)


@pytest.mark.parametrize("link", LINKS)
async def test_a_reply_arrives(link: str) -> None:
    """Value, status and headers are those of the callee."""
    service = answering(Reply[Inner], Reply(ONE, 201, (("x-own", "\xe4 b"),)), edge=True)
    async with linked(service, link) as carrying:
        found = await sent(service, carrying)

    assert (ONE, 201, "\xe4 b") == (found.value, found.status, dict(found.headers)["x-own"])


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize(
    ("kind", "reply"),
    [
        *[
            (Reply[None], Reply(None, status, (("location", "/a?b=c"),)))
            for status in (301, 302, 303, 307, 308)
        ],
        (Reply[Inner], Reply(ONE, 303, (("location", "https://example.org/"),))),
        (Reply[None], Reply(None, 304, (("x-own", "a"),))),
        (Reply[None], Reply(None, 205, (("x-own", "a"),))),
    ],
)
async def test_a_redirect_is_a_reply_as_any_other(link: str, kind: Any, reply: Any) -> None:
    """Who calls an edge gets it, wherever that runs; nobody follows it on its behalf."""
    service = answering(kind, reply, edge=True)
    async with linked(service, link) as carrying:
        found = await sent(service, carrying)

    assert (reply.value, reply.status) == (found.value, found.status)
    assert set(reply.headers) <= set(found.headers)

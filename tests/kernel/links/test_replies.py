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
        *[(Reply[Inner], Reply(ONE, status)) for status in (0, 99, 100, 199, 204, 304, 600)],
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

"""A response with a status and headers of its own; only at the edge."""

import re
from typing import Any, Generic, TypeVar

import msgspec

from maestri.contracts.parameter import TOKEN

T = TypeVar("T")

SUCCESSES = range(200, 300)
REDIRECTS = frozenset({301, 302, 303, 307, 308})
NOT_MODIFIED = 304
ERRORS = range(400, 600)
BODILESS = frozenset({204, 205, NOT_MODIFIED})
FRAMING = frozenset({"content-length", "transfer-encoding", "connection"})

_TEXT = re.compile(r"[\t\x20-\x7e\xa0-\xff]*")
_ADDRESS = re.compile(r"[\x21-\x7e]+")


class Reply(msgspec.Struct, Generic[T], frozen=True):
    """
    What an edge operation returns when the value alone does not say it all.

    It is a success, a redirect or "not modified". An error is raised, never replied: only so do
    other components, clients and error pages get it in a form of theirs, and only so is it declared
    in the contract; ``Rejected`` has a status, too.

    Attributes:
        value: The body: as JSON, or as it is where the operation's media type is none of JSON.
        status: 200 to 299; 301, 302, 303, 307 or 308 with one ``location`` among the headers; 304.
            With 204, 205 and 304 there is no body.
        headers: Names and values, such as ``(("set-cookie", "..."),)``.
    """

    value: T
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


def check_reply(value: Any, *, declared: bool) -> None:
    """
    Refuse a Reply that HTTP cannot carry, one that is not *declared*, and any other value that is.

    Raises:
        TypeError: It is a Reply and none is declared, or the other way.
        ValueError: Its status is no success and no redirect to somewhere, it has a body that the
            status forbids, or a header that is none or that the server itself sets.
    """
    if not (declared and isinstance(value, Reply)):
        raise TypeError("return a Reply where the operation declares Reply[T], and only there")
    _check_status(value.status)
    if value.status in BODILESS and value.value not in (None, "", b""):
        raise ValueError(f"a reply with status {value.status} has no body; declare Reply[None]")
    for name, text in value.headers:
        if not TOKEN.fullmatch(name) or not _TEXT.fullmatch(text) or name.lower() in FRAMING:
            raise ValueError(f"a reply cannot have the header {name!r} with that value")
    if value.status in REDIRECTS:
        addresses = [text for name, text in value.headers if name.lower() == "location"]
        if len(addresses) != 1 or not _ADDRESS.fullmatch(addresses[0]):
            raise ValueError(
                f"a reply with status {value.status} leads to one address, not {addresses}; add "
                '("location", path) to its headers, percent-encoded'
            )


def _check_status(status: int) -> None:
    if status in ERRORS:
        raise ValueError(
            f"a reply has no status {status}, which is an error; raise a Rejected with it"
        )
    if not (status in SUCCESSES or status in REDIRECTS or status == NOT_MODIFIED):
        raise ValueError(
            f"{status} is no status of a reply; use 200 to 299, 303 or another redirect, or 304"
        )

"""A response with a status and headers of its own; only at the edge."""

import re
from typing import Any, Generic, TypeVar

import msgspec

T = TypeVar("T")

STATUS_MIN, STATUS_MAX = 200, 599
BODILESS = frozenset({204, 304})
FRAMING = frozenset({"content-length", "transfer-encoding", "connection"})

_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_TEXT = re.compile(r"[\t\x20-\x7e\xa0-\xff]*")


class Reply(msgspec.Struct, Generic[T], frozen=True):
    """
    What an edge operation returns when the value alone does not say it all.

    Attributes:
        value: The body; str and bytes are sent as they are, anything else as JSON.
        status: HTTP status.
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
        ValueError: Its status is none of 200 to 599, it has a body that the status forbids, or a
            header that is none or that the server itself sets.
    """
    if not (declared and isinstance(value, Reply)):
        raise TypeError("return a Reply where the operation declares Reply[T], and only there")
    if not STATUS_MIN <= value.status <= STATUS_MAX:
        raise ValueError(f"{value.status} is no status of a reply; use 200 to 599")
    if value.status in BODILESS and value.value not in (None, "", b""):
        raise ValueError(f"a reply with status {value.status} has no body; declare Reply[None]")
    for name, text in value.headers:
        if not _NAME.fullmatch(name) or not _TEXT.fullmatch(text) or name.lower() in FRAMING:
            raise ValueError(f"a reply cannot have the header {name!r} with that value")

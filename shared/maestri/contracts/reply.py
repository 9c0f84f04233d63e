"""A response with a status and headers of its own; only at the edge."""

from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")


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

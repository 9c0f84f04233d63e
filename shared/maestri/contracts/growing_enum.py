"""Enums that may gain members without breaking who does not know them yet."""

import enum
from collections.abc import Callable
from typing import Any, TypeVar

from maestri.errors import ContractError

E = TypeVar("E", bound=type[enum.Enum])
ATTRIBUTE = "__maestri_fallback__"
DECIDES_NOTHING = getattr(enum.Enum._missing_, "__func__", None)


def fallback(member: str) -> Callable[[E], E]:
    """
    Let an enum grow: a value that this side does not know yet arrives as *member*.

    So it does in whatever holds it; in a frozenset several unknown ones become one. As keys of a
    Mapping they would, too, and their values be lost: that is refused. Without a fallback a new
    member breaks every older consumer, and so may be added only to what is never sent to one::

        @fallback("OTHER")
        class Colour(enum.Enum):
            RED = "red"
            OTHER = "other"

    Raises:
        ContractError: The enum has no such member, or decides itself about unknown values, as a
            Flag does.
    """

    def declare(kind: E) -> E:
        decides = getattr(kind._missing_, "__func__", None) is not DECIDES_NOTHING
        if member not in kind.__members__ or decides:
            raise ContractError(
                f"{kind.__qualname__}: the fallback {member!r} must be one of its members, "
                "and no _missing_ may be defined, as it is in a Flag; send a frozenset of an Enum"
            )
        fallen = kind[member]
        setattr(kind, ATTRIBUTE, fallen.value)
        kind._missing_ = classmethod(lambda _, __: fallen)  # type: ignore[assignment]
        return kind

    return declare


def fallback_of(kind: Any) -> Any | None:
    """Return the value of the member that unknown values become; None if they are refused."""
    return getattr(kind, ATTRIBUTE, None)


def is_unknown_member(value: Any, kind: Any) -> bool:
    """Tell whether *value*, as sent, is none of the members of a growing enum *kind*."""
    return fallback_of(kind) is not None and value not in {member.value for member in kind}

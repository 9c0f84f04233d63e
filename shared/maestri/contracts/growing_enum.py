"""Enums that may gain members without breaking who does not know them yet."""

import enum
from collections.abc import Callable
from typing import Any, TypeVar

from maestri.errors import ContractError

E = TypeVar("E", bound=type[enum.Enum])
ATTRIBUTE = "__maestri_fallback__"


def fallback(member: str) -> Callable[[E], E]:
    """
    Let an enum grow: a value that this side does not know yet arrives as *member*.

    Without it a new member breaks every older consumer, and so may be added only to what is never
    sent to one::

        @fallback("OTHER")
        class Colour(enum.Enum):
            RED = "red"
            OTHER = "other"

    Raises:
        ContractError: The enum has no such member, or decides itself about unknown values.
    """

    def declare(kind: E) -> E:
        if member not in kind.__members__ or "_missing_" in vars(kind):
            raise ContractError(
                f"{kind.__qualname__}: the fallback {member!r} must be one of its members, "
                "and no _missing_ may be defined"
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

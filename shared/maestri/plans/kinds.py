"""Types of expressions while a plan is traced, as far as they are known."""

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from types import GenericAlias
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from maestri.contracts import Outcome, alternatives, item_of, resolved, type_name, without_none
from maestri.plans.refusal import refuse
from maestri.plans.symbol import UNKNOWN, Symbol


def kind_of(value: Any) -> Any:
    """Return the type of an expression."""
    if isinstance(value, Symbol):
        return value.m_kind
    if isinstance(value, tuple):
        kinds = [kind_of(item) for item in value]
        alike = kinds and UNKNOWN not in kinds and all(kind == kinds[0] for kind in kinds)
        return tuple_kind(kinds[0]) if alike else UNKNOWN
    return type(None) if value is None else type(value)


def item_kind(symbol: Symbol) -> Any:
    """Return the type of the items of a sequence."""
    return UNKNOWN if symbol.m_kind is UNKNOWN else item_of(symbol.m_kind) or UNKNOWN


def tuple_kind(kind: Any) -> Any:
    """Return the type of a tuple of *kind*."""
    return UNKNOWN if kind is UNKNOWN else GenericAlias(tuple, (kind, ...))


def mapping_kind(keys: Any, value: Any) -> Any:
    """Return the type of the outcomes of a body for each of the *keys*."""
    key = UNKNOWN if keys is UNKNOWN else item_of(keys) or UNKNOWN
    if key is UNKNOWN or value is UNKNOWN:
        return UNKNOWN
    return Mapping[key, Outcome[value]]  # type: ignore[valid-type]  # made at run time


def may_be_none(kind: Any) -> bool:
    """Tell whether a value of the type may be None."""
    return kind is not UNKNOWN and type(None) in alternatives(kind)


def or_none(kind: Any) -> Any:
    """Return the type of a value that may be missing."""
    return kind if kind is UNKNOWN or type(None) in alternatives(kind) else Union[kind, None]  # noqa: UP007 - made at run time


def not_none_kind(kind: Any) -> Any:
    """Return the type of a value that is there."""
    if kind is UNKNOWN:
        return UNKNOWN
    rest = [part for part in alternatives(kind) if part is not type(None)]
    return without_none(kind) if len(rest) == 1 else Union[tuple(rest)] if rest else kind  # noqa: UP007 - made at run time


def values_of(kind: Any) -> list[Any] | None:
    """Return all values of a type that is a Literal or an Enum, or may be; None for others."""
    found: list[Any] = []
    for part in () if kind is UNKNOWN else map(resolved, alternatives(kind)):
        if get_origin(part) is Literal:
            found += get_args(part)
        elif isinstance(part, type) and issubclass(part, Enum):
            found += part
        elif part is type(None):
            found.append(None)
        else:
            return None
    return found if any(value is not None for value in found) else None


def union_kind(one: Any, other: Any) -> Any:
    """Return the type of a value that is of one type or the other."""
    if one is UNKNOWN or other is UNKNOWN:
        return UNKNOWN
    if one == other or resolved(one) == resolved(other):
        return one
    if other == tuple and get_origin(resolved(one)) is tuple:  # noqa: E721 - of an empty one
        return one
    return Union[one, other]  # noqa: UP007 - made at run time


def one_kind(kinds: Sequence[Any], word: str) -> Any:
    """Return the type that all *kinds* are, None apart; refuse a mixture."""
    known = [kind for kind in kinds if kind is not UNKNOWN and kind is not type(None)]
    if not known:
        return UNKNOWN
    plain = [not_none_kind(kind) for kind in known]
    for kind in plain[1:]:
        if resolved(kind) != resolved(plain[0]) and not _both_tuples(kind, plain[0]):
            refuse(
                f"{word} has results of different types: {type_name(plain[0])} and "
                f"{type_name(kind)}",
                "give all of them one type, such as a Message that holds either",
            )
    missing = type(None) in kinds or any(may_be_none(kind) for kind in known)
    if len(known) + kinds.count(type(None)) < len(kinds):
        return UNKNOWN
    return or_none(plain[0]) if missing else plain[0]


def _both_tuples(one: Any, other: Any) -> bool:
    return tuple in {one, other} and tuple in {get_origin(one), get_origin(other)}


def result_kind(function: Callable[..., Any]) -> Any:
    """Return the declared result type of a function, as far as known."""
    if isinstance(function, type):
        return function
    try:
        return get_type_hints(function, include_extras=True).get("return", UNKNOWN)
    except (NameError, TypeError):
        return UNKNOWN

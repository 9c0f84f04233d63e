"""Types that can be sent: refused where they are declared, not when a value is on its way."""

import datetime as dt
import decimal
import enum
import keyword
import uuid
from collections.abc import Mapping
from typing import Any, Literal, TypeVar, get_args, get_origin

import msgspec

from maestri.contracts.growing_enum import fallback_of
from maestri.contracts.message import (
    UNIONS,
    alternatives,
    constraints_of,
    default_of,
    item_of,
    kinds_in,
    resolved,
    struct_of,
    type_name,
    without_none,
)
from maestri.contracts.values import flaw_of
from maestri.errors import ContractError, unknown_type

TEXTUAL = frozenset(
    {str, int, float, bool, bytes, dt.datetime, dt.date, decimal.Decimal, uuid.UUID}
)
"""What can be text on its own, outside of JSON."""

PLAIN = TEXTUAL | {type(None), msgspec.Raw}

MAPPING_KEYS = TEXTUAL - {bool}
BATCH_KEYS = frozenset({str, int, dt.date, uuid.UUID})
"""Of these, values that are equal to Python are equal on the wire."""

INSTEAD = {
    list: "tuple[T, ...]",
    dict: "Mapping[K, V] or a Message",
    set: "frozenset[T]",
    object: "the Messages that it may be",
    Any: "the Messages that it may be",
}


def check_sendable(kind: Any, where: str) -> None:
    """
    Refuse a type whose values could change after they were sent, or do not arrive as they were.

    Raises:
        ContractError: Names *where* and what to use instead.
    """
    try:
        _check(kind, where, seen=set())
        msgspec.json.Decoder(kind)
    except RecursionError as endless:
        raise ContractError(
            f"{where}: {type_name(kind)} is too deep; hold fewer, or not itself"
        ) from endless
    except NameError as unknown:
        raise unknown_type(where, unknown) from unknown
    except (TypeError, ValueError) as mismatch:
        reason = str(mismatch).partition(" - type `")[0]
        raise ContractError(
            f"{where}: {type_name(kind)} cannot be told apart in JSON: {reason}"
        ) from mismatch


def check_default(default: Any, kind: Any, where: str, *, nul: bool = True) -> None:
    """
    Refuse a default that would not arrive as a value of the type *kind*; nobody checks it later.

    Args:
        default: What fills in what was not sent.
        kind: Type of what it stands for.
        where: What to name.
        nul: Whether text in it may hold NUL characters.

    Raises:
        ContractError: Names *where*, the default and the type.
    """
    try:
        fits = msgspec.json.decode(msgspec.json.encode(default), type=kind) == default
    except (TypeError, ValueError, RecursionError):
        fits = False
    if not fits or flaw_of(default, nul=nul) is not None:
        raise ContractError(f"{where}: its default {default!r} is no {type_name(kind)}")


def is_key(kind: Any, plain: frozenset[Any]) -> bool:
    """Tell whether *kind* is one of the types *plain*, an enum, or literals."""
    kind = resolved(kind)
    if get_origin(kind) is Literal:
        return {type(one) for one in get_args(kind)} in ({str}, {int})
    return kind in plain or (isinstance(kind, type) and issubclass(kind, enum.Enum))


def check_text(kind: Any, default: Any, where: str, *, many: bool) -> None:
    """
    Refuse a type that cannot be text, as outside of JSON bodies it must be.

    That takes one plain type, an enum or literals; with *many* a tuple or frozenset of it, too.
    None and an empty tuple leave no trace, so only a default can be that.

    Raises:
        ContractError: Names *where* and what to do.
    """
    item = item_of(kind)
    optional = type(None) in alternatives(kind)
    if item is not None and (not many or optional):
        raise ContractError(
            f"{where}: a tuple {'that may be None ' if many else ''}cannot be sent here"
        )
    if not is_key(without_none(kind) if item is None else item, TEXTUAL):
        raise ContractError(
            f"{where}: {type_name(kind)} is no text; send it in a body (POST with safe=True for a "
            "read), or as several parameters of one plain type each"
        )
    if optional and default is not None:
        raise ContractError(f"{where} may be None, which leaves no trace; let None be its default")
    if item is not None and default is not msgspec.NODEFAULT and default != _empty_of(kind):
        raise ContractError(f"{where} may be empty, which leaves no trace; let () be its default")


def _empty_of(kind: Any) -> Any:
    """Return the empty tuple or frozenset of *kind*."""
    return frozenset() if get_origin(without_none(kind)) is frozenset else ()


def _check(kind: Any, where: str, seen: set[Any]) -> None:
    if _may_shrink(kind):
        raise ContractError(
            f"{where}: {type_name(kind)} holds an enum with a fallback, so unknown members would "
            "become one and be too few; send a tuple, or allow a frozenset of one"
        )
    kind = resolved(kind)
    if kind in PLAIN or get_origin(kind) is Literal:
        return
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return
    origin = get_origin(kind)
    if origin is Mapping and not is_key(get_args(kind)[0], MAPPING_KEYS):
        raise ContractError(
            f"{where}: {type_name(get_args(kind)[0])} cannot be a key of a Mapping in JSON; use "
            "str, int, another plain type, an enum or literals"
        )
    if origin is Mapping and fallback_of(resolved(get_args(kind)[0])) is not None:
        raise ContractError(
            f"{where}: {type_name(get_args(kind)[0])} has a fallback, so as keys of a Mapping all "
            "unknown members would become one; send a tuple of Messages that hold it"
        )
    if origin in {*UNIONS, tuple, frozenset, Mapping}:
        for part in get_args(kind):
            if part is not Ellipsis:
                _check(part, where, seen)
        return
    struct = struct_of(kind)
    if struct is not None:
        _check_struct(kind, struct, where, seen)
        return
    raise _not_sendable(kind, where)


def _may_shrink(kind: Any) -> bool:
    """Tell whether unknown members of an enum would make a frozenset shorter than it may be."""
    if get_origin(resolved(kind)) is not frozenset:
        return False
    least = [one.min_length or 0 for one in constraints_of(kind)]
    return max(least, default=0) > 1 and any(
        fallback_of(resolved(part)) is not None for part in kinds_in(item_of(kind))
    )


def _not_sendable(kind: Any, where: str) -> ContractError:
    if isinstance(kind, TypeVar):
        return ContractError(f"{where}: {kind} is any type; give the generic message its types")
    if kind is msgspec.UnsetType:
        return ContractError(
            f"{where}: UNSET leaves no trace; only a field of a Message may be that"
        )
    instead = INSTEAD.get(get_origin(kind) or kind)
    remedy = (
        f"use {instead}"
        if instead
        else "use plain values, Messages, tuples, frozensets or Mappings"
    )
    return ContractError(f"{where}: {type_name(kind)} is not an immutable message type; {remedy}")


def _check_struct(kind: Any, struct: type[msgspec.Struct], where: str, seen: set[Any]) -> None:
    if not struct.__struct_config__.frozen:
        raise ContractError(
            f"{where}: {struct.__qualname__} is not frozen; derive it from "
            "maestri.contracts.Message"
        )
    if struct.__struct_config__.forbid_unknown_fields:
        raise ContractError(
            f"{where}: {struct.__qualname__} forbids unknown fields, so it could never get a new "
            "one; leave the option out: a contract with edge=True refuses them in requests"
        )
    if kind in seen:
        return
    seen.add(kind)
    for field in msgspec.structs.fields(kind):
        inside = f"{where}, field {struct.__qualname__}.{field.name}"
        if keyword.iskeyword(field.name):
            raise ContractError(f"{inside} is a keyword; call it so on the wire: field(name=...)")
        if msgspec.UnsetType in alternatives(field.type):
            _check_unset(field, struct, inside)
        for alternative in alternatives(field.type):
            if alternative is not msgspec.UnsetType:
                _check(alternative, inside, seen)
        default = default_of(field)
        if default is not msgspec.NODEFAULT and default is not msgspec.UNSET:
            check_default(default, field.type, inside)


def _check_unset(
    field: msgspec.structs.FieldInfo, struct: type[msgspec.Struct], where: str
) -> None:
    if field.required:
        raise ContractError(
            f"{where} may be UNSET, which leaves no trace; let UNSET be its default"
        )
    if struct.__struct_config__.array_like:
        raise ContractError(
            f"{where} may be UNSET, and would move the fields after it; let it be None instead"
        )

"""Messages are deeply immutable, so a local call may pass them without a copy."""

import re
import types
import typing
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec

from maestri.contracts.outcome import Succeeded
from maestri.errors import ContractError

CONSTRAINTS = (
    "gt",
    "ge",
    "lt",
    "le",
    "multiple_of",
    "pattern",
    "min_length",
    "max_length",
    "tz",
)

MESSAGES_MAX = 200

_QUALIFIER = re.compile(r"\b(?:\w+\.)+(?=\w)")

UNIONS = frozenset({Union, types.UnionType})


@typing.dataclass_transform(frozen_default=True, field_specifiers=(msgspec.field,))
class Message(msgspec.Struct, frozen=True):
    """
    What operations take and return: a frozen struct of immutable fields.

    A Mapping is the exception, since a dict can be changed by who has made it: it is copied on its
    way.

    Only direct subclasses are allowed, so what is declared is what is sent; share fields by holding
    another message. Unknown fields are dropped between units, and refused at the edge: which of the
    two is the contract's matter, so ``forbid_unknown_fields`` is refused.
    """

    def __init_subclass__(cls, **settings: Any) -> None:
        super().__init_subclass__(**settings)
        if Message not in cls.__bases__:
            raise ContractError(
                f"{cls.__qualname__}: a message has no subclasses; hold it in a field instead"
            )


def type_name(kind: Any) -> str:
    """Return how a type is written where its parts are imported, such as ``tuple[Sku, ...]``."""
    if isinstance(kind, type) and not get_args(kind):
        return kind.__name__
    return _QUALIFIER.sub("", str(kind))


def resolved(kind: Any) -> Any:
    """Return *kind* without NewType and Annotated around it."""
    while True:
        if isinstance(kind, typing.NewType):
            kind = kind.__supertype__
        elif get_origin(kind) is Annotated:
            kind = get_args(kind)[0]
        else:
            return kind


def constraints_of(kind: Any) -> Iterator[msgspec.Meta]:
    """Yield what is said of *kind* around it, looking through NewType."""
    while True:
        if isinstance(kind, typing.NewType):
            kind = kind.__supertype__
        elif get_origin(kind) is Annotated:
            yield from (one for one in kind.__metadata__ if isinstance(one, msgspec.Meta))
            kind = get_args(kind)[0]
        else:
            return


def alternatives(kind: Any) -> tuple[Any, ...]:
    """Return the members of a union, or *kind* alone."""
    kind = resolved(kind)
    return get_args(kind) if get_origin(kind) in UNIONS else (kind,)


def without_none(kind: Any) -> Any:
    """Return the one alternative of ``T | None``, or *kind* itself."""
    rest = [part for part in alternatives(kind) if part is not type(None)]
    return resolved(rest[0]) if len(rest) == 1 else resolved(kind)


def struct_of(kind: Any) -> type[msgspec.Struct] | None:
    """Return the struct class of *kind*, looking through None and generic parameters."""
    kind = without_none(kind)
    origin = get_origin(kind) or kind
    return origin if isinstance(origin, type) and issubclass(origin, msgspec.Struct) else None


def item_of(kind: Any) -> Any | None:
    """Return the element type of a homogeneous tuple or a frozenset, otherwise None."""
    kind = without_none(kind)
    arguments = get_args(kind)
    if get_origin(kind) is tuple and arguments[1:] == (Ellipsis,):
        return arguments[0]
    return arguments[0] if get_origin(kind) is frozenset else None


def batched_value(kind: Any) -> Any | None:
    """Return T of ``Outcome[T]``, otherwise None."""
    return next(
        (get_args(part)[0] for part in alternatives(kind) if get_origin(part) is Succeeded), None
    )


def message_in(kind: Any) -> Any | None:
    """
    Return the message type whose fields can be chosen in a value of the type *kind*.

    Looks through None, NewType, Annotated, tuples of one type, the values of a Mapping, outcomes.
    None where there is nothing to choose: no message, several, or one without names on the wire.
    """
    kind = without_none(kind)
    if get_origin(kind) is Mapping:
        return message_in(get_args(kind)[1])
    if (value := batched_value(kind)) is not None:
        return message_in(value)
    if get_origin(kind) is tuple:
        item = item_of(kind)
        return None if item is None else message_in(item)
    struct = struct_of(kind)
    if struct is None or struct.__struct_config__.array_like or not struct.__struct_fields__:
        return None
    return kind


def field_types(struct: Any) -> dict[str, Any]:
    """Return the type of each field of a struct class, generic parameters filled in."""
    return {field.name: field.type for field in msgspec.structs.fields(struct)}


def default_of(field: msgspec.structs.FieldInfo) -> Any:
    """Return the default of a field, made if need be; NODEFAULT if it has none."""
    make = field.default_factory
    return field.default if make is msgspec.NODEFAULT else make()


def kinds_in(kind: Any) -> Iterator[Any]:
    """
    Yield *kind* and all types within it, those of the fields of messages, too.

    Raises:
        ContractError: More than 200 messages, as if a generic one holds itself of other types.
    """
    seen: set[Any] = set()
    waiting = [kind]
    while waiting:
        one = waiting.pop()
        yield one
        if isinstance(one, typing.NewType):
            waiting.append(one.__supertype__)
        elif get_origin(one) is Annotated:
            waiting.append(get_args(one)[0])
        elif len(alternatives(one)) == 1 and struct_of(one) is not None:
            if one not in seen:
                seen.add(one)
                waiting += field_types(one).values()
        elif get_origin(one) is not Literal:
            waiting += [part for part in get_args(one) if part is not Ellipsis]
        if len(seen) > MESSAGES_MAX:
            raise ContractError(
                f"{type_name(kind)} holds more than {MESSAGES_MAX} messages; hold fewer, or not "
                "itself"
            )


def is_constrained(kind: Any) -> bool:
    """Tell whether a value of the right Python type can still be refused, however deep inside."""
    return any(
        any(map(_constrains, part.__metadata__))
        for part in kinds_in(kind)
        if get_origin(part) is Annotated
    )


def _constrains(metadata: Any) -> bool:
    return isinstance(metadata, msgspec.Meta) and any(
        getattr(metadata, name) is not None for name in CONSTRAINTS
    )


LeftOut = Annotated[tuple[str, ...], msgspec.Meta(extra={"maestri": "left_out"})]
"""Type of the field in which a response names the parts that are missing from it."""


@lru_cache(maxsize=4096)
def left_out_field(kind: Any) -> str | None:
    """Return the name of the ``LeftOut`` field of a message type, if it has one."""
    struct = struct_of(kind)
    if struct is None:
        return None
    return next(
        (name for name, part in field_types(without_none(kind)).items() if part == LeftOut), None
    )

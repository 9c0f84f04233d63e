"""A value in another shape: messages made of the fields of others, for ``select``."""

from collections.abc import Callable
from typing import Any, get_origin

import msgspec

from maestri.contracts.message import (
    alternatives,
    field_types,
    item_of,
    message_in,
    resolved,
    struct_of,
    without_none,
)

DEPTH_MAX = 8
"""Messages within messages whose shape is compiled; Python's parser has a bound, too."""

Shaping = Callable[[Any], Any]


def shaping(shape: Any) -> Shaping:
    """
    Return a function that makes a value of *shape* of one with the same fields, and maybe others.

    Fields have the types that they have in *shape*; that was checked where the shape was declared.
    A value that lacks fields without a default passes as it is: nobody asked for them.
    """
    names: dict[str, Any] = {}
    source = _expression(shape, "value", names, ())
    if source is None:
        return lambda value: _converted(value, shape)
    # Written as one expression and compiled: half the time of msgspec.convert, which looks at
    # every field of every value anew.
    compiled: Shaping = eval(f"lambda value: {source}", names)  # noqa: S307 - of field names alone

    def shaped(value: Any) -> Any:
        try:
            return compiled(value)
        except AttributeError:
            return _converted(value, shape)

    return shaped


def _converted(value: Any, shape: Any) -> Any:
    try:
        return msgspec.convert(value, shape, from_attributes=True)
    except msgspec.ValidationError:
        return value


def _expression(
    kind: Any, value: str, names: dict[str, Any], around: tuple[Any, ...]
) -> str | None:
    """
    Return the source of *value* in the shape *kind*; None if only msgspec knows how.

    So it is where messages hold messages of their own type, or others at more than DEPTH_MAX.
    """
    if not _is_made(kind):
        return value
    plain, one = resolved(without_none(kind)), f"v{len(names)}"
    names[one] = None  # Taken; an expression of its own binds it.
    if type(None) in alternatives(kind):
        inner = _expression(plain, one, names, around)
        return inner and f"(None if ({one} := {value}) is None else {inner})"
    item = item_of(plain)
    if item is not None and get_origin(plain) is tuple:
        inner = _expression(item, one, names, around)
        return inner and f"tuple([{inner} for {one} in {value}])"
    if not (isinstance(plain, type) and issubclass(plain, msgspec.Struct)):
        return None
    if plain in around or len(around) == DEPTH_MAX:
        return None
    made = f"Made{len(names)}"
    names[made] = plain
    given = []
    for name, part in field_types(plain).items():
        inner = _expression(part, f"{one}.{name}", names, (*around, plain))
        if inner is None:
            return None
        given.append(f"{name}={inner}")
    return f"({one} if type({one} := {value}) is {made} else {made}({', '.join(given)}))"


def _is_made(kind: Any) -> bool:
    """Tell whether there is a message to make; a partial one may have no fields at all."""
    if message_in(kind) is not None:
        return True
    item, struct = item_of(kind), struct_of(kind)
    if item is not None:
        return get_origin(without_none(kind)) is tuple and _is_made(item)
    return struct is not None and not struct.__struct_fields__

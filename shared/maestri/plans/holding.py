"""
What a value may be, as far as symbols go: known of a value, found out of an expression.

It is NONE, or several of: SYMBOL, it may be one; HOLDER, its items or attributes may be;
KEYED, its values may be, and its keys are none.
"""

from types import ModuleType
from typing import Any

import msgspec

from maestri.plans.symbol import Symbol

NONE = 0
SYMBOL = 1
HOLDER = 2
KEYED = 4

DEPTH_MAX = 4
ITEMS_MAX = 1_000
"""Items of a value that are looked at; of what is beyond, nothing is known."""

_ROOM = __name__.rpartition(".")[0]

_ATOMS = (str, int, float, type(None))


def held_in(value: Any) -> int:
    """Return what a value is: a symbol, a holder of symbols, or neither."""
    if isinstance(value, Symbol):
        return SYMBOL
    if isinstance(value, _ATOMS) or not _holds(value):
        return NONE
    return KEYED if isinstance(value, dict) else HOLDER


def items_held(held: int) -> int:
    """Return what the items of an iteration are."""
    return SYMBOL | HOLDER if held & HOLDER else NONE


def parts_held(held: int) -> int:
    """Return what a part is that is taken by an index, a key or a name."""
    return (SYMBOL if held & SYMBOL else NONE) | (SYMBOL | HOLDER if held & (HOLDER | KEYED) else 0)


def _holds(value: Any) -> bool:
    waiting, looked = [(value, 0)], 0
    while waiting and looked < ITEMS_MAX:
        one, depth = waiting.pop()
        for part in _parts(one):
            looked += 1
            if isinstance(part, Symbol):
                return True
            if depth < DEPTH_MAX and not isinstance(part, _ATOMS):
                waiting.append((part, depth + 1))
    return False


def _parts(value: Any) -> tuple[Any, ...]:
    if isinstance(value, tuple | list):
        return tuple(value[:ITEMS_MAX])
    if isinstance(value, set | frozenset):
        return tuple(value)[:ITEMS_MAX]
    if isinstance(value, dict):
        return tuple(value.values())[:ITEMS_MAX]
    if isinstance(value, msgspec.Struct):
        return tuple(getattr(value, name, None) for name in value.__struct_fields__)
    if isinstance(value, type | ModuleType) or type(value).__module__.startswith(_ROOM):
        return ()
    held = getattr(value, "__dict__", None)
    return tuple(held.values())[:ITEMS_MAX] if type(held) is dict else ()

"""
What hides symbols from the compiler: everything that is no tuple, mapping or message.

A symbol that is not seen while a plan is traced would reach a function at run time, so whatever
could hold one is opened, the way the garbage collector does. What cannot be looked through within
the bound is refused, never passed.
"""

import gc
import types
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from maestri.plans.refusal import Where, refuse
from maestri.plans.symbol import Symbol

OBJECTS_MAX = 100_000
"""Objects that are opened in search of a symbol; atoms, types and modules do not count."""

_ROOM = __name__.rpartition(".")[0]
_ATOMS = (
    str,
    bytes,
    int,
    float,
    complex,
    type(None),
    types.ModuleType,
    types.CodeType,
    types.FrameType,
    types.TracebackType,
)


def hidden_symbol(value: Any, where: Where) -> Symbol | None:
    """
    Return a symbol that *value* holds, at any depth, if there is one.

    Raises:
        PlanError: It holds more than OBJECTS_MAX objects, so that nobody can tell.
    """
    waiting, seen = [value], {id(value)}
    kept: list[Any] = []  # what was made for the look itself must live as long as its id is known
    while waiting:
        one = waiting.pop()
        if isinstance(one, Symbol):
            return one
        kept.append(one)
        if len(kept) > OBJECTS_MAX:
            refuse(
                f"{where.what} holds a {type(value).__name__} of more than {OBJECTS_MAX} objects, "
                "which are too many to be searched for symbols",
                "let the function of compute get it from one that is cached, with functools.cache",
                where.line,
            )
        for part in _inside(one):
            if not isinstance(part, _ATOMS) and id(part) not in seen:
                seen.add(id(part))
                waiting.append(part)
    return None


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, type):
        return _of_a_class(value)
    if type(value).__module__.startswith(_ROOM):
        return ()  # plans and their steps: what is theirs is not hidden
    if isinstance(value, types.FunctionType):
        return () if value.__module__.startswith(_ROOM) else _of_a_function(value)
    if isinstance(value, msgspec.Struct):
        return [getattr(value, name, None) for name in value.__struct_fields__]
    return gc.get_referents(value)


def _of_a_class(one: type) -> Iterable[Any]:
    # Only a class that is made while the plan is traced can be about its symbols.
    return tuple(vars(one).values()) if "<locals>" in one.__qualname__ else ()


def _of_a_function(function: types.FunctionType) -> Iterator[Any]:
    yield function.__closure__
    yield function.__defaults__
    yield function.__kwdefaults__
    yield function.__dict__
    for name in _names_in(function.__code__):
        held = function.__globals__.get(name)
        if not isinstance(held, types.FunctionType) or held.__module__ == function.__module__:
            yield held


def _names_in(code: types.CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _names_in(constant)

"""Values of a subclass of what is declared: type checkers accept them, and they do not arrive."""

from collections.abc import Callable, Mapping
from typing import Any, get_args, get_origin

from maestri.contracts.message import alternatives, batched_value, item_of, resolved
from maestri.contracts.outcome import Succeeded
from maestri.contracts.sendable import TEXTUAL

PLAIN = TEXTUAL | {type(None)}

Test = Callable[[Any], bool]


def exactness_of(kind: Any) -> Test | None:
    """
    Return a test that fails if a plain value is not of exactly the declared *kind*.

    A bool is an int, an int a float, a datetime a date and a StrEnum a str to Python and to type
    checkers; elsewhere it is refused or becomes what is declared. Looks at plain values and into
    tuples, frozensets, Mappings and outcomes, not into messages. None if there is nothing to test.
    """
    kinds = {resolved(part) for part in alternatives(kind)}
    plain = frozenset(kinds & PLAIN)
    rest = [one for one in kinds if one not in PLAIN]
    if not rest:
        return lambda value: type(value) in plain
    if len(rest) == 1 and plain <= {type(None)}:
        inside = _of_container(rest[0])
        if inside is None or not plain:
            return inside
        return lambda value: value is None or inside(value)
    near = tuple(plain | ({int} if float in plain else set()))
    return lambda value: type(value) in plain or not isinstance(value, near)


def _of_container(kind: Any) -> Test | None:
    origin, item, arguments = get_origin(kind), item_of(kind), get_args(kind)
    if item is not None:
        items = _of_each(item)
        return lambda value: type(value) is origin and items(value)
    if origin is tuple:
        tests = [exactness_of(part) or _anything for part in arguments]
        return lambda value: (
            type(value) is tuple
            and len(value) == len(tests)
            and all(test(one) for test, one in zip(tests, value, strict=True))
        )
    if origin is Mapping:
        # Keys of outcomes are those of the call, or equal to them.
        batch = batched_value(arguments[1]) is not None
        keys = _anything if batch else _of_each(arguments[0])
        values = _of_each(arguments[1])
        return lambda value: type(value) is dict and keys(value) and values(value.values())
    return None


def _of_each(kind: Any) -> Test:
    """Return a test of several values, or outcomes, of one *kind*; in one go if they are plain."""
    outcome = batched_value(kind)
    if outcome is not None:
        inner = _of_each(outcome)
        if inner is _anything:
            return _anything
        return lambda outcomes: inner([one.value for one in outcomes if type(one) is Succeeded])
    kinds = frozenset(resolved(part) for part in alternatives(kind))
    if kinds <= PLAIN:
        return lambda values: kinds.issuperset(map(type, values))
    test = exactness_of(kind)
    return _anything if test is None else lambda values: all(map(test, values))


def _anything(_: Any) -> bool:
    return True

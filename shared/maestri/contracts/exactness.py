"""Values of a subclass of what is declared: type checkers accept them, and they do not arrive."""

import datetime as dt
import enum
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Literal, get_args, get_origin

import msgspec

from maestri.contracts.message import (
    UNIONS,
    alternatives,
    batched_value,
    field_types,
    item_of,
    resolved,
)
from maestri.contracts.outcome import Succeeded
from maestri.contracts.sendable import PLAIN

TESTS_MAX = 4_096

Test = Callable[[Any], bool]

_EXACT = (PLAIN | {msgspec.UnsetType}) - {dt.datetime, msgspec.Raw}


@lru_cache(maxsize=TESTS_MAX)
def exactness_of(kind: Any) -> Test:
    """
    Return a test that only a value passes of which each part is of exactly the declared type.

    A bool is an int, an int a float, a datetime a date and a StrEnum a str to Python and to type
    checkers; elsewhere it is refused or becomes what is declared. Looks into messages, outcomes,
    tuples, frozensets and Mappings; not at constraints, nor at which member of a Literal it is.
    An instant arrives with an offset, not with the rules of a time zone; raw JSON has to be JSON.
    """
    source = _Source()
    expression = source.of(kind, "value", inline=True)
    source.functions.append(f"test = lambda value: {expression}")
    # Compiled, it costs a third of calls within calls: about 25 ns for each plain field.
    exec("\n".join(source.functions), source.names)  # noqa: S102 - of field names alone
    test: Test = source.names["test"]
    return test


class _Source:
    """
    The source of one test.

    Attributes:
        functions: Two at most for each type of message: of one, and of several in a loop; so it
            ends where messages hold themselves, and is as long as they are declared.
        names: The types that it speaks of.
    """

    def __init__(self) -> None:
        self.functions: list[str] = []
        self.names: dict[str, Any] = {}
        self._named: dict[Any, str] = {}

    def of(self, kind: Any, value: str, *, inline: bool = False) -> str:
        """Return an expression that tests *value*; *inline* is for the one where it is tested."""
        parts = list(_parts(kind))
        exact = _exact_types(parts)
        tests = [self._is_one_of(exact, value)] if exact else []
        holders = [part for part in parts if not _exact_types([part])]
        tests += [self._holds(part, value, inline=inline) for part in holders]
        return tests[0] if len(tests) == 1 else f"({' or '.join(tests)})"

    def _is_one_of(self, exact: frozenset[Any], value: str) -> str:
        if len(exact) == 1:
            return f"type({value}) is {self._name(*exact)}"
        return f"type({value}) in {self._name(exact)}"

    def _holds(self, kind: Any, value: str, *, inline: bool) -> str:
        arguments, origin = get_args(kind), get_origin(kind) or kind
        if kind in _ODD:
            return f"{self._name(_ODD[kind])}({value})"
        if origin is Mapping:
            tests = [f"type({value}) is dict", self._each(arguments[1], f"{value}.values()")]
            if batched_value(arguments[1]) is None:
                # Keys of outcomes are those of the call, or equal to them.
                tests.append(self._each(arguments[0], value))
        elif (item := item_of(kind)) is not None:
            tests = [f"type({value}) is {self._name(origin)}", self._each(item, value)]
        elif origin is tuple:
            tests = [f"type({value}) is tuple", f"len({value}) == {len(arguments)}"]
            tests += [self.of(part, f"{value}[{index}]") for index, part in enumerate(arguments)]
        elif inline:
            # What an outcome holds is tested with it: a call less for each.
            inline = origin is Succeeded
            tests = [f"type({value}) is {self._name(origin)}"]
            tests += [
                self.of(part, f"{value}.{name}", inline=inline)
                for name, part in field_types(kind).items()
            ]
        else:
            return f"{self._one(kind)}({value})"
        return f"({' and '.join(tests)})"

    def _each(self, kind: Any, values: str) -> str:
        """Return an expression that tests several *values*, in one go if they are plain."""
        parts = list(_parts(kind))
        if all(_exact_types([part]) for part in parts):
            return f"{self._name(_exact_types(parts))}.issuperset(map(type, {values}))"
        if (name := self._named.get(("each", kind))) is None:
            name = self._named["each", kind] = f"each_{len(self._named)}"
            self.functions.append(
                f"def {name}(values):\n"
                f" for value in values:\n"
                f"  if not {self.of(kind, 'value', inline=True)}: return False\n"
                f" return True"
            )
        return f"{name}({values})"

    def _one(self, message: Any) -> str:
        if (name := self._named.get(("one", message))) is None:
            name = self._named["one", message] = f"one_{len(self._named)}"
            self.functions.append(
                f"{name} = lambda value: {self.of(message, 'value', inline=True)}"
            )
        return name

    def _name(self, meant: Any) -> str:
        if (name := self._named.get(("name", meant))) is None:
            name = self._named["name", meant] = f"name_{len(self._named)}"
            self.names[name] = meant
        return name


def _parts(kind: Any) -> Iterator[Any]:
    """Yield the alternatives of *kind*, of unions under a name in it, too."""
    for part in map(resolved, alternatives(kind)):
        if get_origin(part) in UNIONS:
            yield from _parts(part)
        else:
            yield part


def _exact_types(parts: list[Any]) -> frozenset[Any]:
    """Return the classes that values of the plain ones among *parts* have."""
    found: set[Any] = set()
    for part in parts:
        if get_origin(part) is Literal:
            found.update(map(type, get_args(part)))
        elif part in _EXACT or (isinstance(part, type) and issubclass(part, enum.Enum)):
            found.add(part)
    return frozenset(found)


def _is_plain_instant(value: Any) -> bool:
    """Tell whether *value* is a datetime in UTC, or without a zone; others are made anew."""
    if type(value) is not dt.datetime or value.fold:
        return False
    return value.tzinfo is None or value.tzinfo is dt.UTC


def _is_plain_json(value: Any) -> bool:
    """Tell whether *value* is the raw JSON of one value, with nothing around it."""
    if type(value) is not msgspec.Raw:
        return False
    try:
        return bytes(value) == bytes(msgspec.json.decode(value, type=msgspec.Raw))
    except msgspec.DecodeError:
        return False


_ODD: dict[Any, Test] = {dt.datetime: _is_plain_instant, msgspec.Raw: _is_plain_json}

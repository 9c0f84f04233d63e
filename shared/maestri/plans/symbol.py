"""What stands for a value while a plan is traced, and refuses to be one."""

import operator
import os
import sys
import types
import typing
from collections.abc import Callable
from typing import Any, NoReturn

import msgspec

from maestri.contracts.message import alternatives, field_types, item_of, struct_of, without_none
from maestri.errors import PlanError

_HERE = os.path.dirname(__file__)
UNKNOWN = typing.Any


def line_of_plan() -> str:
    """Return file and line of the innermost caller outside this room."""
    frame: types.FrameType | None = sys._getframe(1)  # noqa: SLF001 - the only way to the caller's line
    while frame is not None and frame.f_code.co_filename.startswith(_HERE):
        frame = frame.f_back
    return "unknown line" if frame is None else f"{frame.f_code.co_filename}:{frame.f_lineno}"


def refuse(problem: str, remedy: str) -> NoReturn:
    """Raise a PlanError that names the line of the plan, the problem and the remedy."""
    raise PlanError(f"{line_of_plan()}: {problem}; {remedy}")


class Symbol:
    """
    The value of a step, or of a field of it, while a plan is traced.

    Attributes (under names that no message would use):
        m_step: The step that will yield the value.
        m_path: Names of the fields taken from it.
        m_kind: Its type, as far as known.
    """

    __slots__ = ("m_kind", "m_path", "m_step")

    def __init__(self, step: Any, kind: Any, path: tuple[str, ...] = ()) -> None:
        self.m_step = step
        self.m_kind = kind
        self.m_path = path

    def __getattr__(self, name: str) -> "Symbol":
        if name.startswith("__"):
            raise AttributeError(name)
        return Symbol(self.m_step, _field_kind(self, name), (*self.m_path, name))

    def __repr__(self) -> str:
        return ".".join([f"<{self.m_step.name}", *self.m_path]) + ">"

    # What Python asks of a value, and a symbol cannot answer.

    __hash__ = None  # type: ignore[assignment]  # a symbol is no key: equality of symbols is a step

    def __bool__(self) -> bool:
        refuse(
            f"{self!r} is used as a condition",
            "use when(condition, step), route(key, cases) or otherwise(step, fallback)",
        )

    def __iter__(self) -> Any:
        refuse(f"{self!r} is iterated over", "use each(items, step) or reduce(function, items)")

    def __len__(self) -> int:
        refuse(f"len() of {self!r}", "use compute(len, items)")

    def __contains__(self, item: object) -> bool:
        refuse(f"`in` {self!r}", "use compute(function, ...) with a function that tests it")

    def __getitem__(self, key: object) -> Any:
        refuse(
            f"{self!r} is indexed",
            "use compute(operator.itemgetter(...), value), or each(items, step)",
        )

    def __call__(self, *arguments: object, **named: object) -> Any:
        refuse(
            f"{self!r} is called as a method",
            "use compute(function, value) for pure work, call(operation, ...) for a call",
        )

    def __await__(self) -> Any:
        refuse(f"{self!r} is awaited", "steps are not awaited; the executor runs them")

    def __str__(self) -> str:
        refuse(
            f"{self!r} is turned into text",
            "use compute(function, value) with a function that builds the text",
        )

    def __format__(self, specification: str) -> str:
        refuse(
            f"{self!r} is formatted into a string",
            "use compute(function, value) with a function that builds the text",
        )

    def __int__(self) -> int:
        refuse(f"int() of {self!r}", "use compute(int, value)")

    def __float__(self) -> float:
        refuse(f"float() of {self!r}", "use compute(float, value)")

    def __index__(self) -> int:
        refuse(f"{self!r} is used as an index", "use compute(function, value)")

    def __setitem__(self, key: object, value: object) -> None:
        refuse(f"{self!r} is assigned to", "messages never change; construct a new one")


def _field_kind(symbol: Symbol, name: str) -> Any:
    kind = symbol.m_kind
    if kind is UNKNOWN:
        return UNKNOWN
    if type(None) in alternatives(kind):
        refuse(
            f"{symbol!r} may be None, so it has no {name!r}", "use then(value, lambda present: ...)"
        )
    struct = struct_of(kind)
    if struct is None:
        item = " of the items" if item_of(kind) is not None else ""
        refuse(
            f"{symbol!r} has no field {name!r}{item}",
            "methods are not steps: use compute(function, value), or each(items, step)",
        )
    fields = field_types(without_none(kind))
    if name not in fields:
        remedy = (
            f"it has {', '.join(fields)}"
            if not hasattr(struct, name)
            else "use compute(function, value)"
        )
        refuse(f"{symbol!r}: {struct.__name__} has no field {name!r}", remedy)
    return fields[name]


def _binary(
    name: str, function: Callable[[Any, Any], Any], *, reflected: bool
) -> Callable[[Any, Any], Any]:
    def operate(self: Any, other: Any) -> Any:
        from maestri.plans.tracing import current_trace  # noqa: PLC0415 - tracing makes symbols

        arguments = (other, self) if reflected else (self, other)
        return current_trace(f"the operator {name}").operate(name, function, arguments)

    return operate


_COMPARISONS = ("lt", "le", "eq", "ne", "gt", "ge")
_ARITHMETIC = ("add", "sub", "mul", "truediv", "floordiv", "mod")

for _name in _COMPARISONS:
    setattr(Symbol, f"__{_name}__", _binary(_name, getattr(operator, _name), reflected=False))
for _name in _ARITHMETIC:
    setattr(Symbol, f"__{_name}__", _binary(_name, getattr(operator, _name), reflected=False))
    setattr(Symbol, f"__r{_name}__", _binary(_name, getattr(operator, _name), reflected=True))


def symbols_in(value: Any) -> list[Symbol]:
    """Return the symbols in an expression: in tuples, mappings and messages, at any depth."""
    if isinstance(value, Symbol):
        return [value]
    if isinstance(value, tuple | list | frozenset):
        return [symbol for item in value for symbol in symbols_in(item)]
    if isinstance(value, dict):
        return [symbol for item in value.values() for symbol in symbols_in(item)]
    if isinstance(value, msgspec.Struct):
        return [
            symbol
            for name in value.__struct_fields__
            for symbol in symbols_in(getattr(value, name))
        ]
    return []

"""What stands for a value while a plan is traced, and refuses to be one."""

import operator
import typing
from collections.abc import Callable
from typing import Any, NoReturn

from maestri.contracts import alternatives, field_types, item_of, struct_of, without_none
from maestri.plans.profiler import unobserved
from maestri.plans.refusal import refuse

UNKNOWN = typing.Any


class Symbol:
    """
    The value of a step, or of a field of it, while a plan is traced.

    Attributes (under names that no message would use):
        m_step: The step that will yield the value.
        m_path: Names of the fields taken from it.
        m_kind: Its type, as far as known.
    """

    __slots__ = ("m_kind", "m_path", "m_step")
    m_step: Any
    m_kind: Any
    m_path: tuple[str, ...]

    def __init__(self, step: Any, kind: Any, path: tuple[str, ...] = ()) -> None:
        object.__setattr__(self, "m_step", step)
        object.__setattr__(self, "m_kind", kind)
        object.__setattr__(self, "m_path", path)

    @unobserved
    def __getattr__(self, name: str) -> "Symbol":
        if name.startswith("__"):
            raise AttributeError(name)
        return Symbol(self.m_step, _field_kind(self, name), (*self.m_path, name))

    def __repr__(self) -> str:
        return ".".join([f"<{self.m_step.name}", *self.m_path]) + ">"


def _field_kind(symbol: Symbol, name: str) -> Any:
    kind = symbol.m_kind
    if kind is UNKNOWN:
        return UNKNOWN
    if type(None) in alternatives(kind):
        refuse(
            f"{symbol!r} may be None, so it has no {name!r}", "use then(value, lambda known: ...)"
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


# pow() may be given a modulus, which operator.pow does not take.
_FUNCTIONS = {"and": operator.and_, "or": operator.or_, "pow": pow}


def _operator(name: str, *, reflected: bool) -> Callable[..., Any]:
    function = _FUNCTIONS.get(name) or getattr(operator, name)

    @unobserved
    def operate(self: Any, *others: Any) -> Any:
        arguments = (*others, self) if reflected else (self, *others)
        # The step knows the trace that it is part of, so symbols need not know what a trace is.
        return self.m_step.trace.operate(name, function, arguments)

    return operate


COMPARISONS = ("lt", "le", "eq", "ne", "gt", "ge")
_ARITHMETIC = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "and", "or", "xor")
_UNARY = ("neg", "pos", "abs", "invert")

for _name in (*COMPARISONS, *_ARITHMETIC, *_UNARY):
    setattr(Symbol, f"__{_name}__", _operator(_name, reflected=False))
for _name in _ARITHMETIC:
    setattr(Symbol, f"__r{_name}__", _operator(_name, reflected=True))


def _refusal(problem: str, remedy: str) -> Callable[..., NoReturn]:
    def refusing(self: Symbol, *_: object, **__: object) -> NoReturn:
        refuse(f"{self!r} {problem}", remedy)

    return refusing


_BUILD_TEXT = "use compute(function, value) with a function that builds the text"
_BRANCH = (
    "use when(condition, lambda: step), route(key, cases) or otherwise(step, fallback); for "
    "`not x` write x == False, for `x and y` write x & y, for `x in (...)` "
    "compute(function, x)"
)
_COMPUTE = "use compute(function, value) with a function that does it"

# What Python asks of a value, and a symbol cannot answer.
_REFUSED = {
    "bool": ("is used as a condition", _BRANCH),
    "iter": ("is iterated over", "use each(items, step) or reduce(function, items)"),
    "reversed": ("is iterated over", "use compute(function, items) with a function that does it"),
    "len": ("is asked for its len()", "use compute(len, items)"),
    "contains": ("is asked whether something is `in` it", _COMPUTE),
    "getitem": (
        "is indexed",
        "use compute(operator.itemgetter(...), value), or each(items, step)",
    ),
    "call": (
        "is called as a method",
        "use compute(function, value) for pure work, call(operation, ...) for a call",
    ),
    "await": ("is awaited", "steps are not awaited; the executor runs them"),
    "aiter": ("is iterated over", "steps are not awaited; use each(items, step)"),
    "enter": ("is used in `with`", "a step is not closed; the executor ends what it starts"),
    "exit": ("is used in `with`", "a step is not closed; the executor ends what it starts"),
    "str": ("is turned into text", _BUILD_TEXT),
    "bytes": ("is turned into bytes", _BUILD_TEXT),
    "format": ("is formatted into a string", _BUILD_TEXT),
    "hash": (
        "is used as a key",
        "use route(key, cases) to choose by it, or a tuple to hold it",
    ),
    "int": ("is asked for its int()", "use compute(int, value)"),
    "float": ("is asked for its float()", "use compute(float, value)"),
    "round": ("is asked for its round()", "use compute(round, value)"),
    "index": ("is used as an index", _COMPUTE),
    "setitem": ("is assigned to", "messages never change; construct a new one"),
    "delitem": ("has an item deleted", "messages never change; construct a new one"),
    "setattr": ("is assigned to", "messages never change; construct a new one"),
    "delattr": ("has a field deleted", "messages never change; construct a new one"),
}
for _name, _texts in _REFUSED.items():
    setattr(Symbol, f"__{_name}__", _refusal(*_texts))

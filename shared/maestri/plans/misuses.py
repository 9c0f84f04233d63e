"""Uses that a symbol cannot refuse, since Python never calls it: found in a function's syntax."""

import ast
import copy
import dis
import linecache
import operator
import re
from collections.abc import Iterator
from types import BuiltinFunctionType, CodeType, FunctionType
from typing import Any, NamedTuple

from maestri.contracts import operation_of
from maestri.plans.holding import HOLDER, KEYED, SYMBOL
from maestri.plans.observation import Entered
from maestri.plans.reading import Reading

TEXT_MAX = 60
"""Characters of an expression that a message shows."""


class Misuse(NamedTuple):
    """What is written, in which lines, and what to write instead."""

    lines: tuple[int, ...]
    problem: str
    remedy: str


class _Kind(NamedTuple):
    problem: str
    remedy: str


_IS = _Kind(
    "is compared with `is`, which looks at the symbol, not at its value",
    "use then(value, lambda known: ...) or otherwise(value, fallback)",
)
_CLASS = _Kind(
    "is asked for its class, which is that of the symbol, not of its value",
    "use compute(function, value) with a function that looks, and route(...) by what it finds",
)
_MATCH = _Kind(
    "is matched, which looks at the symbol, not at its value",
    "use route(value, cases), or compute(function, value) with a function that matches",
)
_IN = _Kind(
    "is looked for with `in`, which needs its value",
    "use compute(function, value) with a function that looks, or `(x == 1) | (x == 2)`",
)
_TEXT = _Kind(
    "is turned into text, which would show the symbol, not its value",
    "use compute(function, value) with a function that builds the text",
)
_COPY = _Kind(
    "is copied, which copies the symbol, not its value",
    "use it as it is: values never change",
)

_TRIED = _Kind(
    "is a step inside of `try`, which has ended when the step runs, and never sees its error",
    "use rescue(step, {SomeError: lambda: ...}) or optional(step)",
)
_WITHIN = _Kind(
    "is a step inside of `with`, which has ended when the step runs",
    "write the step without it",
)

_CALLS: dict[Any, tuple[_Kind, int]] = {
    **dict.fromkeys((isinstance, issubclass, type, id, callable, hasattr), (_CLASS, SYMBOL)),
    **dict.fromkeys((operator.is_, operator.is_not), (_IS, SYMBOL)),
    **dict.fromkeys((repr, ascii), (_TEXT, SYMBOL | HOLDER | KEYED)),
    **dict.fromkeys((str, format), (_TEXT, HOLDER | KEYED)),
    **dict.fromkeys((copy.copy, copy.deepcopy), (_COPY, SYMBOL | HOLDER | KEYED)),
}
"""What looks at its first argument without calling it, and which arguments that concerns."""
_ATTRIBUTES = frozenset({"__class__", "__doc__", "__module__", "__slots__"})
_OPERATIONS = frozenset(
    number
    for name, number in dis.opmap.items()
    if name in {"IS_OP", "CONTAINS_OP", "CONVERT_VALUE", "BINARY_OP"}
    or name.endswith("_NONE")
    or name.startswith(("MATCH_", "FORMAT_"))
)
"""What Python compiles them to; ``%`` is one of the BINARY_OPs."""
_UNSEEN = frozenset({"IS_OP", "CONTAINS_OP", "MATCH_CLASS"})
_NAMES = _ATTRIBUTES | {
    *("format", "format_map"),
    *(function.__name__ for function in _CALLS),
}
_ENDED: dict[type[ast.AST], _Kind] = {
    ast.Try: _TRIED,
    ast.TryStar: _TRIED,
    ast.With: _WITHIN,
}
"""What has ended before any step runs."""
_CONVERSIONS = frozenset(map(ord, "ra"))
_PERCENT_REPR = re.compile(r"%(\(\w*\))?[^%a-zA-Z]*[ra]")
_FORMAT_REPR = re.compile(r"![ra]")


def may_misuse(entered: Entered) -> bool:
    """
    Tell whether a function misuses anything, symbol or not: if not, it need not be read.

    What a ``match`` compares by ``==`` is left to the symbol, which refuses to be a condition.
    """
    given = (value for values in entered.given.values() for value in values)
    return _code_may_misuse(entered.code, entered) or any(map(_inspects, given))


def compares_unread(entered: Entered) -> bool:
    """Tell whether a function that cannot be read compares anything in a way symbols do not see."""
    code = entered.code
    if code.co_name.startswith("__") or linecache.getlines(code.co_filename, entered.names):
        return False  # made for a class by a library; or there is a source, of something else
    return any(name in _UNSEEN or name.endswith("_NONE") for name in _operations_of(code))


def unread(entered: Entered) -> Misuse:
    """Return why a function that cannot be read is refused."""
    code = entered.code
    return Misuse(
        (code.co_firstlineno,),
        f"cannot read the source of {code.co_qualname}, which compares with `is`, `in` or `match`",
        "define it in a module; or use then(value, step), otherwise(value, fallback) or "
        "compute(function, value)",
    )


def _operations_of(code: CodeType) -> Iterator[str]:
    yield from (one.opname for one in dis.get_instructions(code))
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _operations_of(constant)


def _code_may_misuse(code: CodeType, entered: Entered) -> bool:
    return (
        not _OPERATIONS.isdisjoint(code.co_code[::2])
        or bool(code.co_exceptiontable)  # of `try` and `with`
        or any(
            name in _NAMES
            or _inspects(entered.names.get(name))
            or _inspects(entered.builtins.get(name))
            for name in code.co_names
        )
        or any(
            _code_may_misuse(one, entered) for one in code.co_consts if isinstance(one, CodeType)
        )
    )


def _inspects(function: Any) -> bool:
    return isinstance(function, BuiltinFunctionType | FunctionType | type) and (
        function in _CALLS or _is_dispatching(function)
    )


def _is_dispatching(function: Any) -> bool:
    return hasattr(function, "dispatch") and hasattr(function, "registry")


def misuses_in(reading: Reading) -> Iterator[Misuse]:
    """Yield how a function misuses symbols, in written order."""
    for node in reading.nodes:
        for asked, kind in _asked(node, reading):
            text = ast.unparse(asked)
            shown = text if len(text) <= TEXT_MAX else f"{text[:TEXT_MAX]}..."
            at = asked if type(node) in _ENDED else node
            yield Misuse(_lines(at), f"`{shown}` {kind.problem}", kind.remedy)


def _lines(node: Any) -> tuple[int, ...]:
    if isinstance(node, ast.Match):
        cases = (line for case in node.cases for line in _lines(case.pattern))
        return (*_lines(node.subject), *cases)
    return tuple(range(node.lineno, node.end_lineno + 1))


def _asked(node: ast.AST, reading: Reading) -> Iterator[tuple[ast.expr, _Kind]]:
    match node:
        case ast.Compare():
            yield from _compared(node, reading)
        case ast.Match() if reading.held(node.subject):
            yield node.subject, _MATCH
        case ast.Attribute(attr=name) if name in _ATTRIBUTES and reading.held(node.value) & SYMBOL:
            yield node.value, _CLASS
        case ast.FormattedValue():
            held = reading.held(node.value)
            if held & (HOLDER | KEYED) or (held and node.conversion in _CONVERSIONS):
                yield node.value, _TEXT
        case ast.BinOp(op=ast.Mod()) if _shows(reading, node.left, _PERCENT_REPR):
            if reading.held(node.right):
                yield node.right, _TEXT
        case ast.Call():
            yield from _called(node, reading)
        case ast.Try(body=body) | ast.TryStar(body=body) | ast.With(body=body):
            yield from ((step, _ENDED[type(node)]) for step in _steps_in(body, reading))
        case _:
            pass


def _steps_in(body: list[ast.stmt], reading: Reading) -> Iterator[ast.expr]:
    """Yield the calls of a block that return steps, without those of functions inside it."""
    waiting: list[ast.AST] = list(reversed(body))
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Call) and reading.held(node):
            yield node
        elif not isinstance(node, ast.FunctionDef | ast.Lambda | ast.ClassDef):
            waiting.extend(reversed(list(ast.iter_child_nodes(node))))


def _compared(node: ast.Compare, reading: Reading) -> Iterator[tuple[ast.expr, _Kind]]:
    operands = [node.left, *node.comparators]
    for position, comparison in enumerate(node.ops):
        left, right = operands[position], operands[position + 1]
        if isinstance(comparison, ast.Is | ast.IsNot):
            asked = next((one for one in (left, right) if reading.held(one) & SYMBOL), None)
            if asked is not None:
                yield asked, _IS
        elif isinstance(comparison, ast.In | ast.NotIn) and reading.held(left):
            yield left, _IN


def _called(node: ast.Call, reading: Reading) -> Iterator[tuple[ast.expr, _Kind]]:
    if isinstance(node.func, ast.Attribute) and node.func.attr in {"format", "format_map"}:
        shows = _shows(reading, node.func.value, _FORMAT_REPR)
        for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
            if shows and reading.held(argument):
                yield argument, _TEXT
    for function in reading.values(node.func) or ():
        if operation_of(function) is not None:
            yield node, _operation_called(node)
            return
        kind, concerned = _misuse_of(function, node)
        asked = node.args[:2] if kind is _IS else node.args[:1]
        for argument in asked:
            if reading.held(argument) & concerned:
                yield argument, kind
                return


def _operation_called(node: ast.Call) -> _Kind:
    name = ast.unparse(node.func)
    return _Kind(
        "calls an operation on its contract, where nobody serves it", f"write call({name}, ...)"
    )


def _misuse_of(function: Any, node: ast.Call) -> tuple[_Kind, int]:
    nothing = (_CLASS, 0)
    if not isinstance(function, FunctionType | BuiltinFunctionType | type):
        return nothing
    if _is_dispatching(function):
        return _CLASS, SYMBOL  # functools.singledispatch
    if function is type and len(node.args) != 1:
        return nothing
    return _CALLS.get(function, nothing)


def _shows(reading: Reading, text: ast.expr, pattern: re.Pattern[str]) -> bool:
    values = reading.values(text) or ()
    return any(isinstance(one, str) and pattern.search(one) for one in values)

"""What the expressions of one function may be, by what was observed of it while it was traced."""

import ast
import functools
import inspect
from collections.abc import Callable, Mapping
from types import (
    BuiltinFunctionType,
    CodeType,
    MemberDescriptorType,
    ModuleType,
)
from typing import Any

import msgspec

from maestri.plans.bindings import COMPREHENSIONS, Bindings
from maestri.plans.functions import code_of
from maestri.plans.holding import HOLDER, KEYED, NONE, SYMBOL, held_in, parts_held
from maestri.plans.observation import Entered
from maestri.plans.symbol import Symbol
from maestri.plans.syntax import Function

_DISPLAYS = (ast.Dict, ast.Tuple, ast.List, ast.Set, *COMPREHENSIONS)
_BUILT_IN: Mapping[Any, int] = {
    **dict.fromkeys((len, isinstance, issubclass, hasattr, callable, id, hash, any, all), NONE),
    **dict.fromkeys((bool, int, float, str, bytes, type, repr, ascii, format, range), NONE),
    **dict.fromkeys((tuple, list, set, frozenset, sorted, reversed, iter, zip, enumerate), HOLDER),
    dict: KEYED,
}
"""What they return when they are given symbols, or what holds some."""


class Reading:
    """
    One function that is read: what its names and expressions may be.

    A name that is bound once has the value that was seen; others have what they are assigned.

    Attributes:
        nodes: Its syntax, without the functions and classes inside it.
    """

    def __init__(
        self, syntax: Function, entered: Entered, returned: Mapping[CodeType, int]
    ) -> None:
        self._entered = entered
        self._returned = returned
        self._held: dict[str, int] = {}
        bindings = Bindings(syntax)
        self.nodes = bindings.nodes
        self._bindings = bindings.names
        self._find_held()

    def held(self, node: ast.expr) -> int:
        """Return what an expression may be; see ``holding``."""
        values = self.values(node)
        if values is not None:
            return functools.reduce(int.__or__, map(held_in, values), NONE)
        match node:
            case ast.Name():
                return self._held.get(node.id, NONE)
            case ast.Attribute() | ast.Subscript():
                return parts_held(self.held(node.value))
            case ast.Starred() | ast.NamedExpr():
                return self.held(node.value)
            case ast.Call():
                return self._called(node)
            case _ if isinstance(node, _DISPLAYS):
                return self._displayed(node)
            case _:
                return self._operated(node)

    def _displayed(self, node: ast.expr) -> int:
        match node:
            case ast.Dict():
                return KEYED if self._any(node.values) else NONE
            case ast.DictComp():
                return KEYED if self.held(node.value) else NONE
            case ast.Tuple() | ast.List() | ast.Set():
                return HOLDER if self._any(node.elts) else NONE
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
                return HOLDER if self.held(node.elt) else NONE
            case _:
                return NONE

    def _operated(self, node: ast.expr) -> int:
        match node:
            case ast.IfExp():
                return self.held(node.body) | self.held(node.orelse)
            case ast.BoolOp():
                return self._any(node.values)
            case ast.BinOp():
                return self._any([node.left, node.right])
            case ast.UnaryOp():
                return SYMBOL & self.held(node.operand)
            case ast.Compare():
                return self._compared(node)
            case _:
                return NONE

    def values(self, node: ast.expr) -> list[Any] | None:
        """Return the values that an expression had, or None if that is not known."""
        match node:
            case ast.Constant():
                return [node.value]
            case ast.Name():
                return self._named(node.id)
            case ast.Attribute():
                return _each(self.values(node.value), lambda one: _attribute(one, node.attr))
            case ast.Subscript(slice=ast.Constant(value=key)):
                return _each(self.values(node.value), lambda one: _item(one, key))
            case _:
                return None

    def _find_held(self) -> None:
        for name, values in self._entered.given.items():
            self._held[name] = functools.reduce(int.__or__, map(held_in, values), NONE)
        # Each round but the last adds one of three to what some name may be.
        for _ in range(len((SYMBOL, HOLDER, KEYED)) * len(self._bindings) + 1):
            before = dict(self._held)
            for name, bindings in self._bindings.items():
                for binding in bindings:
                    held = NONE if binding.value is None else self.held(binding.value)
                    self._held[name] = self._held.get(name, NONE) | binding.take(held)
            if before == self._held:
                return

    def _named(self, name: str) -> list[Any] | None:
        bindings = [one for one in self._bindings.get(name, ()) if one.rebinds]
        given = self._entered.given.get(name)
        if not bindings and given is not None:
            return given
        if len(bindings) == 1 and given is None and not bindings[0].looped:
            return self._entered.left.get(name)
        if bindings or name in self._entered.code.co_varnames:
            return None
        for names in (self._entered.names, self._entered.builtins):
            if name in names:
                return [names[name]]
        return None

    def _any(self, nodes: list[ast.expr]) -> int:
        return functools.reduce(int.__or__, map(self.held, nodes), NONE)

    def _compared(self, node: ast.Compare) -> int:
        asks = all(isinstance(one, ast.Is | ast.IsNot | ast.In | ast.NotIn) for one in node.ops)
        return NONE if asks else SYMBOL & self._any([node.left, *node.comparators])

    def _called(self, node: ast.Call) -> int:
        functions = self.values(node.func)
        given = self._any([*node.args, *(keyword.value for keyword in node.keywords)])
        if isinstance(node.func, ast.Attribute):
            given |= self.held(node.func.value)
        if functions is None:
            return SYMBOL | HOLDER if given else NONE
        return functools.reduce(
            int.__or__, (self._returned_by(one, given) for one in functions), NONE
        )

    def _returned_by(self, function: Any, given: int) -> int:
        code = code_of(function)
        if code is not None and code in self._returned:
            return self._returned[code]
        if not given:
            return NONE
        if not isinstance(function, BuiltinFunctionType | type):
            return SYMBOL | HOLDER
        return _BUILT_IN.get(function, HOLDER if isinstance(function, type) else SYMBOL | HOLDER)


def _each(values: list[Any] | None, part: Callable[[Any], list[Any] | None]) -> list[Any] | None:
    if values is None:
        return None
    found: list[Any] = []
    for value in values:
        parts = None if isinstance(value, Symbol) else part(value)
        if parts is None:
            return None
        found += parts
    return found


def _attribute(value: Any, name: str) -> list[Any] | None:
    # Without asking the value: its properties may do anything.
    if isinstance(value, msgspec.Struct) and name in value.__struct_fields__:
        return [getattr(value, name)]
    if isinstance(value, ModuleType):
        return [vars(value)[name]] if name in vars(value) else None
    found = inspect.getattr_static(value, name, None)
    if isinstance(found, MemberDescriptorType):
        return [found.__get__(value)] if not isinstance(value, type) else None
    if found is None or isinstance(found, property):
        return None
    return [found]


def _item(value: Any, key: Any) -> list[Any] | None:
    if type(value) not in {tuple, list, dict}:
        return None
    try:
        return [value[key]]
    except (LookupError, TypeError):
        return None

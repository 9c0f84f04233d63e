"""What the names of one function are bound to: found in its syntax, without running it."""

import ast
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from maestri.plans.holding import HOLDER, KEYED, NONE, items_held, parts_held
from maestri.plans.syntax import Function

_Inner = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)
_LOOPS = (ast.For, ast.While, *COMPREHENSIONS)


class Binding(NamedTuple):
    """
    One place where a name is bound, or where what it stands for is changed.

    Attributes:
        value: What it is made of; None where that is never a symbol.
        take: What the name may be, of what the value may be.
        looped: Whether it may happen more than once.
        rebinds: Whether the name stands for something else from then on.
    """

    value: ast.expr | None
    take: Callable[[int], int]
    looped: bool
    rebinds: bool = True


def _same(held: int) -> int:
    return held


def _holding(held: int) -> int:
    return KEYED | HOLDER if held else NONE


class Bindings:
    """
    The names of a function, and what they are bound to.

    Attributes:
        nodes: The function's syntax, in written order, without the functions and classes inside.
        names: The places where each name is bound.
    """

    def __init__(self, syntax: Function) -> None:
        self.nodes: list[ast.AST] = []
        self.names: dict[str, list[Binding]] = defaultdict(list)
        for node in [syntax.body] if isinstance(syntax, ast.Lambda) else syntax.body:
            self._take(node, looped=False)

    def _take(self, node: ast.AST, *, looped: bool) -> None:
        self.nodes.append(node)
        self._bind_names(node, looped=looped)
        if isinstance(node, _Inner):
            return
        for child in ast.iter_child_nodes(node):
            self._take(child, looped=looped or isinstance(node, _LOOPS))

    def _bind_names(self, node: ast.AST, *, looped: bool) -> None:
        match node:
            case ast.Assign():
                for target in node.targets:
                    self._bind(target, node.value, looped=looped)
            case ast.AnnAssign(value=ast.expr() as value) | ast.NamedExpr(value=value):
                self._bind(node.target, value, looped=looped)
            case ast.AugAssign():
                self._bind(node.target, node.value, looped=True)
            case ast.For() | ast.comprehension():
                self._bind_items(node.target, node.iter)
            case ast.withitem(optional_vars=ast.expr() as target):
                self._add(target, Binding(node.context_expr, parts_held, looped=True))
            case ast.FunctionDef() | ast.ClassDef():
                self.names[node.name].append(Binding(None, _same, looped))
            case ast.Import() | ast.ImportFrom():
                for alias in node.names:
                    name = alias.asname or alias.name.partition(".")[0]
                    self.names[name].append(Binding(None, _same, looped))
            case _:
                pass

    def _bind(self, target: ast.expr, value: ast.expr, *, looped: bool) -> None:
        match target, value:
            case (ast.Tuple() | ast.List(), ast.Tuple() | ast.List()) if _is_parallel(
                target, value
            ):
                for one, other in zip(target.elts, value.elts, strict=True):
                    self._bind(one, other, looped=looped)
            case ((ast.Tuple() | ast.List()), _):
                self._add(target, Binding(value, parts_held, looped=True))
            case ((ast.Attribute() | ast.Subscript()), _):
                # `held["price"] = call(...)`: a holder from now on, and the same as before.
                self._add(target, Binding(value, _holding, looped=looped, rebinds=False))
            case _:
                self._add(target, Binding(value, _same, looped))

    def _bind_items(self, target: ast.expr, items: ast.expr) -> None:
        match target, items:
            case ast.Tuple(elts=[first, second]), ast.Call(
                func=ast.Name(id="enumerate"), args=[held, *_]
            ):
                self._add(first, Binding(None, _same, looped=True))
                self._bind_items(second, held)
            case ast.Tuple(elts=parts), ast.Call(func=ast.Name(id="zip"), args=args) if len(
                parts
            ) == len(args):
                for one, other in zip(parts, args, strict=True):
                    self._bind_items(one, other)
            case ast.Tuple(elts=[first, second]), ast.Call(
                func=ast.Attribute(value=held, attr="items"), args=[]
            ):
                self._add(first, Binding(None, _same, looped=True))
                self._add(second, Binding(held, parts_held, looped=True))
            case _, (ast.Tuple() | ast.List() | ast.Set()):
                for one in items.elts:
                    self._bind(target, one, looped=True)
            case _:
                self._add(target, Binding(items, items_held, looped=True))

    def _add(self, target: ast.expr, binding: Binding) -> None:
        for name in _names(target):
            self.names[name].append(binding)


def _is_parallel(target: Any, value: Any) -> bool:
    starred = any(isinstance(one, ast.Starred) for one in (*target.elts, *value.elts))
    return len(target.elts) == len(value.elts) and not starred


def _names(target: ast.expr) -> Iterator[str]:
    match target:
        case ast.Name():
            yield target.id
        case ast.Attribute() | ast.Subscript() | ast.Starred():
            yield from _names(target.value)
        case ast.Tuple() | ast.List():
            for one in target.elts:
                yield from _names(one)
        case _:
            pass

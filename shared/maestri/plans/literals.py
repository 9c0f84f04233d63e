"""What a plan holds besides symbols, as data: values and functions that differ look different."""

import ast
import copyreg
import functools
import hashlib
import inspect
import json
import sys
from collections.abc import Mapping
from types import CodeType
from typing import Any

import msgspec

from maestri.errors import PlanError
from maestri.plans.syntax import syntax_of

DIGEST_BYTES = 16
PICKLE_PROTOCOL = 2
"""The first in which every class may say what its objects are made of."""

ENDLESS = "a value that holds itself, or is nested too deeply"
FROM_FUNCTION = "let a named function make it: compute(function, ...)"
"""What of a value cannot be told as data, and what to do then."""

_UNTOLD = frozenset({"ctx", "kind", "type_comment"})
"""What of a syntax tree says nothing, or is not there in every version of Python."""


class Literals:
    """
    Tell constants and functions as plain data, the same in every process.

    Args:
        whole: Whether the code of lambdas and the state of objects are told, too. That reads
            sources and may be refused, so paths, which are needed at import, do without.
    """

    def __init__(self, *, whole: bool) -> None:
        self._whole = whole

    def of(self, value: Any) -> Any:
        """
        Return a constant as data, with its type where JSON would lose it.

        Raises:
            PlanError: It is an object that does not say what it is made of.
        """
        if value is None or type(value) in {str, bool}:
            return value
        if isinstance(value, tuple | list):
            return {type(value).__name__: [self.of(part) for part in value]}
        if isinstance(value, frozenset | set):
            return {"set": in_order([self.of(part) for part in value])}
        if isinstance(value, Mapping):
            pairs = [[self.of(key), self.of(part)] for key, part in value.items()]
            return {type(value).__name__: pairs}
        if callable(value):
            return {"function": self.function(value)}
        try:
            plain = msgspec.to_builtins(value, str_keys=True, order="deterministic")
        except (TypeError, NotImplementedError):
            return self._object(value)
        # Of several values the types are lost, too; for a path that is enough.
        if isinstance(plain, str | int | float) or not self._whole:
            return {type(value).__name__: plain}
        return self._object(value)

    def function(self, function: Any) -> Any:
        """
        Return a function as data: its name, and what it holds.

        What a function does is known by its name: one that does something else gets another. A
        lambda has none, so it is told by its syntax; where there is no source, by its bytecode,
        which is another in another minor version of Python.
        """
        if isinstance(function, type):
            return error_name(function)
        if isinstance(function, functools.partial):
            held = [self.of(part) for part in function.args]
            named = {name: self.of(part) for name, part in function.keywords.items()}
            return {"partial": self.function(function.func), "of": held, "named": named}
        code = getattr(function, "__code__", None)
        if code is not None and function.__name__ == "<lambda>":
            return {"lambda": self._lambda(function), "of": self._held_by(function)}
        owner = getattr(function, "__self__", None)
        if owner is not None and not inspect.ismodule(owner):
            return {"method": function.__name__, "of": self.of(owner)}
        if hasattr(function, "__name__"):
            held = self._held_by(function) if code is not None else []
            return {"function": function.__name__, "of": held} if held else function.__name__
        return self._object(function)

    def _lambda(self, function: Any) -> Any:
        code: CodeType = function.__code__
        if not self._whole:
            constants = [self.of(one) for one in code.co_consts if not hasattr(one, "co_code")]
            return [*code.co_names, *code.co_varnames, constants]
        syntax = syntax_of(code, function.__globals__)
        if syntax is not None:
            return self._tree([syntax.args, syntax.body])
        version = ".".join(map(str, sys.version_info[:2]))
        return {"bytecode": digest_of(self._bytecode(code)), "python": version}

    def _tree(self, node: Any) -> Any:
        if isinstance(node, list):
            return [self._tree(one) for one in node]
        if not isinstance(node, ast.AST):
            return self.of(node)
        fields = [
            [name, self._tree(value)]
            for name, value in ast.iter_fields(node)
            if name not in _UNTOLD and value is not None and value != []
        ]
        if isinstance(node, ast.Constant):
            fields = [["value", self.of(node.value)]]
        return [type(node).__name__, *fields]

    def _bytecode(self, code: CodeType) -> Any:
        constants = [
            self._bytecode(one) if isinstance(one, CodeType) else self.of(one)
            for one in code.co_consts
        ]
        return [code.co_code.hex(), constants, code.co_names, code.co_varnames, code.co_freevars]

    def _held_by(self, function: Any) -> list[Any]:
        """Return what a function brings along: what it closes over, and its defaults."""
        held: list[Any] = []
        for cell in function.__closure__ or ():
            try:
                held.append(cell.cell_contents)
            except ValueError:  # a name that is bound later
                continue
        held += [*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()]
        return [self.of(one) for one in held if one is not function]

    def _object(self, value: Any) -> Any:
        """Return what an object is made of, as it would be pickled."""
        name = type(value).__qualname__
        try:
            reduce = copyreg.dispatch_table.get(type(value))
            made: Any = reduce(value) if reduce else value.__reduce_ex__(PICKLE_PROTOCOL)
        except Exception as error:
            if not self._whole:
                return {"object": name}
            raise PlanError(
                f"a plan holds a {name}, which does not say what it is made of ({error}), so the "
                f"plan has no content hash; give its class __reduce__, or {FROM_FUNCTION}"
            ) from error
        if isinstance(made, str):
            return {"object": made}
        if not self._whole:
            return {"object": name, "of": self.of(made[1])}
        # Maker, arguments and state are followed by iterators of what a list or a dict holds.
        parts = [*made[:3], *(list(one) for one in made[3:5] if one is not None)]
        return {"object": name, "of": [self.of(part) for part in parts]}


def in_order(parts: list[Any]) -> list[Any]:
    """Return data that has no order in one that is always the same."""
    return sorted(parts, key=lambda part: json.dumps(part, sort_keys=True))


def digest_of(data: Any, *, size: int = DIGEST_BYTES) -> str:
    """Return twice *size* hex digits that are equal for equal plain *data*."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"))
    return hashlib.blake2b(text.encode(), digest_size=size).hexdigest()


def error_name(kind: Any) -> str:
    """Return the id of a business error, the code of another, or the name of any other class."""
    name = getattr(kind, "code", None)
    return name if isinstance(name, str) else str(kind.__name__)

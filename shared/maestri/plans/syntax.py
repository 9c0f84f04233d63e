"""The syntax of a function that was entered: found in its file by its first line and columns."""

import ast
import linecache
import sysconfig
from collections.abc import Iterator
from functools import lru_cache
from types import CodeType
from typing import Any

FILES_MAX = 8
"""Files whose syntax is kept: those whose plans are defined at the moment, and their helpers."""

COMPREHENSIONS = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"})
"""What is read with the function that it is written in."""

Function = ast.FunctionDef | ast.Lambda
_STANDARD = sysconfig.get_path("stdlib")
_INSTALLED = ("site-packages", "dist-packages")


def syntax_of(code: CodeType, names: dict[str, Any]) -> Function | None:
    """
    Return the function or lambda that *code* was made of.

    None where there is no source to be found, such as at a prompt, where it is not that which is
    running, and for the standard library, whose functions are not about plans.
    """
    if _is_standard(code.co_filename) or code.co_name in COMPREHENSIONS:
        return None
    lines = linecache.getlines(code.co_filename, names)
    tree = _tree("".join(lines)) if lines else None
    if tree is None:
        return None
    found = [one for one in _around(tree, code.co_firstlineno) if _fits(one, code)]
    return found[0] if len(found) == 1 else _by_columns(found, code)


def _is_standard(path: str) -> bool:
    return path.startswith(_STANDARD) and not any(one in path for one in _INSTALLED)


@lru_cache(maxsize=FILES_MAX)
def _tree(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _around(node: ast.AST, line: int) -> Iterator[Function]:
    for child in ast.iter_child_nodes(node):
        first, last = _first_line(child), getattr(child, "end_lineno", None)
        if last is not None and not first <= line <= last:
            continue
        if isinstance(child, Function) and first == line:
            yield child
        yield from _around(child, line)


def _first_line(node: Any) -> int:
    # That of its first decorator; the arguments of a function have no line of their own.
    decorators = getattr(node, "decorator_list", ())
    first: int = min((one.lineno for one in decorators), default=getattr(node, "lineno", 0))
    return first


def _fits(node: Function, code: CodeType) -> bool:
    name = "<lambda>" if isinstance(node, ast.Lambda) else node.name
    given = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
    count = code.co_argcount + code.co_kwonlyargcount
    # A private name has its class in front: _Shown__price.
    return (
        name == code.co_name
        and len(given) == count
        and all(
            known.endswith(argument.arg)
            for known, argument in zip(code.co_varnames, given, strict=False)
        )
    )


def _by_columns(found: list[Function], code: CodeType) -> Function | None:
    # Several lambdas in one line: the innermost whose body has everything that the code does.
    places = [
        ((line, column), (end_line, end_column))
        for line, end_line, column, end_column in code.co_positions()
        if line and end_line and column is not None and end_column
    ]
    within = [
        one
        for one in found
        if isinstance(one, ast.Lambda)
        and places
        and all(
            (one.body.lineno, one.body.col_offset) <= start
            and end <= (one.body.end_lineno or 0, one.body.end_col_offset or 0)
            for start, end in places
        )
    ]
    return max(within, key=lambda one: (one.lineno, one.col_offset), default=None)

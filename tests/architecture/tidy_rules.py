"""The rules of CONTRIBUTING.md that no linter knows, each a function from a file to its faults."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source_tree import COMPONENTS, AnyFunction, Source

FUNCTION_LINES_MAX = 70
PARAMETERS_MAX = 6
KERNEL_FILE_LINES_MAX = 400
COMPONENT_FILE_LINES_MAX = 250
TEST_FILE_LINES_MAX = 500

BANNED_WORDS = frozenset(
    {"util", "utils", "helper", "helpers", "common", "base", "core", "misc", "manager"}
    | {"impl", "abstract"}
)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
# Three X alone may be data (the currency code for none), so there a comment's sign is asked for.
_LEFT_FOR_LATER = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME)\b|(?:#|//|/\*|<!--).*\bX" + r"XX\b")
_REGISTRY = re.compile(
    r"pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|deb\.debian\.org|proxy\.golang\.org"
)
_MACHINE_PATH = re.compile(r"(?<![\w.>}])/(?:root|Users|home/\w+|work|tmp)/\w")


def words_of(name: str) -> set[str]:
    """Split a snake_case or CamelCase name into its words, in lower case."""
    return {word.lower() for word in _WORD.findall(name)}


def file_lines_max(path: Path) -> int:
    """Return the most lines that the folder of *path* allows."""
    match path.parts[0]:
        case "shared":
            return KERNEL_FILE_LINES_MAX
        case folder if folder in COMPONENTS:
            return COMPONENT_FILE_LINES_MAX
        case _:
            return TEST_FILE_LINES_MAX


def long_files(source: Source) -> Iterator[str]:
    """No file is longer than its folder allows: over it, something wants its own name."""
    most = file_lines_max(source.path)
    if source.lines > most:
        yield f"{source.path}: {source.lines} lines, at most {most}"


def long_functions(source: Source) -> Iterator[str]:
    """No function is longer than FUNCTION_LINES_MAX, its docstring included."""
    for function in source.functions:
        lines = (function.end_lineno or function.lineno) - function.lineno + 1
        if lines > FUNCTION_LINES_MAX:
            yield f"{_place(source, function)}: {lines} lines, at most {FUNCTION_LINES_MAX}"


def many_parameters(source: Source) -> Iterator[str]:
    """No function takes more than PARAMETERS_MAX: more are a frozen Struct with a name."""
    for function in source.functions:
        arguments = function.args
        named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        count = sum(argument.arg not in {"self", "cls"} for argument in named)
        if count > PARAMETERS_MAX:
            yield f"{_place(source, function)}: {count} parameters, at most {PARAMETERS_MAX}"


def vague_names(source: Source) -> Iterator[str]:
    """No file, class or function has a name that says nothing."""
    for part in source.path.with_suffix("").parts:
        if vague := words_of(part) & BANNED_WORDS:
            yield f"{source.path}: a name with {', '.join(sorted(vague))} says nothing"
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef | AnyFunction) and words_of(node.name) & BANNED_WORDS:
            yield f"{_place(source, node)}: the name says nothing"


def undocumented_tests(source: Source) -> Iterator[str]:
    """Every test states its rule in its docstring."""
    if source.path.name.startswith("test_"):
        for function in source.functions:
            if function.name.startswith("test_") and not ast.get_docstring(function):
                yield f"{_place(source, function)}: which rule is tested?"


def left_for_later(path: Path, text: str) -> Iterator[str]:
    """Nothing is left for later in a comment: do it, or drop it."""
    return _matches(path, text, _LEFT_FOR_LATER)


def tied_to_a_place(path: Path, text: str) -> Iterator[str]:
    """No file names a package registry's host or a path of one machine."""
    yield from _matches(path, text, _REGISTRY)
    yield from _matches(path, text, _MACHINE_PATH)


def _matches(path: Path, text: str, pattern: re.Pattern[str]) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), start=1):
        if found := pattern.search(line):
            yield f"{path}:{number}: {found.group()}"


def _place(source: Source, node: ast.ClassDef | AnyFunction) -> str:
    return f"{source.path}:{node.lineno}: {node.name}"

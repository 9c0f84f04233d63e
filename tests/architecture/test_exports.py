"""A room of the kernel shows one face: the names that its __init__ exports."""

import ast
import importlib
import inspect
from pathlib import Path

import pytest

from tests.architecture.source_tree import KERNEL, Source, project_sources, read

ROOMS = sorted(path.parent.name for path in KERNEL.glob("*/__init__.py"))


def exports_of(source: Source) -> list[str]:
    """Return the literal names of ``__all__``, in written order; none if there is no such list."""
    for node in source.tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id="__all__")], value=ast.List(elts=names)):
                return [str(ast.literal_eval(name)) for name in names]
    return []


def face_faults(source: Source) -> list[str]:
    """Tell what is in a room's __init__ besides docstring, imports and a sorted ``__all__``."""
    faults = []
    if not ast.get_docstring(source.tree):
        faults.append("no docstring: which problem does the room solve, and how?")
    names = exports_of(source)
    if not names or names != sorted(names, key=_export_order):
        faults.append("no sorted __all__")
    for node in source.tree.body[1:]:
        assigned = isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
        if not assigned and not isinstance(node, ast.Import | ast.ImportFrom):
            faults.append(f"line {node.lineno} is no import")
    return faults


def _export_order(name: str) -> tuple[int, str]:
    """Sort as Ruff does: constants, then classes, then functions."""
    if name.isupper():
        return 0, name
    return (1, name) if name[0].isupper() else (2, name)


def inner_imports(source: Source, room: str | None) -> list[str]:
    """
    Tell which imports of *source* go past the face of a room that *source* is not in.

    Imports inside functions are let through: a room keeps what is heavy (a web server, a driver)
    off its face, so that only who uses it loads it.
    """
    faults = []
    for node in source.tree.body:
        if not isinstance(node, ast.ImportFrom) or not node.module:
            continue
        match node.module.split("."):
            case ["maestri", other, _, *_] if other in ROOMS and other != room:
                faults.append(f"{source.path}:{node.lineno}: import it from maestri.{other}")
    return faults


def room_of(source: Source) -> str | None:
    """Return the kernel room that a file belongs to, or that a test mirrors."""
    match source.path.parts:
        case ("shared", "maestri", room, _, *_) | ("tests", "kernel", room, _, *_):
            return room
    return None


@pytest.mark.parametrize("room", ROOMS)
def test_a_face_is_imports_and_names_only(room: str) -> None:
    """A room's __init__ holds its docstring, its imports and a sorted __all__, nothing else."""
    source = read(KERNEL / room / "__init__.py", KERNEL)

    assert [] == face_faults(source)


@pytest.mark.parametrize("room", ROOMS)
def test_every_exported_name_is_documented(room: str) -> None:
    """Every exported class and function has a docstring of its own, not an inherited one."""
    module = importlib.import_module(f"maestri.{room}")
    exported = [(name, getattr(module, name)) for name in module.__all__]
    bare = [
        name
        for name, value in exported
        if (inspect.isclass(value) or inspect.isroutine(value)) and not vars_doc(value)
    ]

    assert [] == bare


def vars_doc(value: object) -> str | None:
    """Return the docstring that was written for *value* itself."""
    own = value.__dict__.get("__doc__") if inspect.isclass(value) else value.__doc__
    return own if isinstance(own, str) else None


def test_rooms_are_entered_by_their_face() -> None:
    """Outside a room and the tests that mirror it, only the room's own path is imported."""
    faults = [
        fault for source in project_sources() for fault in inner_imports(source, room_of(source))
    ]

    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("from a import b\n__all__ = ['b']\n", "no docstring"),
        ("'''Doc.'''\nfrom a import b\n", "no sorted __all__"),
        ("'''Doc.'''\nfrom a import b, c\n__all__ = ['c', 'b']\n", "no sorted __all__"),
        ("'''Doc.'''\nfrom a import b\n__all__ = ['b']\nSTATE = {}\n", "line 4 is no import"),
    ],
)
def test_a_face_with_more_is_found(text: str, fault: str, tmp_path: Path) -> None:
    """Each thing that a face must not hold, or must hold, is found when it is wrong."""
    path = tmp_path / "__init__.py"
    path.write_text(text)

    assert any(found.startswith(fault) for found in face_faults(read(path, tmp_path)))


def test_an_import_past_a_face_is_found(tmp_path: Path) -> None:
    """A file of a store that imports a room's inner module is told which path to take."""
    path = tmp_path / "bad.py"
    path.write_text("from maestri.contracts.wire import Codec\n")

    assert ["bad.py:1: import it from maestri.contracts"] == inner_imports(
        read(path, tmp_path), None
    )


def test_an_inherited_docstring_does_not_count() -> None:
    """A class documents itself: what its parent says is not enough."""

    class Documented:
        """Something."""

    class Bare(Documented):
        pass

    assert ("Something.", None) == (vars_doc(Documented), vars_doc(Bare))

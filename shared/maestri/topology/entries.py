"""The tables of a topology file, each read field by field, so that every wrong one is told."""

import difflib
from collections.abc import Callable, Iterable
from typing import Any, TypeVar, get_type_hints

import msgspec

Setting = str | int | float | bool
S = TypeVar("S", bound=msgspec.Struct)
Tell = Callable[[str, str, str], None]
"""Notes key, problem and remedy."""


class UnitEntry(msgspec.Struct, frozen=True):
    """``[unit.NAME]``: one process."""

    components: tuple[str, ...]
    address: str = ""
    exposes: tuple[str, ...] = ()
    internal: str = ""
    replicas: int = 1
    server: Any = msgspec.field(default_factory=dict)
    links: Any = msgspec.field(default_factory=dict)


class ExternalEntry(msgspec.Struct, frozen=True):
    """``[external.NAME]``: a third party's server."""

    contract: str
    address: str
    command: tuple[str, ...] = ()
    health: str = ""


class SharedEntry(msgspec.Struct, frozen=True):
    """A part that several topologies extend: what is the same in all of them."""

    external: dict[str, Any] = {}
    bind: dict[str, str] = {}
    setting: dict[str, dict[str, Setting]] = {}
    server: Any = msgspec.field(default_factory=dict)
    links: Any = msgspec.field(default_factory=dict)


class TopologyEntry(msgspec.Struct, frozen=True):
    """A topology file."""

    title: str = ""
    unit: dict[str, Any] = {}
    extends: str = ""
    external: dict[str, Any] = {}
    bind: dict[str, str] = {}
    setting: dict[str, dict[str, Setting]] = {}
    server: Any = msgspec.field(default_factory=dict)
    links: Any = msgspec.field(default_factory=dict)


def converted(raw: Any, kind: type[S], key: str, tell: Tell) -> S | None:
    """Return *raw* as *kind*; None if a field is wrong or missing. Tells everything that is."""
    if not isinstance(raw, dict):
        tell(key, f"is no table but {raw!r}", f"Write [{key}]")
        return None
    known = kind.__struct_fields__
    for unknown in [one for one in raw if one not in known]:
        remedy = f"Known here: {', '.join(known)}.{close_to(unknown, known)}"
        tell(dotted(key, unknown), "is unknown", remedy)
    hints = get_type_hints(kind)
    values: dict[str, Any] = {}
    for field in msgspec.structs.fields(kind):
        if field.name in raw:
            try:
                values[field.name] = msgspec.convert(raw[field.name], hints[field.name])
            except msgspec.ValidationError as error:
                text, _, path = str(error).partition(" - at `$")
                inner = path.rstrip("`").lstrip(".")
                tell(dotted(key, field.name, inner), text, "Fix the value")
        elif field.required:
            tell(dotted(key, field.name), "is missing", f"Add it: {field.name} = ...")
    complete = all(one.name in values for one in msgspec.structs.fields(kind) if one.required)
    return kind(**values) if complete else None


def dotted(*parts: str) -> str:
    """Return the path of a key."""
    return ".".join(part for part in parts if part)


def close_to(name: str, known: Iterable[str]) -> str:
    """Return a question after the known name that is nearest; empty if none is near."""
    near = difflib.get_close_matches(name, tuple(known), 1)
    return f" Is {near[0]!r} meant?" if near else ""

"""Which fields of a result the caller needs: a tree of names that travels down with a call."""

from collections.abc import Iterator, Mapping
from functools import lru_cache, partial
from typing import Any, get_args, get_origin

import msgspec

from maestri.contracts.message import alternatives, field_types, item_of, struct_of, without_none
from maestri.contracts.outcome import Failed, Succeeded
from maestri.errors import InvalidRequest

DEPTH_MAX = 8
CHARACTERS_MAX = 4_000


class Selection(msgspec.Struct, frozen=True):
    """
    The fields that are needed, by name; None as a branch means all of it.

    Equal selections are equal and hash alike, so they can be part of keys.
    """

    fields: tuple[tuple[str, "Selection | None"], ...]

    @classmethod
    def of(cls, tree: Mapping[str, "Selection | None"]) -> "Selection":
        """Return the selection with the branches of *tree*."""
        return cls(tuple(sorted(tree.items(), key=lambda branch: branch[0])))

    def as_dict(self) -> dict[str, "Selection | None"]:
        """Return the branches by name."""
        return dict(self.fields)

    def __str__(self) -> str:
        return ",".join(
            name if below is None else f"{name}({below})" for name, below in self.fields
        )


def merged(one: Selection | None, other: Selection | None) -> Selection | None:
    """Return what satisfies both; None, all of it, wins."""
    if one is None or other is None:
        return None
    tree = one.as_dict()
    for name, below in other.fields:
        tree[name] = merged(tree[name], below) if name in tree else below
    return Selection.of(tree)


@lru_cache(maxsize=1024)
def parse_selection(text: str) -> Selection:
    """
    Return the selection written as ``sku,offer(price(amount_minor))``.

    Raises:
        InvalidRequest: Longer than 4,000 characters, deeper than 8, or not of that form.
    """
    if len(text) > CHARACTERS_MAX:
        raise InvalidRequest(field="select", reason=f"is longer than {CHARACTERS_MAX} characters")
    letters = iter(text)
    selection, closed = _parse(letters, depth=1)
    if closed or next(letters, None) is not None:
        raise InvalidRequest(field="select", reason="has a closing parenthesis too many")
    return selection


def _parse(letters: Iterator[str], depth: int) -> tuple[Selection, bool]:
    if depth > DEPTH_MAX:
        raise InvalidRequest(field="select", reason=f"is deeper than {DEPTH_MAX}")
    tree: dict[str, Selection | None] = {}
    name: str = ""
    below: Selection | None = None
    for letter in letters:
        if letter == "(":
            below, closed = _parse(letters, depth + 1)
            if not closed:
                raise InvalidRequest(field="select", reason="has an open parenthesis")
        elif letter in ",)":
            _add(tree, name, below)
            name, below = "", None
            if letter == ")":
                return Selection.of(tree), True
        elif below is None and (letter == "_" or letter.isalnum()):
            name += letter
        else:
            raise InvalidRequest(field="select", reason=f"has {letter!r} where a field name is due")
    _add(tree, name, below)
    return Selection.of(tree), False


def _add(tree: dict[str, Selection | None], name: str, below: Selection | None) -> None:
    if not name:
        raise InvalidRequest(field="select", reason="has an empty field name")
    tree[name] = below


def selection_of(shape: Any) -> Selection | None:
    """Return the selection of all fields that the type *shape* has; None if it is not a struct."""
    item = item_of(shape)
    if item is not None:
        return selection_of(item)
    struct = struct_of(shape)
    if struct is None:
        return None
    return Selection.of({name: selection_of(kind) for name, kind in field_types(struct).items()})


@lru_cache(maxsize=1024)
def narrowed(kind: Any, selection: Selection | None) -> Any:
    """
    Return the type *kind* with only the selected fields, for decoding a partial response.

    Fields that the type does not have are ignored: a newer caller may ask for them. A union of
    several structs is told apart by its tag and is never narrowed.
    """
    if selection is None:
        return kind
    if get_origin(kind) is Mapping:
        key, value = get_args(kind)
        return Mapping[key, narrowed(value, selection)]  # type: ignore[misc,valid-type]  # made at run time
    value_kind = batched_value(kind)
    if value_kind is not None:
        return Succeeded[narrowed(value_kind, selection)] | Failed  # type: ignore[misc]  # made at run time
    item = item_of(kind)
    if item is not None:
        return _optional_like(kind, tuple[narrowed(item, selection), ...])  # type: ignore[misc]  # made at run time
    struct = struct_of(kind)
    if struct is None:
        return kind
    wanted = selection.as_dict()
    fields = [
        (name, narrowed(part, wanted[name]))
        for name, part in field_types(without_none(kind)).items()
        if name in wanted
    ]
    return _optional_like(kind, msgspec.defstruct(f"Partial{struct.__name__}", fields, frozen=True))


def _optional_like(kind: Any, made: Any) -> Any:
    return made | None if type(None) in alternatives(kind) else made


def batched_value(kind: Any) -> Any | None:
    """Return T of ``Outcome[T]``, otherwise None."""
    for part in alternatives(kind):
        if get_origin(part) is Succeeded:
            return get_args(part)[0]
    return None


def project(value: Any, kind: Any, selection: Selection | None) -> Any:
    """
    Return *value*, of the declared type *kind*, with only the selected fields, as mappings.

    A value that was made partial already passes through; what has no fields stays as it is.
    """
    if selection is None or value is None or isinstance(value, Failed):
        return value
    if get_origin(kind) is Mapping:
        inner = get_args(kind)[1]
        return {key: project(item, inner, selection) for key, item in value.items()}
    value_kind = batched_value(kind)
    if value_kind is not None:
        return {"outcome": "succeeded", "value": project(value.value, value_kind, selection)}
    item_kind = item_of(kind)
    if item_kind is not None:
        return tuple(project(item, item_kind, selection) for item in value)
    if struct_of(kind) is None:
        return value
    types = field_types(without_none(kind))
    read = value.get if isinstance(value, dict) else partial(getattr, value)
    return {
        name: project(read(name), types[name], below)
        for name, below in selection.fields
        if name in types
    }

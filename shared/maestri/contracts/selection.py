"""Which fields of a result the caller needs: a tree of names that travels down with a call."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Literal

import msgspec

from maestri.contracts.message import message_in
from maestri.errors import InvalidRequest

DEPTH_MAX = 8
CHARACTERS_MAX = 4_000
SELECTIONS_MAX = 1_024

_TOKEN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|[(),]")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_END = ""

Naming = Literal["name", "encode_name"]


class Selection(msgspec.Struct, frozen=True, cache_hash=True):
    """
    The fields that are needed, by name; None as a branch means all of it.

    Equal selections are equal and hash alike, so they can be part of keys. Names are those of
    Python; on its way to a callee a selection has the names that fields have on the wire.
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


@lru_cache(maxsize=SELECTIONS_MAX)
def parse_selection(text: str) -> Selection:
    """
    Return the selection written as ``sku,offer(price(amount_minor))``.

    A name given twice asks for both; ``offer()`` asks only whether there is one.

    Raises:
        InvalidRequest: Longer than 4,000 characters, deeper than 8, or not of that form.
    """
    if len(text) > CHARACTERS_MAX:
        raise _refused(f"is longer than {CHARACTERS_MAX} characters")
    tokens = _TOKEN.findall(text)
    if "".join(tokens) != text:
        raise _refused("has something besides field names, commas and parentheses")
    selection, following = _branches(iter([*tokens, _END]), depth=1)
    if following != _END or not selection.fields:
        raise _refused(f"has {following!r} where it should end")
    return selection


def _branches(tokens: Iterator[str], depth: int) -> tuple[Selection, str]:
    """Return what is selected up to a token that is no part of it, and that token."""
    if depth > DEPTH_MAX:
        raise _refused(f"is deeper than {DEPTH_MAX}")
    tree: dict[str, Selection | None] = {}
    name = next(tokens)
    while _NAME.fullmatch(name):
        below, following = None, next(tokens)
        if following == "(":
            below, closing = _branches(tokens, depth + 1)
            if closing != ")":
                raise _refused("has an open parenthesis")
            following = next(tokens)
        tree[name] = merged(tree[name], below) if name in tree else below
        if following != ",":
            return Selection.of(tree), following
        name = next(tokens)
    if tree or name != ")":
        raise _refused(f"has {name!r} where a field name is due")
    return Selection(()), name


def _refused(reason: str) -> InvalidRequest:
    return InvalidRequest(field="select", reason=reason)


@lru_cache(maxsize=SELECTIONS_MAX)
def selection_of(shape: Any) -> Selection | None:
    """
    Return the selection of all fields that the type *shape* has; None if it has no fields.

    A message within itself, and what lies deeper than a selection may, is selected as a whole.
    """
    return _selection_of(shape, ())


def _selection_of(shape: Any, around: tuple[Any, ...]) -> Selection | None:
    message = message_in(shape)
    if message is None or message in around or len(around) == DEPTH_MAX:
        return None
    return Selection.of(
        {
            field.name: _selection_of(field.type, (*around, message))
            for field in msgspec.structs.fields(message)
        }
    )


def normalized(selection: Selection | None, kind: Any) -> Selection | None:
    """
    Return what *selection* means for a value of the type *kind*: equal for equal answers.

    Names that the type does not have are dropped: a newer caller may ask for them. Where there is
    nothing to choose (all fields selected, a union of messages, no message at all), and where it is
    deeper or longer than a callee accepts, all of it is selected; so it is if no name is known.
    """
    return _bounded(selection, kind, "name", "name")


def received_selection(text: str, kind: Any) -> Selection | None:
    """
    Return the selection in *text*, as a caller sent it, normalized for an answer of type *kind*.

    Raises:
        InvalidRequest: It is not one.
    """
    return _bounded(parse_selection(text), kind, "encode_name", "name")


def sent_selection(selection: Selection | None, kind: Any) -> Selection | None:
    """Return *selection* with the names of the wire, as ``received_selection`` reads it."""
    return _bounded(selection, kind, "name", "encode_name")


def _bounded(
    selection: Selection | None, kind: Any, given: Naming, wanted: Naming
) -> Selection | None:
    for depth in range(DEPTH_MAX, 0, -1):
        found = _named(selection, kind, (given, wanted), depth)
        if found is None or not found.fields:
            return None
        if len(str(found)) <= CHARACTERS_MAX:
            return found
    return None


def _named(
    selection: Selection | None, kind: Any, names: tuple[Naming, Naming], depth: int
) -> Selection | None:
    message = None if selection is None or depth == 0 else message_in(kind)
    if selection is None or message is None:
        return None
    given, wanted = names
    known = {getattr(field, given): field for field in msgspec.structs.fields(message)}
    tree = {
        getattr(known[name], wanted): _named(below, known[name].type, names, depth - 1)
        for name, below in selection.fields
        if name in known
    }
    everything = len(tree) == len(known) and all(below is None for below in tree.values())
    if everything or not all(map(_NAME.fullmatch, tree)):
        return None
    return Selection.of(tree)

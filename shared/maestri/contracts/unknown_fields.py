"""What a client sent and no message has: a mistake that it should hear of."""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from itertools import repeat
from typing import Any, get_args, get_origin

import msgspec

from maestri.contracts.growing_enum import fallback_of, is_unknown_member
from maestri.contracts.message import alternatives, item_of, resolved, struct_of

KNOWN_MAX = 4_096

Finder = Callable[[Any], str | None]
"""A function of decoded JSON to the path of what is unknown in it."""


def unknown_field(plain: Any, kind: Any) -> str | None:
    """
    Return the path of what is in the decoded JSON *plain* and unknown to the type *kind*.

    That is a field, or a member of an enum that may grow; in messages within messages, too, whether
    or not they forbid unknown fields themselves. What can hold neither is not looked through, and
    paths are made of what is found only: a megabyte of numbers costs nothing.
    """
    find = _finder(kind)
    found = None if find is None else find(plain)
    return None if found is None else found.removeprefix(".")


@lru_cache(maxsize=KNOWN_MAX)
def _finder(kind: Any) -> Finder | None:
    """Return what looks through values of *kind*; None if nothing in them can be unknown."""
    parts = [part for part in map(resolved, alternatives(kind)) if part is not type(None)]
    if not any(map(_may_be_unknown, parts)):
        return None
    if len(parts) == 1 and struct_of(parts[0]) is not None and not _is_listed(parts[0]):
        message = parts[0]
        return lambda plain: _in_message(plain, _known(message))
    in_list, in_dict = _list_finder(parts), _dict_finder(parts)
    growing = [part for part in parts if fallback_of(part) is not None]

    def find(plain: Any) -> str | None:
        if isinstance(plain, dict):
            return in_dict(plain)
        if isinstance(plain, list):
            return in_list(plain)
        return "" if any(is_unknown_member(plain, part) for part in growing) else None

    return find


def _may_be_unknown(kind: Any) -> bool:
    return any(
        struct_of(part) is not None
        or fallback_of(part) is not None
        or any(_may_be_unknown(one) for one in get_args(part) if one is not Ellipsis)
        for part in map(resolved, alternatives(kind))
    )


def _nothing(_: Any) -> str | None:
    return None


def _is_listed(kind: Any) -> bool:
    """Tell whether *kind* is a message whose fields are told by position."""
    struct = struct_of(kind)
    return struct is not None and struct.__struct_config__.array_like


def _list_finder(parts: list[Any]) -> Finder:
    listed = [part for part in parts if _is_listed(part)]
    if listed:
        return lambda plain: _in_one_of(plain, listed)
    part = next((one for one in parts if get_origin(one) in {tuple, frozenset}), None)
    item = item_of(part)
    if item is not None:
        each = _finder(item)
        return _nothing if each is None else lambda plain: _in_items(plain, repeat(each))
    finders = [_finder(one) or _nothing for one in get_args(part)]
    return lambda plain: _in_items(plain, finders)


def _in_items(plain: list[Any], finders: Iterable[Finder]) -> str | None:
    for index, (item, find) in enumerate(zip(plain, finders, strict=False)):
        found = find(item)
        if found is not None:
            return f"[{index}]{found}"
    return None


def _in_one_of(plain: list[Any], messages: list[Any]) -> str | None:
    for message in messages:
        if len(messages) == 1 or plain[:1] == [_config_of(message).tag]:
            finders = list(_known(message).values())
            extra = None if len(plain) <= len(finders) else f"[{len(finders)}]"
            return _in_items(plain, finders) or extra
    return None  # It is refused by its decoder.


def _dict_finder(parts: list[Any]) -> Finder:
    messages = [part for part in parts if struct_of(part) is not None and not _is_listed(part)]
    mapped = [_finder(get_args(part)[1]) for part in parts if get_origin(part) is Mapping]
    values = [find for find in mapped if find is not None]

    def find(plain: dict[str, Any]) -> str | None:
        for message in messages:
            config = _config_of(message)
            if len(messages) == 1 or plain.get(config.tag_field) == config.tag:
                return _in_message(plain, _known(message))
        for one in values:
            for value in plain.values():
                found = one(value)
                if found is not None:
                    return f"[...]{found}"
        return None

    return find


def _in_message(plain: Any, known: Mapping[str, Finder]) -> str | None:
    if not isinstance(plain, dict):
        return None  # The message is refused by its decoder.
    for name, value in plain.items():
        find = known.get(name)
        if find is None:
            return f".{name}"
        found = find(value)
        if found is not None:
            return f".{name}{found}"
    return None


@lru_cache(maxsize=KNOWN_MAX)
def _known(message: Any) -> Mapping[str, Finder]:
    """Return what looks through each field, by its name on the wire; a tag is one, too."""
    config = _config_of(message)
    known = {
        field.encode_name: _finder(field.type) or _nothing
        for field in msgspec.structs.fields(message)
    }
    return known if config.tag_field is None else {config.tag_field: _nothing, **known}


def _config_of(message: Any) -> Any:
    return (get_origin(message) or message).__struct_config__

"""What a client sent and no message has: a mistake that it should hear of."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, get_args, get_origin

import msgspec

from maestri.contracts.growing_enum import is_unknown_member
from maestri.contracts.message import alternatives, item_of, resolved, struct_of

KNOWN_MAX = 4_096


def unknown_field(plain: Any, kind: Any, path: str = "") -> str | None:
    """
    Return the path of what is in the decoded JSON *plain* and unknown to the type *kind*.

    That is a field, or a member of an enum that may grow; in messages within messages, too, whether
    or not they forbid unknown fields themselves.
    """
    parts = alternatives(kind)
    if isinstance(plain, list):
        kinds = [
            found for part in parts if (found := _kinds_of_items(part, len(plain))) is not None
        ]
        below = [
            (f"{path}[{index}]", item, item_kind)
            for found in kinds[:1]
            for index, (item, item_kind) in enumerate(zip(plain, found, strict=False))
        ]
    elif isinstance(plain, dict):
        message = _message_of(plain, parts)
        if message is None:
            values = [get_args(part)[1] for part in parts if get_origin(part) is Mapping]
            below = [(f"{path}[...]", value, one) for one in values for value in plain.values()]
        else:
            known = _known(message)
            below = [
                (f"{path}.{name}" if path else name, value, known.get(name))
                for name, value in plain.items()
            ]
    else:
        return path if any(is_unknown_member(plain, resolved(part)) for part in parts) else None
    for place, value, one in below:
        if one is None:
            return place
        found_below = unknown_field(value, one, place)
        if found_below is not None:
            return found_below
    return None


def _kinds_of_items(kind: Any, count: int) -> list[Any] | None:
    kind = resolved(kind)
    item = item_of(kind)
    if item is not None:
        return [item] * count
    return list(get_args(kind)) if get_origin(kind) is tuple else None


def _message_of(plain: dict[str, Any], parts: tuple[Any, ...]) -> Any | None:
    messages = [resolved(part) for part in parts if struct_of(part) is not None]
    for message in messages:
        config = (get_origin(message) or message).__struct_config__
        if len(messages) == 1 or plain.get(config.tag_field) == config.tag:
            return message
    return None


@lru_cache(maxsize=KNOWN_MAX)
def _known(message: Any) -> dict[str, Any]:
    """Return the type of each field by its name on the wire; a tag is one, too."""
    config = (get_origin(message) or message).__struct_config__
    known = {field.encode_name: field.type for field in msgspec.structs.fields(message)}
    return known if config.tag_field is None else {config.tag_field: str, **known}

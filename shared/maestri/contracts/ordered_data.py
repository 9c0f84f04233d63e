"""Values as plain data, the same in every process: what has no order is in one."""

from typing import Any

import msgspec


def ordered_data(value: Any) -> Any:
    """
    Return *value* as plain data; the items of a frozenset in the order of their JSON.

    Raises:
        TypeError: It cannot be sent.
    """
    if isinstance(value, frozenset):
        return sorted(map(ordered_data, value), key=msgspec.json.encode)
    if isinstance(value, tuple):
        return [ordered_data(part) for part in value]
    try:
        return msgspec.to_builtins(value, order="deterministic")
    except TypeError:
        # Several types in one set, within a message: they have no order that msgspec knows.
        return msgspec.to_builtins(value)

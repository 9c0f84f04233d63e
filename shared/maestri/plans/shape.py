"""Whether a shape is a subset of a message type, at every depth."""

from collections.abc import Callable
from typing import Any, NoReturn

from maestri.contracts import (
    alternatives,
    field_types,
    item_of,
    resolved,
    struct_of,
    type_name,
    without_none,
)


def check_shape(source: Any, shape: Any, refuse: Callable[[str, str], NoReturn]) -> None:
    """
    Refuse a *shape* with a field that *source* does not have, or has with another type.

    Both may hold messages of their own type.
    """
    _check(source, shape, "", refuse, set())


def _check(
    source: Any,
    shape: Any,
    where: str,
    refuse: Callable[[str, str], NoReturn],
    checked: set[tuple[Any, Any]],
) -> None:
    if type(None) in alternatives(source) and type(None) not in alternatives(shape) and where:
        refuse(f"the shape's field {where[1:]} may be None in the result", "declare it as T | None")
    source_item, shape_item = item_of(source), item_of(shape)
    if source_item is not None and shape_item is not None:
        _check(source_item, shape_item, where, refuse, checked)
        return
    source_struct, shape_struct = struct_of(source), struct_of(shape)
    if source_struct is None or shape_struct is None:
        if resolved(without_none(source)) != resolved(without_none(shape)):
            refuse(
                f"the shape's field {where[1:]} is {type_name(shape)}, the result's is "
                f"{type_name(source)}",
                "use the same type",
            )
        return
    pair = (without_none(source), without_none(shape))
    if pair in checked:
        return
    checked.add(pair)
    fields = field_types(without_none(source))
    for name, kind in field_types(without_none(shape)).items():
        if name not in fields:
            refuse(
                f"the shape asks for {f'{where}.{name}'[1:]}, which {source_struct.__name__} "
                "does not have",
                f"it has {', '.join(fields)}",
            )
        _check(fields[name], kind, f"{where}.{name}", refuse, checked)

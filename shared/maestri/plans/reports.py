"""How the missing parts are read off a result that names them."""

import operator
from collections.abc import Callable, Iterable, Mapping
from typing import Any, get_origin

from maestri.contracts import Failed, Operation, Succeeded, item_of, left_out_field

Reports = Callable[[Any], tuple[str, ...]]


def reporter_of(operation: Operation) -> Reports | None:
    """Return how to read the missing parts off a result; None if it never names any."""
    kind = operation.result
    if operation.replies:
        return None
    item = operation.item if get_origin(kind) is Mapping else item_of(kind)
    name = left_out_field(kind if item is None else item)
    if name is None:
        return None
    read: Reports = operator.attrgetter(name)
    if item is None:
        return read
    if get_origin(kind) is Mapping:
        return lambda result: _parts(read, filter(None, map(_value_of, result.values())))
    return lambda result: _parts(read, result)


def _parts(read: Reports, results: Iterable[Any]) -> tuple[str, ...]:
    return tuple(part for result in results for part in read(result))


def _value_of(outcome: Any) -> Any:
    if isinstance(outcome, Succeeded):
        return outcome.value
    return None if isinstance(outcome, Failed) else outcome

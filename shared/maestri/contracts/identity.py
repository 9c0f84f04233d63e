"""Which calls are one call: those whose arguments are equal on the wire."""

from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any, Literal, get_args, get_origin

import msgspec

from maestri.contracts.message import alternatives, resolved
from maestri.contracts.operation import Operation
from maestri.contracts.ordered_data import ordered_data

IDENTITIES_MAX = 4_096

_encode = msgspec.json.Encoder(order="deterministic").encode


@lru_cache(maxsize=IDENTITIES_MAX)
def identity_of(operation: Operation) -> Callable[[tuple[Any, ...]], Hashable]:
    """
    Return a function of an operation's arguments: equal for those that are equal on the wire.

    To Python ``1 == True``, ``0.0 == -0.0`` and ``Decimal("1.0") == Decimal("1.00")``; to a callee
    these differ. The identity of texts is the arguments themselves, of anything else the JSON that
    is sent. What cannot be sent is equal to nothing.
    """
    if all(_is_text(parameter.kind) for parameter in operation.parameters):
        return _themselves
    return _encoded


@lru_cache(maxsize=IDENTITIES_MAX)
def key_identity(operation: Operation) -> Callable[[Any], Hashable]:
    """Return the same for one key of a batch; *operation* is the batch or its single operation."""
    batch = operation if operation.batch_of is not None else operation.batch
    assert batch is not None, f"{operation.id} is not batched"
    single = batch.batch_of
    assert single is not None, "a batch knows what it serves"
    kind = single.parameters[batch.key_index].kind
    return _themselves if _is_text(kind) else _encoded


def _is_text(kind: Any) -> bool:
    return all(
        part in {str, type(None)}
        or (get_origin(part) is Literal and all(isinstance(one, str) for one in get_args(part)))
        for part in map(resolved, alternatives(kind))
    )


def _themselves(arguments: Any) -> Hashable:
    try:
        hash(arguments)
    except TypeError:
        return object()
    return arguments  # type: ignore[no-any-return]  # it has a hash


def _encoded(arguments: Any) -> Hashable:
    try:
        return _encode(arguments)
    except TypeError:
        return _ordered(arguments)
    except (ValueError, RecursionError):
        return object()


def _ordered(arguments: Any) -> Hashable:
    # A frozenset of several types has no order that msgspec knows.
    try:
        return _encode(ordered_data(arguments))
    except (TypeError, ValueError, RecursionError):
        return object()

"""An operation for many keys, and the operation that it serves for each of them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, get_args, get_origin

from maestri.contracts.message import batched_value, item_of, resolved, type_name
from maestri.contracts.operation import Operation
from maestri.contracts.sendable import BATCH_KEYS, is_key
from maestri.errors import ContractError


def link_batch(batch: Operation, single: Operation) -> Operation:
    """
    Return *batch*, tied to the operation that it serves for many keys.

    The two take the same arguments, but for one: the batch takes a tuple of keys instead of a key,
    and returns ``Mapping[Key, Outcome[Result]]``. It may do no more than the single one: it is safe
    and idempotent as that is, and raises only what that raises.

    Raises:
        ContractError: The two do not fit.
    """
    where = f"{batch.id}, batch_of {single.id}"
    if single.batch is not None or single.batch_of is not None or single is batch:
        raise ContractError(f"{where}: an operation has one batch, and a batch has none")
    key_index = _key_index(batch, single, where)
    key = single.parameters[key_index].kind
    if not is_key(key, BATCH_KEYS):
        raise ContractError(
            f"{where}: {type_name(key)} cannot be a key; use str, int, date, UUID, an enum or "
            "literals, of which equal ones are equal on the wire"
        )
    _check_result(batch, single, key, where)
    _check_effects(batch, single, where)
    tied = replace(batch, key_index=key_index, links={"batch_of": single})
    single.links["batch"] = tied
    return tied


def _key_index(batch: Operation, single: Operation, where: str) -> int:
    if len(batch.parameters) != len(single.parameters):
        raise ContractError(
            f"{where}: both must take the same arguments, the batch a tuple of keys"
        )
    pairs = list(zip(single.parameters, batch.parameters, strict=True))
    indices = [i for i, (one, many) in enumerate(pairs) if one.kind != many.kind]
    if len(indices) != 1:
        raise ContractError(
            f"{where}: exactly one argument must differ, the key from the tuple of keys"
        )
    one, many = pairs[indices[0]]
    keys = resolved(many.kind)
    if get_origin(keys) is not tuple or item_of(keys) != one.kind:
        raise ContractError(f"{where}: {many.name!r} must be tuple[{type_name(one.kind)}, ...]")
    others = [(a.name, b.name) for a, b in pairs if a is not one]
    if any(name != other for name, other in others):
        raise ContractError(f"{where}: all arguments but the key must have the same names")
    return indices[0]


def _check_result(batch: Operation, single: Operation, key: Any, where: str) -> None:
    answer_key, value = (
        get_args(batch.result) if get_origin(batch.result) is Mapping else (None, None)
    )
    if value is None or batched_value(value) != single.result or _bare(answer_key) != _bare(key):
        raise ContractError(
            f"{where}: must return Mapping[{type_name(key)}, Outcome[{type_name(single.result)}]], "
            f"not {type_name(batch.result)}"
        )
    if single.streams or single.replies or batch.replies:
        raise ContractError(f"{where}: neither streams nor Replies come in batches")


def _check_effects(batch: Operation, single: Operation, where: str) -> None:
    if batch.safe != single.safe or batch.idempotent < single.idempotent:
        raise ContractError(
            f"{where}: both must be safe, or neither; and a batch of what is idempotent is, too"
        )
    more = [kind.__name__ for kind in batch.raises if kind not in single.raises]
    if more:
        raise ContractError(
            f"{where}: raises {', '.join(more)}, which callers of {single.name} do not expect; "
            "declare it there, too"
        )


def _bare(kind: Any) -> Any:
    # A key in an answer was checked when it was asked for.
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind

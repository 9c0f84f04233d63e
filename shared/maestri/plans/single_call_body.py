"""
Bodies with a single call: an executor works them out column by column, without a frame for each.

Most bodies of ``each`` and ``outcomes`` make one call and put its result into a message. For these
the items need no state of their own: first what is given to the call is worked out for all items,
then the calls are made, then the results.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from maestri.plans.evaluation import Evaluate, evaluator
from maestri.plans.expressions import used
from maestri.plans.liveness import Liveness
from maestri.plans.steps import Item
from maestri.plans.symbol import Symbol
from maestri.plans.words import Call, Each

if TYPE_CHECKING:
    from maestri.plans.node import Node

Steps = tuple[tuple[int, Evaluate], ...]


class SingleCallBody(NamedTuple):
    """
    A body with a single call, that of *call*.

    Attributes:
        block: Number of the body.
        item: Index of the item.
        call: The call.
        before: What is worked out before the call, in its order.
        used_after: Those of them that are needed after it.
        after: What is worked out of its result.
        result: The result.
        result_is_response: Whether the body's result is that of the call itself.
        key_is_item: Whether the key of its batch is the item itself.
    """

    block: int
    item: int
    call: "Node"
    before: Steps
    used_after: tuple[int, ...]
    after: Steps
    result: Evaluate
    result_is_response: bool
    key_is_item: bool


def single_call_body(
    node: "Node", nodes: Sequence["Node | None"], liveness: Liveness
) -> SingleCallBody | None:
    """Return the body of an ``each`` or ``outcomes`` if it has a single call, and nothing waits."""
    step = node.step
    if not isinstance(step, Each) or step.body.item is None:
        return None
    inside = [
        inner
        for i in liveness.in_block(step.body.block)
        if (inner := nodes[i]) is not None and not isinstance(inner.step, Item)
    ]
    calls = [inner for inner in inside if isinstance(inner.step, Call)]
    if len(calls) != 1 or not _fits_columns(calls[0], step, liveness):
        return None
    call = calls[0]
    here = {inner.index for inner in inside}
    if any(inner.value is None for inner in inside if inner is not call):
        return None
    if any(set(inner.fallible) - here for inner in inside):
        return None
    return _split(step, call, [inner for inner in inside if inner is not call], liveness)


def _fits_columns(call: "Node", owner: Each, liveness: Liveness) -> bool:
    step = call.step
    assert isinstance(step, Call)
    if not step.operation.safe or call.reports is not None or not call.is_unique:
        return False
    if call.epoch_block != owner.block:
        return False
    if not call.batches:
        return True
    batch = step.operation.batch
    assert batch is not None
    shared = [a for i, a in enumerate(step.arguments) if i != batch.key_index]
    blocks = {liveness.steps[i].block for argument in shared for i in used(argument)}
    return owner.body.block not in blocks


def _split(step: Each, call: "Node", pure: "list[Node]", liveness: Liveness) -> SingleCallBody:
    later = {call.index}
    before: list[tuple[int, Evaluate]] = []
    after: list[tuple[int, Evaluate]] = []
    needed = set(used(liveness.results[step.body.block]))
    for node in pure:
        uses = node.step.uses().union(*(liveness.captures[body.block] for body in node.step.bodies))
        assert node.value is not None
        if uses & later or node.index > call.index:
            later.add(node.index)
            after.append((node.index, node.value))
            needed |= uses
        else:
            before.append((node.index, node.value))
    assert step.body.item is not None
    item = step.body.item.index
    used_after = tuple(i for i, _ in before if i in needed)
    result = liveness.results[step.body.block]
    result_is_response = (
        isinstance(result, Symbol) and result.m_step is call.step and not result.m_path
    )
    return SingleCallBody(
        step.body.block,
        item,
        call,
        tuple(before),
        used_after,
        tuple(after),
        evaluator(result),
        result_is_response and not after,
        not before and _key_is_item(call, step.body.item),
    )


def _key_is_item(call: "Node", item: Item) -> bool:
    assert isinstance(call.step, Call)
    batch = call.step.operation.batch
    if not call.batches or batch is None:
        return False
    key = call.step.arguments[batch.key_index]
    return isinstance(key, Symbol) and key.m_step is item and not key.m_path

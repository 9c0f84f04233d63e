"""Which reads of a program may share a call, and which are collected into one."""

from collections.abc import Sequence
from typing import Any

from maestri.contracts import merged
from maestri.plans.expressions import symbols_in
from maestri.plans.liveness import Liveness
from maestri.plans.node import Node
from maestri.plans.order import Order
from maestri.plans.words import Call


def find_sharing(nodes: Sequence[Node | None], liveness: Liveness, order: Order) -> None:
    """Tell each call of a program with which others it is sent; see ``order`` for the rule."""
    sharing: dict[Any, list[Node]] = {}
    for node in nodes:
        if node is None or not isinstance(node.step, Call):
            continue
        operation = node.step.operation
        node.epoch_block = order.epoch_block(node.index)
        if operation.safe:
            node.batches = operation.batch is not None and _is_repeated(node, liveness)
            key = (node.link, operation, node.epoch_block, order.epoch(node.index))
            sharing.setdefault(key, []).append(node)
    for number, alike in enumerate(sharing.values()):
        _share(number, alike, liveness)
    for node in nodes:
        if node is not None:
            node.collects = _collected_by(node, nodes, liveness)


def collected_in(number: int, nodes: Sequence[Node | None], liveness: Liveness) -> frozenset[int]:
    """Return the collected calls that are made in a block, or inside it, for one around it."""
    return frozenset(
        node.index
        for node in nodes
        if node is not None and node.batches and number in _blocks_inside_epoch(node, liveness)
    )


def _collected_by(node: Node, nodes: Sequence[Node | None], liveness: Liveness) -> frozenset[int]:
    found = frozenset((node.index,)) if node.batches else frozenset[int]()
    return found.union(*(collected_in(body.block, nodes, liveness) for body in node.step.bodies))


def _share(number: int, nodes: list[Node], liveness: Liveness) -> None:
    repeated = any(_is_repeated(node, liveness) for node in nodes)
    alone = len(nodes) == 1
    if not repeated and (alone or _are_different(nodes)):
        nodes[0].is_unique = alone
        return
    selection = nodes[0].selection
    for node in nodes[1:]:
        selection = merged(selection, node.selection)
    for node in nodes:
        node.selection = selection
        node.is_unique = alone
        node.same = number


def _are_different(nodes: list[Node]) -> bool:
    """Tell whether the arguments of calls are known, and no two are equal."""
    arguments = [node.step.eager for node in nodes]
    if symbols_in(tuple(arguments)):
        return False
    return len({node.identity(one) for node, one in zip(nodes, arguments, strict=True)}) == len(
        nodes
    )


def _is_repeated(node: Node, liveness: Liveness) -> bool:
    """Tell whether a call is made for many items within one epoch."""
    return any(liveness.owners[block][0].repeats for block in _blocks_inside_epoch(node, liveness))


def _blocks_inside_epoch(node: Node, liveness: Liveness) -> list[int]:
    around = liveness.around(node.step.block)
    return around[: around.index(node.epoch_block)]

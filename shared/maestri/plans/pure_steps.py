"""Which steps only make values of values, and how: no executor has to wait for them."""

from collections.abc import Sequence

from maestri.plans.evaluation import Evaluate, evaluator, pure_evaluator, straight
from maestri.plans.liveness import Liveness
from maestri.plans.node import Node
from maestri.plans.reshaping import reshapes
from maestri.plans.single_call_body import single_call_body
from maestri.plans.steps import Input, Item, Step


def find_pure_steps(nodes: Sequence[Node | None], liveness: Liveness, handled: set[int]) -> None:
    """Give the steps of a program that wait for nothing but values a way to work them out."""
    bodies: dict[int, tuple[int, Evaluate]] = {}
    for node in nodes:
        if node is None or node.step.handles:
            continue
        captured = _captured(node.step, liveness)
        if captured & handled:
            continue
        for body in node.step.bodies:
            result = _straight(body.block, nodes, liveness, handled)
            if result is not None:
                bodies[body.block] = (-1 if body.item is None else body.item.index, result)
        node.value = pure_evaluator(node.step, bodies, reshapes=reshapes(node.step, liveness))
        if node.value is not None:
            # Worked out at once, its bodies cannot wait for what they use of the blocks around.
            node.waits_for = tuple(sorted({*node.waits_for, *captured}))
    for node in nodes:
        if node is not None and node.value is None:
            node.single_call = single_call_body(node, nodes, liveness)


def _captured(step: Step, liveness: Liveness) -> frozenset[int]:
    captured = frozenset[int]().union(*(liveness.captures[body.block] for body in step.bodies))
    return frozenset(i for i in captured if not isinstance(liveness.steps[i], Input))


def _straight(
    block: int, nodes: Sequence[Node | None], liveness: Liveness, handled: set[int]
) -> Evaluate | None:
    """Return how to work out a body that only makes values of values, one after the other."""
    steps: list[tuple[int, Evaluate]] = []
    for index in liveness.in_block(block):
        node = nodes[index]
        assert node is not None
        if isinstance(node.step, Item):
            continue
        if node.value is None or (index in handled and _is_handled_in(index, block, liveness)):
            return None
        steps.append((index, node.value))
    return straight(steps, evaluator(liveness.results[block]))


def _is_handled_in(index: int, block: int, liveness: Liveness) -> bool:
    # Otherwise its failure fails the body at once, which nobody inside looks at.
    return liveness.steps[index].block != block or any(
        liveness.steps[consumer].handles for consumer in liveness.consumers[index]
    )

"""Which steps of a plan run, and who uses whom."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from maestri.plans.expressions import used, used_by
from maestri.plans.steps import Step, bodies_of, enclosing
from maestri.plans.words import Gather

if TYPE_CHECKING:
    from maestri.plans.plan import Plan


class Liveness:
    """
    The steps that run in a plan, whose result may be a part of the plan's, after pruning.

    A step runs whenever its block does if the block's result leads to it, or if it is a *root*: a
    command, a check, a step around one, or one that handles the failure of one. Roots are the same
    for every selection.

    Args:
        plan: The plan.
        results: For each block the expression of its result, if a part of it is enough.
        deciding: Steps that decide about a command, and run whoever needs their value.
        steps: All steps of the trace, if a part of some of them is enough.

    Attributes:
        steps: All steps of the trace.
        owners: For each block but the first, the step that it belongs to, and its body.
        results: For each block, the expression of its result.
        roots: For each block, its roots.
        live: Indices of the steps that can run.
        gathered: Steps whose failure is that of the result of the inlined plan that made them.
        consumers: For each live step, the live steps that use its value before they run.
        captures: For each block, the steps outside of it that it uses, in blocks inside it too.
    """

    def __init__(
        self,
        plan: "Plan[..., Any]",
        results: Mapping[int, Any] | None = None,
        deciding: Collection[int] = (),
        steps: Sequence[Step] | None = None,
    ) -> None:
        self.plan = plan
        self.steps = plan.trace.steps if steps is None else steps
        self.owners = bodies_of(self.steps)
        self.results: Mapping[int, Any] = results or results_of(plan)
        self.checked = {step.index for step in plan.trace.checks}
        self.uses = [step.uses() for step in self.steps]
        self.gathered = used_by(one.besides for one in self.steps if isinstance(one, Gather))
        self.roots = self._find_roots()
        self.live = self._find_live(deciding)
        self.blocks = [0, *(b for b, (owner, _) in self.owners.items() if owner.index in self.live)]
        self.consumers = self._find_consumers()
        self.captures = {block: self._captures_of(block) for block in self.blocks}

    def in_block(self, block: int) -> list[int]:
        """Return the live steps that are written in a block, in their order."""
        return sorted(i for i in self.live if self.steps[i].block == block)

    def around(self, block: int) -> list[int]:
        """Return a block and those around it, from the inside out."""
        found = [block]
        while found[-1] in self.owners:
            found.append(self.owners[found[-1]][0].block)
        return found

    def required(self, block: int) -> set[int]:
        """Return the steps with whose failure the block has failed, unless somebody handles it."""
        return {i for i in used(self.results[block]) if i in self.live} | self.required_besides(
            block
        )

    def required_besides(self, block: int) -> set[int]:
        """Return those of them that the block's result does not need: checks, unused commands."""
        unused = {i for i in self.roots[block] if i in self.live and not self.consumers[i]}
        checked = {
            i for i in (self.checked & self.live) - self.gathered if self.steps[i].block == block
        }
        return checked | unused

    def _find_roots(self) -> dict[int, set[int]]:
        roots: dict[int, set[int]] = {block: set() for block in (0, *self.owners)}
        for step in self.steps:
            if step.index in self.checked or step.is_command:
                self._add_root(roots, step)
        # A step that handles the failure of a root is there for it, whoever needs its value.
        for step in self.steps:
            if step.handles and self._reaches_root(step, roots[step.block]):
                self._add_root(roots, step)
        return roots

    def _add_root(self, roots: dict[int, set[int]], step: Step) -> None:
        for one in enclosing(step, self.owners):
            roots[one.block].add(one.index)

    def _reaches_root(self, step: Step, roots: set[int]) -> bool:
        seen: set[int] = set()
        waiting = list(self.uses[step.index])
        while waiting:
            index = waiting.pop()
            if index in seen or self.steps[index].block != step.block:
                continue
            if index in roots and (index not in self.checked or index in self.gathered):
                return True
            seen.add(index)
            waiting.extend(self.uses[index])
        return False

    def _find_live(self, deciding: Collection[int]) -> set[int]:
        live: set[int] = set()
        kept: dict[int, list[int]] = {}
        for index in deciding:
            kept.setdefault(self.steps[index].block, []).append(index)
        waiting = [*used(self.results[0]), *self.roots[0], *kept.get(0, ())]
        while waiting:
            index = waiting.pop()
            if index in live:
                continue
            live.add(index)
            step = self.steps[index]
            waiting.extend(self.uses[index])
            for body in step.bodies:
                waiting.extend(used(self.results[body.block]) | self.roots[body.block])
                waiting.extend(used(body.key))
                waiting.extend(kept.get(body.block, ()))
        return live

    def _find_consumers(self) -> dict[int, set[int]]:
        consumers: dict[int, set[int]] = {index: set() for index in self.live}
        for index in self.live:
            for before in self.uses[index]:
                consumers[before].add(index)
        for block in self.blocks:
            if block in self.owners:
                owner, _ = self.owners[block]
                for before in used(self.results[block]):
                    if before in consumers:
                        consumers[before].add(owner.index)
        return consumers

    def _captures_of(self, block: int) -> frozenset[int]:
        inside = {inner for inner in self.blocks if block in self.around(inner)}
        found: set[int] = set()
        for inner in inside:
            found |= used(self.results[inner])
        for index in self.live:
            if self.steps[index].block in inside:
                found |= self.uses[index]
        return frozenset(i for i in found if self.steps[i].block not in inside and i in self.live)


def results_of(plan: "Plan[..., Any]") -> dict[int, Any]:
    """Return for each block of a plan the expression of its result."""
    results = {block: body.result for block, (_, body) in bodies_of(plan.trace.steps).items()}
    return {0: plan.result, **results}

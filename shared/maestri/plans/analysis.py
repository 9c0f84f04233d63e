"""What follows from a trace: who uses whom, in which order, and whose failure is absorbed."""

from collections.abc import Callable, Iterator
from typing import Any

from maestri.plans.order import find_commanding, find_dooming, find_order
from maestri.plans.plan import Plan
from maestri.plans.steps import Call, Each, Optional, Quorum, Rescue, Step, Translate
from maestri.plans.uses import (
    body_of,
    eager_expressions,
    is_command,
    lazy_expressions,
    reached,
    used,
    used_by,
)

ABSORBERS = (Optional, Rescue, Translate, Quorum)


class Analysis:
    """
    Who uses whom in one plan; the result may be a part of the plan's, after pruning.

    Attributes:
        steps: All steps of the trace.
        owner: For each scope but the first, the step whose body it is.
        roots: For each scope, the steps that must run there: results, checks, commands.
        live: Indices of the steps that can run.
        data: For each live step, the steps whose values it needs, bodies included.
        eager: For each scope, the steps that run whenever the scope does.
        commanding: Commands, and steps that decide on some.
        order: For each live step, the steps that must have ended before it, because of a command.
        consumers: For each live step, the steps that use its value or its failure.
        guarded: Steps whose failure is a value that somebody absorbs.
        limiter: For steps under an ``optional`` or ``quorum``: the one whose time limit applies.
        dooming: For each body, the steps with whose failure the body has failed.
    """

    def __init__(
        self,
        plan: Plan[..., Any],
        result: Any,
        prune: Callable[[Step, Any], Any] = lambda _, expression: expression,
    ) -> None:
        self.plan = plan
        self.steps = plan.trace.steps
        self.result = result
        self.owner = {
            body.scope: step for step in self.steps if (body := body_of(step)) is not None
        }
        self.bodies = {scope: body_of(step) for scope, step in self.owner.items()}
        self._results = {
            body.scope: prune(step, body.result)
            for step in self.steps
            if (body := body_of(step)) is not None
        }
        self._lazy = [
            tuple(prune(step, expression) for expression in lazy_expressions(step))
            for step in self.steps
        ]
        self.uses = [
            used_by(eager_expressions(step)) | used_by(self._lazy[step.index])
            for step in self.steps
        ]
        self.checked = {symbol.m_step.index for symbol in plan.trace.roots}
        self.roots = self._find_roots()
        self.live = self._find_live()
        self._checks = self._find_checks()
        self.data = {index: self._data_of(self.steps[index]) for index in self.live}
        self.eager = {scope: self._eager_in(scope) for scope in self.roots}
        self.commanding = find_commanding(self)
        self.order = find_order(self, self.commanding)
        self.consumers = self._find_consumers()
        self.guarded = self._find_guarded()
        self.limiter = self._find_limiters()
        self.dooming = {scope: find_dooming(self, scope) for scope in self.owner}

    def result_of(self, scope: int) -> Any:
        """Return the result expression of a scope."""
        return self._results[scope] if scope else self.result

    def lazy(self, step: Step) -> tuple[Any, ...]:
        """Return the lazy expressions of *step*, without what nobody needs."""
        return self._lazy[step.index]

    def within(self, scope: int) -> Iterator[int]:
        """Yield *scope* and the scopes inside it."""
        yield scope
        for inner, owner in self.owner.items():
            if owner.scope == scope:
                yield from self.within(inner)

    def is_in_each(self, step: Step) -> bool:
        """Tell whether *step* runs for every item of something."""
        scope = step.scope
        while scope and not isinstance(self.owner[scope], Each):
            scope = self.owner[scope].scope
        return scope != 0

    def is_batched(self, step: Step) -> bool:
        """Tell whether the calls of *step* for many items are collected into one."""
        return (
            isinstance(step, Call)
            and step.operation.safe
            and step.operation.batch is not None
            and self.is_in_each(step)
        )

    def stops(self, index: int) -> frozenset[int]:
        """Return the steps after whose failure *index*, a command, is not started any more."""
        if index not in self.commanding:
            return frozenset()
        return self.order[index] & self.dooming.get(self.steps[index].scope, set())

    def absorbs(self, consumer: int, index: int) -> bool:
        """Tell whether the step *consumer* deals with a failure of the step *index*."""
        step = self.steps[consumer]
        if isinstance(step, Each):
            return step.outcomes and self.steps[index].scope == step.body.scope
        return isinstance(step, ABSORBERS) and index in used_by(eager_expressions(step))

    def checked_in(self, scope: int) -> set[int]:
        """Return the checks of a scope, and commands that nobody uses: they fail it."""
        return {i for i in self._checks & self.live if self.steps[i].scope == scope}

    def _find_roots(self) -> dict[int, set[int]]:
        roots: dict[int, set[int]] = {scope: set() for scope in (0, *self.owner)}
        for scope in roots:
            roots[scope] |= {i for i in used(self.result_of(scope)) if self.steps[i].scope == scope}
        always = {symbol.m_step.index for symbol in self.plan.trace.checks}
        for index in self.checked:
            step = self.steps[index]
            if index not in always:
                step = self._conditional_on(self._absorber_of(step))
            roots[step.scope].add(step.index)
            while step.scope:
                step = self._conditional_on(self.owner[step.scope])
                roots[step.scope].add(step.index)
        return roots

    def _absorber_of(self, step: Step) -> Step:
        # A command whose failure somebody deals with is run for that step, not for itself.
        for later in self.steps[step.index + 1 :]:
            if isinstance(later, ABSORBERS) and step.index in used_by(eager_expressions(later)):
                return self._absorber_of(later)
        return step

    def _conditional_on(self, step: Step) -> Step:
        # A command that is written as the branch of a `when` runs only there: that is the root.
        for control in self.steps[step.index + 1 :]:
            lazy = self._lazy[control.index]
            if (
                lazy
                and control.scope == step.scope
                and step.index in reached(used_by(lazy), self.steps, self.lazy)
            ):
                return self._conditional_on(control)
        return step

    def _find_live(self) -> set[int]:
        live: set[int] = set()
        waiting = list(self.roots[0])
        while waiting:
            index = waiting.pop()
            if index in live:
                continue
            live.add(index)
            step = self.steps[index]
            waiting.extend(self.uses[index])
            body = body_of(step)
            if body is not None:
                waiting.extend(used(self.result_of(body.scope)) | self.roots[body.scope])
                waiting.append(body.item.index)
        return live

    def _find_checks(self) -> set[int]:
        used_somewhere = set().union(*(self.uses[index] for index in self.live))
        for scope in self.roots:
            used_somewhere |= used(self.result_of(scope))
        return {symbol.m_step.index for symbol in self.plan.trace.checks} | (
            self.checked - used_somewhere
        )

    def _data_of(self, step: Step) -> frozenset[int]:
        direct = used_by(eager_expressions(step))
        body = body_of(step)
        if body is None:
            return direct
        scopes = set(self.within(body.scope))
        outer = set().union(*(used(self.result_of(scope)) for scope in scopes))
        for index in self.live:
            if self.steps[index].scope in scopes:
                outer |= self.uses[index]
        return direct | {i for i in outer if self.steps[i].scope not in scopes}

    def _eager_in(self, scope: int) -> set[int]:
        eager: set[int] = set()
        waiting = [i for i in self.roots[scope] if i in self.live]
        while waiting:
            index = waiting.pop()
            if index not in eager and self.steps[index].scope == scope:
                eager.add(index)
                waiting.extend(self.data[index])
        return eager

    def _find_consumers(self) -> dict[int, set[int]]:
        consumers: dict[int, set[int]] = {index: set() for index in self.live}
        for index in self.live:
            for before in self.uses[index]:
                consumers[before].add(index)
        for scope, owner in self.owner.items():
            if owner.index in self.live:
                for before in used(self.result_of(scope)) | self.checked_in(scope):
                    consumers[before].add(owner.index)
        return consumers

    def _find_guarded(self) -> set[int]:
        required = set(used(self.result)) | {
            index
            for index in self.checked
            if self.steps[index].scope == 0 and not is_command(self.steps[index])
        }
        guarded: set[int] = set()
        for index in sorted(self.live, reverse=True):
            consumers = self.consumers[index]
            if index in required or not consumers:
                continue
            if all(self.absorbs(consumer, index) or consumer in guarded for consumer in consumers):
                guarded.add(index)
        return guarded

    def _find_limiters(self) -> dict[int, int]:
        limiter: dict[int, int] = {}
        for index in sorted(self.live, reverse=True):
            if index not in self.guarded:
                continue
            found = {self._limits(consumer, index, limiter) for consumer in self.consumers[index]}
            if len(found) == 1 and (one := found.pop()) is not None:
                limiter[index] = one
        return limiter

    def _limits(self, consumer: int, index: int, limiter: dict[int, int]) -> int | None:
        step = self.steps[consumer]
        if isinstance(step, Optional | Quorum) and self.absorbs(consumer, index):
            return consumer
        return limiter.get(consumer)

"""What follows from a trace: who uses whom, what runs only in a branch, whose failure is absorbed."""

from collections.abc import Callable, Iterator
from typing import Any

from maestri.plans.plan import Plan
from maestri.plans.steps import (
    Body, Call, Compute, Each, Optional, Otherwise, Quorum, Rescue, Route, Select, Step,
    Then, Translate, When,
)  # fmt: skip
from maestri.plans.symbol import symbols_in

ABSORBERS = (Optional, Rescue, Translate, Quorum)


def eager_expressions(step: Step) -> tuple[Any, ...]:
    """Return the expressions that must have a value before *step* can run; bodies apart."""
    match step:
        case Call():
            return step.arguments
        case Compute():
            return (*step.arguments, *step.named.values())
        case Each():
            return (step.items,)
        case Then():
            return (step.value,)
        case When():
            return (step.condition,)
        case Route():
            return (step.key,)
        case Quorum():
            return step.steps
        case Optional() | Otherwise() | Rescue() | Translate() | Select():
            return (step.step,)
        case _:
            return ()


def lazy_expressions(step: Step) -> tuple[Any, ...]:
    """Return the expressions that *step* evaluates only in some cases."""
    match step:
        case When():
            return (step.branch,)
        case Route():
            return tuple(step.cases.values())
        case Otherwise():
            return (step.fallback,)
        case Rescue():
            return tuple(step.errors.values())
        case _:
            return ()


def body_of(step: Step) -> Body | None:
    """Return the body of ``each`` or ``then``."""
    return step.body if isinstance(step, Each | Then) else None


def used(expression: Any) -> frozenset[int]:
    """Return the indices of the steps that an expression uses."""
    return frozenset(symbol.m_step.index for symbol in symbols_in(expression))


def used_by(expressions: tuple[Any, ...]) -> frozenset[int]:
    """Return the indices of the steps that the expressions use."""
    return frozenset().union(*map(used, expressions))


class Analysis:
    """
    Who uses whom in one plan; the result may be a part of the plan's, after pruning.

    Attributes:
        steps: All steps of the trace.
        owner: For each scope but the first, the step whose body it is.
        roots: For each scope, the steps that must run there: what the result uses, checks, commands.
        live: Indices of the steps that can run.
        data: For each live step, the steps whose values it needs, bodies included.
        order: For each live step, the steps that must have ended before it, because of a command.
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
        self._prune = prune
        self.owner = {
            body.scope: step for step in self.steps if (body := body_of(step)) is not None
        }
        self.bodies = {scope: body_of(step) for scope, step in self.owner.items()}
        self.checked = {symbol.m_step.index for symbol in plan.trace.roots}
        self.required_roots = [
            step
            for symbol in plan.trace.roots
            if not _is_command(step := symbol.m_step) and step.scope == 0
        ]
        self.roots = self._find_roots()
        self.live = self._find_live()
        self.data = {index: self._data_of(self.steps[index]) for index in self.live}
        self.order = self._find_order()
        self.consumers = self._find_consumers()
        self.guarded = self._find_guarded()
        self.limiter = self._find_limiters()

    def result_of(self, scope: int) -> Any:
        """Return the result expression of a scope."""
        body = self.bodies.get(scope)
        return self.result if body is None else self._prune(self.owner[scope], body.result)

    def lazy(self, step: Step) -> tuple[Any, ...]:
        """Return the lazy expressions of *step*, without what nobody needs."""
        return tuple(self._prune(step, expression) for expression in lazy_expressions(step))

    def within(self, scope: int) -> Iterator[int]:
        """Yield *scope* and the scopes inside it."""
        yield scope
        for inner, owner in self.owner.items():
            if owner.scope == scope:
                yield from self.within(inner)

    def branch_of(self, index: int, control: Step) -> bool:
        """Tell whether a step is reached from a branch of *control*."""
        return index in self._reach(used_by(self.lazy(control)))

    def _reach(self, start: frozenset[int]) -> set[int]:
        reached: set[int] = set()
        waiting = list(start)
        while waiting:
            index = waiting.pop()
            if index not in reached:
                reached.add(index)
                step = self.steps[index]
                waiting.extend(used_by(eager_expressions(step)) | used_by(self.lazy(step)))
        return reached

    def _find_roots(self) -> dict[int, set[int]]:
        roots: dict[int, set[int]] = {scope: set() for scope in (0, *self.owner)}
        for scope in roots:
            roots[scope] |= {i for i in used(self.result_of(scope)) if self.steps[i].scope == scope}
        for symbol in self.plan.trace.roots:
            step = (
                self._conditional_on(symbol.m_step) if _is_command(symbol.m_step) else symbol.m_step
            )
            while True:
                roots[step.scope].add(step.index)
                if step.scope == 0:
                    break
                step = self.owner[step.scope]
        return roots

    def _conditional_on(self, step: Step) -> Step:
        # A command that is written as the branch of a `when` runs only there: the `when` is the root.
        for control in self.steps[step.index + 1 :]:
            if (
                control.scope == step.scope
                and self.lazy(control)
                and self.branch_of(step.index, control)
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
            waiting.extend(used_by(eager_expressions(step)) | used_by(self.lazy(step)))
            body = body_of(step)
            if body is not None:
                waiting.extend(used(self.result_of(body.scope)) | self.roots[body.scope])
                waiting.append(body.item.index)
        return live

    def _data_of(self, step: Step) -> frozenset[int]:
        direct = used_by(eager_expressions(step))
        body = body_of(step)
        if body is None:
            return direct
        scopes = set(self.within(body.scope))
        outer = set(used(self.result_of(body.scope)))
        for index in self.live:
            inner = self.steps[index]
            if inner.scope in scopes:
                outer |= used_by(eager_expressions(inner)) | used_by(self.lazy(inner))
        return direct | {i for i in outer if self.steps[i].scope not in scopes}

    def _find_order(self) -> dict[int, frozenset[int]]:
        order: dict[int, set[int]] = {index: set() for index in self.live}
        commanding = self._find_commanding()
        if not commanding:
            return {index: frozenset() for index in self.live}
        for index in self.live:
            step = self.steps[index]
            for other in self.live:
                before = self.steps[other]
                ordered = (
                    _acts(before) and _acts(step) and (other in commanding or index in commanding)
                )
                if (
                    other < index
                    and before.scope == step.scope
                    and ordered
                    and self._unconditional(other)
                ):
                    order[index].add(other)
        return {index: frozenset(before) for index, before in order.items()}

    def _find_commanding(self) -> set[int]:
        commands = {index for index in self.live if _is_command(self.steps[index])}
        found = set(commands)
        for index in self.live:
            step = self.steps[index]
            body = body_of(step)
            scopes = set(self.within(body.scope)) if body is not None else set()
            branches = self._reach(used_by(self.lazy(step))) if self.lazy(step) else set()
            if any(self.steps[i].scope in scopes or i in branches for i in commands):
                found.add(index)
        return found

    def _unconditional(self, index: int) -> bool:
        step = self.steps[index]
        return index in self.eager(step.scope)

    def eager(self, scope: int) -> set[int]:
        """Return the steps of a scope that run whenever the scope does."""
        eager: set[int] = set()
        waiting = [i for i in self.roots[scope] if i in self.live]
        while waiting:
            index = waiting.pop()
            if index in eager or self.steps[index].scope != scope:
                continue
            eager.add(index)
            step = self.steps[index]
            waiting.extend(
                self.data[index] if hasattr(self, "data") else used_by(eager_expressions(step))
            )
        return eager

    def _find_consumers(self) -> dict[int, set[int]]:
        consumers: dict[int, set[int]] = {index: set() for index in self.live}
        for index in self.live:
            step = self.steps[index]
            for before in used_by(eager_expressions(step)) | used_by(self.lazy(step)):
                consumers[before].add(index)
        for scope, owner in self.owner.items():
            if owner.index in self.live:
                for before in used(self.result_of(scope)) | self.checked_in(scope):
                    consumers[before].add(owner.index)
        return consumers

    def _find_guarded(self) -> set[int]:
        required = set(used(self.result)) | {step.index for step in self.required_roots}
        guarded: set[int] = set()
        for index in sorted(self.live, reverse=True):
            consumers = self.consumers[index]
            if index in required or not consumers:
                continue
            if all(self.absorbs(consumer, index) or consumer in guarded for consumer in consumers):
                guarded.add(index)
        return guarded

    def absorbs(self, consumer: int, index: int) -> bool:
        """Tell whether the step *consumer* deals with a failure of the step *index*."""
        step = self.steps[consumer]
        if isinstance(step, Each):
            return step.outcomes and self.steps[index].scope == step.body.scope
        return isinstance(step, ABSORBERS) and index in used_by(eager_expressions(step))

    def checked_in(self, scope: int) -> set[int]:
        """Return the checks and commands of a scope: if one fails, the scope has failed."""
        return {i for i in self.checked & self.live if self.steps[i].scope == scope}

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


def _is_command(step: Step) -> bool:
    return isinstance(step, Call) and not step.operation.safe


def _acts(step: Step) -> bool:
    return isinstance(step, Call | Each | Then | When | Route)

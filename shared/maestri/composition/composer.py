"""Runs plans in memory against a component's dependencies."""

from collections.abc import Mapping
from typing import Any, ParamSpec, TypeVar

import msgspec

from maestri import clock
from maestri.composition.run import Run
from maestri.context import Context, Span, current, new_id
from maestri.contracts import Contract, Selection, contracts_of
from maestri.errors import CallError, PlanError
from maestri.links import Link, link_of
from maestri.plans import Plan, Program, check_served, program_of

P = ParamSpec("P")
T = TypeVar("T")

PROGRAMS_MAX = 1_024
ATTRIBUTE = "__maestri_plan__"


class Composer:
    """
    Run plans against the dependencies of one component.

    Args:
        dependencies: By role. A plan's ``call`` goes to the only one with the operation's contract,
            ``at`` to the one in its role. Stubs are called over their links, implementations
            locally.
    """

    def __init__(self, dependencies: Mapping[str, Contract]) -> None:
        self._dependencies = dict(dependencies)
        self._links: dict[str, Link] = {
            role: link_of(instance) for role, instance in self._dependencies.items()
        }
        self._bound: dict[Program, list[Link]] = {}

    async def run(self, plan: Plan[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """
        Run *plan* and return its whole answer.

        Raises:
            CallError: Of the first required step that failed; by then no call is running.
            PlanError: A dependency that the plan calls is not among this composer's.
        """
        answer: T = await self._run(plan, plan.bind(args, kwargs), None)
        return answer

    async def serve(self, plan: Plan[..., Any], inputs: tuple[Any, ...]) -> Any:
        """Run *plan* for the operation in progress; the answer has the fields its caller needs."""
        return await self._run(plan, inputs, current().selection)

    def check(self, service: type[Contract]) -> None:
        """
        Refuse a service whose plans do not fit its contracts or these dependencies.

        Raises:
            PlanError: Names the line of the plan, or the dependency, and the remedy.
        """
        for contract in contracts_of(service):
            for operation in contract.operations.values():
                plan = plan_of(getattr(service, operation.name))
                if plan is not None:
                    self._links_of(program_of(plan))
                    check_served(plan, operation)

    async def _run(
        self, plan: Plan[..., Any], inputs: tuple[Any, ...], selection: Selection | None
    ) -> Any:
        program = program_of(plan, selection)
        context = current()
        span_id, unix_ns, perf_ns, outcome = new_id(), clock.unix_ns(), clock.perf_ns(), "ok"
        below = msgspec.structs.replace(context, selection=None, span_id=span_id)
        run = Run(program, self._links_of(program), below)
        try:
            return await run.execute(inputs)
        except CallError as error:
            outcome = error.code
            raise
        except BaseException:
            outcome = "cancelled"
            raise
        finally:
            if context.recorder is not None:
                _record(context, program, run, (span_id, outcome), (unix_ns, perf_ns))

    def _links_of(self, program: Program) -> list[Link]:
        links = self._bound.get(program)
        if links is None:
            links = [
                self._link(program.plan, contract, role) for contract, role in program.dependencies
            ]
            if len(self._bound) >= PROGRAMS_MAX:
                self._bound.clear()
            self._bound[program] = links
        return links

    def _link(self, plan: Plan[..., Any], contract: type[Contract], role: str | None) -> Link:
        fitting = [
            name for name, instance in self._dependencies.items() if isinstance(instance, contract)
        ]
        if role is not None:
            if role not in fitting:
                raise PlanError(
                    f"plan {plan.name} calls {contract.__name__} at role {role!r}; "
                    f"the component's dependencies with that contract are {fitting or 'none'}"
                )
            return self._links[role]
        if len(fitting) != 1:
            remedy = (
                "name one with at(Role(...), ...)"
                if fitting
                else f"add a dependency with contract {contract.__name__}"
            )
            raise PlanError(
                f"plan {plan.name} calls {contract.__name__}, which {len(fitting)} dependencies "
                f"have; {remedy}"
            )
        return self._links[fitting[0]]


def plan_of(function: Any) -> Plan[..., Any] | None:
    """Return the plan that a method made by ``serve`` runs; otherwise None."""
    found = getattr(function, ATTRIBUTE, None)
    return found if isinstance(found, Plan) else None


def _record(
    context: Context, program: Program, run: Run, ended: tuple[str, str], started: tuple[int, int]
) -> None:
    parts = [f"{run.calls.sent} calls"]
    if program.pruned:
        parts.append(f"pruned: {', '.join(program.pruned)}")
    if run.left_out:
        parts.append(f"left out: {', '.join(sorted(run.left_out))}")
    assert context.recorder is not None
    context.recorder.add(
        Span(
            context.request_id,
            ended[0],
            context.span_id,
            "plan",
            program.plan.name,
            context.component,
            started[0],
            clock.perf_ns() - started[1],
            ended[1],
            "; ".join(parts),
        )
    )


def served_operations(service: type[Contract]) -> dict[str, Plan[..., Any]]:
    """Return the plans that a service class runs, by operation id."""
    return {
        operation.id: plan
        for contract in contracts_of(service)
        for operation in contract.operations.values()
        if (plan := plan_of(getattr(service, operation.name))) is not None
    }

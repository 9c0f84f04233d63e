"""Runs plans in memory against a component's dependencies."""

from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple, ParamSpec, TypeVar

from maestri import clock
from maestri.composition.actions import actions_of
from maestri.composition.calls_in_flight import CallsInFlight
from maestri.composition.faults import BROKEN, broke
from maestri.composition.run import Action, FailFast, Run
from maestri.composition.sender import Sender
from maestri.context import Commands, Context, current, new_span_id
from maestri.contracts import Contract, Selection, contracts_of
from maestri.errors import CallError, PlanError
from maestri.links import Link, StarterPool, link_of
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

    Raises:
        PlanError: A dependency is a class, or has no contract.
    """

    def __init__(self, dependencies: Mapping[str, Contract]) -> None:
        for role, instance in dependencies.items():
            if isinstance(instance, type):
                raise PlanError(
                    f"the dependency {role!r} is the class {instance.__name__}; "
                    f"give an instance of it: {instance.__name__}(...)"
                )
            if not isinstance(instance, Contract):
                raise PlanError(
                    f"the dependency {role!r} is {instance!r}, which has no contract; give a stub, "
                    "or an instance of a class that implements one"
                )
        self._dependencies = dict(dependencies)
        self._links: dict[str, Link] = {
            role: link_of(instance) for role, instance in self._dependencies.items()
        }
        self._starters = StarterPool()
        self._bound: dict[Program, _BoundProgram] = {}

    async def run(self, plan: Plan[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """
        Run *plan* and return its whole result.

        Raises:
            CallError: Of the first required step that failed. By then no call is running, but for
                callees that go on although they were cancelled; these are recorded as orphans.
            PlanError: It is no plan, or a dependency that it calls is not among this composer's.
            TypeError: The arguments are not the plan's inputs.
        """
        refuse_no_plan(plan, "run")
        result: T = await self._run(plan, plan.bind(args, kwargs), None)
        return result

    async def serve(self, plan: Plan[..., Any], inputs: tuple[Any, ...]) -> Any:
        """Run *plan* for the operation in progress; the result has the fields its caller needs."""
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
                    self._bound_to(program_of(plan, None))
                    check_served(plan, operation)

    async def _run(
        self, plan: Plan[..., Any], inputs: tuple[Any, ...], selection: Selection | None
    ) -> Any:
        program = program_of(plan, selection)
        if not program.blocks[0].eager:
            return _computed_result(program, inputs)
        context = current()
        recorder, span_id, outcome = context.recorder, context.span_id, "ok"
        began_ns = 0
        if recorder is not None:
            span_id, began_ns = new_span_id(), clock.perf_ns()
        bound = self._bound_to(program)
        commands = self._claimed(program, context)
        below = _context_below(context, span_id, commands)
        bounds = plan.bounds
        calls = CallsInFlight(bounds.in_flight_max, bounds.calls_max, self._starters, below)
        sender = Sender(program, bound.links, below, calls, bound.expected_waits)
        run = Run(program, bound.actions, sender, calls, FailFast())
        try:
            return await run.execute(inputs)
        except CallError as error:
            outcome = error.code
            if commands is None or commands is context.commands:
                raise
            raise commands.concluded(error)  # noqa: B904 - the cause is its own
        except BaseException:
            outcome = "cancelled"
            raise
        finally:
            if recorder is not None:
                for part in run.left_out:
                    recorder.left_out[context.component, plan.name, part] += 1
                note = partial(_note, program, calls.sent, run.left_out)
                recorder.add(
                    (context.request_id, span_id, context.span_id, "plan", plan.name,
                         context.component, began_ns, clock.perf_ns(), outcome, note)
                )  # fmt: skip

    def _claimed(self, program: Program, context: Context) -> Commands | None:
        """Return where the run notes its commands; refuse a second one of the same keys."""
        if not program.has_side_effects:
            return context.commands
        commands = context.commands
        if commands is None:
            return Commands()
        commands.claim(f"plan {program.plan.name}", context.run_name)
        return commands

    def _bound_to(self, program: Program) -> "_BoundProgram":
        bound = self._bound.get(program)
        if bound is None:
            links = [
                self._link(program.plan, contract, role) for contract, role in program.dependencies
            ]
            bound = _BoundProgram(links, actions_of(program), bytearray(program.size))
            if len(self._bound) >= PROGRAMS_MAX:
                # Another thread may evict the same one.
                self._bound.pop(next(iter(self._bound), program), None)
            self._bound[program] = bound
        return bound

    def _link(self, plan: Plan[..., Any], contract: type[Contract], role: str | None) -> Link:
        fitting = [
            name for name, instance in self._dependencies.items() if isinstance(instance, contract)
        ]
        if role is not None:
            if role not in fitting:
                raise PlanError(
                    f"{plan.line}: plan {plan.name} calls {contract.__name__} at role {role!r}; "
                    f"the component's dependencies with that contract are {fitting or 'none'}"
                )
            return self._links[role]
        if len(fitting) != 1:
            remedy = (
                "name one with at(Role(...), ...)"
                if fitting
                else f"add a dependency with contract {contract.__name__}"
            )
            having = f"{len(fitting)} dependencies have" if fitting else "no dependency has"
            raise PlanError(
                f"{plan.line}: plan {plan.name} calls {contract.__name__}, which {having}; {remedy}"
            )
        return self._links[fitting[0]]


def refuse_no_plan(plan: Any, word: str) -> None:
    """
    Refuse what is no plan, such as a function that was not decorated.

    Raises:
        PlanError: Says what to write.
    """
    if not isinstance(plan, Plan):
        raise PlanError(
            f"{word}() of {plan!r}, which is no plan; decorate the function with @composition"
        )


def plan_of(function: Any) -> Plan[..., Any] | None:
    """Return the plan that a method made by ``serve`` runs; otherwise None."""
    found = getattr(function, ATTRIBUTE, None)
    return found if isinstance(found, Plan) else None


def _computed_result(program: Program, inputs: tuple[Any, ...]) -> Any:
    """Return the result of a plan without steps."""
    values = [None] * program.size
    for index, given in zip(program.inputs, inputs, strict=True):
        values[index] = given
    try:
        return program.blocks[0].result(values)
    except BROKEN as error:
        raise broke(f"the result of plan {program.plan.name}", error) from error


def _context_below(context: Context, span_id: int, commands: Commands | None) -> Context:
    """Return the context of a run: without its caller's selection, and with a span of its own."""
    is_same = context.recorder is None and context.selection is None
    if is_same and commands is context.commands:
        return context
    return Context(
        context.deadline_s, context.request_id, span_id, context.identity,
        context.priority, context.key, None, context.component, context.recorder, commands,
        context.safe, context.run_name,
    )  # fmt: skip


class _BoundProgram(NamedTuple):
    """A program for the dependencies of one composer."""

    links: list[Link]
    actions: list[Action | None]
    expected_waits: bytearray


def _note(program: Program, sent: int, left_out: frozenset[str]) -> str:
    parts = [f"{sent} call{'' if sent == 1 else 's'}"]
    if program.pruned:
        parts.append(f"pruned: {', '.join(program.pruned)}")
    if left_out:
        parts.append(f"left out: {', '.join(sorted(left_out))}")
    return "; ".join(parts)


def served_operations(service: type[Contract]) -> dict[str, Plan[..., Any]]:
    """Return the plans that a service class runs, by operation id."""
    return {
        operation.id: plan
        for contract in contracts_of(service)
        for operation in contract.operations.values()
        if (plan := plan_of(getattr(service, operation.name))) is not None
    }

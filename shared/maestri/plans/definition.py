"""
The canonical form of a plan: expressions, literals, bounds and bodies as data.

Two plans with equal data do the same. It names operations and errors by their ids, messages and
functions by their names, steps by their paths; never a line, a position or a Python path. So it can
be kept beside a journal, and a hash of it says whether a plan is still the one that was begun.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from maestri.errors import PlanError
from maestri.plans.literals import ENDLESS, FROM_FUNCTION, Literals, digest_of, in_order
from maestri.plans.steps import Body, Step
from maestri.plans.symbol import Symbol

if TYPE_CHECKING:
    from maestri.plans.plan import Plan

PathOf = Callable[[Step], str]


def definition_of(plan: "Plan[..., Any]") -> dict[str, Any]:
    """
    Return the canonical form of *plan*, as plain data.

    Raises:
        PlanError: The plan holds an object that does not say what it is made of, or that holds
            itself.
    """
    try:
        return _definition_of(plan)
    except RecursionError as endless:
        raise PlanError(
            f"the plan {plan.name} holds {ENDLESS}, so it has no content hash; {FROM_FUNCTION}"
        ) from endless


def _definition_of(plan: "Plan[..., Any]") -> dict[str, Any]:
    steps, literals = plan.trace.steps, Literals(whole=True)

    def block_data(number: int, result: Any) -> dict[str, Any]:
        return {
            "steps": [
                {
                    **step_data(step, path_of, literals),
                    **_bodies_data(step, block_data),
                }
                for step in steps
                if step.block == number and step.word not in {"input", "item"}
            ],
            "checks": sorted(path_of(step) for step in plan.trace.checks if step.block == number),
            "result": expression_data(result, path_of, literals),
        }

    return {
        "plan": plan.name,
        "inputs": [
            {"name": name, **_default_data(parameter, literals)}
            for name, parameter in plan.signature.parameters.items()
        ],
        "bounds": msgspec.to_builtins(plan.bounds),
        **block_data(0, plan.result),
    }


def content_hash(plan: "Plan[..., Any]") -> str:
    """Return 32 hex digits that are equal for plans that do the same; PlanError as above."""
    return digest_of(definition_of(plan))


def path_of(step: Step) -> str:
    """Return the path of a step."""
    return step.path


OUTLINES = Literals(whole=False)


def step_data(step: Step, path: PathOf, literals: Literals = OUTLINES) -> dict[str, Any]:
    """Return one step as data, its bodies apart."""
    data: dict[str, Any] = {"path": path(step), "word": step.word}
    if step.eager:
        data["of"] = [expression_data(expression, path, literals) for expression in step.eager]
    return data | {name: literals.of(value) for name, value in step.options.items()}


def _bodies_data(step: Step, block_data: Callable[[int, Any], dict[str, Any]]) -> dict[str, Any]:
    if not step.bodies:
        return {}
    return {
        "bodies": [
            {"case": body.label, **_key_data(body), **block_data(body.block, body.result)}
            for body in step.bodies
        ]
    }


def _key_data(body: Body) -> dict[str, Any]:
    if body.key is None:
        return {}
    return {"key": expression_data(body.key, path_of, Literals(whole=True))}


def expression_data(value: Any, path: PathOf, literals: Literals = OUTLINES) -> Any:
    """Return an expression as data: symbols by the path of their step."""
    if isinstance(value, Symbol):
        return {"step": path(value.m_step), "fields": list(value.m_path)}
    if isinstance(value, tuple):
        return {"tuple": [expression_data(part, path, literals) for part in value]}
    if isinstance(value, frozenset):
        return {"set": in_order([expression_data(part, path, literals) for part in value])}
    if isinstance(value, Mapping):
        return {
            "mapping": [
                [literals.of(key), expression_data(part, path, literals)]
                for key, part in value.items()
            ]
        }
    if isinstance(value, msgspec.Struct):
        return {
            "message": type(value).__name__,
            "fields": {
                name: expression_data(getattr(value, name), path, literals)
                for name in value.__struct_fields__
            },
        }
    return literals.of(value)


def _default_data(parameter: Any, literals: Literals) -> dict[str, Any]:
    return (
        {} if parameter.default is parameter.empty else {"default": literals.of(parameter.default)}
    )

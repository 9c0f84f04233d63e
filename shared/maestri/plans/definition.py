"""
The canonical form of a plan: expressions, literals, bounds and bodies as data.

Two plans with equal data do the same. It names operations and errors by their ids, messages and
functions by their names, steps by their paths; never a line, a position or a Python path. So it can
be kept beside a journal, and a hash of it says whether a plan is still the one that was begun.
"""

import functools
import hashlib
import inspect
import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from maestri.plans.steps import Body, Step
from maestri.plans.symbol import Symbol

if TYPE_CHECKING:
    from maestri.plans.plan import Plan

PathOf = Callable[[Step], str]
DIGEST_BYTES = 16


def definition_of(plan: "Plan[..., Any]") -> dict[str, Any]:
    """Return the canonical form of *plan*, as plain data."""
    steps = plan.trace.steps

    def block_data(number: int, result: Any) -> dict[str, Any]:
        return {
            "steps": [
                {
                    **step_data(step, path_of),
                    **_bodies_data(step, block_data),
                }
                for step in steps
                if step.block == number and step.word not in {"input", "item"}
            ],
            "checks": sorted(path_of(step) for step in plan.trace.checks if step.block == number),
            "result": expression_data(result, path_of),
        }

    return {
        "plan": plan.name,
        "inputs": [
            {"name": name, **_default_data(parameter)}
            for name, parameter in plan.signature.parameters.items()
        ],
        "bounds": msgspec.to_builtins(plan.bounds),
        **block_data(0, plan.result),
    }


def content_hash(plan: "Plan[..., Any]") -> str:
    """Return 32 hex digits that are equal for plans that do the same."""
    text = json.dumps(definition_of(plan), sort_keys=True, separators=(",", ":"))
    return hashlib.blake2b(text.encode(), digest_size=DIGEST_BYTES).hexdigest()


def path_of(step: Step) -> str:
    """Return the path of a step."""
    return step.path


def step_data(step: Step, path: PathOf) -> dict[str, Any]:
    """Return one step as data, its bodies apart."""
    data: dict[str, Any] = {"path": path(step), "word": step.word}
    if step.eager:
        data["of"] = [expression_data(expression, path) for expression in step.eager]
    return data | {name: literal_data(value) for name, value in step.options.items()}


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
    return {} if body.key is None else {"key": expression_data(body.key, path_of)}


def expression_data(value: Any, path: PathOf) -> Any:
    """Return an expression as data: symbols by the path of their step."""
    if isinstance(value, Symbol):
        return {"step": path(value.m_step), "fields": list(value.m_path)}
    if isinstance(value, tuple):
        return {"tuple": [expression_data(part, path) for part in value]}
    if isinstance(value, frozenset):
        return {"set": _sorted([expression_data(part, path) for part in value])}
    if isinstance(value, Mapping):
        return {
            "mapping": [
                [literal_data(key), expression_data(part, path)] for key, part in value.items()
            ]
        }
    if isinstance(value, msgspec.Struct):
        return {
            "message": type(value).__name__,
            "fields": {
                name: expression_data(getattr(value, name), path)
                for name in value.__struct_fields__
            },
        }
    return literal_data(value)


def literal_data(value: Any) -> Any:
    """Return a constant of a plan as data, with its type where JSON would lose it."""
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, tuple | list):
        return {type(value).__name__: [literal_data(part) for part in value]}
    if isinstance(value, frozenset | set):
        return {"set": _sorted([literal_data(part) for part in value])}
    if callable(value):
        return {"function": function_data(value)}
    try:
        return {type(value).__name__: msgspec.to_builtins(value, str_keys=True)}
    except (TypeError, NotImplementedError):
        return {"object": type(value).__qualname__}


def function_data(function: Any) -> Any:
    """
    Return a function as data: its name, and what it holds.

    A lambda has no name, so it is told by what it looks up and its constants. Two that differ in
    nothing else look alike: give a function a name where that matters.
    """
    if isinstance(function, type):
        return error_name(function)
    if isinstance(function, functools.partial):
        held = [literal_data(part) for part in function.args]
        named = {name: literal_data(part) for name, part in function.keywords.items()}
        return {"partial": function_data(function.func), "of": held, "named": named}
    code = getattr(function, "__code__", None)
    if code is not None and function.__name__ == "<lambda>":
        constants = [literal_data(one) for one in code.co_consts if not hasattr(one, "co_code")]
        held = constants + _held_by(function)
        return {"lambda": [*code.co_names, *code.co_varnames], "of": held}
    owner = getattr(function, "__self__", None)
    if owner is not None and not inspect.ismodule(owner):
        return {"method": function.__name__, "of": literal_data(owner)}
    if hasattr(function, "__name__"):
        held = _held_by(function) if code is not None else []
        return {"function": function.__name__, "of": held} if held else function.__name__
    return {"object": type(function).__qualname__, "of": _arguments_of(function)}


def _held_by(function: Any) -> list[Any]:
    """Return what a function brings along: what it closes over, and its defaults."""
    held: list[Any] = []
    for cell in function.__closure__ or ():
        try:
            held.append(cell.cell_contents)
        except ValueError:  # a name that is bound later
            continue
    held += [*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()]
    return [literal_data(one) for one in held if one is not function]


def _arguments_of(function: Any) -> Any:
    # What can be pickled says of what it was made, such as operator.itemgetter("price").
    try:
        made_of = function.__reduce__()
    except TypeError:
        return None
    return literal_data(made_of[1]) if isinstance(made_of, tuple) else None


def _sorted(parts: list[Any]) -> list[Any]:
    return sorted(parts, key=lambda part: json.dumps(part, sort_keys=True))


def error_name(kind: Any) -> str:
    """Return the id of a business error, or the code of another."""
    name: str = getattr(kind, "code", kind.__name__)
    return name


def _default_data(parameter: Any) -> dict[str, Any]:
    return (
        {} if parameter.default is parameter.empty else {"default": literal_data(parameter.default)}
    )

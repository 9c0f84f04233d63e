"""Draws a plan: as a tree of steps, as a Mermaid flow chart, or as JSON."""

import json
from typing import Any

from maestri.plans.analysis import Analysis
from maestri.plans.checks import calls_of
from maestri.plans.plan import Plan
from maestri.plans.rejections import rejections_of
from maestri.plans.steps import Call, Compute, Each, Optional, Quorum, Select, Step
from maestri.plans.symbol import COMPARISONS, symbols_in
from maestri.plans.uses import body_of, eager_expressions, lazy_expressions, used, used_by

FORMS = ("text", "mermaid", "json")


def explain(plan: Plan[..., Any], form: str) -> str:
    """Return the drawing of *plan* in one of FORMS."""
    analysis = Analysis(plan, plan.result)
    if form == "text":
        return "\n".join(_text(plan, analysis))
    if form == "mermaid":
        return "\n".join(_mermaid(plan, analysis))
    if form == "json":
        return json.dumps(as_data(plan), indent=2)
    raise ValueError(f"no form {form!r}; use one of {', '.join(FORMS)}")


def as_data(plan: Plan[..., Any]) -> dict[str, Any]:
    """Return the plan as plain data: its steps, its calls at most, the errors that can leave it."""
    analysis = Analysis(plan, plan.result)
    return {
        "plan": plan.name,
        "inputs": list(plan.inputs),
        "calls_max": calls_of(plan, analysis),
        "errors": sorted(error.code for error in rejections_of(plan)),
        "steps": [_step_data(analysis.steps[index], analysis) for index in sorted(analysis.live)],
    }


def _step_data(step: Step, analysis: Analysis) -> dict[str, Any]:
    data: dict[str, Any] = {
        "name": step.name,
        "kind": type(step).__name__.lower(),
        "index": step.index,
        "scope": step.scope,
        "uses": sorted(analysis.data[step.index]),
    }
    if isinstance(step, Call):
        data |= {
            "operation": step.operation.id,
            "role": step.role,
            "batched": analysis.is_batched(step),
        }
        data["failure"] = "absorbed" if step.index in analysis.guarded else "required"
    return data


def _text(plan: Plan[..., Any], analysis: Analysis) -> list[str]:
    lines = [f"{plan.name}({', '.join(plan.inputs)})  at most {calls_of(plan, analysis)} calls"]
    if plan.doc:
        lines.append(f"  {plan.doc.splitlines()[0]}")
    lines += _scope_text(0, analysis, "  ", _waves(analysis))
    errors = sorted(error.code for error in rejections_of(plan))
    lines.append(f"  may answer: {', '.join(errors) or 'no business error'}")
    return lines


def _scope_text(scope: int, analysis: Analysis, indent: str, waves: dict[int, int]) -> list[str]:
    lines = []
    for index in sorted(analysis.live):
        step = analysis.steps[index]
        if step.scope != scope or not _drawn(step):
            continue
        lines.append(f"{indent}{waves[index]}. {_label(step, analysis)}{_after(step, analysis)}")
        body = body_of(step)
        if body is not None:
            lines += _scope_text(body.scope, analysis, indent + "     ", waves)
    return lines


def _waves(analysis: Analysis) -> dict[int, int]:
    """Return for each step how many calls end, one after the other, before it starts; from 1."""
    waves: dict[int, int] = {}
    for index in sorted(analysis.live):
        step = analysis.steps[index]
        before = analysis.data[index] | analysis.order[index] | used_by(lazy_expressions(step))
        owner = analysis.owner.get(step.scope)
        if owner is not None:
            before |= used_by(eager_expressions(owner))
        waves[index] = max(
            (waves.get(i, 1) + isinstance(analysis.steps[i], Call) for i in before if i < index),
            default=1,
        )
    return waves


def _drawn(step: Step) -> bool:
    return (
        isinstance(step, Call | Each)
        or body_of(step) is not None
        or (
            isinstance(step, Compute)
            and step.name.rpartition(".")[2] not in {"gathered", *COMPARISONS}
        )
    )


def _label(step: Step, analysis: Analysis) -> str:
    if not isinstance(step, Call):
        kind = type(step).__name__.lower()
        return f"{step.name} ({kind})" if not step.name.startswith(kind) else step.name
    notes = []
    if not step.operation.safe:
        notes.append("command")
    if analysis.is_batched(step):
        assert step.operation.batch is not None
        notes.append(f"one batch: {step.operation.batch.id}")
    limiter = analysis.limiter.get(step.index)
    if limiter is not None:
        absorber = analysis.steps[limiter]
        assert isinstance(absorber, Optional | Quorum)
        within = "" if absorber.within_s is None else f" within {absorber.within_s:g} s"
        notes.append(f"optional{within}")
    elif step.index in analysis.guarded:
        notes.append("failure handled")
    fields = [
        s.shape.__name__
        for s in analysis.steps
        if isinstance(s, Select) and step.index in used(s.step)
    ]
    notes += [f"select {name}" for name in fields]
    role = f" at {step.role}" if step.role else ""
    noted = f" [{', '.join(notes)}]" if notes else ""
    return f"{step.name}: {step.operation.id}{role}{noted}"


def _after(step: Step, analysis: Analysis) -> str:
    names = [
        analysis.steps[i].name
        for i in sorted(analysis.data[step.index])
        if _drawn(analysis.steps[i])
    ]
    return f"  after {', '.join(names)}" if names else ""


def _mermaid(plan: Plan[..., Any], analysis: Analysis) -> list[str]:
    lines = ["flowchart TD", f"  result([{plan.name}])"]
    for index in sorted(analysis.live):
        step = analysis.steps[index]
        left, right = ("[", "]") if isinstance(step, Call) else ("(", ")")
        label = _label(step, analysis).replace('"', "'")
        lines.append(f'  s{index}{left}"{label}"{right}')
        arrow = "-.->" if index in analysis.guarded else "-->"
        lines += [f"  s{before} {arrow} s{index}" for before in sorted(analysis.data[index])]
    lines += [f"  s{symbol.m_step.index} --> result" for symbol in _distinct(plan.result)]
    return lines


def _distinct(expression: Any) -> list[Any]:
    return list({symbol.m_step.index: symbol for symbol in symbols_in(expression)}.values())

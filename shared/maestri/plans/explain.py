"""Draws a plan: as a tree of steps, as a Mermaid flow chart, or as JSON."""

import json
from typing import Any

from maestri.plans.analysis import Analysis, analysis_of
from maestri.plans.bounds import bounds_of, calls_of
from maestri.plans.expressions import used
from maestri.plans.plan import Plan
from maestri.plans.program import Program, program_of
from maestri.plans.rejections import rejections_of
from maestri.plans.steps import Item, Step, labelled
from maestri.plans.symbol import COMPARISONS
from maestri.plans.words import Call, Compute, Each, Select

FORMS = ("text", "mermaid", "json")


def explain(plan: Plan[..., Any], form: str) -> str:
    """Return the drawing of *plan* in one of FORMS."""
    if form == "text":
        return "\n".join(_Drawing(plan).text())
    if form == "mermaid":
        return "\n".join(_Drawing(plan).mermaid())
    if form == "json":
        return json.dumps(as_data(plan), indent=2)
    raise ValueError(f"no form {form!r}; use one of {', '.join(FORMS)}")


def as_data(plan: Plan[..., Any]) -> dict[str, Any]:
    """Return the plan as plain data: its canonical form, and what follows from it."""
    program = program_of(plan)
    bounds = bounds_of(program)
    handled = analysis_of(plan).failures.handled
    return {
        "plan": plan.name,
        "content_hash": plan.content_hash(),
        "calls_max": calls_of(program),
        "errors": sorted(error.code for error in rejections_of(plan)),
        "calls": [
            {
                "path": node.path,
                "part": node.part,
                "operation": node.step.operation.id,
                "role": node.step.role,
                "times_max": bounds[node.index],
                "batched": node.batches,
                "failure": "handled" if node.index in handled else "required",
            }
            for node in program.nodes
            if node is not None and isinstance(node.step, Call)
        ],
        "definition": plan.definition(),
    }


class _Drawing:
    """One plan, drawn."""

    def __init__(self, plan: Plan[..., Any]) -> None:
        self._plan = plan
        self._program: Program = program_of(plan)
        self._analysis: Analysis = analysis_of(plan)
        self._steps = self._analysis.liveness.steps
        self._live = self._analysis.liveness.live
        self._bounds = bounds_of(self._program)
        self._waves = self._find_waves()

    def text(self) -> list[str]:
        """Return a tree of steps, a line each."""
        plan = self._plan
        most = _counted(calls_of(self._program), "call")
        lines = [f"{plan.name}({', '.join(plan.inputs)})  at most {most}"]
        if plan.doc:
            lines.append(f"  {plan.doc.splitlines()[0]}")
        lines += self._block_text(0, "  ")
        errors = sorted(error.code for error in rejections_of(plan))
        lines.append(f"  may raise: {', '.join(errors) or 'no business error'}")
        return lines

    def mermaid(self) -> list[str]:
        """Return a flow chart."""
        lines = ["flowchart TD", f"  result([{self._plan.name}])"]
        for index in sorted(self._live):
            step = self._steps[index]
            left, right = ("[", "]") if isinstance(step, Call) else ("(", ")")
            label = self._label(step).replace('"', "'")
            lines.append(f'  s{index}{left}"{label}"{right}')
            arrow = "-.->" if index in self._analysis.failures.handled else "-->"
            lines += [f"  s{before} {arrow} s{index}" for before in sorted(self._drawn_into(step))]
        result = used(self._plan.result) | self._analysis.liveness.required_besides(0)
        lines += [f"  s{index} --> result" for index in sorted(result)]
        return lines

    def _drawn_into(self, step: Step) -> set[int]:
        """Return the steps that an arrow leads from: what it uses, and what its bodies end with."""
        liveness = self._analysis.liveness
        found = set(liveness.uses[step.index])
        if isinstance(step, Item):
            found |= used(step.source)
        for body in step.bodies:
            found |= liveness.required(body.block)
        return found

    def _data(self, step: Step) -> set[int]:
        """Return the steps whose values a step needs, in its bodies too."""
        liveness = self._analysis.liveness
        found = set(liveness.uses[step.index])
        for body in step.bodies:
            found |= liveness.captures[body.block]
        return found

    def _find_waves(self) -> dict[int, int]:
        """Return for each step how many calls end, one after the other, before it; from 1."""
        waves: dict[int, int] = {}
        ends: dict[int, int] = {}
        liveness, order = self._analysis.liveness, self._analysis.order
        # The steps of a body come before the step that the body belongs to.
        for index in sorted(self._live):
            step = self._steps[index]
            before = {*liveness.uses[index], *order.before[index]}
            for block in liveness.around(step.block):
                if block in liveness.owners:
                    owner, _ = liveness.owners[block]
                    before |= liveness.uses[owner.index] | order.before[owner.index]
            wave = max((ends.get(i, 1) for i in before), default=1)
            inside = [
                ends[i] for body in step.bodies for i in liveness.in_block(body.block) if i in ends
            ]
            waves[index] = wave
            ends[index] = max([wave + isinstance(step, Call), *inside])
        return waves

    def _block_text(self, block: int, indent: str) -> list[str]:
        lines = []
        for index in self._analysis.liveness.in_block(block):
            step = self._steps[index]
            if not _drawn(step):
                continue
            lines.append(f"{indent}{self._waves[index]}. {self._label(step)}{self._after(step)}")
            for body in step.bodies:
                label = f"{indent}     if {body.label}:"
                lines += [label] if body.label else []
                lines += self._block_text(body.block, indent + "     ")
        return lines

    def _label(self, step: Step) -> str:
        if not isinstance(step, Call):
            return _named(step) if step.bodies else f"{step.name} ({step.word})"
        notes = ["command"] if step.is_command else []
        node = self._program.nodes[step.index]
        assert node is not None
        times = self._bounds[step.index]
        if node.batches and step.operation.batch is not None:
            count = "one batch" if times == 1 else f"at most {times:,} batches"
            notes.append(f"{count}: {step.operation.batch.id}")
        elif times > 1:
            notes.append(f"at most {_counted(times, 'call')}")
        notes += self._failure_notes(step)
        notes += [
            f"select {s.shape.__name__ if isinstance(s.shape, type) else s.shape}"
            for s in self._steps
            if isinstance(s, Select) and step.index in used(s.operand)
        ]
        role = f" at {step.role}" if step.role else ""
        noted = f" [{', '.join(notes)}]" if notes else ""
        return f"{step.name}: {step.operation.id}{role}{noted}"

    def _failure_notes(self, step: Step) -> list[str]:
        scopes = self._analysis.failures.timeout_scopes.get(step.index, frozenset())
        if scopes:
            times = [self._steps[i].timeout_s for i in scopes]  # type: ignore[attr-defined]  # only scopes have one
            longest = None if None in times else max(times)
            return ["optional" if longest is None else f"optional within {longest:g} s"]
        return ["failure handled"] if step.index in self._analysis.failures.handled else []

    def _after(self, step: Step) -> str:
        names = [_named(self._steps[i]) for i in sorted(self._drawn_before(step))]
        return f"  after {', '.join(dict.fromkeys(names))}" if names else ""

    def _drawn_before(self, step: Step) -> set[int]:
        """Return the drawn steps whose values a step needs, at first or behind undrawn ones."""
        found: set[int] = set()
        for index in self._data(step) & self._live:
            before = self._steps[index]
            found |= {index} if _drawn(before) else self._drawn_before(before)
        return found


def _named(step: Step) -> str:
    return labelled(step.word, step.name or "...", "") if step.bodies else step.name


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _drawn(step: Step) -> bool:
    if isinstance(step, Call | Each) or step.bodies:
        return True
    return isinstance(step, Compute) and step.name not in COMPARISONS

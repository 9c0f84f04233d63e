"""A program as Python source text: to import it, and to show what failed."""

import re
from pathlib import Path
from random import Random
from typing import Any

from maestri.plans import Plan
from tests.kernel.composition.random_programs.programs import (
    IN_FLIGHT_MAX,
    Block,
    Kind,
    Program,
    Record,
    Ref,
    Statement,
)

HEAD = """\
from collections.abc import Mapping
from typing import Any

from maestri.contracts import LeftOut, Message, Outcome
from maestri.errors import *
from maestri.plans import *
from tests.kernel.composition.random_programs.contract import *
from tests.kernel.composition.random_programs.functions import *
"""
ERROR_NAMES = {
    "faulted": "Faulted",
    "not_executed": "NotExecuted",
    "outcome_unknown": "OutcomeUnknown",
    "rejected": "Rejected",
}
KINDS = {
    "text": "str",
    "flag": "bool",
    "answer": "Answer",
    "part": "Part",
    "page": "Page",
    "short": "Short",
    "none": "None",
    "left_out": "LeftOut",
}
INDENT = "    "


def source_of(program: Program, random: Random | None = None) -> str:
    """Return the text of a module with the plan; with *random*, unrelated lines are in between."""
    return "\n".join(_Writer(program, random).module())


class _Writer:
    def __init__(self, program: Program, random: Random | None) -> None:
        self._program = program
        self._random = random

    def module(self) -> list[str]:
        lines = [HEAD, *self._noise("")]
        for name, fields in self._program.records.items():
            lines += ["", f"class {name}(Message):"]
            lines += [f"{INDENT}{field}: {type_text(kind)}" for field, kind in fields.items()]
            lines += self._noise("")
        for name, block in self._program.inlined.items():
            lines += ["", "@composition", f"def {name}(subject: str, lane: str) -> Any:"]
            lines += self._block(block, INDENT)
        inputs = "letters: tuple[str, ...], letter: str"
        most = self._program.in_flight_max
        bound = "" if most == IN_FLIGHT_MAX else f"(in_flight_max={most})"
        lines += ["", f"@composition{bound}", f"def random_plan({inputs}) -> Any:"]
        lines += self._block(self._program.block, INDENT)
        return [*lines, ""]

    def _noise(self, indent: str) -> list[str]:
        if self._random is None:
            return []
        number = self._random.randint(0, 99)
        choices: tuple[list[str], ...] = (
            [],
            [],
            [""],
            [f"{indent}# {number}"],
            [f"{indent}unrelated_{number} = {number}"],
            [f"{indent}def unrelated_{number}() -> int:", f"{indent}{INDENT}return {number}"],
        )
        return self._random.choice(choices)

    def _block(self, block: Block, indent: str) -> list[str]:
        lines: list[str] = []
        for statement in block.statements:
            lines += self._noise(indent)
            lines += self._statement(statement, indent)
        return [*lines, *self._noise(indent), f"{indent}return {text_of(block.result)}"]

    def _statement(self, statement: Statement, indent: str) -> list[str]:
        lines: list[str] = []
        bodies: dict[str, str] = {}
        for label, body in statement.bodies.items():
            if not body.statements and self._random is None:
                bodies[label] = f"lambda {body.item}: {text_of(body.result)}".replace(" :", ":")
                continue
            name = re.sub(r"\W", "_", f"{statement.name}_{label or 'body'}")
            lines.append(f"{indent}def {name}({body.item}):")
            lines += self._block(body, indent + INDENT)
            bodies[label] = name
        made = _made(statement, bodies)
        if statement.word == "check":
            return [*lines, f"{indent}{made}"]
        if statement.is_named and statement.word != "inline":
            made = f'named("{statement.name}", {made})'
        return [*lines, f"{indent}{statement.name} = {made}"]


def _made(statement: Statement, bodies: dict[str, str]) -> str:
    given = [text_of(one) for one in statement.given]
    word, of = statement.word, statement.of
    match word:
        case "call":
            asked = f"at(Role(Oracle, {statement.role!r}), " if statement.role else "call("
            return f"{asked}Oracle.{of}, {', '.join(given)})"
        case "compute":
            return f"compute({of}, {', '.join(given)})"
        case "quorum":
            return f"quorum(({', '.join(given)}), {of}{_timeout(statement)})"
        case "optional":
            return f"optional({given[0]}{_timeout(statement)})"
        case "select":
            return f"select({given[0]}, Short)"
        case "inline":
            return f'named("{statement.name}", {of})({", ".join(given)})'
        case "translate":
            return f"translate({given[0]}, {{Refused: Denied}})"
        case "rescue":
            cases = ", ".join(f"{ERROR_NAMES[label]}: {body}" for label, body in bodies.items())
            return f"rescue({given[0]}, {{{cases}}})"
        case "route":
            cases = ", ".join(f"{label!r}: {body}" for label, body in bodies.items())
            return f"route({given[0]}, {{{cases}}})"
        case _:
            key = ", key=lambda item: item" if of == "keyed" else ""
            return f"{word}({', '.join([*given, *bodies.values()])}{key})"


def _timeout(statement: Statement) -> str:
    return "" if statement.timeout_s is None else f", timeout_s={statement.timeout_s}"


def text_of(expression: Any) -> str:
    """Return an expression as it is written."""
    if isinstance(expression, Ref):
        if expression.of == "left_out":
            return "left_out()"
        return ".".join((expression.of, *expression.path))
    if isinstance(expression, tuple):
        return f"({''.join(text_of(part) + ', ' for part in expression)})"
    if isinstance(expression, Record):
        fields = ", ".join(f"{name}={text_of(part)}" for name, part in expression.fields)
        return f"{expression.name}({fields})"
    return repr(expression)


def type_text(kind: Kind) -> str:
    """Return the type of the values of a kind, as it is written."""
    if isinstance(kind, str):
        return KINDS[kind]
    word, inner = kind
    if word == "record":
        return str(inner)
    made = type_text(inner)
    if word == "opt":
        return made if made == "None" else f"{made} | None"
    return f"tuple[{made}, ...]" if word == "seq" else f"Mapping[str, Outcome[{made}]]"


def imported(text: str, path: Path) -> Plan[..., Any]:
    """Write a module, import it, and return its plan."""
    path.write_text(text)
    names: dict[str, Any] = {"__name__": path.stem}
    exec(compile(text, str(path), "exec"), names)
    plan: Plan[..., Any] = names["random_plan"]
    return plan

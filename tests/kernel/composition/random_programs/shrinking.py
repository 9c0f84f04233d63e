"""A failing program is made smaller while it still fails."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from tests.kernel.composition.random_programs.programs import (
    Block,
    Program,
    Record,
    Ref,
    Statement,
    is_root,
    refs_in,
)

HANDLERS = frozenset({"optional", "rescue", "translate", "quorum"})
ATTEMPTS_MAX = 600


def tidied(program: Program) -> Program:
    """Return a program without the statements that do nothing."""
    block = _tidied(program.block)
    inlined = {name: _tidied(inner) for name, inner in program.inlined.items()}
    used = {name for one in (block, *inlined.values()) for name in _records_in(one)}
    return replace(
        program,
        block=block,
        inlined=inlined,
        records={name: fields for name, fields in program.records.items() if name in used},
    )


def _tidied(block: Block) -> Block:
    needed = {ref.of for ref in refs_in(block.result)}
    kept: list[Statement] = []
    roots: set[str] = set()
    for statement in block.statements:
        about = {ref.of for ref in refs_in(statement.given)} & roots
        if is_root(statement) or (about and statement.word in HANDLERS):
            roots.add(statement.name)
            needed.add(statement.name)
        elif about and statement.word != "check":
            roots.add(statement.name)
    for statement in reversed(block.statements):
        if statement.word != "check" and statement.name not in needed:
            continue
        bodies = {label: _tidied(body) for label, body in statement.bodies.items()}
        kept.append(replace(statement, bodies=bodies))
        needed |= _names_in(kept[-1])
    return replace(block, statements=tuple(reversed(kept)))


def _names_in(statement: Statement) -> set[str]:
    found = {ref.of for ref in refs_in(statement.given)}
    for body in statement.bodies.values():
        found |= {ref.of for ref in refs_in(body.result)}
        for inner in body.statements:
            found |= _names_in(inner)
    return found


def _records_in(block: Block) -> Iterator[str]:
    if isinstance(block.result, Record):
        yield block.result.name
    for statement in block.statements:
        for body in statement.bodies.values():
            yield from _records_in(body)


def shrunk(program: Program, fails: Callable[[Program], bool]) -> Program:
    """Return a smaller program that still fails."""
    attempts, progress = 0, True
    while progress:
        progress = False
        for smaller in smaller_than(program):
            attempts += 1
            if attempts > ATTEMPTS_MAX:
                return program
            if fails(smaller):
                program, progress = smaller, True
                break
    return program


def smaller_than(program: Program) -> Iterator[Program]:
    """Return programs that lack something of this one."""
    for block, records in _smaller(program.block, dict(program.records)):
        yield tidied(replace(program, block=block, records=records))


def _smaller(block: Block, records: dict[str, Any]) -> Iterator[tuple[Block, dict[str, Any]]]:
    result = block.result
    for position, statement in enumerate(block.statements):
        rest = (*block.statements[:position], *block.statements[position + 1 :])
        users = {name for one in rest for name in _names_in(one)}
        if statement.name not in users | {ref.of for ref in refs_in(result)}:
            yield replace(block, statements=rest), records
    if isinstance(result, Record):
        for name, _ in result.fields:
            if name == "left_out":
                continue
            fields = tuple(field for field in result.fields if field[0] != name)
            if fields:
                kinds = {key: kind for key, kind in records[result.name].items() if key != name}
                fewer = replace(block, result=Record(result.name, fields))
                yield fewer, {**records, result.name: kinds}
    for position, statement in enumerate(block.statements):
        for other, changed in _smaller_statement(statement, records):
            rest = (*block.statements[:position], other, *block.statements[position + 1 :])
            yield replace(block, statements=rest), changed


def _smaller_statement(
    statement: Statement, records: dict[str, Any]
) -> Iterator[tuple[Statement, dict[str, Any]]]:
    for place, expression in enumerate(statement.given):
        plain = statement.word == "call" and place == 0
        if plain and isinstance(expression, Ref):
            for letter in "abcde":
                given = (letter, *statement.given[1:])
                yield replace(statement, given=given), records
    if statement.word in {"rescue", "route"} and len(statement.bodies) > 1:
        for label in statement.bodies:
            bodies = {key: body for key, body in statement.bodies.items() if key != label}
            yield replace(statement, bodies=bodies), records
    for label, body in statement.bodies.items():
        for inner, changed in _smaller(body, records):
            yield replace(statement, bodies={**statement.bodies, label: inner}), changed

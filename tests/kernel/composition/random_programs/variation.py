"""What is special to some programs: roles, few calls at the same time, and parts with timeouts."""

from collections.abc import Mapping
from dataclasses import replace
from random import Random

from tests.kernel.composition.random_programs.flattening import flattened
from tests.kernel.composition.random_programs.functions import LETTERS
from tests.kernel.composition.random_programs.programs import (
    IN_FLIGHT_MAX,
    ROLES,
    SCOPES,
    Program,
    Statement,
    mapped,
    statements_in,
)
from tests.kernel.composition.random_programs.static_rules import StaticRules

TIMEOUTS_S = (50, 1_000)
"""Of parts: much longer than all calls take that answer, much shorter than a run may take."""


def varied(program: Program, random: Random) -> Program:
    """Return a program whose calls name roles, or whose bounds are tight, or neither, or both."""
    if _chance(random, 0.5):
        program = replace(program, in_flight_max=random.randint(1, 4))
    if _chance(random, 0.25):
        return program
    if _chance(random, 0.15):
        return _changed(program, {}, random)
    parts = {
        one.name: round(random.uniform(*TIMEOUTS_S), 1) if _chance(random, 0.8) else None
        for one in _statements(program)
        if one.word in SCOPES
    }
    # Who waits for room is late for another reason than a silent participant.
    return _changed(replace(program, in_flight_max=IN_FLIGHT_MAX), parts, random)


def _changed(program: Program, timeouts_s: Mapping[str, float | None], random: Random) -> Program:
    limited = _limited(program)

    def changed(statement: Statement) -> Statement:
        if statement.word in SCOPES:
            return replace(statement, timeout_s=timeouts_s.get(statement.name))
        if statement.word != "call":
            return statement
        if not timeouts_s:
            return replace(statement, role=random.choice(ROLES))
        # What is collected into a batch is late for whoever of the batch is.
        operation = "read" if statement.of == "one" else statement.of
        silent = statement.name in limited and _chance(random, 0.7)
        named = statement.is_named or operation != statement.of
        return replace(statement, of=operation, role=ROLES[silent], is_named=named)

    inlined = {name: mapped(block, changed) for name, block in program.inlined.items()}
    block = mapped(program.block, changed)
    return replace(program, block=block, inlined=inlined, has_roles=True)


def _chance(random: Random, share: float) -> bool:
    return random.random() < share


def _statements(program: Program) -> list[Statement]:
    blocks = (program.block, *program.inlined.values())
    return [one for block in blocks for one in statements_in(block)]


def _limited(program: Program) -> set[str]:
    """Return the statements for which, wherever they are inlined, only parts wait."""
    block = flattened(program).block
    rules = StaticRules(block)
    found = {one.label: True for one in statements_in(block)}
    for one in statements_in(block):
        if one.word != "check":
            found[one.label] &= bool(rules.timeout_scopes(one.name))
    return {name for name, limited in found.items() if limited}


def silent_subjects(program: Program, random: Random) -> frozenset[str]:
    """Return the subjects about which the silent participant never answers."""
    if all(one.timeout_s is None for one in _statements(program)):
        return frozenset()
    return frozenset(letter for letter in LETTERS if _chance(random, 0.6))

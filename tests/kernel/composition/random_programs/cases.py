"""A random program, what it is given, and how the participant behaves: all of it from one seed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from tests.kernel.composition.random_programs.generator import Generator, failing_of
from tests.kernel.composition.random_programs.programs import Program
from tests.kernel.composition.random_programs.variation import silent_subjects, varied
from tests.kernel.composition.random_programs.world import Failing

SIZES = (6, 9, 9, 9, 16)
"""How many statements a program has at most, one of these; fallbacks and cases come on top."""

LETTERS_GIVEN = (("a", "b", "c"), ("b", "d", "b"), ("c",), ())
LETTERS_SHARES = (6, 2, 1, 1)


@dataclass(frozen=True)
class Case:
    """
    What is run.

    Attributes:
        program: The plan.
        inputs: By name.
        failing: Which calls fail.
        seed: Decides on the delays, and on the selections that are tried.
    """

    program: Program
    inputs: Mapping[str, Any]
    failing: Failing
    seed: int


def case_of(seed: int) -> Case:
    """Return the case of a seed, with roles, bounds and timeouts; the same on every machine."""
    case, random = plain_case_of(seed), Random(f"{seed} varied")
    program = varied(case.program, random)
    silent = silent_subjects(program, random)
    return replace(case, program=program, failing=replace(case.failing, silent=silent))


def plain_case_of(seed: int) -> Case:
    """Return the case of a seed with nothing besides its statements."""
    random = Random(seed)
    program = Generator(random, random.choice(SIZES)).program()
    letters = random.choices(LETTERS_GIVEN, LETTERS_SHARES)[0]
    inputs = {"letters": letters, "letter": random.choice("abc")}
    return Case(program, inputs, failing_of(random), seed)

"""What is said of a case that fails: the smallest program that still does, as plan code."""

from dataclasses import replace

from tests.kernel.composition.random_programs.cases import Case, case_of
from tests.kernel.composition.random_programs.checking import wrong_with
from tests.kernel.composition.random_programs.programs import Program
from tests.kernel.composition.random_programs.shrinking import shrunk
from tests.kernel.composition.random_programs.source import source_of
from tests.kernel.composition.random_programs.world import Failing


def problem_of(case: Case) -> str | None:
    """Return the first thing that is wrong with a case, an exception too; None if nothing is."""
    try:
        return next(wrong_with(case), None)
    except Exception as error:  # noqa: BLE001 - whatever is raised is what is wrong
        return f"raised {type(error).__name__}: {error}"


def report_of(seed: int) -> str | None:
    """Return what is wrong with the case of a seed, made small; None if nothing is."""
    case = case_of(seed)
    first = problem_of(case)
    if first is None:
        return None

    def fails(smaller: Case) -> bool:
        found = problem_of(smaller)
        return found is not None and _sort_of(found) == _sort_of(first)

    def still_fails(program: Program) -> bool:
        return fails(replace(case, program=program))

    case = replace(case, program=shrunk(case.program, still_fails))
    for call in tuple(case.failing.errors):
        errors = {one: error for one, error in case.failing.errors.items() if one != call}
        fewer = replace(case, failing=Failing(errors))
        case = fewer if fails(fewer) else case
    return (
        f"seed {seed}; again: make fuzz N=1 SEED={seed}\n{source_of(case.program)}\n"
        f"given {dict(case.inputs)}, failing {dict(case.failing.errors)}:\n{problem_of(case)}"
    )


def _sort_of(problem: str) -> str:
    """Return what a problem begins with, which is kept while its program is made smaller."""
    selecting, colon, rest = problem.partition(": ")
    if problem.startswith("selecting") and colon:
        return f"selecting {rest.split()[0]}"
    return selecting if problem.startswith("raised") else problem.partition(" ")[0]

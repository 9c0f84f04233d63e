"""
What is refused by reading a plan's source: uses of a symbol that Python never tells it about.

``is``, ``isinstance`` and class patterns ask nothing of a value, so a symbol cannot refuse them,
and type checkers even reward them by narrowing. Therefore each function that is entered while a
plan is traced is read afterwards, with what was observed of its names: plan functions, bodies,
keys and whatever they call. What ``compute`` is given does not run yet, and will find values.
"""

import traceback
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from maestri.errors import PlanError
from maestri.plans.misuses import Misuse, compares_unread, may_misuse, misuses_in, unread
from maestri.plans.observation import Observation
from maestri.plans.reading import Reading
from maestri.plans.refusal import refuse
from maestri.plans.symbol import Symbol
from maestri.plans.syntax import syntax_of

FUNCTIONS_MAX = 1_000
"""Functions with symbols that are read for one plan; one with more is refused."""


class Finding(NamedTuple):
    """A misuse of a symbol, and the file where it is written."""

    path: str
    misuse: Misuse

    def is_at(self, message: str) -> bool:
        """Tell whether a refusal names a line of the misuse."""
        return any(message.startswith(f"{self.path}:{line}: ") for line in self.misuse.lines)


@contextmanager
def source_read(observation: Observation) -> Generator[None]:
    """
    Refuse functions that are observed in the body and use a symbol in a way that it cannot refuse.

    Raises:
        PlanError: Names the line and what to write instead. It comes instead of a refusal of the
            same line, and of any other error, of which it is the likely cause. So is a function
            whose source is not to be found if what it is compiled to could misuse a symbol.
    """
    try:
        yield
    except PlanError as refusal:
        for finding in _findings(observation):
            if finding.is_at(str(refusal)):
                _refuse(finding)
        raise
    except Exception as error:
        for finding in _findings(observation):
            try:
                _refuse(finding)
            except PlanError as refusal:
                raise refusal from error
        _refuse_mistaken(error, observation)
        raise
    else:
        _refuse_many(observation)
        for finding in _findings(observation, all_of_them=False):
            _refuse(finding)
    finally:
        observation.forget()


def _refuse_many(observation: Observation) -> None:
    met = [one.code for one in observation.entered.values() if one.met_symbols]
    if len(met) > FUNCTIONS_MAX:
        refuse(
            f"a plan of more than {FUNCTIONS_MAX} functions, which are too many to be read",
            "split it into several operations",
            f"{met[0].co_filename}:{met[0].co_firstlineno}",
        )


def _refuse(finding: Finding) -> None:
    misuse = finding.misuse
    refuse(misuse.problem, misuse.remedy, f"{finding.path}:{misuse.lines[0]}")


def _refuse_mistaken(error: Exception, observation: Observation) -> None:
    """Refuse what Python itself has refused, since it found a symbol instead of a value."""
    if not isinstance(error, TypeError) or Symbol.__name__ not in str(error):
        return
    lines = [
        f"{frame.f_code.co_filename}:{line}"
        for frame, line in traceback.walk_tb(error.__traceback__)
        if frame.f_code in observation.entered
    ]
    if lines:
        problem = f"a function is given a symbol where it needs the value: {error}"
        raise PlanError(f"{lines[-1]}: {problem}; use compute(function, value)") from error


def _findings(observation: Observation, *, all_of_them: bool = True) -> Iterator[Finding]:
    met = [one for one in observation.entered.values() if one.met_symbols or all_of_them]
    for entered in met[:FUNCTIONS_MAX]:
        if not all_of_them and not may_misuse(entered):
            continue
        syntax = syntax_of(entered.code, entered.names)
        if syntax is None:
            if entered.met_symbols and compares_unread(entered):
                yield Finding(entered.code.co_filename, unread(entered))
            continue
        reading = Reading(syntax, entered, observation.results)
        for misuse in misuses_in(reading):
            yield Finding(entered.code.co_filename, misuse)

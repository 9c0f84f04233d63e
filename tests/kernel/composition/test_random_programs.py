from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from maestri.composition.calls_in_flight import CallsInFlight
from maestri.plans import Plan
from tests.kernel.composition.random_programs import checking, timing, world
from tests.kernel.composition.random_programs.building import plan_of, record_classes
from tests.kernel.composition.random_programs.cases import case_of, plain_case_of
from tests.kernel.composition.random_programs.naive import Naive
from tests.kernel.composition.random_programs.programs import IN_FLIGHT_MAX, Program
from tests.kernel.composition.random_programs.reporting import problem_of, report_of
from tests.kernel.composition.random_programs.source import imported, source_of

PROGRAMS = 500
AT_ONCE = 50
ONCE_FAILED = (1600, 7_001_672, 7_002_999, 20_005_233)
"""Seeds of programs that the kernel once ran otherwise, as their statements stand."""


@pytest.fixture(autouse=True)
def _without_logs(caplog: pytest.LogCaptureFixture) -> None:
    """Drop what the kernel logs about computations that break on purpose."""
    caplog.set_level(100, "maestri")


@pytest.mark.parametrize("first", range(0, PROGRAMS, AT_ONCE))
def test_a_plan_does_what_its_statements_in_written_order_would(first: int) -> None:
    """Parallel, batched, shared and pruned, a plan is the loop that it stands for."""
    reports = [report for seed in range(first, first + AT_ONCE) if (report := report_of(seed))]

    assert not reports, "\n\n".join(reports)


@pytest.mark.parametrize("seed", ONCE_FAILED)
def test_what_once_failed_does_not_fail_again(seed: int) -> None:
    """A fault that a random program has found is not made twice."""
    assert not problem_of(plain_case_of(seed))


@pytest.mark.parametrize("seed", range(20))
def test_unrelated_lines_change_neither_paths_nor_hash(seed: int, tmp_path: Path) -> None:
    """A plan in a file has the paths, and so the keys, of the same plan among other lines."""
    program = case_of(seed).program
    built = plan_of(program, record_classes(program))
    plain = imported(source_of(program), tmp_path / "plain.py")
    moved = imported(source_of(program, Random(seed)), tmp_path / "moved.py")

    assert _paths(built) == _paths(plain) == _paths(moved)
    assert built.content_hash() == plain.content_hash() == moved.content_hash()


def test_a_fault_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the naive interpreter would do otherwise is seen within a few programs."""
    monkeypatch.setattr(Naive, "_optional", lambda *_: None)

    assert any(problem_of(case_of(seed)) for seed in range(AT_ONCE))


def test_a_wrong_timeout_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A part whose time is another than the interpreter says ends at another time."""
    monkeypatch.setattr(timing, "SHARE", 0.1)

    assert any(problem_of(case_of(seed)) for seed in range(PROGRAMS))


def test_a_wrong_role_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Participants that do not know their role answer otherwise."""
    monkeypatch.setattr(world, "asked_of", lambda operation, _: operation)

    assert any(problem_of(case_of(seed)) for seed in range(AT_ONCE))


def test_a_call_too_many_at_the_same_time_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan that does not know its program's bound exceeds it."""

    def unbounded(program: Program, classes: Mapping[str, type[Any]]) -> Plan[..., Any]:
        return plan_of(replace(program, in_flight_max=IN_FLIGHT_MAX), classes)

    monkeypatch.setattr(checking, "plan_of", unbounded)

    assert any(problem_of(case_of(seed)) for seed in range(AT_ONCE))


def test_a_call_that_outlives_its_caller_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that does not wait for its calls to end leaves them behind."""

    async def stop(_: CallsInFlight) -> None:
        """Leave everything as it is."""

    monkeypatch.setattr(CallsInFlight, "stop", stop)

    assert any(problem_of(case_of(seed)) for seed in range(AT_ONCE))


def _paths(plan: Any) -> list[str]:
    return [step.path for step in plan.trace.steps]

"""How a plan is refused: the message, behind a line that is the plan's own."""

import inspect
from collections.abc import Callable
from typing import Any

import pytest

from maestri.errors import PlanError
from maestri.plans import composition, program_of


def refused_at_import(function: Callable[..., Any], **bounds: Any) -> str:
    """Return why a plan is refused while it is traced; the line is in its file."""
    with pytest.raises(PlanError) as raised:
        composition(**bounds)(function)
    path, _, message = str(raised.value).split(":", 2)
    assert inspect.getsourcefile(function) == path, raised.value
    return message.strip()


def refused_in_its_lines(function: Callable[..., Any]) -> str:
    """Return the same; the line is one of the function's own."""
    with pytest.raises(PlanError) as raised:
        composition(function)
    return _in_its_lines(raised.value, function)


def refused_at_start(function: Callable[..., Any], **bounds: Any) -> str:
    """Return why a plan is refused when it is compiled, not before; the line is its own."""
    plan = composition(**bounds)(function)
    with pytest.raises(PlanError) as raised:
        program_of(plan)
    return _in_its_lines(raised.value, function)


def _in_its_lines(error: PlanError, function: Callable[..., Any]) -> str:
    lines, first = inspect.getsourcelines(function)
    path, line, message = str(error).split(":", 2)
    assert inspect.getsourcefile(function) == path, error
    assert first <= int(line) < first + len(lines), error
    return message.strip()

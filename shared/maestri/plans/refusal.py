"""How a plan is refused: with the line where it is written, what is wrong there, and the remedy."""

import contextlib
import sys
import types
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import NamedTuple, NoReturn

from maestri.errors import PlanError

_raised: ContextVar[list[PlanError] | None] = ContextVar("maestri_refusals", default=None)
_NOT_A_PLAN = (str(Path(__file__).parent), contextlib.__file__)


class Where(NamedTuple):
    """What is refused, and its line where that is not the caller's."""

    what: str
    line: str = ""


def line_of_plan() -> str:
    """Return file and line of the innermost caller outside this room."""
    frame: types.FrameType | None = sys._getframe(1)  # noqa: SLF001 - the only way to the caller's line
    while frame is not None and frame.f_code.co_filename.startswith(_NOT_A_PLAN):
        frame = frame.f_back
    return "unknown line" if frame is None else f"{frame.f_code.co_filename}:{frame.f_lineno}"


def refuse(problem: str, remedy: str, line: str = "") -> NoReturn:
    """Raise a PlanError that names the line, by default that of the caller, problem and remedy."""
    refusal = PlanError(f"{line or line_of_plan()}: {problem}; {remedy}")
    raised = _raised.get()
    if raised is not None:
        raised.append(refusal)
    raise refusal


@contextmanager
def none_swallowed() -> Generator[None]:
    """Raise what was refused in the body, too, where the plan itself has caught it."""
    raised: list[PlanError] = []
    token = _raised.set(raised)
    try:
        yield
    except PlanError:
        raise
    except Exception as error:
        if raised:
            raise raised[0] from error
        raise
    finally:
        _raised.reset(token)
    if raised:
        raise raised[0]

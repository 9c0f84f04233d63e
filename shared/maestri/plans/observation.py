"""
Which functions a trace enters, and which of their names hold symbols.

While a plan is traced, Python reports each function that is entered and left. Functions given to
``compute`` are not among them, as they do not run yet.
"""

from inspect import CO_GENERATOR
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from maestri.plans.holding import HOLDER, NONE, held_in
from maestri.plans.profiler import ENTER, Profiler
from maestri.plans.syntax import COMPREHENSIONS

VALUES_MAX = 16
"""Values of one name that are kept; of further ones, those that hold symbols otherwise."""

_ROOM = str(Path(__file__).parent)


class Entered:
    """
    A function that was entered while a plan was traced.

    Attributes:
        code: What Python runs of it.
        names: Its module's global names.
        given: Values of its parameters and free variables, by name.
        left: Values of its names when it was left, by name.
        met_symbols: Whether it was given symbols, or anything that it called returned some.
    """

    def __init__(self, frame: FrameType) -> None:
        self.code = frame.f_code
        self.names = frame.f_globals
        self.builtins = frame.f_builtins
        self.given: dict[str, list[Any]] = {}
        self.left: dict[str, list[Any]] = {}
        self.met_symbols = False

    def enter(self, frame: FrameType) -> None:
        """Note what it is given."""
        for name, value in frame.f_locals.items():
            held = held_in(value)
            self.met_symbols |= held != NONE
            _keep(self.given, name, value, held)

    def leave(self, frame: FrameType) -> None:
        """Note what its names stand for in the end."""
        for name, value in frame.f_locals.items():
            _keep(self.left, name, value, held_in(value))


def _keep(values: dict[str, list[Any]], name: str, value: Any, held: int) -> None:
    kept = values.setdefault(name, [])
    if len(kept) < VALUES_MAX or all(held_in(one) != held for one in kept):
        kept.append(value)


class Observation(Profiler):
    """
    What was entered and returned while a plan was traced.

    Attributes:
        entered: The functions of the plan, in the order in which they were entered.
        results: What functions called by them returned, as far as symbols go.
    """

    def __init__(self) -> None:
        self.entered: dict[CodeType, Entered] = {}
        self.results: dict[CodeType, int] = {}
        self._open: dict[FrameType, Entered] = {}

    def forget(self) -> None:
        """Let go of the values that were seen."""
        self.entered.clear()
        self.results.clear()
        self._open.clear()

    def called(self, frame: FrameType) -> None:
        """Note what a function of the plan is given."""
        caller = frame.f_back
        if caller is None or frame.f_code.co_filename.startswith(_ROOM):
            return
        if caller in self._open or caller.f_code is ENTER:
            entered = self.entered.get(frame.f_code)
            if entered is None:
                entered = self.entered[frame.f_code] = Entered(frame)
            self._open[frame] = entered
            entered.enter(frame)

    def returned(self, frame: FrameType, result: Any) -> None:
        """Note what a function returned to a function of the plan."""
        left = self._open.pop(frame, None)
        if left is not None:
            left.leave(frame)
        caller = None if frame.f_back is None else self._open.get(frame.f_back)
        if caller is not None:
            held = held_in(result)
            if held and frame.f_code.co_flags & CO_GENERATOR:
                held = HOLDER  # what it yields is an item of what it returned
            self.results[frame.f_code] = self.results.get(frame.f_code, NONE) | held
            caller.met_symbols |= held != NONE or _met_inside(left)


def _met_inside(left: Entered | None) -> bool:
    # A comprehension is read with the function that it is written in.
    return left is not None and left.code.co_name in COMPREHENSIONS and left.met_symbols

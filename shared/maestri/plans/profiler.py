"""Python's profiler while a plan is traced: on in the plan's functions, off in the words."""

import functools
import sys
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any, TypeVar, cast

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])


class Profiler:
    """
    Is told of each function that a plan function, a body or a key enters, in this thread.

    The profiler that was there before goes on being told, and is restored. One that is written in
    C cannot be called from here: Python's own is stopped meanwhile, another is left alone, and
    nothing is told.

    Attributes:
        earlier: The profiler that was there before.
    """

    earlier: Any = None

    def enter(self, function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """Call a function of the plan; what it enters is told."""
        earlier = sys.getprofile()
        if earlier is not None and not callable(earlier):
            return self._enter_in_place_of(earlier, function, *args, **kwargs)
        self.earlier = earlier
        sys.setprofile(self)
        try:
            return function(*args, **kwargs)
        finally:
            sys.setprofile(earlier)

    def _enter_in_place_of(
        self, earlier: Any, function: Callable[..., T], *args: Any, **kwargs: Any
    ) -> T:
        from cProfile import Profile

        if not isinstance(earlier, Profile):
            return function(*args, **kwargs)
        earlier.disable()
        try:
            return self.enter(function, *args, **kwargs)
        finally:
            earlier.enable()

    def __call__(self, frame: FrameType, event: str, argument: Any) -> None:
        """Tell of one event; see ``sys.setprofile``."""
        if event == "call":
            self.called(frame)
        elif event == "return":
            self.returned(frame, argument)
        if self.earlier is not None:
            self.earlier(frame, event, argument)

    def called(self, frame: FrameType) -> None:
        """Note that a function was entered."""

    def returned(self, frame: FrameType, result: Any) -> None:
        """Note that a function was left."""


ENTER: CodeType = Profiler.enter.__code__


def unobserved(function: F) -> F:
    """Make a word of a function: what it does itself is not told, only what it returns."""

    @functools.wraps(function)
    def word(*args: Any, **kwargs: Any) -> Any:
        profiler = sys.getprofile()
        if not isinstance(profiler, Profiler):
            return function(*args, **kwargs)
        sys.setprofile(profiler.earlier)
        try:
            return function(*args, **kwargs)
        finally:
            sys.setprofile(profiler)

    return cast(F, word)

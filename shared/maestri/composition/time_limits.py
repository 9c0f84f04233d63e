"""How long the value of a step is waited for, under ``optional`` and ``quorum``."""

from maestri import clock
from maestri.composition.frame import Frame
from maestri.plans import Program
from maestri.plans import words as made

OPTIONAL_SHARE = 0.8
"""Part of the time left that an ``optional`` without *timeout_s* may take."""


class TimeLimits:
    """
    The time limits of one run.

    The time of a part counts from the first call under it; it is the same for all that belongs to
    it. A step under several parts has the longest of their times.

    Args:
        program: What runs.
        deadline_s: Of the run, on the loop's clock: no part has longer.
    """

    __slots__ = ("_deadline_s", "_limits", "_steps")

    def __init__(self, program: Program, deadline_s: float) -> None:
        self._limits = program.limits
        self._steps = program.plan.trace.steps
        self._deadline_s = deadline_s

    def of(self, frame: Frame, index: int) -> float:
        """Return until when the value of a step is waited for: as long as anybody does."""
        return max(self._limit_by(by, frame) for by in self._limits[index])

    def _limit_by(self, index: int, frame: Frame) -> float:
        # A step that nobody needs for this selection gives its time all the same.
        step = self._steps[index]
        assert isinstance(step, made.Optional | made.Quorum)
        holder = _holder_of(step.block, frame)
        if holder.limits is None:
            holder.limits = {}
        limit_s = holder.limits.get(index)
        if limit_s is None:
            limit_s = self._new_limit(step)
            if index in self._limits:
                limit_s = min(limit_s, self.of(holder, index))
            holder.limits[index] = limit_s
        return limit_s

    def _new_limit(self, step: made.Optional | made.Quorum) -> float:
        now_s = clock.now_s()
        timeout_s = step.timeout_s
        if timeout_s is None:
            timeout_s = OPTIONAL_SHARE * (self._deadline_s - now_s)
        return min(now_s + timeout_s, self._deadline_s)


def _holder_of(block: int, frame: Frame) -> Frame:
    # A part in a body may use a step outside of it: that step's time is the same for all items.
    around: Frame | None = frame
    while around is not None and around.block.number != block:
        around = around.parent
    return frame if around is None else around

"""How long the value of a step is waited for, under ``optional`` and ``quorum``."""

from maestri import clock
from maestri.composition.frame import Frame
from maestri.plans import Program, words

OPTIONAL_SHARE = 0.8
"""Part of the time left that an ``optional`` without *timeout_s* may take."""


class TimeoutScopes:
    """
    The timeout scopes of one run.

    The time of a part counts from the first call under it; it is the same for all that belongs to
    it. A step under several parts has the longest of their times.

    Args:
        program: What runs.
        deadline_s: Of the run, on the loop's clock: no part has longer.
    """

    __slots__ = ("_deadline_s", "_scopes", "_steps")

    def __init__(self, program: Program, deadline_s: float) -> None:
        self._scopes = program.timeout_scopes
        self._steps = program.plan.trace.steps
        self._deadline_s = deadline_s

    def of(self, frame: Frame, index: int) -> float:
        """Return until when the value of a step is waited for: as long as anybody does."""
        return max(self._deadline_by(by, frame) for by in self._scopes[index])

    def _deadline_by(self, index: int, frame: Frame) -> float:
        # A step that nobody needs for this selection gives its time all the same.
        step = self._steps[index]
        assert isinstance(step, words.Optional | words.Quorum)
        holder = _holder_of(step.block, frame)
        if holder.deadlines_s is None:
            holder.deadlines_s = {}
        deadline_s = holder.deadlines_s.get(index)
        if deadline_s is None:
            deadline_s = self._new_deadline_s(step)
            if index in self._scopes:
                deadline_s = min(deadline_s, self.of(holder, index))
            holder.deadlines_s[index] = deadline_s
        return deadline_s

    def _new_deadline_s(self, step: words.Optional | words.Quorum) -> float:
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

"""
When the calls of a program begin and end, as far as timeouts ask for it.

Calls answer within milliseconds or never, and timeouts are many seconds apart. So all that takes
time is to wait, until a timeout, for a call that never answers; everything else is instantaneous.

The time of a part counts from the first call under it, which need not be the first that is written.
So a program is interpreted again until nothing begins earlier than it was known to.
"""

from collections.abc import Mapping
from typing import Any

from tests.kernel.composition.random_programs.programs import (
    Statement,
    has_side_effects,
    refs_in,
)
from tests.kernel.composition.random_programs.static_rules import StaticRules

RUN_S = 40_000.0
"""How long a run may take; less than a call that never answers."""
SHARE = 0.8
"""Part of the time left that a part without a timeout may take."""
CLOSE_S = 5.0
"""More than all calls take that answer: what is this close may happen in either order."""
PASSES_MAX = 20


class Undecided(Exception):
    """Two things happen at about the same time, and the outcome depends on their order."""


class Timing:
    """
    The times of one interpretation.

    Attributes:
        begun_s: When the first call under each part began, by its name and where it runs.
        read_s: When each read that is answered was made first.
        now_s: When what was interpreted last had ended.
    """

    def __init__(self, before: "Timing | None" = None) -> None:
        self.begun_s: dict[Any, float] = {}
        self.read_s: dict[Any, float] = {}
        self.now_s = 0.0
        self._before = before

    def is_settled(self) -> bool:
        """Tell whether another interpretation would find the same times."""
        before = self._before
        return (
            before is not None and before.begun_s == self.begun_s and before.read_s == self.read_s
        )

    def deadline_s(self, parts: Mapping[Any, "Part"]) -> float:
        """Return until when a call is waited for that begins now under these parts."""
        return max(self._deadline_s(key, part) for key, part in parts.items())

    def _deadline_s(self, key: Any, part: "Part") -> float:
        begun_s = min(self.now_s, self.begun_s.get(key, self.now_s))
        self.begun_s[key] = begun_s
        if self._before is not None:
            begun_s = min(begun_s, self._before.begun_s.get(key, begun_s))
        timeout_s = part.statement.timeout_s
        if timeout_s is None:
            timeout_s = SHARE * (RUN_S - begun_s)
        deadline_s = min(begun_s + timeout_s, RUN_S)
        return min(deadline_s, self.deadline_s(part.around)) if part.around else deadline_s

    def note_read(self, read: Any) -> None:
        """Note that a read is made now that will be answered."""
        self.read_s[read] = min(self.now_s, self.read_s.get(read, self.now_s))

    def is_known(self, read: Any) -> bool:
        """Tell whether an equal read was answered before now."""
        read_s = None if self._before is None else self._before.read_s.get(read)
        if read_s == self.now_s:
            raise Undecided
        return read_s is not None and is_before(read_s, self.now_s)


class Part:
    """A statement that limits the time of what it needs, and those that limit its own."""

    def __init__(self, statement: Statement, around: "Mapping[Any, Part]") -> None:
        self.statement = statement
        self.around = around


def is_before(one_s: float, other_s: float) -> bool:
    """
    Tell whether one moment is certainly before another, or the same.

    Raises:
        Undecided: They are too close to tell.
    """
    if one_s != other_s and abs(one_s - other_s) < CLOSE_S:
        raise Undecided
    return one_s < other_s


class BlockClock:
    """The times of the statements of a block, each as soon as what it needs has ended."""

    def __init__(self, timing: Timing, env: dict[str, Any]) -> None:
        self._timing = timing
        self._env = env
        self._outside_s = timing.now_s
        self._begun_s = self._ended_s = env.get("@", 0.0)
        self._barrier_s = self._begun_s

    def begin(self, statement: Statement, rules: StaticRules) -> None:
        """Let a statement begin: after what it uses, and a command after all before it."""
        names = {ref.of for ref in refs_in(statement.given)}
        if rules.is_pure(statement):
            names |= rules.captured(statement)
        self._timing.now_s = max(
            [self._barrier_s, *(self._env.get(f"@{name}", 0.0) for name in names)]
        )
        if has_side_effects(statement):
            self._timing.now_s = max(self._timing.now_s, self._ended_s)
        self._env["@"] = self._timing.now_s

    def end(self, statement: Statement) -> None:
        """Note that a statement has ended now."""
        now_s = self._timing.now_s
        self._env[f"@{statement.name}"] = now_s
        self._ended_s = max(self._ended_s, now_s)
        if has_side_effects(statement):
            self._barrier_s = now_s

    def close(self) -> None:
        """Let the block end: when all of its statements, and what its owner did besides, have."""
        self._timing.now_s = max(self._outside_s, self._ended_s)

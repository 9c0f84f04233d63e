"""The participant of random plans: it answers, fails and waits as told, and writes down."""

import asyncio
from collections import Counter
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from maestri import clock
from maestri.context import current
from maestri.contracts import Failed, Outcome, Succeeded
from maestri.errors import CallError, ConnectFailed, ConnectionLost, Faulted
from tests.kernel.composition.random_programs.contract import (
    Answer,
    Denied,
    Oracle,
    Page,
    Part,
    Refused,
)
from tests.kernel.composition.random_programs.functions import digest, holds, letter_of, letters_of
from tests.kernel.composition.random_programs.programs import ROLES, asked_of

ERRORS: Mapping[str, type[CallError]] = {
    "not_executed": ConnectFailed,
    "unknown": ConnectionLost,
    "faulted": Faulted,
    "refused": Refused,
    "denied": Denied,
}
DELAYS = 7
Sent = tuple[str | None, str, str, str]
"""Key, operation, subject and lane of a command."""

NEVER_S = 80_000.0
"""Longer than any run; less than a day, beyond which an event loop counts day by day."""


@dataclass(frozen=True)
class Failing:
    """How calls fail: an error's name by operation and subject."""

    errors: Mapping[tuple[str, str], str] = field(default_factory=dict)
    silent: frozenset[str] = frozenset()
    """Subjects about which the silent participant never answers."""

    def of(self, operation: str, subject: str) -> CallError | None:
        """Return the error of a call, if it fails."""
        kind = self.errors.get((operation, subject))
        return None if kind is None else ERRORS[kind]()

    def never_answers(self, role: str, subject: str) -> bool:
        """Tell whether a call is never answered."""
        return role == ROLES[1] and subject in self.silent


class Versions:
    """How many commands have ended in each lane: what a call may see."""

    def __init__(self) -> None:
        self.ended: Counter[str] = Counter()

    def seen(self, lane: str) -> tuple[int, ...]:
        """Return how many commands a call of *lane* sees: of the lane, and of those around it."""
        parts = lane.split("/")
        return tuple(self.ended["/".join(parts[: length + 1])] for length in range(len(parts)))


def answer_of(name: str, subject: str, seen: tuple[int, ...]) -> Answer:
    """Return what every call answers."""
    whole = (name, subject, seen)
    part = Part(f"{digest(whole):x}", letter_of((1, whole)), letters_of((2, whole)))
    maybe = Part("maybe", letter_of((3, whole)), ()) if holds((4, whole)) else None
    return Answer(
        f"{name} {subject} {seen}",
        letter_of((5, whole)),
        holds((6, whole)),
        letters_of((7, whole)),
        part,
        maybe,
    )


def page_of(name: str, subject: str, seen: tuple[int, ...]) -> Page:
    """Return a page, which lacks a part for some subjects."""
    left_out = ("rating",) if subject in "bd" else ()
    return Page(answer_of(name, subject, seen), left_out)


class World:
    """
    What all participants of a run share, and write down.

    Args:
        failing: Which calls fail.
        seed: Decides on the delays.

    Attributes:
        reads: Each operation and subject that was read, with the lane, as often as it was asked.
        batches: Subjects of each batch.
        commands: Key, operation and subject of each command, in order of arrival.
        running: How many calls are running.
        most: How many were running at most.
        wrong: What must not happen, and did.
        sent: How many calls arrived.
        on_call: Told of each call by how many there were.
    """

    def __init__(self, failing: Failing, seed: int) -> None:
        self.failing = failing
        self.seed = seed
        self.versions = Versions()
        self.reads: Counter[tuple[str, str, str]] = Counter()
        self.batches: list[tuple[str, ...]] = []
        self.commands: list[Sent] = []
        self.wrong: list[str] = []
        self.sent = 0
        self.running = 0
        self.most = 0
        self.on_call: Callable[[int], object] = _ignored
        self._commands_running: Counter[str] = Counter()

    def read(self, name: str, subjects: tuple[str, ...], lane: str) -> None:
        """Write down a read, or a batch of them."""
        if current().key is not None:
            self.wrong.append(f"{name} has a key")
        for subject in subjects:
            self.reads[name, subject, lane] += 1

    @contextmanager
    def command(self, name: str, subject: str, lane: str) -> Generator[tuple[int, ...]]:
        """Write down a command, which has ended when the body has."""
        self.commands.append((current().key, name, subject, lane))
        self._commands_running[lane] += 1
        try:
            yield self.versions.seen(lane)
            self.versions.ended[lane] += 1
        finally:
            self._commands_running[lane] -= 1

    async def wait(self, call: str, lane: str, *, alone: bool = False, never: bool = False) -> None:
        """Take as long as a call takes; even where it is cancelled, it may not end at once."""
        self.sent += 1
        self.running += 1
        self.most = max(self.most, self.running)
        if self._commands_running[lane] > alone:
            self.wrong.append(f"{call} while a command of its lane is running")
        self.on_call(self.sent)
        delay = digest((self.seed, call)) % DELAYS
        try:
            if never:
                await clock.sleep(NEVER_S)
            elif delay:
                await clock.sleep(delay / 1000)
        except asyncio.CancelledError:
            await clock.sleep(delay / 1000)
            raise
        finally:
            self.running -= 1


class Participant(Oracle):
    """
    Answers calls.

    Args:
        world: Of the run.
        role: By which it is called, if there are several.
    """

    def __init__(self, world: World, role: str = "") -> None:
        self._world = world
        self._role = role

    async def read(self, subject: str, lane: str) -> Answer:
        """Read."""
        return await self._read("read", subject, lane)

    async def one(self, subject: str, lane: str) -> Answer:
        """Read what has a batch."""
        return await self._read("one", subject, lane)

    async def many(self, subjects: tuple[str, ...], lane: str) -> Mapping[str, Outcome[Answer]]:
        """Read a batch."""
        self._world.batches.append(subjects)
        name = asked_of("one", self._role)
        self._world.read(name, subjects, lane)
        await self._world.wait(f"{name} {subjects} {lane}", lane)
        seen = self._world.versions.seen(lane)
        return {subject: self._outcome(subject, seen) for subject in subjects}

    async def page(self, subject: str, lane: str) -> Page:
        """Read what may lack parts."""
        await self._read("page", subject, lane)
        return page_of(asked_of("page", self._role), subject, self._world.versions.seen(lane))

    async def allowed(self, subject: str, lane: str) -> None:
        """Refuse, or not."""
        await self._read("allowed", subject, lane)

    async def set_to(self, subject: str, lane: str) -> Answer:
        """Change something, the same when done twice."""
        return await self._change("set_to", subject, lane)

    async def add(self, subject: str, lane: str) -> Answer:
        """Change something, again when done twice."""
        return await self._change("add", subject, lane)

    async def _read(self, operation: str, subject: str, lane: str) -> Answer:
        name = asked_of(operation, self._role)
        self._world.read(name, (subject,), lane)
        never = self._world.failing.never_answers(self._role, subject)
        await self._world.wait(f"{name} {subject} {lane}", lane, never=never)
        self._fail(operation, subject)
        return answer_of(name, subject, self._world.versions.seen(lane))

    async def _change(self, operation: str, subject: str, lane: str) -> Answer:
        name = asked_of(operation, self._role)
        never = self._world.failing.never_answers(self._role, subject)
        with self._world.command(name, subject, lane) as seen:
            await self._world.wait(f"{name} {subject} {lane}", lane, alone=True, never=never)
        self._fail(operation, subject)
        return answer_of(name, subject, seen)

    def _fail(self, operation: str, subject: str) -> None:
        error = self._world.failing.of(operation, subject)
        if error is not None:
            raise error

    def _outcome(self, subject: str, seen: tuple[int, ...]) -> Outcome[Answer]:
        error = self._world.failing.of("one", subject)
        if error is not None:
            return Failed.of(error)
        return Succeeded(answer_of(asked_of("one", self._role), subject, seen))


def _ignored(sent: int) -> None:
    """Take note of nothing."""
    del sent

"""The participant of random plans: it answers, fails and waits as told, and writes down."""

from collections import Counter
from collections.abc import Mapping
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

ERRORS: Mapping[str, type[CallError]] = {
    "not_executed": ConnectFailed,
    "unknown": ConnectionLost,
    "faulted": Faulted,
    "refused": Refused,
    "denied": Denied,
}
DELAYS = 7


@dataclass(frozen=True)
class Failing:
    """How calls fail: an error's name by operation and subject."""

    errors: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def of(self, operation: str, subject: str) -> CallError | None:
        """Return the error of a call, if it fails."""
        kind = self.errors.get((operation, subject))
        return None if kind is None else ERRORS[kind]()


class Versions:
    """How many commands have ended in each lane: what a call may see."""

    def __init__(self) -> None:
        self.ended: Counter[str] = Counter()

    def seen(self, lane: str) -> tuple[int, ...]:
        """Return how many commands a call of *lane* sees: of the lane, and of those around it."""
        parts = lane.split("/")
        return tuple(self.ended["/".join(parts[: length + 1])] for length in range(len(parts)))


def answer_of(operation: str, subject: str, seen: tuple[int, ...]) -> Answer:
    """Return what every call answers."""
    whole = (operation, subject, seen)
    part = Part(f"{digest(whole):x}", letter_of((1, whole)), letters_of((2, whole)))
    maybe = Part("maybe", letter_of((3, whole)), ()) if holds((4, whole)) else None
    return Answer(
        f"{operation} {subject} {seen}",
        letter_of((5, whole)),
        holds((6, whole)),
        letters_of((7, whole)),
        part,
        maybe,
    )


def page_of(subject: str, seen: tuple[int, ...]) -> Page:
    """Return a page, which lacks a part for some subjects."""
    left_out = ("rating",) if subject in "bd" else ()
    return Page(answer_of("page", subject, seen), left_out)


class World(Oracle):
    """
    Answers calls.

    Args:
        failing: Which calls fail.
        seed: Decides on the delays.

    Attributes:
        reads: Each operation and subject that was read, with the lane, as often as it was asked.
        batches: Subjects of each batch.
        commands: Key, operation and subject of each command, in order of arrival.
        running: For each lane how many calls and commands are running.
        wrong: What must not happen, and did.
        sent: How many calls arrived.
    """

    def __init__(self, failing: Failing, seed: int) -> None:
        self.failing = failing
        self.seed = seed
        self.versions = Versions()
        self.reads: Counter[tuple[str, str, str]] = Counter()
        self.batches: list[tuple[str, ...]] = []
        self.commands: list[tuple[str | None, str, str, str]] = []
        self.wrong: list[str] = []
        self.sent = 0
        self._commands_running: Counter[str] = Counter()

    async def read(self, subject: str, lane: str) -> Answer:
        """Read."""
        return await self._read("read", subject, lane)

    async def one(self, subject: str, lane: str) -> Answer:
        """Read what has a batch."""
        return await self._read("one", subject, lane)

    async def many(self, subjects: tuple[str, ...], lane: str) -> Mapping[str, Outcome[Answer]]:
        """Read a batch."""
        self.batches.append(subjects)
        for subject in subjects:
            self.reads["one", subject, lane] += 1
        await self._wait(f"many {subjects} {lane}", lane)
        seen = self.versions.seen(lane)
        return {subject: self._outcome(subject, seen) for subject in subjects}

    async def page(self, subject: str, lane: str) -> Page:
        """Read what may lack parts."""
        await self._read("page", subject, lane)
        return page_of(subject, self.versions.seen(lane))

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
        if current().key is not None:
            self.wrong.append(f"{operation} has a key")
        self.reads[operation, subject, lane] += 1
        await self._wait(f"{operation} {subject} {lane}", lane)
        self._fail(operation, subject)
        return answer_of(operation, subject, self.versions.seen(lane))

    async def _change(self, operation: str, subject: str, lane: str) -> Answer:
        self.commands.append((current().key, operation, subject, lane))
        seen = self.versions.seen(lane)
        self._commands_running[lane] += 1
        await self._wait(f"{operation} {subject} {lane}", lane, alone=True)
        self._commands_running[lane] -= 1
        self.versions.ended[lane] += 1
        self._fail(operation, subject)
        return answer_of(operation, subject, seen)

    async def _wait(self, call: str, lane: str, *, alone: bool = False) -> None:
        self.sent += 1
        if self._commands_running[lane] > alone:
            self.wrong.append(f"{call} while a command of its lane is running")
        delay = digest((self.seed, call)) % DELAYS
        if delay:
            await clock.sleep(delay / 1000)

    def _fail(self, operation: str, subject: str) -> None:
        error = self.failing.of(operation, subject)
        if error is not None:
            raise error

    def _outcome(self, subject: str, seen: tuple[int, ...]) -> Outcome[Answer]:
        error = self.failing.of("one", subject)
        return Succeeded(answer_of("one", subject, seen)) if error is None else Failed.of(error)

"""Which calls are really sent: equal ones once, those of an ``each`` together, none too late."""

from collections.abc import Callable
from typing import Any

from maestri.composition.calls_in_flight import CallsInFlight, Request
from maestri.composition.frame import UNSET, Failure, Frame
from maestri.composition.reads import Collected, Read, in_item_order, longest_of, outcomes_of
from maestri.composition.time_limits import TimeLimits
from maestri.context import Context, child_key
from maestri.contracts import Operation
from maestri.errors import DeadlineExceeded, NoTimeLeft
from maestri.links import Link
from maestri.plans import Node, Program
from maestri.plans import words as made

TakeAnswer = Callable[[Frame, Node, Any], None]


class Sender:
    """
    The calls that the steps of one run make.

    Equal reads of one epoch are one call, whether it is running or has ended. Reads of the items of
    an ``each`` are collected until every item has asked or cannot ask any more; then those keys
    that were not asked for yet are sent as batches.

    Args:
        program: What runs.
        links: By the nodes' *link*.
        context: For the calls; its *key* is the parent of theirs.
        calls: Where they are sent.
        habits: For each step, whether its last calls waited; see ``CallsInFlight``.
    """

    __slots__ = (
        "_calls",
        "_collected",
        "_context",
        "_context_of_reads",
        "_due",
        "_habits",
        "_limits",
        "_links",
        "_program",
        "_take",
    )

    def __init__(
        self,
        program: Program,
        links: list[Link],
        context: Context,
        calls: CallsInFlight,
        habits: bytearray,
    ) -> None:
        self._program = program
        self._links = links
        self._context = context
        self._calls = calls
        self._habits = habits
        self._limits: TimeLimits | None = None
        self._take: TakeAnswer = nobody
        self._collected: dict[tuple[int, int], list[Collected]] = {}
        self._due: list[tuple[Frame, int]] = []
        # A read has no key: only what acts has something to do once.
        self._context_of_reads = context if context.key is None else _without_key(context)

    def limit_of(self, frame: Frame, node: Node) -> float | None:
        """Return until when the value of a step is waited for; None is as long as the run."""
        if not node.limits:
            return None
        if self._limits is None:
            self._limits = TimeLimits(self._program, self._context.deadline_s)
        return self._limits.of(frame, node.index)

    def at(self, limit_s: float, expire: Callable[[], None]) -> None:
        """Call *expire* when the loop's time is *limit_s*, unless the run has ended by then."""
        self._calls.at(limit_s, expire)

    def abandon(self, request: Request) -> None:
        """Cancel a call that nobody waits for."""
        self._calls.abandon(request)

    def deliver_to(self, take: TakeAnswer) -> None:
        """Hand each answer over with *take*."""
        self._take = take

    def call(self, frame: Frame, node: Node) -> None:
        """Make the call of *node*: collect it, or send it."""
        arguments = node.arguments(frame.values)
        if node.batches:
            collector = (id(frame.epoch), node.index)
            self._collected.setdefault(collector, []).append((frame, node, arguments))
            self.release(frame, (node.index,))
            return
        if node.same is None and not node.limits:
            self.send_alone(frame, node, arguments, (frame, node), self._ended_alone)
            return
        read = self._known(frame, node, arguments)
        if read is not None:
            self._send(node, read)

    def release(self, frame: Frame, indices: tuple[int, ...] | frozenset[int]) -> None:
        """Note that a frame will make the collected calls *indices* no more."""
        epoch = frame.epoch
        for index in indices:
            epoch.tokens[index] -= 1
            if epoch.tokens[index] == 0 and (id(epoch), index) in self._collected:
                self._due.append((epoch, index))

    def expect(self, frame: Frame, indices: frozenset[int], count: int) -> None:
        """Note that *count* frames inside *frame* may make the collected calls *indices*."""
        for index in indices:
            frame.epoch.tokens[index] += count

    def flush(self) -> None:
        """Send the collected calls that are complete: those of one kind together."""
        if not self._due:
            return
        due, self._due = self._due, []
        alike: dict[tuple[int, int | None], list[Collected]] = {}
        for epoch, index in due:
            entries = in_item_order(self._collected.pop((id(epoch), index)))
            alike.setdefault((id(epoch), entries[0][1].same), []).extend(entries)
        for entries in alike.values():
            self._send_collected(entries)

    def _known(self, frame: Frame, node: Node, arguments: tuple[Any, ...]) -> Read | None:
        """Return the read to send; None if an equal one was sent, which is then waited for."""
        if node.same is None:
            return self._read(frame, node, Read(arguments))
        reads, key = frame.epoch.reads, (node.same, node.identity(arguments))
        read: Read | None = reads.get(key)
        if read is None or read.abandoned:
            read = reads[key] = Read(arguments)
            return self._read(frame, node, read)
        if read.answer is not UNSET:
            self._take(frame, node, read.answer)
            return None
        self._read(frame, node, read)
        if read.request is not None and not read.request.launched:
            self._widen(frame, node, read.request)
        return None

    def _widen(self, frame: Frame, node: Node, request: Request) -> None:
        """Give a call that was not sent yet the time of all that wait for it."""
        limit_s = longest_of(request.waits)
        if limit_s != request.limit_s:
            request.limit_s = limit_s
            request.context = self._context_for(node, frame, limit_s)

    def _read(self, frame: Frame, node: Node, read: Read) -> Read:
        limit_s = self.limit_of(frame, node)
        read.waiting.append((frame, node, limit_s))
        if limit_s is not None:
            self._calls.at(limit_s, lambda: self._give_up(read, frame, node))
        return read

    def _give_up(self, read: Read, frame: Frame, node: Node) -> None:
        """Let one that waits go without the answer; the call goes on if others wait."""
        if read.answer is not UNSET or not read.waiting:
            return
        still = [entry for entry in read.waiting if entry[0] is not frame or entry[1] is not node]
        if len(still) == len(read.waiting):
            return
        read.waiting = still
        request = read.request
        if request is not None and not any(one.waiting for one in request.waits):
            self._calls.abandon(request)
            for one in request.waits:
                one.abandoned = True
        self._take(frame, node, Failure(_late(node)))

    def send_alone(
        self,
        frame: Frame,
        node: Node,
        arguments: tuple[Any, ...],
        waits: Any,
        ended: Callable[[Any, Any], None],
    ) -> None:
        """Send the call of a step, at the next launch, that nobody shares and nobody gives up."""
        context = self._context_for(node, frame, None)
        operation = node.step.operation  # type: ignore[attr-defined]  # it is a call
        link = self._links[node.link]
        self._calls.add(
            (link, operation, arguments, context, waits, ended, self._habits, node.index)
        )

    def _ended_alone(self, waits: tuple[Frame, Node], answer: Any) -> None:
        self._take(*waits, answer)

    def send(self, frame: Frame, node: Node, request: Request) -> None:
        """Send one call for *node*, at the next launch."""
        request.link = self._links[node.link]
        request.context = self._context_for(node, frame, request.limit_s)
        request.habits, request.place = self._habits, node.index
        self._calls.add(request)

    def _send(self, node: Node, read: Read) -> None:
        assert isinstance(node.step, made.Call)
        self._add(node, node.step.operation, read.arguments, [read])

    def _add(
        self, node: Node, operation: Operation, arguments: tuple[Any, ...], reads: list[Read]
    ) -> None:
        limit_s = longest_of(reads)
        ended = self._ended if operation.batch_of is None else self._batch_ended
        request = Request(operation, arguments, limit_s, reads, ended)
        for read in reads:
            read.request = request
        self.send(reads[0].waiting[0][0], node, request)

    def _send_collected(self, entries: list[Collected]) -> None:
        node = entries[0][1]
        assert isinstance(node.step, made.Call)
        batch = node.step.operation.batch
        assert batch is not None
        position = batch.key_index
        identity = node.identity
        some_key = entries[0][2][position : position + 1]
        shared_with: dict[Any, list[Read]] = {}
        for frame, one, arguments in entries:
            read = self._known(frame, one, arguments)
            if read is not None:
                # What the calls of one batch have in common: everything but the key.
                shared = arguments[:position] + some_key + arguments[position + 1 :]
                group = identity(shared) if len(shared) > 1 else ()
                shared_with.setdefault(group, []).append(read)
        for reads in shared_with.values():
            for start in range(0, len(reads), batch.batch_max):
                self._send_batch(node, batch, reads[start : start + batch.batch_max])

    def _send_batch(self, node: Node, batch: Operation, reads: list[Read]) -> None:
        if len(reads) == 1:
            self._send(node, reads[0])
            return
        position = batch.key_index
        first = reads[0].arguments
        keys = tuple([read.arguments[position] for read in reads])
        self._add(node, batch, (*first[:position], keys, *first[position + 1 :]), reads)

    def _ended(self, reads: list[Read], answer: Any) -> None:
        for read in reads:
            self._settle(read, answer)

    def _batch_ended(self, reads: list[Read], answer: Any) -> None:
        if type(answer) is Failure:
            self._ended(reads, answer)
            return
        request = reads[0].request
        assert request is not None
        batch = request.operation
        keys = [read.arguments[batch.key_index] for read in reads]
        for read, outcome in zip(reads, outcomes_of(batch, keys, answer), strict=True):
            self._settle(read, outcome)

    def _settle(self, read: Read, answer: Any) -> None:
        if type(answer) is Failure and self._was_cut_short(read, answer):
            return
        read.answer, read.request = answer, None
        waiting, read.waiting = read.waiting, []
        for frame, node, _ in waiting:
            self._take(frame, node, answer)

    def _was_cut_short(self, read: Read, failure: Failure) -> bool:
        """Ask again for one that joined late and still has time; once more at most for each."""
        request = read.request
        if request is None or request.limit_s is None or not read.waiting:
            return False
        if not isinstance(failure.error, DeadlineExceeded | NoTimeLeft):
            return False
        if self._calls.sent >= self._program.calls_max:
            return False
        limit_s = read.limit_s()
        if limit_s is not None and limit_s <= request.limit_s:
            return False
        late = [one for one in read.waiting if one[2] is not None and one[2] <= request.limit_s]
        read.waiting = [one for one in read.waiting if one not in late]
        self._send(read.waiting[0][1], read)
        for frame, node, _ in late:
            self._take(frame, node, failure)
        return True

    def _context_for(self, node: Node, frame: Frame, limit_s: float | None) -> Context:
        assert isinstance(node.step, made.Call)
        if node.step.operation.safe:
            context, key = self._context_of_reads, None
        else:
            context = self._context
            path = f"{self._program.plan.name}.{node.path}"
            key = child_key(context, path, frame.item_keys)
        if limit_s is None and node.selection is None and key is None:
            return context
        return Context(
            context.deadline_s if limit_s is None else limit_s, context.request_id,
            context.span_id, context.identity, context.priority, key, node.selection,
            context.component, context.recorder, context.commands, context.safe,
        )  # fmt: skip


def _late(node: Node) -> DeadlineExceeded:
    assert isinstance(node.step, made.Call)
    return DeadlineExceeded(
        "did not answer within the time of its optional part", operation=node.step.operation.id
    )


def _without_key(context: Context) -> Context:
    return Context(
        context.deadline_s, context.request_id, context.span_id, context.identity,
        context.priority, None, None, context.component, context.recorder, context.commands,
    )  # fmt: skip


def nobody(frame: Frame, node: Node, answer: Any) -> None:
    """Take no answer: before a run has begun, and after it has ended, none comes."""
    raise AssertionError(f"nobody takes the answer of {node.path}: {frame}, {answer}")

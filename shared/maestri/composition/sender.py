"""Which calls are really sent: equal ones once, those of an ``each`` together, none too late."""

import operator
from collections.abc import Callable, Iterable
from typing import Any

from maestri.composition.calls_in_flight import CallsInFlight, Request
from maestri.composition.frame import UNSET, Failure, Frame
from maestri.composition.reads import (
    Collected,
    Read,
    in_item_order,
    longest_of,
    outcomes_of,
    refusals_of,
)
from maestri.composition.timeout_scopes import TimeoutScopes
from maestri.context import Context, child_key
from maestri.contracts import Operation
from maestri.errors import DeadlineExceeded, NoTimeLeft
from maestri.links import Link
from maestri.plans import Node, Program, words

OnResult = Callable[[Frame, Node, Any], None]


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
        expected_waits: For each step, how many more of its calls are expected to wait; see
            ``CallsInFlight``.
    """

    __slots__ = (
        "_calls",
        "_collected",
        "_context",
        "_context_of_reads",
        "_due",
        "_expected_waits",
        "_links",
        "_on_result",
        "_program",
        "_timeout_scopes",
    )

    def __init__(
        self,
        program: Program,
        links: list[Link],
        context: Context,
        calls: CallsInFlight,
        expected_waits: bytearray,
    ) -> None:
        self._program = program
        self._links = links
        self._context = context
        self._calls = calls
        self._expected_waits = expected_waits
        self._timeout_scopes: TimeoutScopes | None = None
        self._on_result: OnResult = no_receiver
        self._collected: dict[tuple[int, int], list[Collected]] = {}
        self._due: list[tuple[Frame, int]] = []
        # A read has no key: only what has side effects is to be done once.
        self._context_of_reads = context if context.key is None else _without_key(context)

    def deadline_of(self, frame: Frame, node: Node) -> float | None:
        """Return until when the value of a step is waited for; None is as long as the run."""
        if not node.timeout_scopes:
            return None
        if self._timeout_scopes is None:
            self._timeout_scopes = TimeoutScopes(self._program, self._context.deadline_s)
        return self._timeout_scopes.of(frame, node.index)

    def call_at(self, deadline_s: float, expire: Callable[[], None]) -> None:
        """Call *expire* when the loop's time is *deadline_s*, unless the run has ended by then."""
        self._calls.call_at(deadline_s, expire)

    def abandon(self, request: Request) -> None:
        """Cancel a call that nobody waits for."""
        self._calls.abandon(request)

    def on_result(self, receive: OnResult) -> None:
        """Give each result to *receive*."""
        self._on_result = receive

    def call(self, frame: Frame, node: Node) -> None:
        """Make the call of *node*: collect it, or send it."""
        arguments = node.arguments(frame.values)
        if node.batches:
            collector = (id(frame.epoch), node.index)
            self._collected.setdefault(collector, []).append((frame, node, arguments))
            self.release(frame, (node.index,))
            return
        if node.same is None and not node.timeout_scopes:
            self.send_unshared(frame, node, [(arguments, (frame, node))], self._unshared_ended)
            return
        read = self._known(frame, node, arguments)
        if read is not None:
            self._send(node, read)

    def release(self, frame: Frame, indices: tuple[int, ...] | frozenset[int]) -> None:
        """Note that a frame will not make the collected calls *indices* any more."""
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
        # In written order, whoever was complete first.
        due, self._due = sorted(self._due, key=operator.itemgetter(1)), []
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
        if read.result is not UNSET:
            self._on_result(frame, node, read.result)
            return None
        self._read(frame, node, read)
        if read.request is not None and not read.request.launched:
            self._widen(frame, node, read.request)
        return None

    def _widen(self, frame: Frame, node: Node, request: Request) -> None:
        """Give a call that was not sent yet the time of all that wait for it."""
        deadline_s = longest_of(request.waiters)
        if deadline_s != request.deadline_s:
            request.deadline_s = deadline_s
            request.context = self._context_for(node, frame, deadline_s)

    def _read(self, frame: Frame, node: Node, read: Read) -> Read:
        deadline_s = self.deadline_of(frame, node)
        read.waiting.append((frame, node, deadline_s))
        if deadline_s is not None:
            self._calls.call_at(deadline_s, lambda: self._give_up(read, frame, node))
        return read

    def _give_up(self, read: Read, frame: Frame, node: Node) -> None:
        """Let one that waits go without the result; the call goes on if others wait."""
        if read.result is not UNSET or not read.waiting:
            return
        still = [entry for entry in read.waiting if entry[0] is not frame or entry[1] is not node]
        if len(still) == len(read.waiting):
            return
        read.waiting = still
        request, failure = read.request, Failure(_late(node))
        if request is not None and not any(one.waiting for one in request.waiters):
            for one in request.waiters:
                one.abandoned = True
            if not request.operation.safe:
                # What is written after a command begins when that is over.
                self._calls.abandon(request, lambda: self._on_result(frame, node, failure))
                return
            self._calls.abandon(request)
        self._on_result(frame, node, failure)

    def send_unshared(
        self,
        frame: Frame,
        node: Node,
        calls: Iterable[tuple[tuple[Any, ...], Any]],
        ended: Callable[[Any, Any], None],
    ) -> None:
        """
        Send calls of one step, at the next launch, that nobody shares and nobody gives up.

        *calls* are the arguments of each, and who waits for it; *ended* is that of a Request.
        """
        context = self._context_for(node, frame, None)
        operation = node.step.operation  # type: ignore[attr-defined]  # it is a call
        link, waits, index = self._links[node.link], self._expected_waits, node.index
        for arguments, waiters in calls:
            self._calls.add((link, operation, arguments, context, waiters, ended, waits, index))

    def _unshared_ended(self, waiters: tuple[Frame, Node], result: Any) -> None:
        self._on_result(*waiters, result)

    def send(self, frame: Frame, node: Node, request: Request) -> None:
        """Send one call for *node*, at the next launch."""
        request.link = self._links[node.link]
        request.context = self._context_for(node, frame, request.deadline_s)
        request.expected_waits, request.step_index = self._expected_waits, node.index
        self._calls.add(request)

    def _send(self, node: Node, read: Read) -> None:
        assert isinstance(node.step, words.Call)
        self._add(node, node.step.operation, read.arguments, [read])

    def _add(
        self, node: Node, operation: Operation, arguments: tuple[Any, ...], reads: list[Read]
    ) -> None:
        deadline_s = longest_of(reads)
        ended = self._ended if operation.batch_of is None else self._batch_ended
        request = Request(operation, arguments, deadline_s, reads, ended)
        for read in reads:
            read.request = request
        self.send(reads[0].waiting[0][0], node, request)

    def _send_collected(self, entries: list[Collected]) -> None:
        node = entries[0][1]
        assert isinstance(node.step, words.Call)
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

    def _ended(self, reads: list[Read], result: Any) -> None:
        for read in reads:
            self._settle(read, result)

    def _batch_ended(self, reads: list[Read], result: Any) -> None:
        request = reads[0].request
        assert request is not None
        batch = request.operation
        if type(result) is Failure:
            self._batch_failed(reads, request, result)
            return
        keys = [read.arguments[batch.key_index] for read in reads]
        for read, outcome in zip(reads, outcomes_of(batch, keys, result), strict=True):
            self._settle(read, outcome)

    def _batch_failed(self, reads: list[Read], request: Request, failure: Failure) -> None:
        refusals = refusals_of(request.operation, request.arguments, failure)
        if refusals is None:
            self._ended(reads, failure)
            return
        fit = []
        for read, refusal in zip(reads, refusals, strict=True):
            if refusal is not None:
                self._settle(read, refusal)
            elif read.waiting:
                fit.append(read)
        if fit:
            self._send_batch(fit[0].waiting[0][1], request.operation, fit)

    def _settle(self, read: Read, result: Any) -> None:
        if type(result) is Failure and self._was_cut_short(read, result):
            return
        read.result, read.request = result, None
        waiting, read.waiting = read.waiting, []
        for frame, node, _ in waiting:
            self._on_result(frame, node, result)

    def _was_cut_short(self, read: Read, failure: Failure) -> bool:
        """Ask again for one that joined late and still has time; once more at most for each."""
        request = read.request
        if request is None or request.deadline_s is None or not read.waiting:
            return False
        if not isinstance(failure.error, DeadlineExceeded | NoTimeLeft):
            return False
        if self._calls.sent >= self._program.calls_max:
            return False
        deadline_s = read.deadline_s()
        if deadline_s is not None and deadline_s <= request.deadline_s:
            return False
        late = [one for one in read.waiting if one[2] is not None and one[2] <= request.deadline_s]
        read.waiting = [one for one in read.waiting if one not in late]
        self._send(read.waiting[0][1], read)
        for frame, node, _ in late:
            self._on_result(frame, node, failure)
        return True

    def _context_for(self, node: Node, frame: Frame, deadline_s: float | None) -> Context:
        assert isinstance(node.step, words.Call)
        if node.step.operation.safe:
            context, key = self._context_of_reads, None
        else:
            context = self._context
            path = f"{self._program.plan.name}.{node.path}"
            key = child_key(context, path, frame.item_keys)
        if deadline_s is None and node.selection is None and key is None:
            return context
        return Context(
            context.deadline_s if deadline_s is None else deadline_s, context.request_id,
            context.span_id, context.identity, context.priority, key, node.selection,
            context.component, context.recorder, context.commands, context.safe,
        )  # fmt: skip


def _late(node: Node) -> DeadlineExceeded:
    assert isinstance(node.step, words.Call)
    return DeadlineExceeded(
        "did not answer within the time of its optional part", operation=node.step.operation.id
    )


def _without_key(context: Context) -> Context:
    return Context(
        context.deadline_s, context.request_id, context.span_id, context.identity,
        context.priority, None, None, context.component, context.recorder, context.commands,
        context.safe,
    )  # fmt: skip


def no_receiver(frame: Frame, node: Node, result: Any) -> None:
    """Receive no result: before a run has begun, and after it has ended, none comes."""
    raise AssertionError(f"nobody receives the result of {node.path}: {frame}, {result}")

"""Which calls are really sent: equal ones once, those of an ``each`` together, none too late."""

import hashlib
from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec

from maestri import clock
from maestri.composition.batches import Batches, Waiting, groups_of
from maestri.composition.calls_in_flight import CallsInFlight, Ended, Sending
from maestri.composition.frame import Failure, Frame
from maestri.context import Context
from maestri.contracts import Operation, Succeeded, error_of
from maestri.errors import Faulted
from maestri.links import Link
from maestri.plans import Node, Program, Scope
from maestri.plans import steps as made

OPTIONAL_SHARE = 0.8
"""Part of the time left that an ``optional`` without *within* may take."""

KEY_BYTES = 16

TakeAnswer = Callable[[Frame, Node, Any], None]


class Sender:
    """The calls that the steps of one run make."""

    def __init__(
        self,
        program: Program,
        links: list[Link],
        context: Context,
        calls: CallsInFlight,
        take_answer: TakeAnswer,
    ) -> None:
        self._program = program
        self._links = links
        self._context = context
        self._calls = calls
        self._take_answer = take_answer
        self._batches: list[Batches] = []
        self._known: dict[Any, Any] = {}

    def new_batches(self) -> Batches:
        """Return where the calls of an outermost ``each`` are collected."""
        batches = Batches(self._send_batch)
        self._batches.append(batches)
        return batches

    def call(self, frame: Frame, node: Node) -> None:
        """Make the call of *node*: collect it, or send it."""
        arguments = node.arguments(frame.values)
        if node.batches and frame.batches is not None:
            frame.batches.collect(frame, node, arguments)
        else:
            self._send([(frame, node, arguments)])

    def send_collected(self) -> bool:
        """Send collected calls although more might come; tell whether there were any."""
        return any(batches.send_first() for batches in self._batches)

    def _send(self, waiting: list[Waiting]) -> None:
        """Send one call for all that wait for it, unless an equal one was sent already."""
        _, node, arguments = waiting[0]
        assert isinstance(node.step, made.Call)
        operation = node.step.operation
        if node.same is None:
            self._enqueue(operation, arguments, waiting, partial(self._hand_on, waiting))
            return
        key = (node.same, arguments)
        try:
            entry = self._known.get(key)
        except TypeError:  # an argument that cannot be a key, such as a Mapping
            self._enqueue(operation, arguments, waiting, partial(self._hand_on, waiting))
            return
        if entry is None:
            self._known[key] = waiting
            self._enqueue(operation, arguments, waiting, partial(self._hand_on_and_keep, key))
        elif type(entry) is list:
            entry.extend(waiting)
        else:
            self._hand_on(waiting, entry[0])

    def _hand_on_and_keep(self, key: Any, answer: Any) -> None:
        waiting = self._known[key]
        self._known[key] = (answer,)
        self._hand_on(waiting, answer)

    def _hand_on(self, waiting: list[Waiting], answer: Any) -> None:
        for frame, node, _ in waiting:
            self._take_answer(frame, node, answer)

    def _send_batch(self, waiting: list[Waiting]) -> None:
        step = waiting[0][1].step
        assert isinstance(step, made.Call)
        batch = step.operation.batch
        assert batch is not None
        # In the order of the items, so that who answers first does not decide what is asked with.
        waiting.sort(key=lambda entry: entry[0].path())
        for shared, members in groups_of(waiting, batch.key_index):
            by_key: dict[Any, list[Waiting]] = {}
            for entry in members:
                by_key.setdefault(entry[2][batch.key_index], []).append(entry)
            if len(by_key) == 1:
                self._send(members)
                continue
            keys = tuple(by_key)
            for start in range(0, len(keys), batch.batch_max):
                part = keys[start : start + batch.batch_max]
                arguments = (*shared[: batch.key_index], part, *shared[batch.key_index :])
                entries = {key: by_key[key] for key in part}
                ended = partial(self._hand_on_by_key, step.operation, entries)
                self._enqueue(batch, arguments, members, ended)

    def _hand_on_by_key(
        self, single: Operation, entries: dict[Any, list[Waiting]], answer: Any
    ) -> None:
        for key, waiting in entries.items():
            if isinstance(answer, Failure):
                self._hand_on(waiting, answer)
            else:
                self._hand_on(waiting, _value_of(answer.get(key), single, key))

    def _enqueue(
        self, operation: Operation, arguments: tuple[Any, ...], waiting: list[Waiting], ended: Ended
    ) -> None:
        frame, node, _ = waiting[0]
        context, limit_s = self._context, None
        changes: dict[str, Any] = {}
        if node.limiter is not None:
            # One call for many is cut off when the last of them has no more time.
            limit_s = max(self._limit_of(node.limiter, one) for one, _, _ in waiting)
            changes["deadline_s"] = limit_s
        if node.selection is not None:
            changes["selection"] = node.selection
        if context.key is not None:
            changes["key"] = None if operation.safe else _child_key(context.key, frame, node)
        if changes:
            context = msgspec.structs.replace(context, **changes)
        link = self._links[node.link]
        self._calls.add(Sending(link, operation, arguments, context, limit_s, ended))

    def _limit_of(self, index: int, frame: Frame) -> float:
        limiter = self._program.nodes[index]
        assert limiter is not None
        assert isinstance(limiter.step, made.Optional | made.Quorum)
        holder = _holder_of(self._program.scopes[limiter.step.scope], frame)
        if holder.limits is None:
            holder.limits = {}
        limit_s = holder.limits.get(index)
        if limit_s is None:
            limit_s = self._new_limit(limiter.step)
            if limiter.limiter is not None:
                limit_s = min(limit_s, self._limit_of(limiter.limiter, holder))
            holder.limits[index] = limit_s
        return limit_s

    def _new_limit(self, step: made.Optional | made.Quorum) -> float:
        now_s = clock.now_s()
        within_s = step.within_s
        if within_s is None:
            within_s = OPTIONAL_SHARE * (self._context.deadline_s - now_s)
        return min(now_s + within_s, self._context.deadline_s)


def _holder_of(scope: Scope, frame: Frame) -> Frame:
    # A part in a body may use a step outside of it: that step's time is the same for all items.
    around: Frame | None = frame
    while around is not None and around.scope is not scope:
        around = around.parent
    return frame if around is None else around


def _value_of(outcome: Any, single: Operation, key: Any) -> Any:
    if outcome is None:
        return Failure(Faulted(f"the batch has no answer for {key!r}", operation=single.id))
    if isinstance(outcome, Succeeded):
        return outcome.value
    return Failure(error_of(outcome.problem, single.raises, single.id))


def _child_key(key: str, frame: Frame, node: Node) -> str:
    # The same request sent again makes the same keys, so no command of it acts twice.
    text = f"{key}\n{node.step.name}\n{'/'.join(map(str, frame.path()))}"
    return hashlib.blake2b(text.encode(), digest_size=KEY_BYTES).hexdigest()

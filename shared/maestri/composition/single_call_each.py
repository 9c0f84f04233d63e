"""An ``each`` whose body makes a single call: column by column, without a frame for every item."""

from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, Any

from maestri.composition.calls_in_flight import Request
from maestri.composition.frame import Failure, Frame
from maestri.composition.reads import outcomes_of, refusals_of
from maestri.contracts import Operation, identity_of, key_identity
from maestri.errors import DeadlineExceeded
from maestri.plans import Node, words

if TYPE_CHECKING:
    from maestri.composition.run import Run

Ended = Callable[[list[Any]], None]
Waiters = tuple[tuple[Any, ...], Operation | None, tuple[Any, ...]]
"""Who waits for a call: what was asked for, and of a batch its operation and its keys."""

TEXT = frozenset({str})


class SingleCallEach:
    """
    One run of such an ``each``: equal calls are made once, and together where there is a batch.

    Args:
        run, frame, node: Where the step is.
        items: Those of the ``each``.
        ended: Called with a result for each item, a Failure perhaps.
    """

    __slots__ = (
        "_as_asked",
        "_asked",
        "_body",
        "_ended",
        "_frame",
        "_items",
        "_left",
        "_node",
        "_open",
        "_responses",
        "_run",
        "_used_after",
    )

    def __init__(
        self, run: "Run", frame: Frame, node: Node, items: tuple[Any, ...], ended: Ended
    ) -> None:
        assert node.single_call is not None
        self._run = run
        self._frame = frame
        self._node = node
        self._body = node.single_call
        self._items = items
        self._ended = ended
        self._used_after: list[tuple[Any, ...]] = []
        self._asked: Sequence[Any] = ()
        self._responses: dict[Any, Any] = {}
        self._open: list[Request] = []
        self._left = 0
        self._as_asked = False

    def start(self) -> None:
        """Work out what is asked for, and ask."""
        asked = self._ask()
        call, frame, sender = self._body.call, self._frame, self._run.sender
        requests = self._requests(asked)
        self._left = len(requests)
        if not requests:
            self._finish()
            return
        deadline_s = sender.deadline_of(frame, call)
        if deadline_s is None and requests[0][0].batch_of is None:
            calls = [(arguments, waiters) for _, arguments, waiters in requests]
            sender.send_unshared(frame, call, calls, self._arrived)
            return
        if deadline_s is not None:
            sender.call_at(deadline_s, self._give_up)
        for operation, arguments, waiters in requests:
            request = Request(operation, arguments, deadline_s, waiters, self._arrived)
            self._open.append(request)
            sender.send(frame, call, request)

    def _ask(self) -> dict[Any, Any]:
        """Return what is asked for, the key or the arguments, by what makes it the same."""
        body, values, items = self._body, self._frame.values, self._items
        asked: dict[Any, Any]
        if body.key_is_item and TEXT.issuperset(map(type, items)):
            self._asked = items
            asked = dict.fromkeys(items)
            self._as_asked = len(asked) == len(items)
            return asked
        what, identity = self._what_is_asked()
        asked_by_item: list[Any] = []
        self._asked = asked_by_item
        asked = {}
        for item in items:
            values[body.item] = item
            if body.before:
                failure = self._before(values)
                if failure is not None:
                    asked_by_item.append(failure)
                    self._used_after.append(())
                    continue
                self._used_after.append(tuple([values[index] for index in body.used_after]))
            one = what(values)
            same = one if type(one) is str else identity(one)
            asked_by_item.append(same)
            if same not in asked:
                asked[same] = one
        return asked

    def _what_is_asked(self) -> tuple[Callable[[list[Any]], Any], Callable[[Any], Hashable]]:
        call = self._body.call
        assert isinstance(call.step, words.Call)
        operation = call.step.operation
        if call.batches and operation.batch is not None:
            return call.evaluate[operation.batch.key_index], key_identity(operation)
        return call.arguments, identity_of(operation)

    def _before(self, values: list[Any]) -> Failure | None:
        for index, value in self._body.before:
            values[index] = self._run.computed(value, self._frame, self._node.path)
            if type(values[index]) is Failure:
                return values[index]  # type: ignore[no-any-return]  # as the line above says
        return None

    def _requests(self, asked: dict[Any, Any]) -> list[tuple[Operation, tuple[Any, ...], Waiters]]:
        call = self._body.call
        assert isinstance(call.step, words.Call)
        single = call.step.operation
        batch = single.batch if call.batches else None
        if batch is None:
            return [(single, arguments, ((same,), None, ())) for same, arguments in asked.items()]
        if not asked:
            return []
        position = batch.key_index
        some = call.arguments(self._frame.values)
        before, after = some[:position], some[position + 1 :]
        identities = tuple(asked)
        keys = identities if self._asked is self._items else tuple(asked.values())
        if len(keys) == 1:
            return [(single, (*before, *keys, *after), (identities, None, keys))]
        most = batch.batch_max
        if len(keys) <= most:
            return [(batch, (*before, keys, *after), (identities, batch, keys))]
        self._as_asked = False
        parts = [slice(i, i + most) for i in range(0, len(keys), most)]
        return [
            (batch, (*before, keys[part], *after), (identities[part], batch, keys[part]))
            for part in parts
        ]

    def _arrived(self, waiters: Waiters, response: Any) -> None:
        if self._left == 0:
            return
        identities, batch, keys = waiters
        if type(response) is Failure:
            if not (self._node.handled or self._node.step.handles_in_body()):
                self._left = 0
                self._run.fail(self._frame, self._node, response.error)
                return
            if batch is not None and self._asked_again(waiters, response):
                return
            self._responses.update(dict.fromkeys(identities, response))
        elif batch is None:
            self._responses[identities[0]] = response
        elif self._as_asked:
            self._left = 0
            self._results(outcomes_of(batch, keys, response))
            return
        else:
            self._responses.update(zip(identities, outcomes_of(batch, keys, response), strict=True))
        self._left -= 1
        if self._left == 0:
            self._finish()

    def _asked_again(self, waiters: Waiters, failure: Failure) -> bool:
        """Ask for the keys that are fit, if others have spoilt their batch; tell whether it was."""
        identities, batch, keys = waiters
        assert batch is not None
        call, frame, sender = self._body.call, self._frame, self._run.sender
        some, position = call.arguments(frame.values), batch.key_index
        before, after = some[:position], some[position + 1 :]
        refusals = refusals_of(batch, (*before, keys, *after), failure)
        if refusals is None:
            return False
        fit = [i for i, refusal in enumerate(refusals) if refusal is None]
        self._responses.update(
            {identities[i]: one for i, one in enumerate(refusals) if one is not None}
        )
        self._as_asked = False
        part, alike = tuple([keys[i] for i in fit]), tuple([identities[i] for i in fit])
        operation, given = batch, (*before, part, *after)
        again: Waiters = (alike, batch, part)
        if len(part) == 1:
            assert batch.batch_of is not None
            operation, given, again = batch.batch_of, (*before, *part, *after), (alike, None, part)
        deadline_s = sender.deadline_of(frame, call)
        request = Request(operation, given, deadline_s, again, self._arrived)
        self._open.append(request)
        sender.send(frame, call, request)
        return True

    def _give_up(self) -> None:
        if self._left == 0:
            return
        self._left = 0
        call = self._body.call
        assert isinstance(call.step, words.Call)
        late = DeadlineExceeded(
            "did not answer within the time of its optional part", operation=call.step.operation.id
        )
        for request in self._open:
            for same in request.waiters[0]:
                self._responses.setdefault(same, Failure(late))
            self._run.sender.abandon(request)
        self._finish()

    def _finish(self) -> None:
        responses = self._responses
        self._results([one if type(one) is Failure else responses[one] for one in self._asked])

    def _results(self, found: list[Any]) -> None:
        """Make the result of each item from the response for it."""
        self._open = []
        if not self._body.result_is_response:
            found = [
                response if type(response) is Failure else self._result(position, response)
                for position, response in enumerate(found)
            ]
        self._ended(found)

    def _result(self, position: int, response: Any) -> Any:
        body, values = self._body, self._frame.values
        values[body.item] = self._items[position]
        if body.before:
            for index, value in zip(body.used_after, self._used_after[position], strict=True):
                values[index] = value
        values[body.call.index] = response
        for index, value in body.after:
            values[index] = self._run.computed(value, self._frame, self._node.path)
            if type(values[index]) is Failure:
                return values[index]
        return self._run.computed(body.result, self._frame, self._node.path)

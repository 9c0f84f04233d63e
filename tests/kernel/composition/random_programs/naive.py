"""
A naive interpreter: it runs a written program one statement after the other.

It knows nothing of how plans are compiled or run; only the rules that the rooms' docstrings state.
A failed value stays in its place until somebody handles it, so what does not depend on it is still
worked out, as it is where steps run at the same time. What is only possible then, because another
failure may come first, is noted as uncertain.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec

from maestri.contracts import Failed, Succeeded
from maestri.errors import (
    CallError,
    DeadlineExceeded,
    Faulted,
    NotExecuted,
    NoTimeLeft,
    OutcomeUnknown,
    Rejected,
)
from tests.kernel.composition.random_programs.contract import Denied, Refused, Short
from tests.kernel.composition.random_programs.flattening import flattened
from tests.kernel.composition.random_programs.functions import FUNCTIONS
from tests.kernel.composition.random_programs.places import (
    PRUNED,
    Ended,
    Event,
    Failure,
    Place,
    Pruning,
)
from tests.kernel.composition.random_programs.programs import (
    SCOPES,
    Block,
    Program,
    Record,
    Ref,
    Statement,
    asked_of,
    has_side_effects,
    is_command,
    refs_in,
)
from tests.kernel.composition.random_programs.static_rules import StaticRules
from tests.kernel.composition.random_programs.timing import (
    BlockClock,
    Part,
    Timing,
    Undecided,
    is_before,
)
from tests.kernel.composition.random_programs.world import (
    Failing,
    Versions,
    answer_of,
    page_of,
)

DONE_WITHOUT = (NotExecuted, OutcomeUnknown, Faulted)
KEY = "parent"
PLAN = "random_plan"


class Naive:
    """
    Runs a program.

    Attributes:
        events: Commands, reads and left-out parts, in written order.
        errors: Those with which the run may end, where it fails.
        failed: How many calls and computations failed.
        timing: When it happens, where calls may be too late.
    """

    def __init__(
        self,
        program: Program,
        failing: Failing,
        records: Mapping[str, type[Any]],
        pruning: Pruning | None = None,
        timing: Timing | None = None,
    ) -> None:
        program = flattened(program)
        self.rules = StaticRules(program.block)
        self.events: list[Event] = []
        self.errors: list[CallError] = []
        self.failed = 0
        self.timing = timing or Timing()
        self._program = program
        self._failing = failing
        self._records = records
        self._pruning = pruning or Pruning()
        self._versions = Versions()
        self._uncertain = 0
        self._parallel = 0
        self._mark = 0
        self._left_out: set[str] = set()
        self._paths: dict[str, str] = {}

    def run(self, inputs: Mapping[str, Any]) -> Any:
        """Return the answer; or a Failure, where the run ends with one of *errors*."""
        try:
            answer = self._block(self._program.block, dict(inputs), Place())
        except Ended:
            answer = None
        if not self.errors:
            return answer
        self.events[self._mark :] = [
            event._replace(certain=False) for event in self.events[self._mark :]
        ]
        return Failure(self.errors[0])

    def noted(self, kind: str, *, certain: bool = False) -> Counter[tuple[Any, ...]]:
        """Return what was noted of a kind; only what is certain, if wanted."""
        return Counter(
            event.what
            for event in self.events
            if event.kind == kind and (event.certain or not certain)
        )

    def _block(self, block: Block, env: dict[str, Any], place: Place) -> Any:
        failures_before, uncertain_before = len(self.errors), self._uncertain
        noted_before = len(self.events)
        own_epochs = not place.path or any(map(has_side_effects, block.statements))
        epoch, stretch = place.epoch, 0
        if own_epochs:
            place = replace(place, epoch=(*epoch, place.path, place.keys, stretch))
        fatal: list[Statement] = []
        clock = BlockClock(self.timing, env)
        env |= {f"#{one.name}": place.frame for one in block.statements if one.word in SCOPES}
        for statement in block.statements:
            if statement.word == "check":
                continue
            self._paths[statement.name] = self._path(statement, place)
            if has_side_effects(statement):
                self._start_stretch(failures_before)
            clock.begin(statement, self.rules)
            if has_side_effects(statement) and fatal:
                value = self._not_started(statement, fatal, env)
            else:
                value = self._statement(statement, env, place)
            env[statement.name] = value
            clock.end(statement)
            if isinstance(value, Failure) and self.rules.fatal(statement.name):
                fatal.append(statement)
            if has_side_effects(statement):
                stretch += 1
                place = replace(place, epoch=(*epoch, place.path, place.keys, stretch))
                self._start_stretch(failures_before)
                if fatal:
                    self._uncertain = uncertain_before + 1
        clock.close()
        self._uncertain = uncertain_before
        result = self._result(block, env, place)
        if isinstance(result, Failure):
            self._doubt(noted_before)
        return result

    def _doubt(self, since: int) -> None:
        """Note that what a failed body reads besides need not be read, nor be reported."""
        for place in range(since, len(self.events)):
            if self.events[place].kind != "command":
                self.events[place] = self.events[place]._replace(certain=False)

    def _start_stretch(self, failures_before: int) -> None:
        if len(self.errors) > failures_before:
            raise Ended
        if not self._parallel and not self.errors:
            self._mark = len(self.events)

    def _not_started(
        self, statement: Statement, fatal: list[Statement], env: dict[str, Any]
    ) -> Failure:
        names = {ref.of for ref in refs_in(statement.given)} | {one.name for one in fatal}
        failure = self._first_failure(names, env)
        assert failure is not None
        return failure

    def _first_failure(self, names: Any, env: Mapping[str, Any]) -> Failure | None:
        failed = [name for name in names if isinstance(env[name], Failure)]
        if not failed:
            return None

        def position(name: str) -> int:
            statement = self.rules.statement(name)
            return -1 if statement is None else statement.number

        found = env[min(failed, key=position)]
        assert isinstance(found, Failure)
        return found

    def _result(self, block: Block, env: dict[str, Any], place: Place) -> Any:
        names = {ref.of for ref in refs_in(block.result)} & set(env)
        left = self._pruning.results.get(place.path)
        if left is not None:
            names = {name for name in names if self._paths.get(name, "") in left}
        failure = self._first_failure(names | self.rules.needed(block), env)
        if failure is not None:
            return failure
        return self._value(block.result, env)

    def _path(self, statement: Statement, place: Place) -> str:
        return ".".join((*place.path, *statement.prefix, self._segment(statement)))

    def _part(self, statement: Statement, place: Place) -> str:
        return ".".join((*place.parts, *statement.prefix, self.name_of(statement)))

    def _segment(self, statement: Statement) -> str:
        plain = statement.word in {"call", "compute"}
        name = self.name_of(statement)
        return name if plain else f"{statement.word}({name})"

    def name_of(self, statement: Statement) -> str:
        """Return the name of a step: its own, or that of what it is about."""
        if statement.is_named:
            return statement.label
        if statement.word in {"call", "compute"}:
            return asked_of(statement.of, statement.role)
        if statement.word == "quorum":
            return "quorum"
        about = statement.given[0]
        if not isinstance(about, Ref):
            return "constant"
        if about.path:
            return about.path[-1]
        source = self.rules.statement(about.of)
        return about.of if source is None else self.name_of(source)

    def _statement(self, statement: Statement, env: dict[str, Any], place: Place) -> Any:
        path = self._paths[statement.name]
        if path in self._pruning.paths:
            return PRUNED
        value: Any = None
        handles = statement.word in {"optional", "rescue", "translate", "quorum"}
        if not handles:
            value = self._first_failure({ref.of for ref in refs_in(statement.given)}, env)
        if value is None:
            value = getattr(self, f"_{statement.word}")(statement, env, place)
        if isinstance(value, Failure) and not self.rules.handled(statement.name):
            self.errors.append(value.error)
        return value

    def _value(self, expression: Any, env: Mapping[str, Any]) -> Any:
        if isinstance(expression, Ref):
            if expression.of == "left_out":
                return tuple(sorted(self._left_out))
            value = env[expression.of]
            for name in expression.path:
                value = value if value is PRUNED else getattr(value, name)
            return value
        if isinstance(expression, tuple):
            return tuple(self._value(part, env) for part in expression)
        if isinstance(expression, Record):
            fields = {name: self._value(part, env) for name, part in expression.fields}
            return self._records[expression.name](**fields)
        return expression

    def _given(self, statement: Statement, env: Mapping[str, Any]) -> tuple[Any, ...]:
        values = self._value(statement.given, env)
        assert PRUNED not in values, f"{statement.name} is given what was pruned"
        found: tuple[Any, ...] = values
        return found

    def _note(self, kind: str, *what: Any) -> None:
        self.events.append(Event(kind, what, not self._uncertain))

    def _call(self, statement: Statement, env: dict[str, Any], place: Place) -> Any:
        operation, name = statement.of, asked_of(statement.of, statement.role)
        subject, lane = self._given(statement, env)
        silent = self._failing.never_answers(statement.role, subject)
        late = self._late(statement, env, place, (name, subject, lane), silent=silent)
        if isinstance(late, NoTimeLeft):
            self.failed += 1
            return Failure(late)
        if is_command(statement):
            path = f"{PLAN}.{self._path(statement, place)}"
            key = _child_key(path, place.keys)
            self._note("command", key, name, subject, lane)
            seen = self._versions.seen(lane)
            self._versions.ended[lane] += late is None
        else:
            self._note("read", place.epoch, name, subject, lane)
            seen = self._versions.seen(lane)
        if late is not None:
            self.failed += 1
            return Failure(late)
        error = self._failing.of(operation, subject)
        if error is not None:
            self.failed += 1
            return Failure(error)
        if operation == "allowed":
            return None
        if operation == "page":
            page = page_of(name, subject, seen)
            for part in page.left_out:
                self._report(f"{self._part(statement, place)}.{part}")
            return page
        return answer_of(name, subject, seen)

    def _late(
        self,
        statement: Statement,
        env: Mapping[str, Any],
        place: Place,
        asked: tuple[str, str, str],
        *,
        silent: bool,
    ) -> CallError | None:
        """Return how a call fails for want of time, if it does; and let that time pass."""
        scopes = self._parts_around(statement.name, env, place)
        read = (place.epoch, *asked)
        if scopes:
            deadline_s = self.timing.deadline_s(scopes)
            if not is_before(self.timing.now_s, deadline_s):
                if is_command(statement):
                    return NoTimeLeft()
                if silent:
                    raise Undecided  # who joins a call that is running is late in another way
                return None if self.timing.is_known(read) else NoTimeLeft()
            if silent:
                self.timing.now_s = deadline_s
                return DeadlineExceeded()
        elif silent:
            raise Undecided
        self.timing.note_read(read)
        return None

    def _parts_around(self, name: str, env: Mapping[str, Any], place: Place) -> dict[Any, Part]:
        found: dict[Any, Part] = {}
        for scope in self.rules.timeout_scopes(name):
            by = self.rules.statement(scope)
            assert by is not None
            frame = env.get(f"#{scope}", place.frame)
            found[scope, frame] = Part(by, self._parts_around(scope, env, place))
        return found

    def _report(self, part: str) -> None:
        self._left_out.add(part)
        self._note("left_out", part)

    def _compute(self, statement: Statement, env: dict[str, Any], place: Place) -> Any:
        try:
            return FUNCTIONS[statement.of](*self._given(statement, env))
        except CallError as error:
            self.failed += 1
            return Failure(error)
        except ValueError:
            self.failed += 1
            return Failure(Faulted())

    def _inner(self, statement: Statement, label: str, place: Place, **more: Any) -> Place:
        name, prefix = self.name_of(statement), statement.prefix
        shown = f"{statement.word}({name}, {label})" if label else f"{statement.word}({name})"
        path, parts = (*place.path, *prefix, shown), (*place.parts, *prefix, name)
        frame = (*place.frame, shown, more.pop("position", 0))
        return replace(place, path=path, parts=parts, frame=frame, **more)

    def _body(self, statement: Statement, label: str, env: dict[str, Any], place: Place) -> Any:
        return self._block(statement.bodies[label], dict(env), self._inner(statement, label, place))

    def _each(self, statement: Statement, env: dict[str, Any], place: Place) -> Any:
        items = self._given(statement, env)[0]
        if statement.of == "keyed" and len(set(items)) < len(items):
            self.failed += 1
            return Failure(Faulted())
        results = self._items(statement, items, env, place)
        failure = next((one for one in results if isinstance(one, Failure)), None)
        return tuple(results) if failure is None else failure

    def _outcomes(self, statement: Statement, env: dict[str, Any], place: Place) -> Any:
        items = tuple(dict.fromkeys(self._given(statement, env)[0]))
        results = self._items(statement, items, env, place)
        return {
            item: Failed.of(one.error) if isinstance(one, Failure) else Succeeded(one)
            for item, one in zip(items, results, strict=True)
        }

    def _items(
        self, statement: Statement, items: tuple[Any, ...], env: dict[str, Any], place: Place
    ) -> list[Any]:
        (body,) = statement.bodies.values()
        keyed = statement.of == "keyed" or statement.word == "outcomes"
        results: list[Any] = []
        parallel = has_side_effects(statement)
        self._parallel += parallel
        for position, item in enumerate(items):
            keys = (*place.keys, item) if keyed else place.keys
            inner = self._inner(statement, "", place, keys=keys, position=position)
            try:
                results.append(self._block(body, {**env, body.item: item}, inner))
            except Ended:
                results.append(Failure(self.errors[-1]))
        self._parallel -= parallel
        return results

    def _then(self, statement: Statement, env: dict[str, Any], place: Place) -> Any:
        (value,) = self._given(statement, env)
        if value is None:
            return None
        (body,) = statement.bodies.values()
        return self._body(statement, "", {**env, body.item: value}, place)

    def _when(self, statement: Statement, env: dict[str, Any], place: Place) -> Any:
        return self._body(statement, "", env, place) if self._given(statement, env)[0] else None

    def _route(self, statement: Statement, env: dict[str, Any], place: Place) -> Any:
        (key,) = self._given(statement, env)
        if key not in statement.bodies:
            self.failed += 1
            return Failure(Faulted())
        return self._body(statement, key, env, place)

    def _optional(self, statement: Statement, env: dict[str, Any], place: Place) -> Any:
        found = env[statement.given[0].of]
        if not isinstance(found, Failure):
            return self._given(statement, env)[0]
        if not isinstance(found.error, DONE_WITHOUT):
            return found
        self._report(self._part(statement, place))
        return None

    def _otherwise(self, statement: Statement, env: dict[str, Any], place: Place) -> Any:
        found = self._given(statement, env)[0]
        if found is not None:
            return found
        if statement.bodies:
            return self._body(statement, "", env, place)
        return self._given(statement, env)[1]

    def _rescue(self, statement: Statement, env: dict[str, Any], place: Place) -> Any:
        found = env[statement.given[0].of]
        if not isinstance(found, Failure):
            return self._given(statement, env)[0]
        for label in statement.bodies:
            if isinstance(found.error, ERRORS_BY_CODE[label]):
                return self._body(statement, label, env, place)
        return found

    def _translate(self, statement: Statement, env: dict[str, Any], place: Place) -> Any:
        found = env[statement.given[0].of]
        if not isinstance(found, Failure):
            return self._given(statement, env)[0]
        return Failure(Denied()) if isinstance(found.error, Refused) else found

    def _quorum(self, statement: Statement, env: dict[str, Any], place: Place) -> Any:
        found = [env[ref.of] for ref in statement.given]
        failures = [one for one in found if isinstance(one, Failure)]
        refusals = [one for one in failures if not isinstance(one.error, DONE_WITHOUT)]
        if refusals or len(found) - len(failures) < statement.of:
            return (refusals or failures)[0]
        for ref, one in zip(statement.given, found, strict=True):
            if isinstance(one, Failure):
                source = self.rules.statement(ref.of)
                assert source is not None
                self._report(self._part(source, place))
        kept = [ref for ref, one in zip(statement.given, found, strict=True) if one not in failures]
        return self._value(tuple(kept), env)

    def _select(self, statement: Statement, env: dict[str, Any], place: Place) -> Any:
        (value,) = self._given(statement, env)
        return None if value is None else Short(value.letter, value.letters)

    def _drop_none(self, statement: Statement, env: dict[str, Any], place: Place) -> Any:
        return tuple(item for item in self._given(statement, env)[0] if item is not None)


ERRORS_BY_CODE: Mapping[str, type[CallError]] = {
    "faulted": Faulted,
    "not_executed": NotExecuted,
    "outcome_unknown": OutcomeUnknown,
    "rejected": Rejected,
}


def _child_key(path: str, keys: tuple[Any, ...]) -> str:
    parts = (KEY, "", path, "do", keys)
    return hashlib.blake2b(msgspec.json.encode(parts), digest_size=16).hexdigest()

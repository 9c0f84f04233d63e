"""Random programs and failures, made from a seed."""

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

from tests.kernel.composition.random_programs.functions import LETTERS
from tests.kernel.composition.random_programs.programs import (
    CHANGING,
    Block,
    Kind,
    Program,
    Record,
    Ref,
    Statement,
    has_command,
    has_side_effects,
)
from tests.kernel.composition.random_programs.shrinking import tidied
from tests.kernel.composition.random_programs.values import Scope, Value, opt, paths_to
from tests.kernel.composition.random_programs.world import ERRORS, Failing

STATEMENTS_MAX = 9
DEPTH_MAX = 3
QUORUM_MIN = 2
CASES = 2
READS = ("read", "one", "one", "page")
COMMANDS = ("set_to", "add")


class Generator:
    """Makes one random program."""

    def __init__(self, random: Random, statements_max: int = STATEMENTS_MAX) -> None:
        self.random = random
        self._left = random.randint(2, statements_max)
        self._names = 0
        self._blocks = 0
        self._lanes = 0
        self._records: dict[str, dict[str, Kind]] = {}
        self._inlined: dict[str, tuple[Block, Kind]] = {}

    def program(self) -> Program:
        """Return a program."""
        inputs = [Value("letters", ("seq", "text")), Value("letter", "text")]
        scope = Scope(0, 0, inputs, "", commands=self._chance(0.75))
        while self._left > 0:
            self._add(scope)
        fields = [(value.name, Ref(value.name), value.kind) for value in self._unused(scope)]
        fields.append(("left_out", Ref("left_out"), "left_out"))
        result = self._record(fields)
        inlined = {name: block for name, (block, _) in self._inlined.items()}
        return tidied(Program(Block(tuple(scope.statements), result), self._records, inlined))

    def _chance(self, share: float) -> bool:
        return self.random.random() < share

    def _unused(self, scope: Scope) -> list[Value]:
        """Return the values of a block that its result must, or will, lead to."""
        found = []
        for value in scope.own():
            lost = value.has_side_effects and self._chance(0.3)
            if value.word == "inline":
                found.append(value)
                continue
            again = value.uses > 0 and not value.is_handled and self._chance(0.15)
            if again or (value.uses == 0 and not lost):
                found.append(value)
        return found

    def _record(self, fields: list[tuple[str, Any, Kind]]) -> Record:
        name = f"R{len(self._records)}"
        self._records[name] = {field: kind for field, _, kind in fields}
        return Record(name, tuple((field, value) for field, value, _ in fields))

    def _add(self, scope: Scope) -> None:
        self._left -= 1
        words: list[Callable[[Scope], bool]] = [
            self._call, self._call, self._call, self._command, self._command, self._compute,
            self._each, self._each, self._then, self._when, self._route, self._optional,
            self._optional, self._rescue, self._rescue, self._otherwise, self._check,
            self._translate, self._quorum, self._drop_none, self._select, self._inline,
        ]  # fmt: skip
        for _ in range(5):
            if self.random.choice(words)(scope):
                return
        self._call(scope)

    def _step(
        self,
        scope: Scope,
        word: str,
        kind: Kind,
        given: tuple[Any, ...],
        **more: Any,
    ) -> Value:
        self._names += 1
        statement = Statement(word, f"s{self._names}", self._names, given, kind=kind, **more)
        unnamed = {one.of for one in scope.statements if one.word == "call" and not one.is_named}
        if word == "call" and statement.of not in unnamed and self._chance(0.3):
            statement = replace(statement, is_named=False)
        scope.statements.append(statement)
        value = Value(statement.name, kind, scope.block, word, statement.of)
        value.has_side_effects = has_side_effects(statement)
        scope.values.append(value)
        return value

    def _pick(self, scope: Scope, kind: Kind) -> Any:
        """Return an expression of a kind: a value, a field of one, or a computation."""
        found: list[tuple[Value, tuple[str, ...]]] = []
        for value in scope.values:
            if not value.is_handled:
                found += [(value, path) for path in paths_to(value.kind, kind)]
        if not found:
            return None
        value, path = self.random.choice(found[-6:])
        value.uses += 1
        return Ref(value.name, path)

    def _letter(self, scope: Scope) -> Any:
        if self._chance(0.2):
            return self.random.choice(LETTERS[:3])
        picked = self._pick(scope, "text")
        if self._chance(0.2):
            return Ref(self._computed(scope, "letter_of", "text", self._any(scope)).name)
        return picked

    def _any(self, scope: Scope) -> Any:
        free = [value for value in scope.values if not value.is_handled and value.kind != "none"]
        value = self.random.choice(free[-5:])
        value.uses += 1
        return Ref(value.name)

    def _computed(self, scope: Scope, function: str, kind: Kind, *given: Any) -> Value:
        value = self._step(scope, "compute", kind, given, of=function)
        value.uses += 1
        return value

    def _call(self, scope: Scope) -> bool:
        operation = self.random.choice(READS)
        subject = self._letter(scope)
        kind = "page" if operation == "page" else "answer"
        self._step(scope, "call", kind, (subject, scope.lane), of=operation)
        return True

    def _command(self, scope: Scope) -> bool:
        if not scope.commands:
            return False
        subject = self._letter(scope)
        self._step(scope, "call", "answer", (subject, scope.lane), of=self.random.choice(COMMANDS))
        return True

    def _compute(self, scope: Scope) -> bool:
        function, kind = self.random.choice(
            (
                ("letter_of", "text"),
                ("holds", "flag"),
                ("letters_of", ("seq", "text")),
                ("refused_if", "text"),
                ("broken_if", "text"),
            )
        )
        self._step(scope, "compute", kind, (self._any(scope),), of=function)
        return True

    def _check(self, scope: Scope) -> bool:
        subject = self._letter(scope)
        value = self._step(scope, "call", "none", (subject, scope.lane), of="allowed")
        value.uses += 1
        value.is_handled = True
        self._step(scope, "check", "none", (Ref(value.name),)).is_handled = True
        scope.values[-1].uses = 1
        return True

    def _body(
        self,
        scope: Scope,
        item: tuple[str, Kind] | None = None,
        *,
        parallel: bool = False,
        kind: Kind = None,
    ) -> tuple[Block, Kind]:
        """Return a body, whose result is of a kind if one is wanted."""
        self._blocks += 1
        inner = Scope(
            self._blocks,
            scope.depth + 1,
            list(scope.values),
            scope.lane,
            commands=scope.commands and self._chance(0.6),
        )
        name = ""
        if item is not None:
            self._names += 1
            name = f"i{self._names}"
            inner.values.append(Value(name, item[1]))
        if parallel and inner.commands:
            self._lanes += 1
            given = (scope.lane, self._lanes, Ref(name))
            inner.lane = Ref(self._computed(inner, "lane_of", "text", *given).name)
            inner.values.pop()
        if kind is not None:
            return self._body_of_kind(inner, name, kind), kind
        count = self.random.choice((1, 1, 2, 2, 3))
        while count and (self._left > 0 or not inner.own()):
            self._add(inner)
            count -= 1
        result, result_kind = self._result(inner)
        return Block(tuple(inner.statements), result, name), result_kind

    def _body_of_kind(self, inner: Scope, name: str, kind: Kind) -> Block:
        if inner.commands and self._chance(0.5):
            self._command(inner)
        expression: Any = None
        if kind == "answer":
            operation = self.random.choice(("read", "one", *(COMMANDS * inner.commands)))
            call = self._step(
                inner, "call", "answer", (self._letter(inner), inner.lane), of=operation
            )
            expression = Ref(call.name)
        elif kind == "text":
            expression = self._letter(inner)
        for value in inner.own():
            is_result = value.name == getattr(expression, "of", "")
            unused = value.uses == 0 and not value.has_side_effects and not is_result
            if unused or value.word == "inline":
                self._step(inner, "check", "none", (Ref(value.name),))
        return Block(tuple(inner.statements), expression, name)

    def _result(self, inner: Scope) -> tuple[Any, Kind]:
        values = self._unused(inner)
        if not values:
            return self.random.choice((("x", "text"), (None, "none")))
        if len(values) == 1 and self._chance(0.6):
            return Ref(values[0].name), values[0].kind
        record = self._record([(value.name, Ref(value.name), value.kind) for value in values])
        return record, ("record", record.name)

    def _each(self, scope: Scope) -> bool:
        items = self._pick(scope, ("seq", "text"))
        if scope.depth >= DEPTH_MAX or items is None:
            return False
        word = "outcomes" if self._chance(0.3) else "each"
        body, kind = self._body(scope, ("item", "text"), parallel=True)
        of = "keyed" if word == "each" and has_command(body) else None
        result = ("map" if word == "outcomes" else "seq", kind)
        self._step(scope, word, result, (items,), of=of, bodies={"": body})
        return True

    def _then(self, scope: Scope) -> bool:
        value = self._pick(scope, ("opt", "part")) or self._pick_optional(scope)
        if scope.depth >= DEPTH_MAX or value is None:
            return False
        expression, kind = value if isinstance(value, tuple) else (value, "part")
        body, result = self._body(scope, ("item", kind))
        self._step(scope, "then", opt(result), (expression,), bodies={"": body})
        return True

    def _pick_optional(self, scope: Scope) -> tuple[Any, Kind] | None:
        found = [v for v in scope.values if v.kind[0] == "opt" and not v.is_handled]
        if not found:
            return None
        value = self.random.choice(found)
        value.uses += 1
        return Ref(value.name), value.kind[1]

    def _when(self, scope: Scope) -> bool:
        condition = self._pick(scope, "flag")
        if scope.depth >= DEPTH_MAX:
            return False
        if condition is None:
            condition = Ref(self._computed(scope, "holds", "flag", self._any(scope)).name)
        body, kind = self._body(scope)
        self._step(scope, "when", opt(kind), (condition,), bodies={"": body})
        return True

    def _route(self, scope: Scope) -> bool:
        if scope.depth >= DEPTH_MAX:
            return False
        kind = self.random.choice(("answer", "text"))
        key = self._letter(scope)
        cases = LETTERS if self._chance(0.8) else LETTERS[:CASES]
        body, _ = self._body(scope, kind=kind)
        bodies = {case: self._body(scope, kind=kind)[0] for case in cases[:CASES]}
        other = Block((), None) if kind == "none" else body
        bodies |= {cases[CASES]: other} if len(cases) > CASES else {}
        if kind == "text":
            bodies |= {case: Block((), case) for case in cases[CASES + 1 :]}
        self._step(scope, "route", kind, (key,), bodies=bodies)
        return True

    def _handled_source(self, scope: Scope, kinds: tuple[Kind, ...] = ()) -> Value | None:
        """Return a step of this block whose failure may be handled: nobody else needs its value."""
        found = [
            value
            for value in scope.own()
            if value.uses == 0
            and value.kind != "none"
            and value.word != "inline"
            and (not kinds or value.kind in kinds)
        ]
        if not found:
            return None
        value = self.random.choice(found[-3:])
        value.uses += 1
        value.is_handled = True
        return value

    def _optional(self, scope: Scope) -> bool:
        if (value := self._handled_source(scope)) is None:
            return False
        named = value.word == "optional" or self._chance(0.3)
        self._step(scope, "optional", opt(value.kind), (Ref(value.name),), is_named=named)
        return True

    def _rescue(self, scope: Scope) -> bool:
        if scope.depth >= DEPTH_MAX or (value := self._handled_source(scope)) is None:
            return False
        labels = ["faulted", "not_executed", "rejected"]
        self.random.shuffle(labels)
        kind = value.kind if value.kind in {"answer", "text"} else "none"
        if self._chance(0.4):
            kind = "none"
        bodies = {
            label: self._body(scope, kind=kind)[0] for label in labels[: self.random.randint(1, 2)]
        }
        result = opt(value.kind) if kind == "none" else value.kind
        self._step(scope, "rescue", result, (Ref(value.name),), bodies=bodies)
        return True

    def _otherwise(self, scope: Scope) -> bool:
        kinds = {("opt", "answer"), ("opt", "text")}
        found = [v for v in scope.values if v.kind in kinds and not v.is_handled]
        if scope.depth >= DEPTH_MAX or not found:
            return False
        value = self.random.choice(found)
        value.uses += 1
        kind = value.kind[1]
        if self._chance(0.3) and (other := self._pick(scope, kind)) is not None:
            self._step(scope, "otherwise", kind, (Ref(value.name), other))
            return True
        body, _ = self._body(scope, kind=kind)
        self._step(scope, "otherwise", kind, (Ref(value.name),), bodies={"": body})
        return True

    def _translate(self, scope: Scope) -> bool:
        found = [v for v in scope.own() if v.uses == 0 and v.of in {"read", "one", "refused_if"}]
        if not found:
            return False
        value = found[-1]
        value.uses += 1
        value.is_handled = True
        self._step(scope, "translate", value.kind, (Ref(value.name),))
        return True

    def _quorum(self, scope: Scope) -> bool:
        found = [v for v in scope.own() if v.uses == 0 and v.kind == "answer"][-3:]
        if len(found) < QUORUM_MIN:
            return False
        for value in found:
            value.uses += 1
            value.is_handled = True
        given = tuple(Ref(value.name) for value in found)
        least = self.random.randint(0, len(found))
        self._step(scope, "quorum", ("seq", "answer"), given, of=least)
        return True

    def _select(self, scope: Scope) -> bool:
        found = [v for v in scope.values if v.kind in {"answer", ("opt", "answer")}]
        found = [v for v in found if not v.is_handled]
        if not found:
            return False
        value = self.random.choice(found)
        value.uses += 1
        kind = "short" if value.kind == "answer" else ("opt", "short")
        self._step(scope, "select", kind, (Ref(value.name),))
        return True

    def _inline(self, scope: Scope) -> bool:
        if scope.block and scope.depth == 0:
            return False  # a plan that is inlined itself
        fitting = [
            name
            for name, (block, _) in self._inlined.items()
            if scope.commands or not has_command(block)
        ]
        if fitting and self._chance(0.7):
            name = self.random.choice(fitting)
        else:
            name = self._new_inlined(scope)
        given = (self._letter(scope), scope.lane)
        self._step(scope, "inline", self._inlined[name][1], given, of=name)
        return True

    def _new_inlined(self, scope: Scope) -> str:
        self._blocks += 1
        inputs = [Value("subject", "text"), Value("lane", "none", is_handled=True)]
        inner = Scope(self._blocks, 0, inputs, Ref("lane"), commands=scope.commands)
        # What a plan is given must be used: a read that nobody needs is refused.
        self._step(inner, "call", "answer", (Ref("subject"), inner.lane), of="read")
        for _ in range(self.random.randint(0, 2)):
            self._add(inner)
        values = self._unused(inner)
        result = self._record([(value.name, Ref(value.name), value.kind) for value in values])
        block = Block(tuple(inner.statements), result)
        what = CHANGING if has_command(block) else "reading"
        name = f"{what}_{len(self._inlined)}"
        self._inlined[name] = (block, ("record", result.name))
        return name

    def _drop_none(self, scope: Scope) -> bool:
        found = [v for v in scope.values if v.kind[0] == "seq" and v.kind[1][0] == "opt"]
        found = [v for v in found if not v.is_handled]
        if not found:
            return False
        value = self.random.choice(found)
        value.uses += 1
        kind = ("seq", value.kind[1][1])
        self._step(scope, "drop_none", kind, (Ref(value.name),))
        return True


def failing_of(random: Random) -> Failing:
    """Return how calls fail: not at all, here and there, or often."""
    share = random.choice((0.0, 0.0, 0.1, 0.1, 0.3))
    errors: dict[tuple[str, str], str] = {}
    for operation in ("read", "one", "page", "allowed", "set_to", "add"):
        for letter in LETTERS:
            if random.random() < share:
                names = [name for name in ERRORS if name != "denied" or operation == "add"]
                errors[operation, letter] = random.choice(names)
    return Failing(errors)

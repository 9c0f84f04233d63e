"""A program becomes a plan by calling the words, without any source text."""

from collections.abc import Callable, Mapping
from functools import partial, reduce
from typing import Any

from maestri.contracts import LeftOut, Message, Outcome
from maestri.errors import CallError
from maestri.plans import (
    Plan,
    Role,
    at,
    call,
    check,
    composition,
    compute,
    drop_none,
    each,
    left_out,
    named,
    optional,
    otherwise,
    outcomes,
    quorum,
    rescue,
    route,
    select,
    then,
    translate,
    when,
)
from tests.kernel.composition.random_programs.contract import (
    Answer,
    Denied,
    Oracle,
    Page,
    Part,
    Refused,
    Short,
)
from tests.kernel.composition.random_programs.functions import FUNCTIONS
from tests.kernel.composition.random_programs.naive import ERRORS_BY_CODE
from tests.kernel.composition.random_programs.programs import (
    Block,
    Kind,
    Program,
    Record,
    Ref,
    Statement,
)

KINDS: Mapping[str, Any] = {
    "text": str,
    "flag": bool,
    "answer": Answer,
    "part": Part,
    "page": Page,
    "short": Short,
    "none": None,
    "left_out": LeftOut,
}


def record_classes(program: Program) -> dict[str, type[Any]]:
    """Return the classes of the messages that a program makes, by name."""
    classes: dict[str, type[Any]] = {}
    for name, fields in program.records.items():
        annotations = {field: type_of(kind, classes) for field, kind in fields.items()}
        classes[name] = new_message(
            name, (Message,), {"__annotations__": annotations, "__module__": __name__}
        )
    return classes


def new_message(name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> type[Any]:
    """Return a new class of messages."""
    metaclass: Any = type(Message)
    made: type[Any] = metaclass(name, bases, namespace)
    return made


def type_of(kind: Kind, classes: Mapping[str, type[Any]]) -> Any:
    """Return the type of the values of a kind."""
    if isinstance(kind, str):
        return KINDS[kind]
    word, inner = kind
    if word == "record":
        return classes[inner]
    made = type_of(inner, classes)
    if word == "opt":
        return made if made is None else made | None
    return tuple[made, ...] if word == "seq" else Mapping[str, Outcome[made]]  # type: ignore[valid-type]


def plan_of(program: Program, classes: Mapping[str, type[Any]]) -> Plan[..., Any]:
    """Return the plan."""
    builder = _Builder(classes)
    for name, inlined in program.inlined.items():
        builder.inline(name, inlined)

    @composition(in_flight_max=program.in_flight_max)
    def random_plan(letters: tuple[str, ...], letter: str) -> Any:
        return builder.block(program.block, {"letters": letters, "letter": letter})

    return random_plan


class _Builder:
    def __init__(self, classes: Mapping[str, type[Any]]) -> None:
        self._classes = classes
        self._inlined: dict[str, Plan[..., Any]] = {}

    def inline(self, name: str, block: Block) -> None:
        """Make a plan that others inline."""

        def inlined(subject: str, lane: str) -> Any:
            return self.block(block, {"subject": subject, "lane": lane})

        inlined.__name__ = name
        self._inlined[name] = composition(inlined)

    def block(self, block: Block, env: Mapping[str, Any]) -> Any:
        """Write the statements of a block down, and return its result."""
        env = dict(env)
        for statement in block.statements:
            made = self._statement(statement, env)
            if statement.is_named and statement.word not in {"check", "inline"}:
                made = named(statement.name, made)
            env[statement.name] = made
        return self._value(block.result, env)

    def _value(self, expression: Any, env: Mapping[str, Any]) -> Any:
        if isinstance(expression, Ref):
            if expression.of == "left_out":
                return left_out()
            return reduce(getattr, expression.path, env[expression.of])
        if isinstance(expression, tuple):
            return tuple(self._value(part, env) for part in expression)
        if isinstance(expression, Record):
            fields = {name: self._value(part, env) for name, part in expression.fields}
            return self._classes[expression.name](**fields)
        return expression

    def _bodies(
        self, statement: Statement, env: Mapping[str, Any]
    ) -> dict[str, Callable[..., Any]]:
        return {label: partial(self._body, body, env) for label, body in statement.bodies.items()}

    def _body(self, body: Block, env: Mapping[str, Any], *item: Any) -> Any:
        return self.block(body, {**env, body.item: item[0]} if item else env)

    def _statement(self, statement: Statement, env: Mapping[str, Any]) -> Any:
        given = self._value(statement.given, env)
        bodies = self._bodies(statement, env)
        body = next(iter(bodies.values()), None)
        of = statement.of
        match statement.word:
            case "call":
                return _called(getattr(Oracle, of), statement.role, given)
            case "compute":
                return compute(FUNCTIONS[of], *given)
            case "inline":
                return named(statement.name, self._inlined[of])(*given)
            case "check":
                return check(given[0])
            case "each":
                assert body is not None
                return each(given[0], body, key=_itself if of == "keyed" else None)
            case "outcomes":
                assert body is not None
                return outcomes(given[0], body)
            case "quorum":
                return quorum(given, of, timeout_s=statement.timeout_s)
            case "rescue":
                errors: dict[type[CallError], Any] = {
                    ERRORS_BY_CODE[label]: body for label, body in bodies.items()
                }
                return rescue(given[0], errors)
            case "route":
                return route(given[0], bodies)
            case _:
                return _of_one(statement, given, body)


def _called(operation: Any, role: str, given: tuple[Any, ...]) -> Any:
    return at(Role(Oracle, role), operation, *given) if role else call(operation, *given)


def _of_one(statement: Statement, all_given: tuple[Any, ...], body: Any) -> Any:
    given = all_given[0]
    match statement.word:
        case "optional":
            return optional(given, timeout_s=statement.timeout_s)
        case "otherwise":
            return otherwise(given, body if body is not None else all_given[1])
        case "then":
            return then(given, body)
        case "when":
            return when(given, body)
        case "drop_none":
            return drop_none(given)
        case "select":
            return select(given, Short)
        case "translate":
            return translate(given, {Refused: Denied})
    raise AssertionError(statement.word)


def _itself(item: Any) -> Any:
    return item

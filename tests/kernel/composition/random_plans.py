"""Random plans, and a naive interpreter that runs them one step after the other."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from maestri import clock
from maestri.composition.words import ABSORBED
from maestri.contracts import Failed, Outcome, Succeeded
from maestri.errors import CallError, ConnectFailed, Faulted
from maestri.plans import (
    Plan,
    call,
    composition,
    compute,
    each,
    left_out,
    named,
    optional,
    otherwise,
    rescue,
    then,
    when,
)
from tests.kernel.composition.world.contract import Oracle, Refused

ITEMS = ("a", "b", "c")
KINDS = ("read", "item", "command")
FAILURES = (None, ConnectFailed, Faulted, Refused)


@dataclass(frozen=True)
class Call:
    """A call of operation *kind*, with an earlier value as its argument."""

    kind: str
    ref: int


@dataclass(frozen=True)
class Wrapped:
    """A word around a step: optional, rescue, otherwise, when, then."""

    word: str
    inner: Any
    other: Any = None
    ref: int = 0


@dataclass(frozen=True)
class Each:
    """A body for every item."""

    body: tuple[Any, ...]


calls = st.builds(Call, st.sampled_from(KINDS), st.integers(0, 5))
handled = st.one_of(
    st.builds(Wrapped, st.just("optional"), calls),
    st.builds(Wrapped, st.just("rescue"), calls, st.none() | calls),
    st.builds(Wrapped, st.just("otherwise"), calls, calls),
    st.builds(Wrapped, st.just("when"), calls, ref=st.integers(0, 5)),
)
leaves = calls | handled
bodies = st.lists(leaves, min_size=1, max_size=3).map(tuple)
inner = leaves | st.builds(Each, bodies) | st.builds(Wrapped, st.just("then"), calls, bodies)
outer = st.lists(inner, min_size=1, max_size=3).map(tuple)
statements = st.one_of(
    inner,
    st.builds(Each, outer),
    st.builds(Wrapped, st.just("optional"), st.builds(Each, outer)),
    st.builds(Wrapped, st.just("then"), calls, outer),
)
programs = st.lists(statements, min_size=1, max_size=5).map(tuple)


class World(Oracle):
    """
    Answers calls: always the same for the same arguments.

    Attributes:
        failing: How calls of a step fail, by the step's name; about every second argument does.
        seed: Decides on the delays.
        log: Every call that arrived.
    """

    def __init__(self, failing: Mapping[str, int], seed: int) -> None:
        self.failing = failing
        self.seed = seed
        self.log: list[str] = []
        self.commands: list[str] = []

    def answer(self, step: str, argument: str) -> str:
        """Return the answer of a step, or raise its error."""
        kind = FAILURES[self.failing.get(step, 0)]
        if kind is not None and zlib.crc32(f"{step}{argument}".encode()) % 2:
            raise kind()
        return f"{step}<{zlib.crc32(argument.encode()):x}>"

    async def _take(self, call_: str) -> None:
        self.log.append(call_)
        await clock.sleep(zlib.crc32(f"{self.seed}{call_}".encode()) % 7 / 1000)

    async def read(self, step: str, argument: str) -> str:
        """Read."""
        await self._take(f"read {step} {argument}")
        return self.answer(step, argument)

    async def item(self, step: str, argument: str) -> str:
        """Read what has a batch."""
        await self._take(f"item {step} {argument}")
        return self.answer(step, argument)

    async def items(self, step: str, arguments: tuple[str, ...]) -> Mapping[str, Outcome[str]]:
        """Read a batch."""
        await self._take(f"items {step} {' '.join(arguments)}")
        return {argument: self._outcome(step, argument) for argument in arguments}

    async def command(self, step: str, argument: str) -> str:
        """Change something."""
        self.commands.append(f"{step} {argument}")
        await self._take(f"command {step} {argument}")
        return self.answer(step, argument)

    def _outcome(self, step: str, argument: str) -> Outcome[str]:
        try:
            return Succeeded(self.answer(step, argument))
        except CallError as error:
            return Failed.of(error)


def plan_of(program: tuple[Any, ...]) -> Plan[[tuple[str, ...]], Any]:
    """Return the plan with these statements."""

    @composition
    def random_plan(items: tuple[str, ...]) -> Any:
        return _body(program, "s", [compute(text_of, items)], items), left_out()

    return random_plan


def _body(statements_: tuple[Any, ...], name: str, env: list[Any], items: Any) -> tuple[Any, ...]:
    env = list(env)
    made = []
    for number, statement in enumerate(statements_):
        made.append(_build(statement, f"{name}_{number}", env, items))
        env.append(made[-1])
    return tuple(made)


def _build(node: Any, name: str, env: list[Any], items: Any) -> Any:
    match node:
        case Call(kind, ref):
            argument = compute(text_of, env[ref % len(env)])
            return named(name, call(getattr(Oracle, kind), name, argument))
        case Each(body):
            return named(name, each(items, lambda item: _body(body, name, [item, *env], items)))
        case Wrapped("optional", inner_):
            return optional(_build(inner_, name, env, items))
        case Wrapped("rescue", inner_, other):
            value = "rescued" if other is None else _build(other, f"{name}_other", env, items)
            return rescue(_build(inner_, name, env, items), {Refused: value})
        case Wrapped("otherwise", inner_, other):
            step = optional(_build(inner_, name, env, items))
            return otherwise(step, _build(other, f"{name}_other", env, items))
        case Wrapped("when", inner_, _, ref):
            holds = compute(_holds, env[ref % len(env)])
            return when(holds, _build(inner_, name, env, items))
        case Wrapped("then", inner_, body):
            value = optional(_build(inner_, name, env, items))
            return then(value, lambda one: _body(body, f"{name}_body", [one, *env], items))
    raise AssertionError(node)


@dataclass
class Naive:
    """
    Runs a program step by step, in written order.

    A failed value stays in its place until something absorbs it, so what does not depend on it is
    still worked out, as it is where steps run at the same time.
    """

    world: World
    items: tuple[str, ...]
    left_out: set[str] = field(default_factory=set)
    reads: set[str] = field(default_factory=set)
    commands: list[str] = field(default_factory=list)
    failed: bool = False

    def body(self, statements_: tuple[Any, ...], name: str, env: list[Any]) -> Any:
        """Return the values of the statements, or the first failure among them."""
        env = list(env)
        made: list[Any] = []
        for number, statement in enumerate(statements_):
            doomed = next((value for value in made if isinstance(value, CallError)), None)
            if doomed is not None and _commands(statement):
                made.append(doomed)
            else:
                made.append(self.value(statement, f"{name}_{number}", env))
            env.append(made[-1])
        return next((value for value in made if isinstance(value, CallError)), tuple(made))

    def value(self, node: Any, name: str, env: list[Any]) -> Any:
        """Return the value of one statement, or the error with which it failed."""
        match node:
            case Call(kind, ref):
                return self._call(kind, name, env[ref % len(env)])
            case Each(body):
                found = [self.body(body, name, [item, *env]) for item in self.items]
                return next((one for one in found if isinstance(one, CallError)), tuple(found))
            case Wrapped():
                return self._wrapped(node, name, env)
        raise AssertionError(node)

    def _wrapped(self, node: Wrapped, name: str, env: list[Any]) -> Any:
        other = f"{name}_other"
        match node.word:
            case "optional":
                return self._optional(node.inner, name, env)
            case "rescue":
                found = self.value(node.inner, name, env)
                if not isinstance(found, Refused):
                    return found
                return "rescued" if node.other is None else self.value(node.other, other, env)
            case "otherwise":
                found = self._optional(node.inner, name, env)
                return self.value(node.other, other, env) if found is None else found
            case "when":
                condition = env[node.ref % len(env)]
                if isinstance(condition, CallError):
                    return condition
                return self.value(node.inner, name, env) if _holds(condition) else None
            case _:
                found = self._optional(node.inner, name, env)
                if found is None or isinstance(found, CallError):
                    return found
                return self.body(node.other, f"{name}_body", [found, *env])

    def _optional(self, node: Any, name: str, env: list[Any]) -> Any:
        found = self.value(node, name, env)
        if isinstance(found, ABSORBED):
            self.left_out.add(name)
            return None
        return found

    def _call(self, kind: str, name: str, argument: Any) -> Any:
        if isinstance(argument, CallError):
            return argument
        if kind == "command":
            self.commands.append(f"{name} {text_of(argument)}")
        else:
            self.reads.add(f"{name} {text_of(argument)}")
        try:
            return self.world.answer(name, text_of(argument))
        except CallError as error:
            self.failed = True
            return error


def _commands(node: Any) -> bool:
    match node:
        case Call(kind):
            return kind == "command"
        case Each(body):
            return any(map(_commands, body))
        case Wrapped("then", inner_, body):
            return _commands(inner_) or any(map(_commands, body))
        case Wrapped(_, inner_, other):
            return _commands(inner_) or (other is not None and _commands(other))
    raise AssertionError(node)


def text_of(value: Any) -> str:
    """Return a short text that stands for a value."""
    return f"{zlib.crc32(repr(value).encode()):x}"


def _holds(value: Any) -> bool:
    return zlib.crc32(repr(value).encode()) % 2 == 0

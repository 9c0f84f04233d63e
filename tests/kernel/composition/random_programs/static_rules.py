"""What follows from a written program before it runs: whose failure is handled, what it ends."""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.kernel.composition.random_programs.programs import (
    SCOPES,
    Block,
    Statement,
    is_root,
    refs_in,
    statements_in,
)

PURE = frozenset({"compute", "then", "when", "route", "each", "otherwise", "select", "drop_none"})
HANDLERS = frozenset({"optional", "rescue", "translate", "quorum"})


@dataclass(frozen=True)
class Owner:
    """The statement that a block belongs to, and the block that it is in."""

    statement: Statement | None
    around: "Owner | None"
    block: Block


class StaticRules:
    """
    The rules of failures, for one program.

    - A failure is *handled* if all that use the value handle it, or fail with it and are handled.
    - It is *fatal* for its block if something fails with it, up to the block's own failure.
    - It is in a *timeout scope* if only an ``optional`` or ``quorum`` waits for it, at last.
    - A block needs its result, its checks, and the commands (and what handles their failures) that
      nobody else needs.
    """

    def __init__(self, block: Block) -> None:
        self._owners: dict[str, Owner] = {}
        self._users: dict[str, list[Statement]] = {}
        self._needed: dict[int, frozenset[str]] = {}
        self._results: dict[str, list[Owner]] = {}
        self._statements: dict[str, Statement] = {}
        self._visit(Owner(None, None, block))
        self._handled: dict[str, bool] = {}
        self._fatal: dict[str, bool] = {}

    def statement(self, name: str) -> Statement | None:
        """Return the statement of a name; None for inputs and items."""
        return self._statements.get(name)

    def needed(self, block: Block) -> set[str]:
        """Return the values with whose failure a block has failed, whatever else is selected."""
        return {
            one.name for one in block.statements if one.word != "check" and self.fatal(one.name)
        }

    def handled(self, name: str) -> bool:
        """Tell whether somebody deals with the failure of a value."""
        if name not in self._handled:
            self._handled[name] = self._find_handled(name)
        return self._handled[name]

    def fatal(self, name: str) -> bool:
        """Tell whether the block fails with the failure of a value of it."""
        if name not in self._fatal:
            self._fatal[name] = self._ends(name, self._owners[name].block)
        return self._fatal[name]

    def timeout_scopes(self, name: str) -> frozenset[str]:
        """Return the statements whose timeouts apply to a value; the longest counts."""
        owner = self._owners[name]
        ends = list(self._results.get(name, []))
        if name in self._needed[id(owner.block)]:
            ends.append(owner)
        users = [user for user in self._users.get(name, []) if user.word != "check"]
        found = [
            frozenset({user.name}) if user.word in SCOPES else self.timeout_scopes(user.name)
            for user in users
        ]
        for end in ends:
            outside = end.statement
            found.append(frozenset() if outside is None else self.timeout_scopes(outside.name))
        return frozenset[str]().union(*found) if all(found) else frozenset()

    def is_pure(self, statement: Statement) -> bool:
        """Tell whether a statement with bodies makes values of values, so that it never waits."""
        bodies = statement.bodies.values()
        inside = [one for body in bodies for one in statements_in(body)]
        return statement.word in PURE and all(one.word in PURE for one in inside)

    def captured(self, statement: Statement) -> set[str]:
        """Return the statements outside of it that its bodies use."""
        inside = [one for body in statement.bodies.values() for one in statements_in(body)]
        used = {name for one in inside for name in _names(one.given)}
        for one in (statement, *inside):
            used |= {name for body in one.bodies.values() for name in _names(body.result)}
        return (used & set(self._statements)) - {one.name for one in inside}

    def _visit(self, owner: Owner) -> None:
        block = owner.block
        for statement in block.statements:
            self._owners[statement.name] = owner
            self._statements[statement.name] = statement
            for name in _names(statement.given):
                self._users.setdefault(name, []).append(statement)
            for body in statement.bodies.values():
                self._visit(Owner(statement, owner, body))
        for name in _names(block.result):
            self._results.setdefault(name, []).append(owner)
        self._needed[id(block)] = frozenset(self._find_needed(block))

    def _find_needed(self, block: Block) -> Iterator[str]:
        roots: set[str] = set()
        for statement in block.statements:
            around = statement.word in HANDLERS and self._reaches(statement, roots)
            if statement.word == "check":
                yield from _names(statement.given)
            elif is_root(statement) or around:
                roots.add(statement.name)
        for name in roots:
            if name not in self._users and name not in self._results:
                yield name

    def _reaches(self, statement: Statement, roots: set[str]) -> bool:
        for name in _names(statement.given):
            before = self._statements.get(name)
            if name in roots or (before is not None and self._reaches(before, roots)):
                return True
        return False

    def _find_handled(self, name: str) -> bool:
        owner = self._owners[name]
        users = self._users.get(name, [])
        ends = [*self._results.get(name, [])]
        if name in self._needed[id(owner.block)]:
            ends.append(owner)
        if not users and not ends:
            return False
        for user in users:
            if not (user.word in {*HANDLERS, "check"} or self.handled(user.name)):
                return False
        return all(self._handled_outside(end) for end in ends)

    def _handled_outside(self, owner: Owner) -> bool:
        if owner.statement is None:
            return False
        return owner.statement.word == "outcomes" or self.handled(owner.statement.name)

    def _ends(self, name: str, block: Block) -> bool:
        owner = self._owners[name]
        if name in self._needed[id(owner.block)] and self._passes(owner, block):
            return True
        if any(self._passes(end, block) for end in self._results.get(name, [])):
            return True
        return any(
            user.word not in HANDLERS and user.word != "check" and self._ends(user.name, block)
            for user in self._users.get(name, [])
        )

    def _passes(self, owner: Owner, block: Block) -> bool:
        """Tell whether *block* fails if a block in it, or itself, fails."""
        if owner.block is block:
            return True
        if owner.statement is None or owner.statement.word == "outcomes":
            return False
        return self._ends(owner.statement.name, block)


def _names(expression: object) -> set[str]:
    return {ref.of for ref in refs_in(expression)}

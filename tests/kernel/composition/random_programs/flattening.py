"""A program without inlined plans: their statements are written where they are inlined."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from tests.kernel.composition.random_programs.programs import (
    Block,
    Program,
    Record,
    Ref,
    Statement,
)

Names = Mapping[str, Any]
"""For each name of an inlined plan the expression that it stands for outside of it."""


def flattened(program: Program) -> Program:
    """Return the program with everything that it inlines written out."""
    return replace(program, block=_Flattening(program).block(program.block, {}, ()), inlined={})


class _Flattening:
    def __init__(self, program: Program) -> None:
        self._program = program
        self._number = 0

    def block(self, block: Block, names: Names, prefix: tuple[str, ...]) -> Block:
        """Return a block; *prefix* is that of the plan, whose names are in it."""
        names = dict(names)
        statements = tuple(self._statements(block, names, prefix))
        item = block.item
        return Block(statements, _renamed(block.result, names), item)

    def _statements(
        self, block: Block, names: dict[str, Any], prefix: tuple[str, ...], within: str = ""
    ) -> Iterator[Statement]:
        for statement in block.statements:
            given = _renamed(statement.given, names)
            if statement.word == "inline":
                inner = self._program.inlined[statement.of]
                own: dict[str, Any] = dict(zip(("subject", "lane"), given, strict=True))
                yield from self._statements(
                    inner, own, (*prefix, statement.name), f"{within}{statement.name}_"
                )
                names[statement.name] = _renamed(inner.result, own)
                continue
            bodies = {}
            for label, body in statement.bodies.items():
                inner_names = dict(names)
                if body.item:
                    inner_names[body.item] = Ref(within + body.item)
                made = tuple(self._statements(body, inner_names, (), within))
                bodies[label] = Block(
                    made, _renamed(body.result, inner_names), body.item and within + body.item
                )
            self._number += 1
            name = within + statement.name
            names[statement.name] = Ref(name)
            yield replace(
                statement,
                name=name,
                label=statement.name,
                number=self._number,
                given=given,
                bodies=bodies,
                prefix=prefix,
            )


def _renamed(expression: Any, names: Names) -> Any:
    if isinstance(expression, Ref):
        return _at(names.get(expression.of, Ref(expression.of)), expression.path)
    if isinstance(expression, tuple):
        return tuple(_renamed(part, names) for part in expression)
    if isinstance(expression, Record):
        fields = tuple((name, _renamed(part, names)) for name, part in expression.fields)
        return Record(expression.name, fields)
    return expression


def _at(expression: Any, path: tuple[str, ...]) -> Any:
    for position, name in enumerate(path):
        if isinstance(expression, Ref):
            return Ref(expression.of, (*expression.path, *path[position:]))
        expression = dict(expression.fields)[name]
    return expression

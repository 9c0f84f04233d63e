"""
Where each step is: a path that is unique in the plan, and stays when unrelated lines move.

A path is the step's own name behind the names of the bodies and inlined plans around it, such as
``each(lines).card.offer``. Two calls of one name in one block are refused, as are two words around
commands. Other words, and computations, end with a digest of what they are made of, such as
``each(skus)~1f2e3d``, so that a neighbour of the same name changes nothing.
"""

from collections.abc import Sequence
from typing import Any, NoReturn

from maestri.plans.definition import expression_data, step_data
from maestri.plans.literals import ENDLESS, FROM_FUNCTION, digest_of
from maestri.plans.refusal import refuse
from maestri.plans.steps import (
    Body,
    Input,
    Item,
    Step,
    bodies_of,
    labelled,
    steps_with_side_effects,
)
from maestri.plans.words import Call, Compute, LeftOutParts

DIGEST_BYTES = 3
UNIQUE = (Input, Item, LeftOutParts)
"""Steps of which a block has one of a name, or that nobody asks for the path of."""

PLAIN = (Call, Compute, LeftOutParts)
"""Steps whose own segment is their name; of the others it is their word with the name."""


class Paths:
    """The paths of the steps of one trace."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self.count = len(steps)
        self._steps = steps
        self._owners = bodies_of(steps)
        self._with_side_effects = steps_with_side_effects(steps)
        self._suffixes: dict[int, str] = {}
        self._digests: dict[int, str] = {}
        self._find_suffixes()

    def path(self, step: Step) -> str:
        """Return the path of a step."""
        return ".".join((*self._around(step.block), *step.prefix, self._segment(step)))

    def part(self, step: Step) -> str:
        """Return the public name of a step: its path without words and suffixes."""
        return ".".join((*self._parts_around(step.block), *step.prefix, step.name))

    def _around(self, block: int) -> tuple[str, ...]:
        if block not in self._owners:
            return ()
        owner, body = self._owners[block]
        segment = labelled(owner.word, owner.name, body.label) + self._suffix(owner)
        return (*self._around(owner.block), *owner.prefix, segment)

    def _parts_around(self, block: int) -> tuple[str, ...]:
        if block not in self._owners:
            return ()
        owner, _ = self._owners[block]
        return (*self._parts_around(owner.block), *owner.prefix, owner.name)

    def _segment(self, step: Step) -> str:
        return self._bare_segment(step) + self._suffix(step)

    def _bare_segment(self, step: Step) -> str:
        return step.name if isinstance(step, PLAIN) else labelled(step.word, step.name, "")

    def _suffix(self, step: Step) -> str:
        return self._suffixes.get(step.index, "")

    def _find_suffixes(self) -> None:
        taken: dict[tuple[Any, ...], Step] = {}
        seen: dict[tuple[Any, ...], int] = {}
        for step in self._steps:
            place = (step.block, step.prefix, self._segment(step))
            if step.index in self._with_side_effects or isinstance(step, Call):
                if place in taken:
                    _refuse_equal_names(step)
                taken[place] = step
            elif not isinstance(step, UNIQUE):
                digest = self._digest(step)
                self._digests[step.index] = f"~{digest}"
                alike = seen[*place, digest] = seen.get((*place, digest), 0) + 1
                # What is alike in all it is made of is told apart by its order, which says nothing.
                self._suffixes[step.index] = f"~{digest}" + (f"~{alike}" if alike > 1 else "")
        self._refuse_equal_paths()

    def _refuse_equal_paths(self) -> None:
        # A name with dots may look like that of a step in an inlined plan, and would have its key.
        seen: set[str] = set()
        for step in self._steps:
            path = self.path(step)
            if path in seen and not isinstance(step, UNIQUE):
                _refuse_equal_names(step)
            seen.add(path)

    def _digest(self, step: Step) -> str:
        try:
            return digest_of(self._content(step), size=DIGEST_BYTES)
        except RecursionError:
            refuse(f"the step {step.name!r} is given {ENDLESS}", FROM_FUNCTION, step.line)

    def _alike(self, step: Step) -> str:
        """Return a path that is the same for steps that are alike in all they are made of."""
        segment = self._bare_segment(step) + self._digests.get(step.index, "")
        return ".".join((*self._around(step.block), *step.prefix, segment))

    def _content(self, step: Step) -> Any:
        return [
            step_data(step, self._alike),
            [self._content_of_body(body) for body in step.bodies],
        ]

    def _content_of_body(self, body: Body) -> list[Any]:
        return [
            expression_data(body.result, self._alike),
            *(self._content(step) for step in self._steps if step.block == body.block),
        ]


def _refuse_equal_names(step: Step) -> NoReturn:
    if step.inlined:
        refuse(
            f"two steps are named {'.'.join((*step.prefix, step.name))!r}",
            f'give the plan another name where it is used: named("other", {step.prefix[0]})(...)',
            step.inlined,
        )
    refuse(
        f"two steps are named {step.name!r}",
        'tell them apart: named("other_name", ...)',
        step.line,
    )

"""However deep a plan is, it is traced and compiled, or refused with its line."""

from collections.abc import Callable
from typing import Any

import pytest

from maestri.contracts import Contract, Message, Selection, get
from maestri.errors import PlanError
from maestri.plans import (
    Plan,
    call,
    check,
    composition,
    compute,
    each,
    named,
    optional,
    otherwise,
    program_of,
    quorum,
    rescue,
    route,
    select,
    then,
    when,
)
from maestri.plans.tracing import PLANS_NESTED_MAX
from tests.kernel.plans.contract import Brand, Catalog, Product, Sku, UnknownProduct
from tests.kernel.plans.refusals import refused_at_import, refused_at_start

DEEP = 2_000
SHALLOW = 12


class Tree(Message):
    """A message that holds messages of its own type."""

    name: str
    parts: tuple["Tree", ...] = ()


class Trees(Contract, id="nesting_trees"):
    @get("/trees/{name}")
    async def tree(self, name: str) -> Tree:
        """Show a tree."""
        raise NotImplementedError


Nest = Callable[[Any, Callable[[], Any]], Any]
BODIES: dict[str, Nest] = {
    "each": lambda value, inner: each((value, value), lambda _: inner()),
    "then": lambda value, inner: then(value, lambda _: inner()),
    "when": lambda value, inner: when(value == "a", inner),
    "route": lambda value, inner: route(value, {"a": inner}),
    "otherwise": lambda value, inner: otherwise(compute(maybe, value), inner),
    "rescue": lambda value, inner: rescue(call(Catalog.product, value), {UnknownProduct: inner}),
}


def maybe(value: str) -> str | None:
    """Return it, or nothing."""
    return value or None


def nested(nest: Nest, value: Any, depth: int) -> Any:
    """Write a body in a body in a body."""
    return value if depth == 0 else nest(value, lambda: nested(nest, value, depth - 1))


@pytest.mark.parametrize("word", BODIES)
def test_bodies_are_nested_to_a_depth(word: str) -> None:
    """It is a refusal, not a RecursionError, and says what to do."""

    def plan(sku: Sku) -> Any:
        return nested(BODIES[word], sku, DEEP)

    assert (
        "bodies are nested deeper than 16; make an operation of the inner part, and call it"
    ) == refused_at_import(plan)


@pytest.mark.parametrize("word", sorted(BODIES.keys() - {"route", "otherwise"}))
def test_bodies_that_are_less_deep_are_compiled(word: str) -> None:
    """Every word may be nested; with every word, in paths that tell the depth."""

    @composition
    def plan(sku: Sku) -> Any:
        return nested(BODIES[word], sku, SHALLOW)

    assert program_of(plan).plan is plan
    assert SHALLOW == max(step.path.count(f"{word}(") for step in plan.trace.steps)


def test_a_result_is_nested_to_a_depth() -> None:
    """Tuples in tuples are bound, too."""

    def plan(sku: Sku) -> Any:
        found: Any = sku
        for _ in range(DEEP):
            found = (found,)
        return found

    assert "is nested deeper than" in refused_at_import(plan)


def test_an_argument_is_nested_to_a_depth() -> None:
    """So are the arguments of a step."""

    def plan(sku: Sku) -> Any:
        found: Any = sku
        for _ in range(DEEP):
            found = Tree("a", (found,))
        return compute(len, (found,))

    assert "is nested deeper than" in refused_at_import(plan)


@pytest.mark.parametrize(
    "word",
    [
        optional,
        check,
        lambda value: named("deep", value),
        lambda value: each(value, lambda one: one),
        lambda value: rescue(value, {UnknownProduct: lambda: None}),
        lambda value: quorum((value,), 1),
    ],
)
def test_what_a_word_is_about_is_nested_to_a_depth(word: Callable[[Any], Any]) -> None:
    """Every word that takes a value as a whole looks into it first."""

    def plan(sku: Sku) -> Any:
        found: Any = call(Catalog.product, sku)
        for _ in range(DEEP):
            found = (found,)
        return word(found)

    assert (
        "a value is nested deeper than 32; hold the parts in fewer messages"
    ) == refused_at_import(plan)


def test_a_constant_that_holds_itself_is_refused() -> None:
    """No path of the step could say what it is given."""
    endless: list[Any] = []
    endless.append(endless)

    def plan(sku: Sku) -> Any:
        return compute(lambda one, _: one, sku, endless)

    assert (
        "the step '<lambda>' is given a value that holds itself, or is nested too deeply; let a "
        "named function make it: compute(function, ...)"
    ) == refused_at_start(plan)


def test_plans_are_inlined_to_a_depth() -> None:
    """A plan in a plan in a plan ends somewhere, although none contains itself."""
    deepest = _inlined(composition(_brand), PLANS_NESTED_MAX - 1)

    with pytest.raises(PlanError) as raised:
        _around(deepest)

    assert PLANS_NESTED_MAX - 1 == deepest.trace.steps[-1].path.count("outer.") + 1
    assert str(raised.value).endswith(
        "plans are inlined deeper than 16; make an operation of the inner ones, and call it"
    )


def _brand(sku: Sku) -> Brand:
    return call(Catalog.brand, sku)


def _inlined(plan: Plan[..., Any], times: int) -> Plan[..., Any]:
    for _ in range(times):
        plan = _around(plan)
    return plan


def _around(inner: Plan[..., Any]) -> Plan[..., Any]:
    def outer(sku: Sku) -> Any:
        return inner(sku)

    return composition(outer)


def itself(sku: Sku) -> Any:
    """Inline the plan that this becomes."""
    return composition(itself)(sku)


def one_of_two(sku: Sku) -> Any:
    """Make a plan of the other, and inline it."""
    return composition(other_of_two)(sku)


def other_of_two(sku: Sku) -> Any:
    """Do the same with the first."""
    return composition(one_of_two)(sku)


def itself_in_a_body(skus: tuple[Sku, ...]) -> Any:
    """Inline itself for each item."""
    return each(skus, lambda _: composition(itself_in_a_body)(skus))


@pytest.mark.parametrize("function", [itself, one_of_two, itself_in_a_body])
def test_a_plan_that_contains_itself_is_refused(function: Callable[..., Any]) -> None:
    """By way of another, too."""
    message = refused_at_import(function)

    assert "contains itself; a plan is finite; write the repetition with each(" in message


def test_a_long_chain_of_steps_is_compiled() -> None:
    """What depends on what depends on what is no recursion of the compiler."""

    @composition
    def plan(sku: Sku) -> Any:
        found: Any = call(Catalog.product, sku).weight_g
        for _ in range(480):
            found = found + 1
        return found

    assert 482 == len(program_of(plan).nodes)


def test_a_message_may_hold_messages_of_its_type() -> None:
    """Each use of such a message is as deep as it is written."""

    @composition
    def plan(name: str) -> Tree:
        tree = call(Trees.tree, name)
        return Tree(tree.name, (Tree("a", tree.parts), Tree("b")))

    deep = Selection(())
    for _ in range(SHALLOW):
        deep = Selection((("parts", deep),))
    assert program_of(plan, deep).plan is plan
    assert program_of(composition(_selected)).plan.name == "_selected"


class Name(Message):
    """The root of a tree alone."""

    name: str


def _selected(name: str) -> Name:
    return select(named("root", call(Trees.tree, name)), Name)


class Branch(Message):
    """A part of a tree that holds parts of its type."""

    parts: tuple["Branch", ...] = ()


class Stump(Message):
    """What looks like a part of a tree, and has a field of another type further below."""

    parts: tuple["Stump", ...] = ()
    name: int = 0


def test_a_shape_may_hold_messages_of_its_type() -> None:
    """It is checked to the end, which is where it comes back to what was checked."""

    def fitting(name: str) -> Branch:
        return select(call(Trees.tree, name), Branch)

    def misfit(name: str) -> Stump:
        return select(call(Trees.tree, name), Stump)

    assert "fitting" == program_of(composition(fitting)).plan.name
    assert "the shape's field name is int" in refused_at_import(misfit)


def test_a_deep_selection_is_bound_by_the_answer() -> None:
    """What a caller asks for is as deep as the answer that there is."""

    @composition
    def plan(sku: Sku) -> Product:
        return call(Catalog.product, sku)

    deep = Selection(())
    for _ in range(DEEP):
        deep = Selection((("title", deep),))
    assert program_of(plan, deep).plan is plan

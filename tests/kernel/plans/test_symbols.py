"""A symbol stands for a value and refuses to be one: with the line, and what to write instead."""

import inspect
import json
import math
from collections.abc import Callable
from typing import Any

import pytest

from maestri.errors import PlanError
from maestri.plans import call, composition, compute
from maestri.plans.symbol import Symbol
from tests.kernel.plans.contract import Catalog, Product, Sku

Use = Callable[[Any], Any]


def _loop(value: Any) -> None:
    for _ in value:
        pass


def _assign(value: Any) -> None:
    value.title = "other"


def _assign_item(value: Any) -> None:
    value["title"] = "other"


def _delete(value: Any) -> None:
    del value.title


def _delete_item(value: Any) -> None:
    del value["title"]


def _with(value: Any) -> None:
    with value:
        pass


def _await(value: Any) -> None:
    value.__await__()


USES: dict[str, tuple[Use, str]] = {
    "bool": (lambda value: 1 if value else 2, "when(condition, lambda: step)"),
    "not": (lambda value: not value, "x == False"),
    "and": (lambda value: value and 1, "x & y"),
    "for": (_loop, "each(items, step)"),
    "unpacking": (lambda value: (*value,), "each(items, step)"),
    "reversed": (reversed, "compute(function, items)"),
    "sorted": (sorted, "each(items, step)"),
    "in": (lambda value: "a" in value, "compute(function, value)"),
    "len": (len, "compute(len, items)"),
    "f-string": (lambda value: f"{value}", "builds the text"),
    "format": (lambda value: f"{value:>10}", "builds the text"),
    "str": (str, "builds the text"),
    "percent": (lambda value: "%s" % value, "builds the text"),  # noqa: UP031 - the old way, too
    "bytes": (bytes, "builds the text"),
    "index": (lambda value: value[0], "operator.itemgetter"),
    "as an index": (lambda value: [1, 2][value], "compute(function, value)"),
    "method call": (lambda value: value.title.upper(), "compute(function, value)"),
    "await": (_await, "steps are not awaited"),
    "hash": (hash, "route(key, cases)"),
    "dict key": (lambda value: {value: 1}, "route(key, cases)"),
    "set": (lambda value: {value}, "route(key, cases)"),
    "int": (int, "compute(int, value)"),
    "float": (float, "compute(float, value)"),
    "round": (round, "compute(round, value)"),
    "sqrt": (math.sqrt, "compute(float, value)"),
    "assignment": (_assign, "construct a new one"),
    "item assignment": (_assign_item, "construct a new one"),
    "deletion": (_delete, "construct a new one"),
    "item deletion": (_delete_item, "construct a new one"),
    "with": (_with, "is not closed"),
    "unknown field": (lambda value: value.colour, "it has sku, title, brand_id"),
    "field of None": (lambda value: value.brand_id.name, "then(value, lambda known: ...)"),
    "field of items": (lambda value: value.similar.name, "each(items, step)"),
    "outside a plan": (lambda value: value + 1, "@composition"),
}


def _symbol() -> Any:
    found: list[Any] = []

    @composition
    def plan(sku: Sku) -> Product:
        product = call(Catalog.product, sku)
        found.append(product)
        return product

    assert plan.trace.steps
    return found[0]


@pytest.mark.parametrize("name", USES)
def test_a_symbol_refuses_to_be_a_value(name: str) -> None:
    """Each use that needs a value gives the line of the plan and what to write instead."""
    use, remedy = USES[name]
    with pytest.raises(PlanError) as raised:
        use(_symbol())

    line = inspect.getsourcelines(use)[1] if inspect.isfunction(use) else None
    assert remedy in str(raised.value)
    assert str(raised.value).startswith(f"{__file__}:")
    assert line is None or abs(_line_of(raised.value) - line) <= 2


def test_the_line_of_a_refusal_is_the_line_of_the_plan() -> None:
    """The first words of the message are the file and the line to fix."""
    with pytest.raises(PlanError) as raised:

        @composition
        def plan(sku: Sku) -> str:
            product = call(Catalog.product, sku)
            return f"{product.title}"

    expected = inspect.currentframe()
    assert expected is not None
    assert expected.f_lineno - 4 == _line_of(raised.value)


def test_symbols_compare_and_calculate() -> None:
    """Operators between values are steps, on whichever side the symbol is."""

    @composition
    def plan(sku: Sku) -> tuple[Any, ...]:
        weight: Any = call(Catalog.product, sku).weight_g
        compared = (weight > 1, 1 > weight, weight == 1, weight != 1)
        left = (weight + 1, weight // 2, weight & 1, -weight, abs(weight), ~weight)
        return (*compared, *left, 1 + weight, 2 - weight, 7 % weight, 2**weight, 1 | weight)

    assert [Symbol] * 15 == [type(one) for one in plan.result]


def test_a_symbol_shows_what_it_stands_for() -> None:
    """repr() is for people who look for a mistake; it never raises."""
    assert "<product.similar>" == repr(_symbol().similar)


def test_json_of_a_symbol_is_refused() -> None:
    """What encodes values finds none."""
    with pytest.raises(TypeError):
        json.dumps(_symbol())


def test_constants_of_a_plan_need_no_compute() -> None:
    """A pure function of constants is called as it is; only symbols need compute."""

    @composition
    def plan(sku: Sku) -> tuple[str, int]:
        return call(Catalog.product, sku).title, compute(len, ("a", "b"))

    assert ["sku", "product", "len"] == [step.name for step in plan.trace.steps]


def _line_of(error: PlanError) -> int:
    return int(str(error).removeprefix(f"{__file__}:").partition(":")[0])

"""A symbol where its value would never be filled in is refused at import, whatever holds it."""

# ruff: noqa: PLC3002, D103 - each plan is a mistake; its name tells which

import functools
import operator
import re
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from types import MappingProxyType, SimpleNamespace
from typing import Any, NamedTuple

import pytest

from maestri.plans import (
    call,
    composition,
    compute,
    each,
    otherwise,
    program_of,
    route,
    then,
    translate,
)
from tests.kernel.plans.contract import Catalog, Price, Pricing, Product, Sku, UnknownProduct
from tests.kernel.plans.refusals import refused_at_import

HELD: dict[str, Any] = {}
DEEP = 12
MANY = 2_000


@dataclass(frozen=True)
class Pair:
    one: Any
    other: Any = None


@dataclass(slots=True)
class Slotted:
    one: Any


@dataclass(slots=True)
class SlottedBelow(Slotted):
    other: Any = None


@dataclass
class Mutable:
    parts: list[Any] = field(default_factory=list)


class Titles(NamedTuple):
    one: Any
    other: Any


class Attributes:
    """As attrs would write it: slots, and no dataclass."""

    __slots__ = ("__weakref__", "_title")

    def __init__(self, title: Any) -> None:
        self._title = title

    def joined(self, other: Any) -> str:
        return f"{self._title}{other}"

    def __call__(self, other: Any) -> str:
        return self.joined(other)


def joined(one: Any, other: Any = "", *, last: Any = "") -> str:
    return f"{one}{other}{last}"


def shown(value: Any) -> str:
    return str(value)


def held_globally(_: Any) -> str:
    return str(HELD["title"])


def _in_a_class(title: Any) -> type:
    class Shown:
        def __init__(self, other: Any) -> None:
            self.text = f"{title}{other}"

    return Shown


def _nested(title: Any) -> Callable[[Any], str]:
    def outer(other: Any) -> str:
        return (lambda: f"{title}{other}")()

    return outer


def _with_default(title: Any) -> Callable[[Any], str]:
    def shown_with(other: Any, before: Any = title) -> str:
        return f"{before}{other}"

    return shown_with


def _with_keyword_default(title: Any) -> Callable[[Any], str]:
    def shown_with(other: Any, *, before: Any = title) -> str:
        return f"{before}{other}"

    return shown_with


def _decorated(title: Any) -> Callable[[Any], str]:
    @functools.wraps(shown)
    def wrapped(other: Any) -> str:
        return f"{title}{shown(other)}"

    return wrapped


def _cached(title: Any) -> Callable[[Any], str]:
    return functools.lru_cache(lambda other: f"{title}{other}")


def _globally(title: Any) -> Callable[[Any], str]:
    HELD["title"] = title
    return held_globally


def _deep(title: Any) -> list[Any]:
    found = [title]
    for _ in range(DEEP):
        found = [found]
    return found


FUNCTIONS: dict[str, Callable[[Any], Callable[[Any], Any]]] = {
    "a closure": lambda title: lambda other: f"{title}{other}",
    "a closure in a closure": _nested,
    "a default": _with_default,
    "a keyword's default": _with_keyword_default,
    "a decorated function": _decorated,
    "a cached function": _cached,
    "a global": _globally,
    "a partial": lambda title: functools.partial(joined, title),
    "a keyword of a partial": lambda title: functools.partial(joined, last=title),
    "a partial of a partial": lambda title: functools.partial(
        functools.partial(joined, other=title), last=""
    ),
    "a bound method": lambda title: Attributes(title).joined,
    "a callable object": Attributes,
    "a class": _in_a_class,
    "a list's method": lambda title: [title].index,
    "a dict's method": lambda title: {"a": title}.get,
    "a method caller": lambda title: operator.methodcaller("replace", title, ""),
    "a closure over a list": lambda title: _nested([title]),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_that_holds_a_symbol_is_refused(name: str) -> None:
    """A function of compute gets every value as an argument; the message says how."""

    def plan(sku: Sku) -> Any:
        product = call(Catalog.product, sku)
        function = FUNCTIONS[name](product.title)
        return compute(function, call(Pricing.price, sku).minor)

    message = refused_at_import(plan)

    assert re.search(r"uses <product.title> without being given it", message), message
    assert "give it as an argument: compute(function, value, ...)" in message


VALUES: dict[str, Callable[[Any], Any]] = {
    "a dataclass": Pair,
    "a dataclass with slots": Slotted,
    "a dataclass below one with slots": SlottedBelow,
    "a field of a dataclass": lambda title: Mutable([title]),
    "a NamedTuple": lambda title: Titles(title, title),
    "an object with slots": Attributes,
    "a namespace": lambda title: SimpleNamespace(title=title),
    "a list": lambda title: [title],
    "a list in a tuple": lambda title: ("a", [title]),
    "a list in a dict": lambda title: {"a": [title]},
    "a deep list": _deep,
    "a long list": lambda title: [*["a"] * MANY, title],
    "a deque": lambda title: deque([title]),
    "an ordered dict": lambda title: OrderedDict(a=title),
    "a defaultdict": lambda title: defaultdict(str, a=title),
    "a mapping proxy": lambda title: MappingProxyType({"a": title}),
    "the values of a dict": lambda title: {"a": title}.values(),
    "an iterator": lambda title: iter([title]),
    "a generator": lambda title: (one for one in [title]),
    "a map": lambda title: map(shown, [title]),
    "a slice": lambda title: slice(0, title),
    "an exception": ValueError,
    "a function": lambda title: lambda: title,
    "a partial": lambda title: functools.partial(joined, title),
}


@pytest.mark.parametrize("name", VALUES)
def test_a_value_that_hides_a_symbol_is_no_argument(name: str) -> None:
    """Tuples, mappings and messages are filled in; anything else would arrive with the symbol."""

    def plan(sku: Sku) -> str:
        return compute(shown, VALUES[name](call(Catalog.product, sku).title))

    assert "hides <product.title> in a" in refused_at_import(plan)


@pytest.mark.parametrize("name", VALUES)
def test_a_value_that_hides_a_symbol_is_no_result(name: str) -> None:
    """The result of a plan is an expression, too."""

    def plan(sku: Sku) -> Any:
        return VALUES[name](call(Catalog.product, sku).title)

    assert re.match(r"the result of plan plan hides <product", refused_at_import(plan))


@pytest.mark.parametrize("name", VALUES)
def test_a_value_that_hides_a_symbol_is_no_result_of_a_body(name: str) -> None:
    """So is the result of a body."""

    def plan(skus: tuple[Sku, ...]) -> Any:
        return each(skus, lambda sku: VALUES[name](call(Catalog.product, sku).title))

    assert re.match(r"the result of the body of each hides <product", refused_at_import(plan))


def hidden_in_a_case(sku: Sku, kind: str) -> Any:
    title = call(Catalog.product, sku).title
    return route(kind, {"a": lambda: [title], "b": lambda: ["b"]})


def hidden_in_a_fallback(sku: Sku) -> Any:
    product = call(Catalog.product, sku)
    return otherwise(product.brand_id, [product.title])  # type: ignore[arg-type]  # the mistake


def hidden_in_a_key(skus: tuple[Product, ...]) -> Any:
    return each(skus, lambda one: one.title, key=lambda one: (one.sku, [one.title]))


def hidden_in_a_translation(sku: Sku) -> Any:
    title = call(Pricing.price, sku).sku

    def told(error: UnknownProduct) -> UnknownProduct:
        return UnknownProduct(sku=f"{title}{error.sku}")

    return translate(call(Catalog.product, sku), {UnknownProduct: told})


def hidden_in_an_argument_of_a_call(sku: Sku) -> Any:
    return call(Catalog.brand, [call(Catalog.product, sku).title])  # type: ignore[arg-type]  # the mistake


def hidden_in_named_arguments(sku: Sku) -> Any:
    return compute(joined, "a", other=Pair(call(Catalog.product, sku).title))


ELSEWHERE = [
    hidden_in_a_case,
    hidden_in_a_fallback,
    hidden_in_a_key,
    hidden_in_a_translation,
    hidden_in_an_argument_of_a_call,
    hidden_in_named_arguments,
]


@pytest.mark.parametrize("function", ELSEWHERE, ids=lambda function: function.__name__)
def test_a_symbol_is_hidden_nowhere(function: Callable[..., Any]) -> None:
    """Whatever a word is given is looked through."""
    assert re.search(r"hides <|uses <|is not made of the item alone", refused_at_import(function))


KEPT: list[Any] = []


@composition
def keeping(sku: Sku) -> Product:
    """Leave a symbol behind, where the next plan finds it."""
    product = call(Catalog.product, sku)
    KEPT.append(product)
    return product


def argument_of_another_plan(sku: Sku) -> Any:
    return call(Pricing.price, KEPT[0].sku), sku


def result_of_another_plan(sku: Sku) -> Any:
    return call(Pricing.price, sku), KEPT[0]


def operand_of_another_plan(sku: Sku) -> Any:
    return call(Pricing.price, sku).minor + KEPT[0].weight_g


def operator_of_another_plan(sku: Sku) -> Any:
    return call(Pricing.price, sku), KEPT[0].weight_g + 1


def body_of_another_plan(sku: Sku) -> Any:
    return then(call(Catalog.product, sku).brand_id, lambda _: KEPT[0])


def function_of_another_plan(sku: Sku) -> Any:
    return compute(lambda one: (one, kept_of_another), sku)


kept_of_another = KEPT[0]


@pytest.mark.parametrize(
    "function",
    [
        argument_of_another_plan,
        result_of_another_plan,
        operand_of_another_plan,
        operator_of_another_plan,
        body_of_another_plan,
        function_of_another_plan,
    ],
    ids=lambda function: function.__name__,
)
def test_a_symbol_of_another_plan_is_refused(function: Callable[..., Any]) -> None:
    """Its value exists only where that plan runs."""
    message = refused_at_import(function)

    assert re.search("belongs to plan keeping, not to|uses <product> without", message), message


def test_a_plan_written_inside_a_plan_has_symbols_of_its_own() -> None:
    """The inner plan would never be given the outer one's values."""

    def outer(sku: Sku) -> Any:
        product = call(Catalog.product, sku)

        @composition
        def inner(other: Sku) -> Any:
            return call(Pricing.price, other), product

        return inner(sku)

    assert "<product> belongs to plan outer, not to inner" in refused_at_import(outer)


def left_its_body(skus: tuple[Sku, ...]) -> Any:
    kept: list[Any] = []

    def one(sku: Sku) -> str:
        kept.append(call(Catalog.product, sku))
        return "a"

    return each(skus, one), kept[0].title


def left_its_body_for_a_call(skus: tuple[Sku, ...]) -> Any:
    kept: list[Any] = []

    def one(sku: Sku) -> Product:
        kept.append(call(Catalog.product, sku))
        return kept[0]  # type: ignore[no-any-return]  # the mistake

    return each(skus, one), call(Catalog.brand, kept[0].title)


def left_its_body_for_another(skus: tuple[Sku, ...], kind: str) -> Any:
    kept: list[Any] = []

    def one() -> Product:
        kept.append(call(Catalog.product, Sku("a")))
        return kept[0]  # type: ignore[no-any-return]  # the mistake

    return skus, route(kind, {"a": one, "b": lambda: kept[0]})


def item_left_its_body(skus: tuple[Sku, ...]) -> Any:
    kept: list[Sku] = []

    def one(sku: Sku) -> Price:
        kept.append(sku)
        return call(Pricing.price, sku)

    return each(skus, one), kept[0]


def operator_left_its_body(skus: tuple[Sku, ...]) -> Any:
    kept: list[Any] = []

    def one(sku: Sku) -> Price:
        kept.append(call(Pricing.price, sku))
        return kept[0]  # type: ignore[no-any-return]  # the mistake

    return each(skus, one), kept[0].minor * 2


@pytest.mark.parametrize(
    "function",
    [
        left_its_body,
        left_its_body_for_a_call,
        left_its_body_for_another,
        item_left_its_body,
        operator_left_its_body,
    ],
    ids=lambda function: function.__name__,
)
def test_a_symbol_is_used_in_its_body_only(function: Callable[..., Any]) -> None:
    """Outside of the body it has many values, or none."""
    message = refused_at_import(function)

    assert "is used outside of the body that makes it" in message
    assert "return it from the body, and use the result of the word around it" in message


def test_what_holds_no_symbol_may_be_anything() -> None:
    """Constants of every kind are passed on as they are; so are symbols in tuples and mappings."""

    @composition
    def plan(sku: Sku) -> Any:
        title = call(Catalog.product, sku).title
        constants = compute(joined, [1], Pair("a"), last={"a": {1, 2}})
        function = compute(functools.partial(joined, "a"), title)
        filled_in = compute(shown, ({"a": (title, 1)}, frozenset((1, 2))))
        return constants, function, filled_in, {"title": title}

    assert ["product", "joined", "partial", "shown"] == [
        node.step.name for node in program_of(plan).nodes[1:] if node is not None
    ]

"""What a plan's functions are seen to hold decides which of their questions are refused."""

# ruff: noqa: D103 - each plan is right or wrong; its name tells why

import contextlib
import cProfile
import functools
import gc
import operator
import sys
import weakref
from collections.abc import Callable, Iterator
from types import FrameType, SimpleNamespace
from typing import Any

import pytest

from maestri.errors import PlanError
from maestri.plans import call, composition, compute, each, source
from maestri.plans.hidden import OBJECTS_MAX
from tests.kernel.plans.contract import Catalog, Pages, Price, Pricing, Product, Sku
from tests.kernel.plans.refusals import refused_at_import, refused_in_its_lines


class Looking:
    """Holds what may be a symbol, and asks of it what it should not."""

    def __init__(self, product: Any) -> None:
        self._product = product

    def brand(self) -> Any:
        return 1 if self._product.brand_id is None else 2

    @property
    def is_missing(self) -> bool:
        return self._product is None

    @staticmethod
    def is_nothing(value: Any) -> bool:
        return value is None

    def __call__(self, value: Any) -> Any:
        return 1 if value is self else value


class Collecting:
    """Holds symbols and constants, and asks only of the constants."""

    def __init__(self) -> None:
        self._currency: str | None = None
        self._parts: list[Any] = []

    def add(self, part: Any) -> "Collecting":
        self._parts.append(part)
        if self._currency is None:
            self._currency = "EUR"
        return self

    def parts(self) -> tuple[Any, ...]:
        return tuple(self._parts)


@functools.singledispatch
def kind_of(value: object) -> str:
    return type(value).__name__


@kind_of.register
def _(value: Product) -> str:
    return value.title


@composition
def card(sku: Sku) -> Product:
    """One product."""
    return call(Catalog.product, sku)


def products(sku: Sku) -> Iterator[Product]:
    yield call(Catalog.product, sku)


def by_another_name(sku: Sku) -> Any:
    is_a = isinstance
    return 1 if is_a(call(Catalog.product, sku), Product) else 2


def by_an_operator(sku: Sku) -> Any:
    return 1 if operator.is_(None, call(Catalog.product, sku)) else 2


def by_dispatch(sku: Sku) -> Any:
    return call(Catalog.brand, kind_of(call(Catalog.product, sku)))


def of_a_plan(sku: Sku) -> Any:
    return 1 if card(sku) is None else 2


def of_an_attribute(sku: Sku) -> Any:
    held = SimpleNamespace(product=call(Catalog.product, sku))
    return 1 if held.product is None else 2


def of_a_field(sku: Sku) -> Any:
    price = Price(sku, call(Pricing.price, sku).minor)
    return 1 if price.minor is None else price


def of_what_was_put_in(sku: Sku) -> Any:
    held: dict[str, Any] = {}
    held["product"] = call(Catalog.product, sku)
    return 1 if held.get("product") is None else 2


def of_what_is_yielded(sku: Sku) -> Any:
    return tuple(1 for product in products(sku) if product is None)


def of_what_a_nested_function_returns() -> Any:
    def latest() -> Any:
        return call(Pages.latest)

    return 1 if latest() is None else 2


def of_what_is_assigned_inside(sku: Sku) -> Any:
    found: Any = None

    def find() -> None:
        nonlocal found
        found = call(Catalog.product, sku)

    find()
    return 1 if found is None else 2


def in_a_method(sku: Sku) -> Any:
    return Looking(call(Catalog.product, sku)).brand()


def in_a_property(sku: Sku) -> Any:
    return 1 if Looking(call(Catalog.product, sku)).is_missing else 2


def in_a_static_method(sku: Sku) -> Any:
    return 1 if Looking.is_nothing(call(Catalog.product, sku)) else 2


def in_an_object_that_is_called(skus: tuple[Sku, ...]) -> Any:
    return each(skus, Looking(None))


def in_a_partial(skus: tuple[Sku, ...]) -> Any:
    return each(skus, functools.partial(lambda one, other: other is one, None))


def in_the_key_of_a_sort(sku: Sku) -> Any:
    return tuple(sorted((call(Catalog.product, sku), 1), key=lambda one: one is None))


def in_the_second_of_two_lambdas(skus: tuple[Sku, ...]) -> Any:
    return each(skus, lambda sku: sku), each(skus, lambda sku: 1 if sku is None else 2)


def in_a_text_with_percent(sku: Sku) -> Any:
    return call(Catalog.brand, "%r" % (sku,))  # noqa: UP031 - the mistake


def in_a_text_with_format(sku: Sku) -> Any:
    return call(Catalog.brand, "{!r}".format(sku))  # noqa: UP032 - the mistake


def in_the_text_of_a_tuple(sku: Sku) -> Any:
    return call(Catalog.brand, f"{(sku, 1)}")


def before_another_error(sku: Sku) -> Any:
    if not isinstance(sku, str):
        raise TypeError(sku)
    return sku


WRONG = (
    by_another_name,
    by_an_operator,
    by_dispatch,
    of_a_plan,
    of_an_attribute,
    of_a_field,
    of_what_was_put_in,
    of_what_is_yielded,
    of_what_a_nested_function_returns,
    of_what_is_assigned_inside,
    in_a_method,
    in_a_property,
    in_a_static_method,
    in_an_object_that_is_called,
    in_a_partial,
    in_the_key_of_a_sort,
    in_the_second_of_two_lambdas,
    in_a_text_with_percent,
    in_a_text_with_format,
    in_the_text_of_a_tuple,
    before_another_error,
)


@pytest.mark.parametrize("function", WRONG, ids=lambda function: function.__name__)
def test_a_question_is_found_however_it_is_asked(function: Callable[..., Any]) -> None:
    """Functions are known by what they are, symbols by where they were seen."""
    message = refused_at_import(function)

    assert any(
        words in message for words in ("compared with `is`", "asked for its class", "into text")
    ), message


def of_the_constant_of_a_tuple(sku: Sku) -> Any:
    held = (call(Catalog.product, sku), None)
    return held[0] if held[1] is None else 2


def of_a_tuple_itself(sku: Sku) -> Any:
    def flat(value: Any) -> Any:
        return value if isinstance(value, tuple) and value is not None else (value,)

    return flat((sku, 1))


def of_a_position(sku: Sku) -> Any:
    return tuple(one for position, one in enumerate((sku, 1)) if position in {0, 2})


def of_names_beside_symbols(sku: Sku) -> Any:
    return tuple(
        one for name, one in zip(("a", "b"), (sku, 1), strict=True) if name not in {"b", "c"}
    )


def of_the_keys_of_a_dict(sku: Sku) -> Any:
    held = {"a": sku, "b": sku}
    wanted = {name: held[name] for name in held if name in {"a", "c"}}
    return {name: one for name, one in wanted.items() if name is not None}


def of_an_object_beside_symbols(sku: Sku) -> Any:
    return Collecting().add(sku).add(1).parts()


def of_a_function(sku: Sku) -> Any:
    def itself(value: Any) -> Any:
        return value

    return itself(sku) if callable(itself) and itself is not None else None


def of_what_returns_nothing(sku: Sku) -> Any:
    def note(_: Any) -> None:
        return None

    return sku if note(sku) is None else None  # type: ignore[func-returns-value]  # the rule


RIGHT = (
    of_the_constant_of_a_tuple,
    of_a_tuple_itself,
    of_a_position,
    of_names_beside_symbols,
    of_the_keys_of_a_dict,
    of_an_object_beside_symbols,
    of_a_function,
    of_what_returns_nothing,
)


@pytest.mark.parametrize("function", RIGHT, ids=lambda function: function.__name__)
def test_what_stands_beside_symbols_may_be_asked(function: Callable[..., Any]) -> None:
    """A tuple of symbols is a tuple, and a constant in it a constant."""
    assert function.__name__ == composition(function).name


def is_compared(sku: Sku) -> Any:
    return 1 if sku is None else 2


def test_the_profiler_of_the_caller_is_told_and_restored() -> None:
    """Whoever measures an import goes on measuring, after a refusal, too."""
    told: list[tuple[str, str]] = []

    def profile(frame: FrameType, event: str, _: Any) -> None:
        told.append((event, frame.f_code.co_name))

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        with contextlib.suppress(PlanError):
            composition(is_compared)
        after = sys.getprofile()
    finally:
        sys.setprofile(before)

    assert profile is after
    assert {("call", "is_compared"), ("return", "is_compared")} <= set(told)


def test_what_was_seen_is_forgotten() -> None:
    """A plan keeps its steps, and nothing of what its function held meanwhile."""
    kept: list[weakref.ref[Looking]] = []

    def plan(sku: Sku) -> Any:
        held = Looking(sku)
        kept.append(weakref.ref(held))
        return call(Catalog.product, sku)

    traced = composition(plan)
    gc.collect()

    assert ("plan", None) == (traced.name, kept[0]())


def test_what_is_too_large_to_be_searched_is_refused() -> None:
    """At the bound nobody can tell whether a symbol is hidden."""
    many = [object() for _ in range(OBJECTS_MAX + 1)]

    def plan(sku: Sku) -> Any:
        return compute(lambda one, _: one, sku, many)

    assert "objects, which are too many to be searched for symbols" in refused_at_import(plan)


def nothing() -> Any:
    return None


def passed_along(sku: Sku) -> Any:
    a = b = c = d = e = f = g = h = i = j = k = m = n = p = q = r = s = t = u = nothing()
    v = call(Catalog.product, sku)
    for _ in range(20):
        a, b, c, d, e, f, g, h, i, j = b, c, d, e, f, g, h, i, j, k
        k, m, n, p, q, r, s, t, u = m, n, p, q, r, s, t, u, v
    return 1 if a is None else 2


def test_a_symbol_is_followed_by_however_many_names() -> None:
    """Each of twenty names follows from the next one; all are gone through to the end."""
    assert "`a` is compared with `is`" in refused_in_its_lines(passed_along)


def test_a_plan_of_too_many_functions_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the bound nobody would read what a function asks of a symbol."""
    monkeypatch.setattr(source, "FUNCTIONS_MAX", 2)

    def first(product: Any) -> Any:
        return product.title

    def plan(sku: Sku) -> Any:
        return each((sku, sku), lambda one: first(call(Catalog.product, one)))

    message = refused_at_import(plan)

    assert (
        "a plan of more than 2 functions, which are too many to be read; split it into several "
        "operations"
    ) == message


def test_under_the_profiler_of_python_a_plan_is_observed_all_the_same() -> None:
    """It is stopped while a plan is traced, and goes on afterwards."""
    profiler = cProfile.Profile()
    profiler.enable()
    try:
        message = refused_at_import(compared_while_profiled)
        called_afterwards()
    finally:
        profiler.disable()

    measured = {getattr(entry.code, "co_name", "") for entry in profiler.getstats()}
    assert "is compared with `is`" in message
    assert called_afterwards.__name__ in measured


def called_afterwards() -> None:
    """Be measured."""


def compared_while_profiled(sku: Sku) -> Any:
    return 1 if call(Catalog.product, sku).brand_id is None else 2


def test_what_python_refuses_about_a_symbol_names_its_line_and_a_remedy() -> None:
    """A function written in C that needs a value says so in words of its own."""

    def joined(sku: Sku) -> Any:
        product = call(Catalog.product, sku)
        return str.join(", ", [sku, product.title])

    message = refused_in_its_lines(joined)

    assert "a function is given a symbol where it needs the value: sequence item 0" in message
    assert message.endswith("use compute(function, value)")

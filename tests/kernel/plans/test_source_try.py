"""What is written around steps in vain, or runs without being a step, is refused by the source."""

# ruff: noqa: D103, BLE001 - each plan is a mistake; its name tells which

import contextlib
from collections.abc import Callable
from typing import Any

import pytest

from maestri.plans import call, composition, each, when
from tests.kernel.plans.contract import Carts, Catalog, Pages, Sku, UnknownProduct
from tests.kernel.plans.refusals import refused_at_import, refused_in_its_lines

RESCUE = "which has ended when the step runs, and never sees its error; use rescue(step, {"


def tried(sku: Sku) -> Any:
    try:
        return call(Catalog.product, sku)
    except UnknownProduct:
        return None


def tried_with_a_finally(sku: Sku) -> Any:
    try:
        product = call(Catalog.product, sku)
    finally:
        len("")
    return product


def tried_in_a_body(skus: tuple[Sku, ...]) -> Any:
    def body(sku: Sku) -> Any:
        try:
            return call(Catalog.product, sku).title
        except UnknownProduct:
            return ""

    return each(skus, body)


def tried_without_inputs() -> Any:
    try:
        return call(Pages.latest)
    except UnknownProduct:
        return ()


@pytest.mark.parametrize(
    "function", [tried, tried_with_a_finally, tried_in_a_body, tried_without_inputs]
)
def test_a_step_inside_of_try_is_refused(function: Callable[..., Any]) -> None:
    """``try`` has ended when the step runs: its error is handled by a word."""
    assert RESCUE in refused_in_its_lines(function)


def _titled(sku: Sku) -> Any:
    try:
        return call(Catalog.product, sku).title
    except UnknownProduct:
        return None


def tried_by_another_function(sku: Sku) -> Any:
    return _titled(sku)


def test_a_step_inside_of_try_is_refused_in_a_function_that_is_called() -> None:
    """A function that a plan calls is read like the plan."""
    assert RESCUE in refused_at_import(tried_by_another_function)


def suppressed(sku: Sku) -> Any:
    with contextlib.suppress(UnknownProduct):
        return call(Catalog.product, sku)


def test_a_step_inside_of_with_is_refused() -> None:
    """``with`` has ended when the step runs, too."""
    assert "is a step inside of `with`, which has ended" in refused_in_its_lines(suppressed)


def test_try_and_with_around_other_code_are_allowed() -> None:
    """What runs while the plan is traced may fail there, and be handled there."""

    def parsed(sku: Sku) -> Any:
        try:
            limit = int("x")
        except ValueError:
            limit = 1
        with contextlib.suppress(KeyError):
            limit = {"a": 2}["b"]
        product = call(Catalog.product, sku)
        return when(product.weight_g > limit, lambda: call(Catalog.product, sku).title)

    assert composition(parsed).name == "parsed"


def swallowed(sku: Sku) -> Any:
    product = call(Catalog.product, sku)
    try:
        return 1 if product.brand_id else 2
    except Exception:
        return 3


def test_a_refusal_that_the_plan_catches_is_raised_all_the_same() -> None:
    """A misuse that was refused does not pass because the plan swallows the refusal."""
    assert "is used as a condition" in refused_in_its_lines(swallowed)


def not_called(sku: Sku) -> Any:
    return Catalog.product(sku)  # type: ignore[call-arg, arg-type]


def not_called_without_inputs() -> Any:
    return Pages.latest()  # type: ignore[call-arg]


def not_called_for_its_effect(cart_id: str) -> Any:
    Carts.order(cart_id)  # type: ignore[call-arg, arg-type, unused-coroutine]
    return call(Carts.cart, cart_id)


def not_called_in_a_body(skus: tuple[Sku, ...]) -> Any:
    return each(skus, lambda sku: Catalog.product(sku))  # type: ignore[call-arg, arg-type]  # noqa: PLW0108


@pytest.mark.parametrize(
    ("function", "remedy"),
    [
        (not_called, "write call(Catalog.product, ...)"),
        (not_called_without_inputs, "write call(Pages.latest, ...)"),
        (not_called_for_its_effect, "write call(Carts.order, ...)"),
        (not_called_in_a_body, "write call(Catalog.product, ...)"),
    ],
)
def test_an_operation_that_is_called_on_its_contract_is_refused(
    function: Callable[..., Any], remedy: str
) -> None:
    """Without ``call`` nothing is sent: the line and ``call`` are named."""
    message = refused_in_its_lines(function)

    assert "calls an operation on its contract, where nobody serves it" in message
    assert message.endswith(remedy)


def test_the_coroutine_of_an_operation_is_refused_as_a_result() -> None:
    """An operation that was called with all of its arguments has made a coroutine."""

    def not_called_with_self(sku: Sku) -> Any:
        return Catalog.product(None, sku)  # type: ignore[arg-type]

    message = refused_in_its_lines(not_called_with_self)

    assert "coroutine of Catalog.product, which nobody awaits; call an operation with" in message


def test_a_refusal_that_the_plan_replaces_is_raised_all_the_same() -> None:
    """The misuse is named, not the error that came of it."""

    def replaced(sku: Sku) -> Any:
        product = call(Catalog.product, sku)
        try:
            return 1 if product.brand_id else 2
        except Exception:
            raise ValueError(sku) from None

    assert "is used as a condition" in refused_in_its_lines(replaced)

"""A plan that does not fit its contracts, or itself, is refused at start."""

# ruff: noqa: D103 - the table below each group tells what is wrong with its plans

from collections.abc import Callable
from typing import Any

import pytest

from maestri.composition import Composer
from maestri.contracts import LeftOut, Message
from maestri.errors import PlanError
from maestri.plans import (
    Role,
    at,
    call,
    composition,
    left_out,
    optional,
    rescue,
    select,
)
from tests.kernel.plans.contract import (
    Catalog,
    Pages,
    Price,
    Pricing,
    Product,
    Search,
    Sku,
    UnknownProduct,
)
from tests.kernel.plans.market import FakeCarts, Told, market
from tests.kernel.plans.refusals import refused_at_start


class View(Message):
    price: Price | None
    left_out: LeftOut = ()


class NoReport(Message):
    title: str


def useless_optional(sku: Sku) -> tuple[str, View]:
    price = call(Pricing.price, sku)
    return price.sku, View(optional(price), left_out())


def useless_rescue(sku: Sku) -> tuple[str, Product | None]:
    product = call(Catalog.product, sku)
    return product.title, rescue(product, {UnknownProduct: lambda: None})


def silent_shape(sku: Sku) -> NoReport:
    return select(call(Pages.page, sku), NoReport)


AT_START: dict[Callable[..., Any], str] = {
    useless_optional: "'price' is also needed where its failure is not handled",
    useless_rescue: "'product' is also needed where its failure is not handled",
    silent_shape: "pages.page may leave parts out, and the result does not say so",
}


@pytest.mark.parametrize("function", AT_START, ids=lambda function: function.__name__)
def test_a_plan_that_cannot_work_is_refused_at_start(function: Callable[..., Any]) -> None:
    """The message has the line of the step, what is wrong with it, and the remedy."""
    message = refused_at_start(function)

    assert AT_START[function] in message


@composition
def searched(query: str) -> tuple[Sku, ...]:
    """A call whose contract two dependencies have."""
    return call(Search.search, query)


async def test_an_ambiguous_dependency_is_refused() -> None:
    """Which of several dependencies is meant has to be said."""
    with pytest.raises(PlanError, match="which 2 dependencies have; name one with at"):
        await Composer(market(Told())).run(searched, "x")


async def test_a_missing_dependency_is_refused() -> None:
    """A plan that calls what the component does not have cannot run."""
    with pytest.raises(PlanError, match="which no dependency has; add a dependency"):
        await Composer({}).run(searched, "x")


async def test_a_missing_role_is_refused() -> None:
    """A role is the name of a dependency with the role's contract."""

    @composition
    def elsewhere(query: str) -> tuple[Sku, ...]:
        return at(Role(Search, "films"), Search.search, query)

    with pytest.raises(PlanError, match=r"at role 'films'.*are \['books', 'music'\]"):
        await Composer(market(Told())).run(elsewhere, "x")


def test_a_class_instead_of_an_instance_is_refused() -> None:
    """A dependency is what answers, not what it is made of."""
    with pytest.raises(PlanError, match=r"'carts' is the class FakeCarts; give an instance of it"):
        Composer({"carts": FakeCarts})  # type: ignore[dict-item]

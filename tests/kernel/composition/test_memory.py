import gc
from collections.abc import Iterator
from typing import Any

import pytest

from maestri.composition import Composer
from maestri.contracts import LeftOut
from maestri.plans import Plan, call, composition, each, left_out, named, optional, rescue
from tests.kernel.plans.contract import Brand, Catalog, Price, Pricing, Product, Sku, UnknownProduct

A, B = Sku("a"), Sku("b")
RUNS = 20


@composition
def together(sku: Sku) -> tuple[Product, Price]:
    """Calls of one moment."""
    return call(Catalog.product, sku), call(Pricing.price, sku)


@composition
def one_after_the_other(sku: Sku) -> Brand:
    """A call that uses what another answers."""
    return call(Catalog.brand, call(Catalog.product, sku).title)


@composition
def batched(skus: tuple[Sku, ...]) -> tuple[Price, ...]:
    """A body with a single call."""
    return each(skus, lambda sku: call(Pricing.price, sku))


@composition
def bodies(skus: tuple[Sku, ...]) -> tuple[tuple[Any, ...], LeftOut]:
    """Bodies with state of their own."""

    def one(sku: Sku) -> tuple[Any, ...]:
        known = rescue(call(Catalog.product, sku), {UnknownProduct: lambda: None})
        return known, optional(named("brand", call(Catalog.brand, sku)), timeout_s=1.0)

    return each(skus, one), left_out()


@pytest.fixture
def _without_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("_without_collector")
@pytest.mark.parametrize(
    ("plan", "given"),
    [(together, A), (one_after_the_other, A), (batched, (A, B)), (bodies, (A, B))],
    ids=lambda value: getattr(value, "name", ""),
)
async def test_a_run_leaves_nothing_to_the_collector(
    composer: Composer, plan: Plan[[Any], Any], given: Any
) -> None:
    """What a run has made is freed when it ends: nothing of it is held in a circle."""
    await composer.run(plan, given)
    gc.collect()

    for _ in range(RUNS):
        await composer.run(plan, given)

    assert gc.collect() < RUNS

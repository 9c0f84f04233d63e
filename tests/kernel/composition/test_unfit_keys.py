from collections.abc import Mapping
from typing import Any

import pytest

from maestri.composition import Composer
from maestri.contracts import Failed, Outcome, Succeeded
from maestri.plans import call, composition, each, left_out, optional, outcomes, when
from tests.kernel.plans.contract import Price, Prices, Pricing, Sku
from tests.kernel.plans.market import Told

A, C = Sku("a"), Sku("c")
UNFIT = [Sku("b\x00"), Sku("b\ud800")]


@composition
def one_by_one(skus: tuple[Sku, ...]) -> Mapping[Sku, Outcome[Price]]:
    """A body with a single call."""
    return outcomes(skus, lambda sku: call(Pricing.price, sku))


@composition
def with_more(skus: tuple[Sku, ...]) -> Prices:
    """Bodies with state of their own."""

    def one(sku: Sku) -> Price | None:
        price = optional(call(Pricing.price, sku))
        return when(sku != "x", lambda: price)

    return Prices(each(skus, one), left_out())


@pytest.mark.parametrize("unfit", UNFIT, ids=["nul", "surrogate"])
async def test_an_unfit_key_does_not_spoil_its_batch(
    composer: Composer, told: Told, unfit: Sku
) -> None:
    """What cannot be asked for fails alone; the others are asked for together."""
    found = await composer.run(one_by_one, (A, unfit, C))

    assert [Succeeded, Failed, Succeeded] == [type(one) for one in found.values()]
    assert ["prices:a+c"] == told.calls


@pytest.mark.parametrize("unfit", UNFIT, ids=["nul", "surrogate"])
async def test_an_unfit_key_leaves_out_its_own_part(
    composer: Composer, told: Told, unfit: Sku
) -> None:
    """Where each item may be missing, only the one with the unfit key is."""
    found = await composer.run(with_more, (A, unfit, C))

    assert Prices((Price(A, 100), None, Price(C, 100)), ("skus.price",)) == found
    assert ["prices:a+c"] == told.calls


async def test_the_last_fit_key_is_asked_for_alone(composer: Composer, told: Told) -> None:
    """A single key that is left goes to the single operation."""
    found: Mapping[Sku, Any] = await composer.run(one_by_one, (A, UNFIT[0]))

    assert [Succeeded, Failed] == [type(one) for one in found.values()]
    assert ["price:a"] == told.calls


async def test_keys_that_are_all_unfit_are_not_asked_for_again(
    composer: Composer, told: Told
) -> None:
    """There is nothing to ask for."""
    found: Mapping[Sku, Any] = await composer.run(one_by_one, tuple(UNFIT))

    assert ([Failed, Failed], []) == ([type(one) for one in found.values()], told.calls)

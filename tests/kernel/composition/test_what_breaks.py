import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import Any, cast

import pytest

from maestri.composition import Composer
from maestri.context import Context, encoded_key
from maestri.contracts import Contract, Failed, Operation, Outcome
from maestri.errors import Faulted
from maestri.links import stub
from maestri.plans import call, composition, compute, each, left_out, optional, outcomes
from tests.kernel.plans.contract import Price, Prices, Pricing, Sku
from tests.kernel.plans.market import FakePricing, Told, market

A, B = Sku("a"), Sku("b")


@composition
def prices(skus: tuple[Sku, ...]) -> Prices:
    """Prices that may be missing, one by one."""
    return Prices(each(skus, lambda sku: optional(call(Pricing.price, sku))), left_out())


@pytest.mark.parametrize(
    "answer",
    [
        lambda skus: {sku: Price(sku, 1) for sku in skus},
        list,
        lambda _: None,
        lambda skus: dict.fromkeys(skus, 5),
        lambda skus: {sku: Failed(cast("Any", None)) for sku in skus},
    ],
    ids=["no_outcomes", "list", "none", "numbers", "no_problem"],
)
async def test_a_batch_that_answers_no_outcomes_has_faulted(
    told: Told, answer: Callable[[tuple[Sku, ...]], Any]
) -> None:
    """What is no mapping of outcomes is a fault of the callee, and handled like one."""

    class Odd(FakePricing):
        async def prices(
            self, skus: tuple[Sku, ...], currency: str = "EUR"
        ) -> Mapping[Sku, Outcome[Price]]:
            return cast("Mapping[Sku, Outcome[Price]]", answer(skus))

    dependencies: dict[str, Contract] = {**market(told), "pricing": Odd(told)}
    found = await Composer(dependencies).run(prices, (A, B))

    assert Prices((None, None), ("skus.price",)) == found


class Wordless(Exception):
    """An error that cannot say what it is."""

    def __str__(self) -> str:
        raise ValueError


@pytest.mark.parametrize("error", [Wordless(), asyncio.CancelledError(), GeneratorExit()])
async def test_whatever_breaks_in_a_computation_is_faulted(
    composer: Composer, error: BaseException
) -> None:
    """Nobody waits in a computation, so not even a cancellation can be meant for it."""

    def breaking(_: Sku) -> str:
        raise error

    @composition
    def broken(skus: tuple[Sku, ...]) -> Mapping[Sku, Outcome[str]]:
        return outcomes(skus, lambda sku: compute(breaking, sku))

    found = await composer.run(broken, (A,))

    assert [Failed] == [type(one) for one in found.values()]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(3)])
async def test_who_ends_the_process_ends_the_run(composer: Composer, error: BaseException) -> None:
    """What is meant for the whole process is nobody's failure."""

    def ending(_: Sku) -> str:
        raise error

    @composition
    def ended(sku: Sku) -> str:
        return compute(ending, sku)

    with pytest.raises(type(error)):
        await composer.run(ended, A)


class OddLink:
    """A link that raises what no link may."""

    async def send(self, operation: Operation, arguments: tuple[Any, ...], context: Context) -> Any:
        """Break."""
        raise RuntimeError("odd")


async def test_a_link_that_breaks_has_faulted() -> None:
    """An optional part does without a link that keeps no promise, too."""
    composer = Composer({"pricing": stub(Pricing, OddLink())})

    assert Prices((None,), ("skus.price",)) == await composer.run(prices, (A,))


async def test_a_required_call_over_a_link_that_breaks_has_faulted() -> None:
    """What leaves a run is a CallError, whatever a link raises."""

    @composition
    def price(sku: Sku) -> Price:
        return call(Pricing.price, sku)

    with pytest.raises(Faulted, match="RuntimeError: odd"):
        await Composer({"pricing": stub(Pricing, OddLink())}).run(price, A)


def test_a_key_with_a_set_is_the_same_in_every_process() -> None:
    """The order of a set differs from process to process, the key that is made of it does not."""
    program = (
        "from maestri.context import encoded_key\n"
        "print(encoded_key((frozenset(('one', 'two', 'three', 'four')), {'b': 1, 'a': 2})))"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2", "3")
    }

    assert 1 == len(found)
    assert encoded_key({"a": 2, "b": 1}) == encoded_key({"b": 1, "a": 2})


async def test_a_batch_that_answers_outcomes_is_taken_at_its_word(composer: Composer) -> None:
    """What is right stays right: each key has its value."""
    found = await composer.run(prices, (A, B))

    assert ((Price(A, 100), Price(B, 100)), ()) == (found.values, found.left_out)

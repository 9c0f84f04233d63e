"""What a composer cannot work with is refused in words that say what to give it."""

from typing import Any

import pytest

from maestri.composition import Composer, serve
from maestri.errors import PlanError
from tests.kernel.plans.contract import Brand, Catalog, Sku
from tests.kernel.plans.market import FakeCatalog, Told


def undecorated(sku: Sku) -> Brand:
    """What would be a plan."""
    raise NotImplementedError


@pytest.mark.parametrize(
    ("given", "remedy"),
    [
        (Catalog, r"is the class Catalog; give an instance of it"),
        (object(), "has no contract; give a stub, or an instance of a class that implements one"),
        (None, "the dependency 'catalog' is None, which has no contract"),
    ],
    ids=["contract", "object", "none"],
)
def test_a_dependency_implements_a_contract(given: Any, remedy: str) -> None:
    """It is refused when the composer is made, not when a plan first calls it."""
    with pytest.raises(PlanError, match=remedy):
        Composer({"catalog": given})


async def test_a_function_that_was_not_decorated_is_no_plan() -> None:
    """The message says so wherever it is used as one."""
    composer: Any = Composer({"catalog": FakeCatalog(Told())})
    anything: Any = undecorated

    with pytest.raises(PlanError, match=r"run\(\) of .*no plan; decorate the function"):
        await composer.run(anything, "a")
    with pytest.raises(PlanError, match=r"serve\(\) of .*no plan; decorate the function"):
        serve(anything)

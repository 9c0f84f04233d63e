"""A plan is a value like a function: copied it is itself, pickled it is its name."""

import copy
import pickle

import pytest

from maestri.plans import call, composition, named
from tests.kernel.plans.contract import Catalog, Product, Sku


@composition
def shown(sku: Sku, currency: str = "EUR") -> Product:
    """Show a product."""
    del currency
    return call(Catalog.product, sku)


def test_a_copy_of_a_plan_is_the_plan() -> None:
    """A plan never changes, so that nobody needs another one."""
    assert copy.copy(shown) is shown
    assert copy.deepcopy({"plan": shown})["plan"] is shown
    assert "other" == named("other", shown).name
    assert "shown" == shown.name


def test_a_plan_is_pickled_by_its_name() -> None:
    """It is found in its module again, as a function is."""
    assert pickle.loads(pickle.dumps(shown)) is shown


def test_a_plan_that_no_module_has_by_its_name_is_not_pickled() -> None:
    """One that was renamed, or defined in a function, says so."""

    @composition
    def local(sku: Sku) -> Product:
        return call(Catalog.product, sku)

    for plan in (local, named("other", shown)):
        with pytest.raises(pickle.PicklingError, match=f"plan {plan.name} is not found as"):
            pickle.dumps(plan)


def test_wrong_inputs_name_the_plan() -> None:
    """A plan is bound to its inputs as a function is, and says whose they are."""
    with pytest.raises(TypeError, match=r"^plan shown\(sku, currency\): missing .* 'sku'"):
        shown.bind((), {})
    with pytest.raises(TypeError, match=r"^plan shown\(sku, currency\): too many positional"):
        shown.bind((1, 2, 3), {})

"""What cannot be read is refused where Python could compare a symbol without telling it."""

from typing import Any

import pytest

from maestri.errors import PlanError
from maestri.plans import call, composition
from tests.kernel.plans.contract import Catalog, Sku

NAMES = {"composition": composition, "call": call, "Catalog": Catalog, "Sku": Sku, "Any": Any}
HEAD = "def typed(sku: Sku) -> Any:\n    product = call(Catalog.product, sku)\n    "


def defined(body: str) -> Any:
    """Define a plan as if it were typed at a prompt."""
    names: dict[str, Any] = dict(NAMES)
    exec(compile(HEAD + body, "<no source>", "exec"), names)
    return composition(names["typed"])


@pytest.mark.parametrize(
    "body",
    [
        "return 1 if product.brand_id is None else 2",
        "return 1 if product.brand_id is product else 2",
        "return 1 if sku in [sku] else 2",
        "return (lambda: 1 if product is None else 2)()",
        "match product:\n        case str(): return 1\n    return 2",
    ],
)
def test_a_function_that_cannot_be_read_and_compares_is_refused(body: str) -> None:
    """Nobody can tell what it compares, so it is defined where it can be read."""
    with pytest.raises(PlanError, match="cannot read the source of typed, which compares with"):
        defined(body)


def test_a_function_that_cannot_be_read_and_compares_nothing_is_a_plan() -> None:
    """What a symbol is told of, it refuses itself."""
    assert "typed" == defined("return product.title").name

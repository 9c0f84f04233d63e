"""A plan serves an operation only if it keeps what the operation promises."""

import pytest

from maestri.composition import Composer, Orchestrator, serve
from maestri.contracts import Contract, LeftOut, get
from maestri.errors import PlanError
from maestri.plans import (
    call,
    check,
    check_served,
    composition,
    left_out,
    optional,
    rejections_of,
    rescue,
    translate,
)
from tests.kernel.plans.contract import (
    Cart,
    CartFull,
    Carts,
    Catalog,
    NotForSale,
    Page,
    Pages,
    Product,
    Sku,
    UnknownProduct,
)


class Shop(Contract, id="check_shop"):
    @get("/{sku}", raises=[UnknownProduct])
    async def product(self, sku: Sku) -> Product:
        """Show a product."""
        raise NotImplementedError


def test_an_error_that_the_operation_does_not_declare_is_refused() -> None:
    """Every business error that can leave a plan is declared by the operation it serves."""

    @composition
    def product(sku: Sku) -> Product:
        check(call(Catalog.may_be_sold, sku))
        return call(Catalog.product, sku)

    with pytest.raises(PlanError, match="NotForSale of 'may_be_sold' can leave plan product"):
        check_served(product, Shop.operations["product"])


def test_a_plan_has_the_inputs_of_its_operation() -> None:
    """Arguments are handed over in order: other names or another order are refused."""

    @composition
    def product(code: Sku) -> Product:
        return call(Catalog.product, code)

    with pytest.raises(PlanError, match=r"takes \(code\), check_shop.product takes \(sku\)"):
        check_served(product, Shop.operations["product"])


def test_handled_errors_do_not_leave_the_plan() -> None:
    """Rescue takes an error away, translate makes another of it, optional changes nothing."""

    @composition
    def handled(sku: Sku, cart_id: str) -> tuple[Product | None, Cart | None, Page, LeftOut]:
        product = rescue(call(Catalog.product, sku), {UnknownProduct: lambda: None})
        cart = optional(translate(call(Carts.put_line, cart_id, sku), {CartFull: _not_for_sale}))
        return product, cart, call(Pages.page, sku), left_out()

    assert {UnknownProduct: "page", NotForSale: "put_line"} == {
        error: step.name for error, step in rejections_of(handled).items()
    }


def test_a_service_is_checked_when_it_is_built() -> None:
    """What is wrong with any of its plans is said at start, never in a request."""

    @composition
    def product(sku: Sku) -> Product:
        return call(Catalog.product, sku)

    served = serve(product)

    class ShopService(Orchestrator, Shop):
        product = served

    with pytest.raises(PlanError, match="add a dependency with contract Catalog"):
        ShopService(Composer({}))


def _not_for_sale(error: CartFull) -> NotForSale:
    return NotForSale(sku=str(error))

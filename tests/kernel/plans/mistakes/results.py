"""Plans and services whose types do not fit: both type checkers find each in its line."""

# ruff: noqa: D101, D102, D103 - the comment of a line tells what is wrong with it

from maestri.composition import Composer, Orchestrator, serve
from maestri.contracts import Contract, LeftOut, Message, get
from maestri.plans import (
    call,
    check,
    composition,
    compute,
    each,
    left_out,
    optional,
    quorum,
    rescue,
    route,
    select,
    then,
    translate,
    when,
)
from tests.kernel.plans.contract import (
    Brand,
    Catalog,
    Page,
    Pages,
    Price,
    Pricing,
    Product,
    Sku,
    Title,
    UnknownProduct,
)


class View(Message):
    title: str
    price: Price | None
    brands: tuple[Brand, ...] = ()
    left_out: LeftOut = ()


def any_product() -> Product:
    return call(Catalog.product, Sku("a"))


def any_price() -> Price:
    return call(Pricing.price, Sku("a"))


@composition
def wrong_result(sku: Sku) -> Price:
    return call(Catalog.product, sku)  # type: ignore[return-value]  # pyright: ignore[reportReturnType]  # another message


@composition
def missing_result(sku: Sku) -> Product:  # type: ignore[return]  # pyright: ignore[reportReturnType]  # returns nothing
    check(call(Catalog.product, sku))


@composition
def unchecked_none(sku: Sku) -> Price:
    return optional(call(Pricing.price, sku))  # type: ignore[return-value]  # pyright: ignore[reportReturnType]  # may be None


@composition
def wrong_items(skus: tuple[Sku, ...]) -> tuple[Price, ...]:
    return each(skus, lambda sku: call(Catalog.product, sku))  # type: ignore[arg-type, return-value]  # pyright: ignore[reportReturnType]  # other items


@composition
def wrong_condition(sku: Sku) -> Product:
    return when(sku != "", lambda: call(Catalog.product, sku))  # type: ignore[return-value]  # pyright: ignore[reportReturnType]  # may be None


@composition
def wrong_case(key: str) -> Product:
    return route(key, {"a": any_product, "b": any_price})  # type: ignore[return-value]  # pyright: ignore[reportReturnType]  # other


@composition
def wrong_rescue(sku: Sku) -> Product:
    return rescue(call(Catalog.product, sku), {UnknownProduct: lambda: None})  # type: ignore[return-value]  # pyright: ignore[reportReturnType]  # may be None


@composition
def value_instead_of_a_case(key: str, sku: Sku) -> Product:
    return route(key, {"a": call(Catalog.product, sku)})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # no function


@composition
def value_instead_of_a_condition(sku: Sku) -> Product | None:
    return when(sku != "", call(Catalog.product, sku))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # no function


@composition
def value_instead_of_a_rescue(sku: Sku) -> Product | None:
    return rescue(call(Catalog.product, sku), {UnknownProduct: None})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # no function


@composition
def rescue_of_python(text: str) -> int | None:
    return rescue(compute(int, text), {ValueError: lambda: None})  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType]  # no CallError


@composition
def case_with_a_parameter(key: str) -> Product:
    return route(key, {"a": lambda one: call(Catalog.product, one)})  # type: ignore[dict-item, misc]  # pyright: ignore[reportArgumentType]  # takes none


@composition
def body_without_a_parameter(skus: tuple[Sku, ...]) -> tuple[Product, ...]:
    return each(skus, lambda: call(Catalog.product, Sku("a")))  # type: ignore[arg-type, misc]  # pyright: ignore[reportArgumentType]  # takes the item


@composition
def uncalled_operation(skus: tuple[Sku, ...]) -> tuple[Product, ...]:
    return each(skus, Catalog.product)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportReturnType]  # not called


@composition
def selected_field_of_none(sku: Sku) -> str:
    return select(optional(call(Catalog.product, sku)), Title).title  # type: ignore[union-attr]  # pyright: ignore[reportOptionalMemberAccess]  # may be None


@composition
def wrong_translation(sku: Sku) -> Product:
    return translate(call(Catalog.product, sku), {UnknownProduct: ValueError})  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType]  # no Rejected


@composition
def wrong_quorum(sku: Sku) -> Product:
    return quorum([call(Catalog.product, sku)], 1)  # type: ignore[return-value]  # pyright: ignore[reportReturnType]  # many, not one


@composition
def wrong_shape(sku: Sku) -> Product:
    return select(call(Pages.page, sku), Page)  # type: ignore[return-value]  # pyright: ignore[reportReturnType]  # another message


@composition
def wrong_fields(sku: Sku) -> View:
    product = call(Catalog.product, sku)
    return View(
        title=product.brand_id,  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # may be None
        price=product,  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # another message
        brands=then(product.brand_id, lambda one: call(Catalog.brand, one)),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # one, not many
        left_out=left_out(),
    )


@composition
def missing_field(sku: Sku) -> View:
    return View(call(Catalog.product, sku).title)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # the price is missing


@composition
def page(sku: Sku) -> Page:
    """Be right, for once."""
    return call(Pages.page, sku)


@composition
def inlined(count: int) -> Product:
    page(count)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # wrong type
    return page(Sku("a"))  # type: ignore[return-value]  # pyright: ignore[reportReturnType]  # another message


class Shop(Contract, id="mistaken_shop"):
    @get("/{sku}")
    async def view(self, sku: Sku) -> View:
        raise NotImplementedError

    @get("/pages/{name}")
    async def page(self, name: str) -> Page:
        raise NotImplementedError


class ShopService(Orchestrator, Shop):
    view = serve(page)  # type: ignore[arg-type]  # pyright: ignore[reportAssignmentType]  # another result


class PageService(Orchestrator, Shop):
    page = serve(inlined)  # type: ignore[arg-type]  # pyright: ignore[reportAssignmentType]  # another input and result


async def runs(composer: Composer) -> Product:
    await composer.run(page, 3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # wrong type
    await composer.run(page)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # missing input
    await composer.run(page, sku=Sku("a"), colour="red")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # unknown input
    return await composer.run(page, Sku("a"))  # type: ignore[arg-type]  # pyright: ignore[reportReturnType]  # another message

"""Calls that do not fit their operations: both type checkers find each in its line."""

# ruff: noqa: B018, D103 - the comment of a line tells what is wrong with it

from maestri.plans import Role, at, call, compute, each, optional, otherwise, reduce, select, then
from tests.kernel.plans.contract import (
    Brand,
    Cart,
    Carts,
    Catalog,
    Page,
    Price,
    Pricing,
    Product,
    Search,
    Sku,
)

BOOKS = Role(Search, "books")


def of_length(text: str, most: int) -> bool:
    return len(text) <= most


def sum_of(prices: tuple[Price, ...]) -> int:
    return sum(price.minor for price in prices)


def arguments(sku: Sku, name: str, count: int) -> None:
    call(Catalog.product, name)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # wrong NewType
    call(Catalog.product, count)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # wrong type
    call(Catalog.brand, count)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # wrong type
    call(Catalog.product)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # missing argument
    call(Catalog.product, sku, name)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # one too many
    call(Catalog.product, name=sku)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # wrong keyword
    call(Pricing.price, sku, currency=count)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # wrong type of a keyword
    call(Pricing.price, sku, colour="red")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # unknown keyword
    call(Carts.put_line, sku)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # missing argument
    call(Catalog.prodct, sku)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]  # no such operation
    call(of_length, name, 3)  # type: ignore[arg-type, call-arg]  # pyright: ignore[reportArgumentType, reportCallIssue]  # no operation
    at(BOOKS, Catalog.product, sku)  # type: ignore[misc]  # pyright: ignore[reportArgumentType]  # wrong contract of the role
    at(BOOKS, Search.search, count)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # wrong type at a role
    at(BOOKS, Search.search)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # missing argument at a role


def fields(sku: Sku, skus: tuple[Sku, ...]) -> None:
    product = call(Catalog.product, sku)
    product.colour  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]  # no such field
    product.brand_id.upper()  # type: ignore[union-attr]  # pyright: ignore[reportOptionalMemberAccess]  # may be None
    product.title.uper()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]  # no such method
    call(Catalog.brand, product.brand_id)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # may be None
    call(Catalog.product, product.similar)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # many, not one
    optional(product).title  # type: ignore[union-attr]  # pyright: ignore[reportOptionalMemberAccess]  # may be None
    each(skus, lambda one: call(Catalog.brand, one.name))  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]  # a str has no name
    then(product.brand_id, lambda brand_id: call(Catalog.product, brand_id))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # wrong NewType


def functions(sku: Sku, count: int) -> None:
    product = call(Catalog.product, sku)
    compute(of_length, product.title, product.title)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # wrong type
    compute(of_length, product.title)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # missing argument
    compute(of_length, product.title, longest=3)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # unknown keyword
    reduce(sum_of, product.similar)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # wrong items
    reduce(sum_of, count)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # no sequence
    each(product, lambda one: one)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # no sequence
    each(count, lambda one: one)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # no sequence
    select(product, Page.title)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]  # no shape


def right_types(sku: Sku) -> tuple[Brand, Cart]:
    product = call(Catalog.product, sku)
    brand: Brand = then(product.brand_id, lambda brand_id: call(Catalog.brand, brand_id))  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]  # None
    cart: Cart = call(Carts.empty, "c")  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]  # answers nothing
    fallback: Brand = otherwise(optional(brand), cart)  # type: ignore[arg-type]  # pyright: ignore[reportAssignmentType]  # wrong fallback
    return fallback, cart


PRODUCT = Product

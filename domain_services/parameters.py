"""The bounds of what operations take, so that every door refuses bad input and names the field."""

from typing import Annotated, TypeAlias

from msgspec import Meta

from domain_services.vocabulary import BrandId, CartId, CategoryId, Sku, WarehouseId

_ID = r"^[A-Za-z0-9_-][A-Za-z0-9._-]*$"
# A slash or a lone ".." would change the meaning of a URL, so it is no part of an id over any link.

SKUS_MAX = 200
PAGE_SIZE_MAX = 48
LIMIT_MAX = 48

SkuKey: TypeAlias = Annotated[Sku, Meta(min_length=1, max_length=64, pattern=_ID)]
SkuKeys: TypeAlias = Annotated[tuple[SkuKey, ...], Meta(max_length=SKUS_MAX)]
CategoryKey: TypeAlias = Annotated[CategoryId, Meta(min_length=1, max_length=64, pattern=_ID)]
BrandKey: TypeAlias = Annotated[BrandId, Meta(min_length=1, max_length=64, pattern=_ID)]
BrandKeys: TypeAlias = Annotated[tuple[BrandKey, ...], Meta(max_length=SKUS_MAX)]
WarehouseKey: TypeAlias = Annotated[WarehouseId, Meta(min_length=1, max_length=64, pattern=_ID)]
CartKey: TypeAlias = Annotated[CartId, Meta(min_length=1, max_length=64, pattern=_ID)]
ReviewKey: TypeAlias = Annotated[str, Meta(min_length=1, max_length=64, pattern=_ID)]

# No link carries NUL; said here, so that the documents of the stores' doors say so, too.
QueryText: TypeAlias = Annotated[str, Meta(max_length=200, pattern=r"^[^\x00]*$")]
FilterText: TypeAlias = Annotated[
    str, Meta(min_length=3, max_length=200, pattern=r"^[^:\x00]+:[^\x00]+$")
]
Filters: TypeAlias = Annotated[tuple[FilterText, ...], Meta(max_length=20)]
"""``name:value`` of attributes. Values of one name are alternatives, names must all fit."""

PageNumber: TypeAlias = Annotated[int, Meta(ge=1, le=1000)]
PageSize: TypeAlias = Annotated[int, Meta(ge=1, le=PAGE_SIZE_MAX)]
Limit: TypeAlias = Annotated[int, Meta(ge=1, le=LIMIT_MAX)]
Quantity: TypeAlias = Annotated[int, Meta(ge=1, le=99)]

"""The interface of the catalog: products, their categories and makers, listings and pictures."""

from collections.abc import AsyncIterator, Mapping
from datetime import date
from typing import Annotated, Literal

from msgspec import Meta

from domain_services.parameters import (
    SKUS_MAX,
    BrandKey,
    BrandKeys,
    CategoryKey,
    Filters,
    PageNumber,
    PageSize,
    SkuKey,
    SkuKeys,
)
from domain_services.vocabulary import BrandId, CategoryId, Sku
from maestri.contracts import Contract, Message, Outcome, get
from maestri.errors import Rejected

Sort = Literal["featured", "newest", "price_asc", "price_desc", "title"]
Group = Literal["media", "technology", "living"]

SIMILAR_MAX = 8
"""Products that are named as similar to one."""


class UnknownProduct(Rejected, id="catalog.unknown_product", status=404):
    """The catalog has no such product. Ask for a sku from a listing."""

    sku: str


class UnknownCategory(Rejected, id="catalog.unknown_category", status=404):
    """The catalog has no such category. Ask for one from the list of categories."""

    category_id: str


class UnknownBrand(Rejected, id="catalog.unknown_brand", status=404):
    """The catalog has no such brand. Ask for the brand that a product names."""

    brand_id: str


class NotForSale(Rejected, id="catalog.not_for_sale", status=410):
    """This product may not be sold now. Offer something similar."""

    sku: str
    reason: str


class Category(Message):
    """A department of the store."""

    category_id: CategoryId
    title: str
    description: str
    group: Group
    product_count: int
    """Products for sale."""


class Brand(Message):
    """Who makes or publishes a product."""

    brand_id: BrandId
    name: str
    country: str
    story: str


class Attribute(Message):
    """One fact of a product: Material, oak."""

    name: str
    value: str


class Product(Message):
    """What the store says about one product; what it costs is known to pricing."""

    sku: Sku
    title: str
    description: str
    category_id: CategoryId
    brand_id: BrandId
    brand: str
    """The brand's name."""
    attributes: tuple[Attribute, ...]
    added_on: date


class FacetValue(Message):
    """One choice of a facet, and how many products it would leave."""

    value: str
    count: int
    chosen: bool


class Facet(Message):
    """An attribute by which a listing can be narrowed."""

    name: str
    values: tuple[FacetValue, ...]


class Listing(Message):
    """One page of the products for sale in a category, and what it can be narrowed by."""

    skus: tuple[Sku, ...]
    total: int
    facets: tuple[Facet, ...]


class Shelf(Message):
    """The featured products of one category."""

    category_id: CategoryId
    title: str
    skus: tuple[Sku, ...]


class Home(Message):
    """What the front of the store shows."""

    featured: Sku | None
    shelves: tuple[Shelf, ...]


class Catalog(Contract, id="catalog"):
    """What the store sells."""

    @get("/products/{sku}", raises=[UnknownProduct])
    async def product(self, sku: SkuKey) -> Product:
        """Return one product, also one that may not be sold."""
        ...

    @get("/products", batch_of="product", batch_max=SKUS_MAX)
    async def products(self, skus: SkuKeys) -> Mapping[Sku, Outcome[Product]]:
        """Return many products; an unknown one spoils no other."""
        ...

    @get("/products/{sku}/sale", raises=[UnknownProduct, NotForSale])
    async def may_be_sold(self, sku: SkuKey) -> None:
        """Return if the product may be sold; otherwise refuse."""
        ...

    @get("/sale", batch_of="may_be_sold", batch_max=SKUS_MAX)
    async def which_may_be_sold(self, skus: SkuKeys) -> Mapping[Sku, Outcome[None]]:
        """Return for each product whether it may be sold."""
        ...

    @get("/products/{sku}/similar", raises=[UnknownProduct])
    async def similar(self, sku: SkuKey) -> tuple[Sku, ...]:
        """Return products for sale that are like this one, the closest first; at most 8."""
        ...

    @get("/products/{sku}/picture", raises=[UnknownProduct], media_type="image/svg+xml")
    async def picture(self, sku: SkuKey) -> AsyncIterator[bytes]:
        """Stream the product's picture, an SVG."""
        ...

    @get("/categories")
    async def categories(self) -> tuple[Category, ...]:
        """Return all categories in the order of the store's shelves."""
        ...

    @get("/categories/{category_id}", raises=[UnknownCategory])
    async def category(self, category_id: CategoryKey) -> Category:
        """Return one category."""
        ...

    @get("/categories/{category_id}/listing", raises=[UnknownCategory])
    async def listing(
        self,
        category_id: CategoryKey,
        filters: Filters = (),
        sort: Sort = "featured",
        page: PageNumber = 1,
        size: PageSize = 24,
    ) -> Listing:
        """
        Return one page of a category; a page after the last is empty.

        Args:
            category_id: Which category.
            filters: ``name:value`` of attributes. Values of one name are alternatives, different
                names must all fit.
            sort: Prices sort by the makers' recommendation; ties by sku.
            page: From 1.
            size: Products per page.
        """
        ...

    @get("/home")
    async def home(
        self,
        shelf_count: Annotated[int, Meta(ge=1, le=12)] = 4,
        shelf_size: Annotated[int, Meta(ge=1, le=12)] = 6,
    ) -> Home:
        """Return the front of the store: one product, and shelves of different groups in turn."""
        ...

    @get("/brands/{brand_id}", raises=[UnknownBrand])
    async def brand(self, brand_id: BrandKey) -> Brand:
        """Return one brand."""
        ...

    @get("/brands", batch_of="brand", batch_max=SKUS_MAX)
    async def brands(self, brand_ids: BrandKeys) -> Mapping[BrandId, Outcome[Brand]]:
        """Return many brands."""
        ...

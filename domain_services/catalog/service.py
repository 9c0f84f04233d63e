"""The catalog service: serves its contract from its store."""

from collections.abc import AsyncIterator, Mapping

from domain_services.catalog.contract import (
    Brand,
    Catalog,
    Category,
    Home,
    Listing,
    NotForSale,
    Product,
    Shelf,
    Sort,
    UnknownBrand,
    UnknownCategory,
    UnknownProduct,
)
from domain_services.catalog.domain import choices, facets, in_turn
from domain_services.catalog.pictures import picture_of
from domain_services.catalog.store import CatalogStore, Narrowing, SaleRow
from domain_services.vocabulary import BrandId, CategoryId, Sku
from maestri.contracts import Failed, Outcome, Succeeded
from maestri.errors import Rejected


class CatalogService(Catalog):
    """Knows what the store sells."""

    def __init__(self, store: CatalogStore) -> None:
        self._store = store

    async def product(self, sku: Sku) -> Product:
        """Return one product."""
        found = await self._store.products((sku,))
        if sku not in found:
            raise UnknownProduct(sku=sku)
        return found[sku]

    async def products(self, skus: tuple[Sku, ...]) -> Mapping[Sku, Outcome[Product]]:
        """Return many products."""
        found = await self._store.products(skus)
        return {sku: Succeeded(found[sku]) if sku in found else _unknown(sku) for sku in skus}

    async def may_be_sold(self, sku: Sku) -> None:
        """Return if the product may be sold."""
        refusal = _refusal(sku, await self._refusals((sku,)))
        if refusal is not None:
            raise refusal

    async def which_may_be_sold(self, skus: tuple[Sku, ...]) -> Mapping[Sku, Outcome[None]]:
        """Return for each product whether it may be sold."""
        rows = await self._refusals(skus)
        refusals = {sku: _refusal(sku, rows) for sku in skus}
        return {
            sku: Succeeded(None) if refusal is None else Failed.of(refusal)
            for sku, refusal in refusals.items()
        }

    async def similar(self, sku: Sku) -> tuple[Sku, ...]:
        """Return products for sale that are like this one."""
        found = await self._store.similar(sku)
        if not found and not await self._refusals((sku,)):
            raise UnknownProduct(sku=sku)
        return found

    async def picture(self, sku: Sku) -> AsyncIterator[bytes]:
        """Stream the product's picture."""
        return picture_of(await self.product(sku))

    async def categories(self) -> tuple[Category, ...]:
        """Return all categories."""
        return await self._store.categories()

    async def category(self, category_id: CategoryId) -> Category:
        """Return one category."""
        found = await self._store.categories(category_id)
        if not found:
            raise UnknownCategory(category_id=category_id)
        return found[0]

    async def listing(
        self,
        category_id: CategoryId,
        filters: tuple[str, ...] = (),
        sort: Sort = "featured",
        page: int = 1,
        size: int = 24,
    ) -> Listing:
        """Return one page of a category."""
        await self.category(category_id)
        chosen = choices(filters)
        narrowing = Narrowing(category_id, filters, tuple(chosen))
        return Listing(
            skus=await self._store.listed(narrowing, sort, offset=(page - 1) * size, limit=size),
            total=await self._store.listed_count(narrowing),
            facets=facets(await self._store.facet_counts(narrowing), chosen),
        )

    async def home(self, shelf_count: int = 4, shelf_size: int = 6) -> Home:
        """Return the front of the store."""
        skus: dict[str, list[Sku]] = {}
        for row in await self._store.featured(shelf_size):
            skus.setdefault(row.category_id, []).append(Sku(row.sku))
        filled = [each for each in in_turn(await self.categories()) if each.category_id in skus]
        shelves = tuple(
            Shelf(each.category_id, each.title, tuple(skus[each.category_id]))
            for each in filled[:shelf_count]
        )
        # What is featured stands on no shelf below it, as long as there is another category.
        stage = filled[shelf_count:] or filled
        return Home(skus[stage[0].category_id][0] if stage else None, shelves)

    async def brand(self, brand_id: BrandId) -> Brand:
        """Return one brand."""
        found = await self._store.brands((brand_id,))
        if not found:
            raise UnknownBrand(brand_id=brand_id)
        return found[0]

    async def brands(self, brand_ids: tuple[BrandId, ...]) -> Mapping[BrandId, Outcome[Brand]]:
        """Return many brands."""
        found = {brand.brand_id: brand for brand in await self._store.brands(brand_ids)}
        return {
            brand_id: Succeeded(found[brand_id])
            if brand_id in found
            else Failed.of(UnknownBrand(brand_id=brand_id))
            for brand_id in brand_ids
        }

    async def _refusals(self, skus: tuple[Sku, ...]) -> dict[str, SaleRow]:
        return {row.sku: row for row in await self._store.sales(skus)}


def _refusal(sku: Sku, rows: Mapping[str, SaleRow]) -> Rejected | None:
    row = rows.get(sku)
    if row is None:
        return UnknownProduct(sku=sku)
    return None if row.refusal is None else NotForSale(sku=sku, reason=row.refusal)


def _unknown(sku: Sku) -> Failed:
    return Failed.of(UnknownProduct(sku=sku))

"""A store of a few products in memory, below the real orchestrators."""

# ruff: noqa: D102 - what each operation answers is in the docstring of its service

from collections.abc import AsyncIterator, Mapping
from datetime import date

from domain_services.carts.contract import LINES_MAX, Cart, CartFull, CartLine, Carts
from domain_services.catalog.contract import (
    Attribute,
    Brand,
    Catalog,
    Category,
    Facet,
    FacetValue,
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
from domain_services.inventory.contract import Inventory, Warehouse
from domain_services.pricing.contract import NoPrice, Price, Pricing
from domain_services.reviews.contract import RatingSummary, Review, ReviewPage, Reviews
from domain_services.vocabulary import (
    BrandId,
    CartId,
    CategoryId,
    Currency,
    Money,
    Sku,
    WarehouseId,
)
from maestri.contracts import Failed, Outcome, Succeeded
from maestri.errors import CallError, ConnectFailed
from sub_orchestrators.browsing.spi import Hit, Hits, ProductSearch

BOOKS = CategoryId("books")
TITLES = {Sku(f"BOK-{number}"): f"Tale {number}" for number in range(1, 8)}
FOR_SALE = tuple(TITLES)
FIRST = FOR_SALE[0]
WITHDRAWN = Sku("BOK-9")
UNPRICED = FOR_SALE[-1]
VALUES = 12
MAKER = BrandId("press")
PICTURE = b"<svg xmlns='http://www.w3.org/2000/svg'/>"


class Weather:
    """What may go wrong with a service: while it is down, nobody answers."""

    down = False

    def check(self) -> None:
        """Fail while it is down."""
        if self.down:
            raise ConnectFailed("it is down")


class SmallCatalog(Weather, Catalog):
    """Seven books for sale, and one that is not."""

    async def product(self, sku: Sku) -> Product:
        self.check()
        if sku not in TITLES and sku != WITHDRAWN:
            raise UnknownProduct(sku=sku)
        return Product(
            sku=sku,
            title=TITLES.get(sku, "Withdrawn tale"),
            description="Once upon a time.",
            category_id=BOOKS,
            brand_id=MAKER,
            brand="Small Press",
            attributes=(Attribute("Pages", "96"),),
            added_on=date(2025, 3, 1),
        )

    async def products(self, skus: tuple[Sku, ...]) -> Mapping[Sku, Outcome[Product]]:
        self.check()
        found: dict[Sku, Outcome[Product]] = {}
        for sku in skus:
            try:
                found[sku] = Succeeded(await self.product(sku))
            except CallError as error:
                found[sku] = Failed.of(error)
        return found

    async def may_be_sold(self, sku: Sku) -> None:
        await self.product(sku)
        if sku == WITHDRAWN:
            raise NotForSale(sku=sku, reason="Recalled.")

    async def which_may_be_sold(self, skus: tuple[Sku, ...]) -> Mapping[Sku, Outcome[None]]:
        self.check()
        found: dict[Sku, Outcome[None]] = {}
        for sku in skus:
            try:
                await self.may_be_sold(sku)
                found[sku] = Succeeded(None)
            except CallError as error:
                found[sku] = Failed.of(error)
        return found

    async def similar(self, sku: Sku) -> tuple[Sku, ...]:
        return tuple(other for other in FOR_SALE if other != sku)[:2]

    async def picture(self, sku: Sku) -> AsyncIterator[bytes]:
        await self.product(sku)
        return _pieces()

    async def categories(self) -> tuple[Category, ...]:
        self.check()
        return (await self.category(BOOKS),)

    async def category(self, category_id: CategoryId) -> Category:
        self.check()
        if category_id != BOOKS:
            raise UnknownCategory(category_id=category_id)
        return Category(BOOKS, "Books", "To be read.", "media", len(FOR_SALE))

    async def listing(
        self,
        category_id: CategoryId,
        filters: tuple[str, ...] = (),
        sort: Sort = "featured",
        page: int = 1,
        size: int = 24,
    ) -> Listing:
        await self.category(category_id)
        skus = FOR_SALE[::-1] if sort == "title" else FOR_SALE
        values = tuple(
            FacetValue(f"v{i}", 1, chosen=f"Author:v{i}" in filters) for i in range(VALUES)
        )
        shown = skus[(page - 1) * size : page * size]
        return Listing(shown, len(skus), (Facet("Author", values),))

    async def home(self, shelf_count: int = 4, shelf_size: int = 6) -> Home:
        return Home(FIRST, (Shelf(BOOKS, "Books", FOR_SALE[1:4]),))

    async def brand(self, brand_id: BrandId) -> Brand:
        if brand_id != MAKER:
            raise UnknownBrand(brand_id=brand_id)
        return Brand(MAKER, "Small Press", "Norway", "Founded in a shed.")

    async def brands(self, brand_ids: tuple[BrandId, ...]) -> Mapping[BrandId, Outcome[Brand]]:
        return {brand_id: Succeeded(await self.brand(brand_id)) for brand_id in brand_ids}


async def _pieces() -> AsyncIterator[bytes]:
    yield PICTURE[:5]
    yield PICTURE[5:]


class SmallReviews(Weather, Reviews):
    """Two customers were content with everything."""

    async def rating(self, sku: Sku) -> RatingSummary:
        self.check()
        return RatingSummary(sku, 2, 4.5, (0, 0, 0, 1, 1))

    async def ratings(self, skus: tuple[Sku, ...]) -> Mapping[Sku, Outcome[RatingSummary]]:
        self.check()
        return {sku: Succeeded(await self.rating(sku)) for sku in skus}

    async def reviews(self, sku: Sku, limit: int = 10, before: str | None = None) -> ReviewPage:
        self.check()
        return ReviewPage((Review("r-1", "Ida", 5, "Yes", "Read it.", date(2025, 4, 2)),), None)


class SmallPricing(Weather, Pricing):
    """Ten more for each tale in euros; a dollar is worth half of one."""

    async def offer(self, sku: Sku, currency: Currency = "EUR") -> Price:
        self.check()
        if sku == UNPRICED:
            raise NoPrice(sku=sku)
        minor = int(sku[-1]) * 1_000 * (2 if currency == "USD" else 1)
        return Price(sku, Money(minor, currency), None, None, rates_stale=False)

    async def offers(
        self, skus: tuple[Sku, ...], currency: Currency = "EUR"
    ) -> Mapping[Sku, Outcome[Price]]:
        self.check()
        found: dict[Sku, Outcome[Price]] = {}
        for sku in skus:
            try:
                found[sku] = Succeeded(await self.offer(sku, currency))
            except NoPrice as error:
                found[sku] = Failed.of(error)
        return found


class SmallCarts(Weather, Carts):
    """Carts in memory."""

    def __init__(self) -> None:
        self.lines: dict[CartId, dict[Sku, int]] = {}

    async def cart(self, cart_id: CartId) -> Cart:
        self.check()
        lines = self.lines.get(cart_id, {})
        return Cart(cart_id, tuple(CartLine(sku, many) for sku, many in lines.items()))

    async def put_line(self, cart_id: CartId, sku: Sku, quantity: int) -> Cart:
        lines = self.lines.setdefault(cart_id, {})
        if len(lines) >= LINES_MAX and sku not in lines:
            raise CartFull(lines_max=LINES_MAX)
        lines[sku] = quantity
        return await self.cart(cart_id)

    async def remove_line(self, cart_id: CartId, sku: Sku) -> Cart:
        self.lines.get(cart_id, {}).pop(sku, None)
        return await self.cart(cart_id)

    async def empty(self, cart_id: CartId) -> Cart:
        self.lines.pop(cart_id, None)
        return await self.cart(cart_id)


class SmallInventory(Weather, Inventory):
    """One warehouse, with a quantity of three of everything."""

    async def warehouses(self) -> tuple[Warehouse, ...]:
        self.check()
        return (Warehouse(WarehouseId("bergen"), "Bergen", "Norway", 1, 3),)

    async def stock(self, warehouse_id: WarehouseId, sku: Sku) -> int:
        self.check()
        return 3

    async def stocks(
        self, warehouse_id: WarehouseId, skus: tuple[Sku, ...]
    ) -> Mapping[Sku, Outcome[int]]:
        self.check()
        return {sku: Succeeded(3) for sku in skus}


class SmallSearch(Weather, ProductSearch):
    """Finds products by the start of their titles; there are as many as it is given."""

    def __init__(self, titles: Mapping[Sku, str]) -> None:
        self._titles = titles

    async def search(self, query: str, limit: int = 24) -> Hits:
        self.check()
        found = [Hit(sku, 1.0, t) for sku, t in self._titles.items() if t.startswith(query)]
        return Hits(tuple(found[:limit]), len(found))

    async def suggestions(self, prefix: str, limit: int = 8) -> tuple[str, ...]:
        self.check()
        return tuple(t for t in self._titles.values() if t.startswith(prefix))[:limit]

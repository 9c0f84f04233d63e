"""The page as a plan: nothing in it depends on anything else, so all four calls run at once."""

from benchmarks.stub_store.page.contract import ProductPage
from benchmarks.stub_store.services.contract import Catalog, Inventory, Opinions, Pricing
from maestri.plans import call, composition


@composition
def product_page(sku: str) -> ProductPage:
    """Show everything about one product."""
    return ProductPage(
        product=call(Catalog.product, sku),
        offer=call(Pricing.offer, sku),
        availability=call(Inventory.availability, sku),
        reviews=call(Opinions.reviews, sku),
    )

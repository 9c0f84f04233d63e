"""A plan of so many equal calls as it is given keys."""

from benchmarks.stub_store.services.contract import Catalog, Product
from maestri.plans import call, composition, each


@composition
def products(skus: tuple[str, ...]) -> tuple[Product, ...]:
    """Ask for every product on its own, all at once; there is no batch for it."""
    return each(skus, lambda sku: call(Catalog.product, sku))

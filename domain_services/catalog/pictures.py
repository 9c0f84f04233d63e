"""Pictures: drawn when they are asked for, from what the catalog knows about a product."""

from collections.abc import AsyncIterator

from domain_services import seed_data
from domain_services.catalog.contract import Product

_CHUNK_BYTES = 4_096


async def picture_of(product: Product) -> AsyncIterator[bytes]:
    """Yield the picture of a product, an SVG, in chunks."""
    picture = seed_data.picture(_drawable(product)).encode()
    for start in range(0, len(picture), _CHUNK_BYTES):
        yield picture[start : start + _CHUNK_BYTES]


def _drawable(product: Product) -> seed_data.Product:
    # A picture shows neither a price nor whether the product is for sale.
    return seed_data.Product(
        sku=product.sku,
        category_id=product.category_id,
        brand_id=product.brand_id,
        title=product.title,
        description=product.description,
        attributes=tuple(seed_data.Attribute(each.name, each.value) for each in product.attributes),
        recommended_price_minor=0,
        added_on=product.added_on,
        for_sale=True,
        not_for_sale_because=None,
        similar=(),
    )

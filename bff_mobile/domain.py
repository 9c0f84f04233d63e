"""Rules of a small screen."""

from collections.abc import Sequence

import msgspec

from bff_mobile.contract import FACET_VALUES_MAX, PREFIX
from domain_services.vocabulary import Sku
from sub_orchestrators.storefront.contract import Facet


def picture_path(sku: Sku) -> str:
    """Return the path of a product's picture; a sku needs no escape in it."""
    return f"{PREFIX}/v1/products/{sku}/picture"


def facets_shown(facets: Sequence[Facet], page: int) -> tuple[Facet, ...]:
    """Return what a list can be narrowed by: on its first page, the first values and the chosen."""
    return () if page > 1 else tuple(map(_shortened, facets))


def _shortened(facet: Facet) -> Facet:
    kept = tuple(
        value
        for position, value in enumerate(facet.values)
        if position < FACET_VALUES_MAX or value.chosen
    )
    return msgspec.structs.replace(facet, values=kept)

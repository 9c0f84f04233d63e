"""Serves browsing."""

from collections.abc import AsyncIterator

from domain_services.catalog.contract import Catalog
from domain_services.parameters import SkuKey
from maestri.composition import Composer, Orchestrator, serve
from sub_orchestrators.browsing import plans
from sub_orchestrators.browsing.contract import Browsing


class BrowsingService(Orchestrator, Browsing):
    """Browsing, by plans; a picture is forwarded as it streams in."""

    def __init__(self, composer: Composer, catalog: Catalog) -> None:
        super().__init__(composer)
        self._catalog = catalog

    categories = serve(plans.categories)
    category = serve(plans.category)
    listing = serve(plans.listing)
    home = serve(plans.home)
    product = serve(plans.product)
    may_be_sold = serve(plans.may_be_sold)
    which_may_be_sold = serve(plans.which_may_be_sold)
    card = serve(plans.card)
    cards = serve(plans.cards)
    reviews = serve(plans.reviews)
    search = serve(plans.search)
    suggestions = serve(plans.suggestions)

    async def picture(self, sku: SkuKey) -> AsyncIterator[bytes]:
        """Stream the product's picture."""
        return await self._catalog.picture(sku)

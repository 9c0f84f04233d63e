"""Serves the storefront."""

from maestri.composition import Orchestrator, serve
from sub_orchestrators.storefront import plans
from sub_orchestrators.storefront.contract import Storefront


class StorefrontService(Orchestrator, Storefront):
    """The storefront, by plans."""

    home = serve(plans.home)
    product = serve(plans.product)
    listing = serve(plans.listing)
    search = serve(plans.search)
    card = serve(plans.card)
    cards = serve(plans.cards)
    cart = serve(plans.cart)
    put_line = serve(plans.put_line)

"""Serves shopping."""

from maestri.composition import Orchestrator, serve
from sub_orchestrators.shopping import plans
from sub_orchestrators.shopping.contract import Shopping


class ShoppingService(Orchestrator, Shopping):
    """Shopping, by plans."""

    offer = serve(plans.offer)
    offers = serve(plans.offers)
    cart = serve(plans.cart)
    put_line = serve(plans.put_line)
    remove_line = serve(plans.remove_line)
    empty = serve(plans.empty)

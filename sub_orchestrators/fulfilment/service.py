"""Serves fulfilment."""

from maestri.composition import Orchestrator, serve
from sub_orchestrators.fulfilment import plans
from sub_orchestrators.fulfilment.contract import Fulfilment


class FulfilmentService(Orchestrator, Fulfilment):
    """Fulfilment, by plans."""

    availability = serve(plans.availability)
    availabilities = serve(plans.availabilities)

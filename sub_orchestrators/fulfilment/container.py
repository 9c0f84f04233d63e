"""The composition root of fulfilment."""

from dependency_injector import containers, providers

from domain_services.inventory.contract import Inventory
from maestri.composition import Composer
from sub_orchestrators.fulfilment.service import FulfilmentService


class Container(containers.DeclarativeContainer):
    """What fulfilment is made of."""

    inventory: providers.Dependency[Inventory] = providers.Dependency(instance_of=Inventory)
    composer = providers.Singleton(Composer, providers.Dict(inventory=inventory))
    service = providers.Singleton(FulfilmentService, composer)

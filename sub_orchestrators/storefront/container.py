"""The composition root of the storefront."""

from dependency_injector import containers, providers

from maestri.composition import Composer
from sub_orchestrators.browsing.contract import Browsing
from sub_orchestrators.fulfilment.contract import Fulfilment
from sub_orchestrators.shopping.contract import Shopping
from sub_orchestrators.storefront.service import StorefrontService


class Container(containers.DeclarativeContainer):
    """What the storefront is made of."""

    browsing: providers.Dependency[Browsing] = providers.Dependency(instance_of=Browsing)
    shopping: providers.Dependency[Shopping] = providers.Dependency(instance_of=Shopping)
    fulfilment: providers.Dependency[Fulfilment] = providers.Dependency(instance_of=Fulfilment)
    composer = providers.Singleton(
        Composer, providers.Dict(browsing=browsing, shopping=shopping, fulfilment=fulfilment)
    )
    service = providers.Singleton(StorefrontService, composer)

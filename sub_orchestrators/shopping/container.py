"""The composition root of shopping."""

from dependency_injector import containers, providers

from domain_services.carts.contract import Carts
from domain_services.pricing.contract import Pricing
from maestri.composition import Composer
from sub_orchestrators.shopping.service import ShoppingService


class Container(containers.DeclarativeContainer):
    """What shopping is made of."""

    pricing: providers.Dependency[Pricing] = providers.Dependency(instance_of=Pricing)
    carts: providers.Dependency[Carts] = providers.Dependency(instance_of=Carts)
    composer = providers.Singleton(Composer, providers.Dict(pricing=pricing, carts=carts))
    service = providers.Singleton(ShoppingService, composer)

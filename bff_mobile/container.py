"""The composition root of the mobile apps' backend."""

from dependency_injector import containers, providers

from bff_mobile.service import MobileService
from bff_mobile.signed import CartTokens, Cursors
from maestri.composition import Composer
from sub_orchestrators.browsing.contract import Browsing
from sub_orchestrators.shopping.contract import Shopping
from sub_orchestrators.storefront.contract import Storefront


class Container(containers.DeclarativeContainer):
    """Needs the setting ``secret``, the same in all replicas."""

    settings = providers.Configuration()
    storefront: providers.Dependency[Storefront] = providers.Dependency(instance_of=Storefront)
    browsing: providers.Dependency[Browsing] = providers.Dependency(instance_of=Browsing)
    shopping: providers.Dependency[Shopping] = providers.Dependency(instance_of=Shopping)
    composer = providers.Singleton(
        Composer, providers.Dict(storefront=storefront, browsing=browsing, shopping=shopping)
    )
    cursors = providers.Singleton(Cursors, settings.secret)
    carts = providers.Singleton(CartTokens, settings.secret)
    service = providers.Singleton(MobileService, composer, browsing, cursors, carts)

"""The composition root of the web shop."""

from dependency_injector import containers, providers

from bff_web.rendering import Renderer
from bff_web.service import WebService
from bff_web.visitor import Visitors
from maestri.composition import Composer
from sub_orchestrators.browsing.contract import Browsing
from sub_orchestrators.shopping.contract import Shopping
from sub_orchestrators.storefront.contract import Storefront


class Container(containers.DeclarativeContainer):
    """
    Needs the setting ``secret``, the same in all replicas.

    With ``secure_cookies`` cookies travel over HTTPS only: set it wherever the shop is public.
    """

    settings = providers.Configuration(default={"secure_cookies": False})
    storefront: providers.Dependency[Storefront] = providers.Dependency(instance_of=Storefront)
    browsing: providers.Dependency[Browsing] = providers.Dependency(instance_of=Browsing)
    shopping: providers.Dependency[Shopping] = providers.Dependency(instance_of=Shopping)
    composer = providers.Singleton(
        Composer, providers.Dict(storefront=storefront, browsing=browsing, shopping=shopping)
    )
    visitors = providers.Singleton(Visitors, settings.secret, secure=settings.secure_cookies)
    renderer = providers.Singleton(Renderer)
    service = providers.Singleton(WebService, composer, browsing, renderer, visitors)

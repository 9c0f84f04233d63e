"""The composition root of browsing."""

from dependency_injector import containers, providers

from domain_services.catalog.contract import Catalog
from domain_services.reviews.contract import Reviews
from maestri.composition import Composer
from sub_orchestrators.browsing.service import BrowsingService
from sub_orchestrators.browsing.spi import ProductSearch

Search = providers.Dependency[ProductSearch]


class Container(containers.DeclarativeContainer):
    """What browsing is made of; its search children are bound by the topology, by role."""

    catalog: providers.Dependency[Catalog] = providers.Dependency(instance_of=Catalog)
    reviews: providers.Dependency[Reviews] = providers.Dependency(instance_of=Reviews)
    media: Search = providers.Dependency(instance_of=ProductSearch)
    technology: Search = providers.Dependency(instance_of=ProductSearch)
    living: Search = providers.Dependency(instance_of=ProductSearch)
    composer = providers.Singleton(
        Composer,
        providers.Dict(
            catalog=catalog, reviews=reviews, media=media, technology=technology, living=living
        ),
    )
    service = providers.Singleton(BrowsingService, composer, catalog)

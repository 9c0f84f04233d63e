"""The composition root of the page."""

from dependency_injector import containers, providers

from benchmarks.stub_store.page.service import PageService
from benchmarks.stub_store.services.contract import Catalog, Inventory, Opinions, Pricing
from maestri.composition import Composer


class Container(containers.DeclarativeContainer):
    """What the page is made of."""

    catalog: providers.Dependency[Catalog] = providers.Dependency(instance_of=Catalog)
    pricing: providers.Dependency[Pricing] = providers.Dependency(instance_of=Pricing)
    inventory: providers.Dependency[Inventory] = providers.Dependency(instance_of=Inventory)
    opinions: providers.Dependency[Opinions] = providers.Dependency(instance_of=Opinions)
    composer = providers.Singleton(
        Composer,
        providers.Dict(catalog=catalog, pricing=pricing, inventory=inventory, opinions=opinions),
    )
    service = providers.Singleton(PageService, composer)

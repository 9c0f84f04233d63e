"""The composition root of the carts service."""

from dependency_injector import containers, providers

from domain_services.carts.service import CartsService
from domain_services.carts.store import MIGRATIONS, CartStore
from maestri.databases import open_database


class Container(containers.DeclarativeContainer):
    """Needs the setting ``database_url``."""

    settings = providers.Configuration()
    database = providers.Singleton(open_database, settings.database_url, migrations=MIGRATIONS)
    resources = providers.List(database)
    store = providers.Singleton(CartStore, database)
    service = providers.Singleton(CartsService, store)

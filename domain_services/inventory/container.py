"""The composition root of the inventory service."""

from dependency_injector import containers, providers

from domain_services.inventory.service import InventoryService
from domain_services.inventory.store import MIGRATIONS, InventoryStore
from maestri.databases import open_database


class Container(containers.DeclarativeContainer):
    """Needs the setting ``database_url``."""

    settings = providers.Configuration()
    database = providers.Singleton(open_database, settings.database_url, migrations=MIGRATIONS)
    resources = providers.List(database)
    store = providers.Singleton(InventoryStore, database)
    service = providers.Singleton(InventoryService, store)

"""The composition root of the catalog service."""

from dependency_injector import containers, providers

from domain_services.catalog.seed import MIGRATIONS
from domain_services.catalog.service import CatalogService
from domain_services.catalog.store import CatalogStore
from maestri.databases import open_database


class Container(containers.DeclarativeContainer):
    """Needs the setting ``database_url``."""

    settings = providers.Configuration()
    database = providers.Singleton(open_database, settings.database_url, migrations=MIGRATIONS)
    resources = providers.List(database)
    store = providers.Singleton(CatalogStore, database)
    service = providers.Singleton(CatalogService, store)

"""The composition root of the reviews service."""

from dependency_injector import containers, providers

from domain_services.reviews.service import ReviewsService
from domain_services.reviews.store import MIGRATIONS, ReviewStore
from maestri.databases import open_database


class Container(containers.DeclarativeContainer):
    """Needs the setting ``database_url``."""

    settings = providers.Configuration()
    database = providers.Singleton(open_database, settings.database_url, migrations=MIGRATIONS)
    resources = providers.List(database)
    store = providers.Singleton(ReviewStore, database)
    service = providers.Singleton(ReviewsService, store)

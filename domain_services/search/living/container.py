"""The composition root of the living search."""

from dependency_injector import containers, providers

from domain_services.search.index import TermIndex, migrations
from domain_services.search.living.domain import LivingUnderstanding
from domain_services.search.living.service import LivingSearch
from maestri.databases import open_database


class Container(containers.DeclarativeContainer):
    """Needs the setting ``database_url``."""

    settings = providers.Configuration()
    understanding = providers.Singleton(LivingUnderstanding)
    database = providers.Singleton(
        open_database,
        settings.database_url,
        migrations=providers.Callable(migrations, "living", understanding),
    )
    resources = providers.List(database)
    index = providers.Singleton(TermIndex, database, understanding)
    service = providers.Singleton(LivingSearch, index)

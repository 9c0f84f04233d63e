"""The composition root of the technology search."""

from dependency_injector import containers, providers

from domain_services.search.index import TermIndex, migrations
from domain_services.search.technology.domain import TechnologyUnderstanding
from domain_services.search.technology.service import TechnologySearch
from maestri.databases import open_database


class Container(containers.DeclarativeContainer):
    """Needs the setting ``database_url``."""

    settings = providers.Configuration()
    understanding = providers.Singleton(TechnologyUnderstanding)
    database = providers.Singleton(
        open_database,
        settings.database_url,
        migrations=providers.Callable(migrations, "technology", understanding),
    )
    resources = providers.List(database)
    index = providers.Singleton(TermIndex, database, understanding)
    service = providers.Singleton(TechnologySearch, index)

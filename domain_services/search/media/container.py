"""The composition root of the media search."""

from dependency_injector import containers, providers

from domain_services.search.index import TermIndex, migrations
from domain_services.search.media.domain import MediaUnderstanding
from domain_services.search.media.service import MediaSearch
from maestri.databases import open_database


class Container(containers.DeclarativeContainer):
    """Needs the setting ``database_url``."""

    settings = providers.Configuration()
    understanding = providers.Singleton(MediaUnderstanding)
    database = providers.Singleton(
        open_database,
        settings.database_url,
        migrations=providers.Callable(migrations, "media", understanding),
    )
    resources = providers.List(database)
    index = providers.Singleton(TermIndex, database, understanding)
    service = providers.Singleton(MediaSearch, index)

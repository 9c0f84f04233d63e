"""The composition root of the pricing service."""

from dependency_injector import containers, providers

from domain_services.pricing.exchange_rates import ExchangeRates
from domain_services.pricing.rates import Rates
from domain_services.pricing.service import PricingService
from domain_services.pricing.store import MIGRATIONS, PriceStore
from maestri.databases import open_database


class Container(containers.DeclarativeContainer):
    """Needs the setting ``database_url`` and somebody who serves exchange rates."""

    settings = providers.Configuration()
    exchange_rates = providers.Dependency(instance_of=ExchangeRates)
    database = providers.Singleton(open_database, settings.database_url, migrations=MIGRATIONS)
    resources = providers.List(database)
    store = providers.Singleton(PriceStore, database)
    rates = providers.Singleton(Rates, store, exchange_rates)
    service = providers.Singleton(PricingService, store, rates)

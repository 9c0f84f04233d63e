"""The composition root of the stub services."""

from dependency_injector import containers, providers

from benchmarks.stub_store.services.service import StubServices


class Container(containers.DeclarativeContainer):
    """What the stub services are made of."""

    service = providers.Singleton(StubServices)

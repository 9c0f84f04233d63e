"""
A plan runs in memory: as parallel as its data flow and its commands let it.

Problem: a client's page needs many services, in parallel where possible, and must not fail because
a decoration failed. Pattern: API Composer (Richardson, Microservices Patterns). Smallest example::

    import asyncio
    from maestri.composition import Composer
    from maestri.contracts import Contract, Message, get
    from maestri.plans import call, composition, named

    class Price(Message):
        minor: int

    class Pricing(Contract, id="pricing"):
        @get("/prices/{sku}")
        async def price(self, sku: str) -> Price: ...

    class Fixed(Pricing):
        async def price(self, sku: str) -> Price:
            return Price(100)

    @composition
    def pair(one: str, two: str) -> tuple[Price, Price]:
        return named("one", call(Pricing.price, one)), named("two", call(Pricing.price, two))

    composer = Composer({"pricing": Fixed()})
    assert asyncio.run(composer.run(pair, "a", "b")) == (Price(100), Price(100))

Not where state must survive a crash: nothing is stored.
"""

from maestri.composition.composer import Composer, plan_of, served_operations
from maestri.composition.orchestrator import Orchestrator, serve

__all__ = ["Composer", "Orchestrator", "plan_of", "serve", "served_operations"]

"""
A call reaches a component over a link, and the caller cannot tell which.

Problem: where a component runs should not be written into the code that calls it. Pattern: Remote
Proxy (Gamma et al.) over one narrow seam, ``Link.send``. Smallest example::

    from maestri.contracts import Contract, Message, get
    from maestri.links import LocalLink, Served, stub

    class Greeting(Message):
        text: str

    class Greeter(Contract, id="greeter"):
        @get("/greetings/{name}")
        async def greet(self, name: str) -> Greeting: ...

    class Polite(Greeter):
        async def greet(self, name: str) -> Greeting:
            return Greeting(f"Good morning, {name}.")

    greeter = stub(Greeter, LocalLink(Served(Polite())))

Not for calls inside one component: those are plain function calls.
"""

from maestri.links.link import Link
from maestri.links.local import LocalLink
from maestri.links.served import Served
from maestri.links.stub import link_of, stub

__all__ = ["Link", "LocalLink", "Served", "link_of", "stub"]

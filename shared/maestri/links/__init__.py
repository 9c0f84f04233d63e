"""
A call reaches a component over a link, and the caller cannot tell which.

Problem: where a component runs should not be written into the code that calls it. Pattern: Remote
Proxy (Gamma et al.) over one narrow seam, ``Link.send``. Smallest example::

    import asyncio

    from maestri.contracts import Contract, Message, get
    from maestri.links import Invoker, LocalLink, stub

    class Greeting(Message):
        text: str

    class Greeter(Contract, id="greeter"):
        @get("/greetings/{name}")
        async def greet(self, name: str) -> Greeting: ...

    class Polite(Greeter):
        async def greet(self, name: str) -> Greeting:
            return Greeting(f"Good morning, {name}.")

    greeter = stub(Greeter, LocalLink(Invoker(Polite())))
    assert Greeting("Good morning, Ada.") == asyncio.run(greeter.greet("Ada"))

Not for calls inside one component: those are plain function calls.
"""

from maestri.links.address import address_of
from maestri.links.calling import send_call
from maestri.links.eager_task import PENDING, EagerStarter, StarterPool
from maestri.links.http_client import (
    HttpClient,
    HttpRequest,
    HttpResponse,
    HttpStream,
    LostBeforeResponse,
)
from maestri.links.http_transport import HttpOptions, HttpTransport, http_link
from maestri.links.httpx_client import HttpxClient
from maestri.links.invoker import Invoker, caller_fault
from maestri.links.link import Link
from maestri.links.link_failures import LinkFailures
from maestri.links.local import LocalLink
from maestri.links.orphans import GRACE_S, stop_tasks
from maestri.links.pyreqwest_client import PyreqwestClient
from maestri.links.remote import RemoteLink, RemoteOptions
from maestri.links.socket_client import UNIX, SocketClient
from maestri.links.stub import link_of, stub
from maestri.links.transport import Attempt, Transport
from maestri.links.wire_context import received_context

__all__ = [
    "GRACE_S",
    "PENDING",
    "UNIX",
    "Attempt",
    "EagerStarter",
    "HttpClient",
    "HttpOptions",
    "HttpRequest",
    "HttpResponse",
    "HttpStream",
    "HttpTransport",
    "HttpxClient",
    "Invoker",
    "Link",
    "LinkFailures",
    "LocalLink",
    "LostBeforeResponse",
    "PyreqwestClient",
    "RemoteLink",
    "RemoteOptions",
    "SocketClient",
    "StarterPool",
    "Transport",
    "address_of",
    "caller_fault",
    "http_link",
    "link_of",
    "received_context",
    "send_call",
    "stop_tasks",
    "stub",
]

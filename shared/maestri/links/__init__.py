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

from maestri.links.error_pages import ErrorPages, FailedRequest
from maestri.links.exchange import (
    Exchange,
    HttpAnswer,
    HttpRequest,
    HttpStream,
    LostBeforeAnswer,
)
from maestri.links.http_client import HttpLink, HttpOptions
from maestri.links.http_server import Application, ServerOptions, application
from maestri.links.httpx_exchange import HttpxExchange
from maestri.links.link import Link
from maestri.links.local import LocalLink
from maestri.links.pyreqwest_exchange import PyreqwestExchange
from maestri.links.served import Served, caller_fault
from maestri.links.serving import serve_until, serving
from maestri.links.socket_exchange import SocketExchange
from maestri.links.stub import link_of, stub

__all__ = [
    "Application",
    "ErrorPages",
    "Exchange",
    "FailedRequest",
    "HttpAnswer",
    "HttpLink",
    "HttpOptions",
    "HttpRequest",
    "HttpStream",
    "HttpxExchange",
    "Link",
    "LocalLink",
    "LostBeforeAnswer",
    "PyreqwestExchange",
    "Served",
    "ServerOptions",
    "SocketExchange",
    "application",
    "caller_fault",
    "link_of",
    "serve_until",
    "serving",
    "stub",
]

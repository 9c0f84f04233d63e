"""
The callee's side: the operations of components as an HTTP application, bounded and observed.

Problem: what a component does should be written without a word of HTTP, and what HTTP needs
(routes, bounds, deadlines, problem details, pages for errors, operators' endpoints) once for all of
them. Pattern: Service Layer behind a Remote Facade (Fowler, Patterns of Enterprise Application
Architecture). Smallest example::

    import asyncio

    from maestri.contracts import Contract, Message, get
    from maestri.links import http_link, Invoker, SocketClient, stub
    from maestri.server import application, running_server

    class Greeting(Message):
        text: str

    class Greeter(Contract, id="greeter"):
        @get("/greetings/{name}")
        async def greet(self, name: str) -> Greeting: ...

    class Polite(Greeter):
        async def greet(self, name: str) -> Greeting:
            return Greeting(f"Good morning, {name}.")

    async def greeted() -> Greeting:
        app = application([Invoker(Polite(), "polite")])
        async with running_server(app, "127.0.0.1", 0) as url:
            client = SocketClient()
            greeter = stub(Greeter, http_link(url, client, component="polite"))
            try:
                return await greeter.greet("Ada")
            finally:
                await client.aclose()

    assert Greeting("Good morning, Ada.") == asyncio.run(greeted())

Not for calls within a process: a LocalLink needs no server.
"""

from maestri.server.application import Application, ServerOptions, application
from maestri.server.error_pages import ErrorPages, FailedRequest
from maestri.server.granian_server import RunningServer, running_server, serve, serving
from maestri.server.listening import listening_file, listening_socket, remove_unused
from maestri.server.request_counts import BOUNDS_S, Durations

__all__ = [
    "BOUNDS_S",
    "Application",
    "Durations",
    "ErrorPages",
    "FailedRequest",
    "RunningServer",
    "ServerOptions",
    "application",
    "listening_file",
    "listening_socket",
    "remove_unused",
    "running_server",
    "serve",
    "serving",
]

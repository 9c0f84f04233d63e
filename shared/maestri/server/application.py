"""A unit's HTTP application: the operations of its components, and what operators need."""

import logging
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from maestri.context import Recorder, new_id
from maestri.contracts import Contract, openapi
from maestri.errors import Faulted
from maestri.links import Invoker, address_of
from maestri.server.error_pages import ErrorPages, NotFoundHandler
from maestri.server.in_flight import InFlight
from maestri.server.operation_handler import HandlerOptions, OperationHandler
from maestri.server.operator_endpoints import operator_endpoints
from maestri.server.responses import (
    EncodedResponse,
    encoded_error,
    encoded_problem,
    plain_problem,
)
from maestri.server.routes import (
    Endpoint,
    Receive,
    Routes,
    Scope,
    Send,
    not_found,
    send_response,
)

if TYPE_CHECKING:
    from litestar import Litestar, Request, Response

log = logging.getLogger("maestri.http")

MIB = 1024 * 1024
OK = 200
NOT_FOUND = 404
INTERNAL_SERVER_ERROR = 500


class ServerOptions(msgspec.Struct, frozen=True):
    """
    Bounds and settings of one server.

    Attributes:
        recorder: Where spans and counts go; a new one if none is given.
        ready: Whether the unit may get requests; asked by ``/health/ready``.
        operator_token: Opens the operator endpoints; without one they do not exist.
        requests_max: Requests in work; more get 503.
        edge_requests_max: Those of them that are clients' own: so many as can be served within the
            time that they have.
        edge_wait_s_max: How long a client's request may have waited before it is begun.
        connections_max: Connections, idle ones too; more wait until one is closed.
        body_bytes_max: Largest body of a request; a larger one gets 413.
        edge_timeout_s: Time for a client's request, unless its operation declares one.
        timeout_s: Time for an internal call whose caller does not say.
        grace_s: How long a unit that was told to end serves on, while it says that it is not ready.
        drain_s: How long requests in work may still take afterwards.
        title, version: Of the OpenAPI documents.
    """

    recorder: Recorder | None = None
    ready: Callable[[], bool] | None = None
    operator_token: str | None = None
    requests_max: int = 1_000
    edge_requests_max: int = 64
    edge_wait_s_max: float = 0.5
    connections_max: int = 10_000
    body_bytes_max: int = MIB
    edge_timeout_s: float = 2.0
    timeout_s: float = 10.0
    grace_s: float = 0.0
    drain_s: float = 1.0
    title: str = "Maestri"
    version: str = "1"


class Application:
    """
    An ASGI application: contracts are routed by the path as it was sent, Litestar has the rest.

    A slash within a parameter stays part of it, and bytes that are not UTF-8 are refused by the
    operation instead of being replaced. Litestar runs the lifespan, handles a team's own routes
    and unknown addresses; it is asked only where no operation matches, because its way to a mount
    costs 23 µs a request, a seventh of a page.

    Attributes:
        litestar: Takes more routes, such as a team's own, with ``litestar.register``.
        in_flight: The requests in work.
        recorder: Where spans and counts go.
        handlers: What serves the operations.
        connections_max: Connections that a server of it takes.
        closing: Whether each response ends its connection, because the server is about to stop.
    """

    def __init__(
        self,
        litestar: "Litestar",
        routes: Routes,
        handlers: Sequence[OperationHandler],
        shared: HandlerOptions,
        connections_max: int,
    ) -> None:
        self.connections_max = connections_max
        self.closing = False
        self.litestar = litestar
        self._routes = routes
        self.handlers = tuple(handlers)
        self.in_flight = shared.in_flight
        self.recorder = shared.recorder

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Handle one request, or run the lifespan."""
        if self.closing:
            send = _closing(send)
        raw = scope.get("raw_path")
        if raw is not None:
            scope["path"] = raw.partition(b"?")[0].decode("latin-1")
        if scope["type"] == "http" and self._routes.matches(scope["path"]):
            await self._handle(scope, receive, send)
            return
        # Litestar cuts the path of its mount off and joins repeated slashes.
        scope["maestri_path"] = scope.get("path")
        await self.litestar(scope, receive, send)

    async def _handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._routes.handle(scope, receive, send)
        except Exception:
            log.exception("the server broke at %s", scope["path"])
            await send_response(send, encoded_error(Faulted("the server broke"), None, new_id()))


def _closing(send: Send) -> Send:
    """Return *send* with the response's connection ended after it."""

    async def closing(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message["headers"], (b"connection", b"close")]}
        await send(message)

    return closing


def application(invokers: Sequence[Invoker], options: ServerOptions | None = None) -> Application:
    """
    Return the application that serves all contracts of *invokers*.

    Edge contracts are found under their prefix, others under their component's name:
    ``domain_services.catalog`` under ``/domain_services/catalog``.

    Raises:
        TopologyError: Two operations have the same method and path.
    """
    from litestar import Litestar, asgi

    options = options or ServerOptions()
    recorder = options.recorder or Recorder()
    in_flight = InFlight(options.requests_max, options.edge_requests_max, options.edge_wait_s_max)
    handler_options = HandlerOptions(
        in_flight, recorder, options.body_bytes_max, options.edge_timeout_s, options.timeout_s
    )
    routes = Routes(_not_found_handler(invokers, handler_options))
    handlers = _add_operations(routes, invokers, handler_options)
    _add_documents(routes, invokers, options)
    for path, endpoint in operator_endpoints(
        recorder, options.ready, options.operator_token
    ).items():
        routes.add("GET", path, endpoint)
    # One mount with our own routes: Litestar's path parameters fail in raw ASGI handlers.
    litestar = Litestar(
        route_handlers=[asgi("/", is_mount=True, copy_scope=False)(_mounted(routes))],
        openapi_config=None,
        exception_handlers={Exception: _problem_response},
        logging_config=None,
    )
    return Application(litestar, routes, handlers, handler_options, options.connections_max)


def _not_found_handler(
    invokers: Sequence[Invoker], handler_options: HandlerOptions
) -> Endpoint | None:
    for one in invokers:
        pages = one.implementation
        if isinstance(pages, ErrorPages) and any(contract.edge for contract in one.contracts):
            return NotFoundHandler(
                pages,
                one.component,
                handler_options.in_flight,
                handler_options.recorder,
                handler_options.edge_timeout_s,
            )
    return None


def _mounted(routes: Routes) -> Endpoint:
    async def handle(scope: Scope, receive: Receive, send: Send) -> None:
        scope["path"] = scope["maestri_path"]
        await routes.handle(scope, receive, send)

    return handle


def _add_operations(
    routes: Routes, invokers: Sequence[Invoker], handler_options: HandlerOptions
) -> list[OperationHandler]:
    handlers = []
    for one in invokers:
        for contract in one.contracts:
            address = address_of(contract, one.component)
            for operation in contract.operations.values():
                handler = OperationHandler(operation, one, handler_options)
                handlers.append(handler)
                routes.add(operation.method, address + operation.path, handler)
                if operation.path == "/" and address:
                    routes.add(operation.method, address, handler)
    return handlers


def _add_documents(routes: Routes, invokers: Iterable[Invoker], options: ServerOptions) -> None:
    by_address: dict[str, list[type[Contract]]] = {}
    for one in invokers:
        for contract in one.contracts:
            by_address.setdefault(address_of(contract, one.component), []).append(contract)
    for address, contracts in by_address.items():
        routes.add("GET", f"{address}/schema", _Document(contracts, options, address))


class _Document:
    """An OpenAPI document, made when it is first asked for."""

    def __init__(
        self, contracts: Sequence[type[Contract]], options: ServerOptions, address: str
    ) -> None:
        self._contracts = contracts
        self._options = options
        self._address = address
        self._body: bytes | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._body is None:
            document = openapi(
                self._contracts,
                title=self._options.title,
                version=self._options.version,
                prefix=self._address,
            )
            self._body = msgspec.json.encode(document)
        headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-cache")]
        await send_response(send, EncodedResponse(200, headers, self._body))


def _problem_response(request: "Request[Any, Any, Any]", failure: Exception) -> "Response[bytes]":
    from litestar import Response
    from litestar.exceptions import HTTPException

    status = failure.status_code if isinstance(failure, HTTPException) else INTERNAL_SERVER_ERROR
    if status == NOT_FOUND:
        encoded = not_found()
    elif status < INTERNAL_SERVER_ERROR:
        encoded = encoded_problem(
            plain_problem(status, "bad_request", "The request is not well-formed."), new_id()
        )
    else:
        log.error("the server broke at %s", request.scope["path"], exc_info=failure)
        encoded = encoded_error(Faulted("the server broke"), None, new_id())
    headers = {name.decode(): value.decode() for name, value in encoded.headers}
    return Response(
        encoded.body,
        status_code=encoded.status,
        headers=headers,
        media_type="application/problem+json",
    )

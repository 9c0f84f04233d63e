"""A unit's HTTP application: the operations of its components, and what operators need."""

import logging
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from maestri.context import Recorder, new_id
from maestri.contracts import Contract, openapi
from maestri.errors import Faulted
from maestri.links.error_pages import ErrorPages, UnknownAddress
from maestri.links.http_answers import Encoded, encoded_error, encoded_problem, plain_problem
from maestri.links.http_handler import Exposure, OperationHandler
from maestri.links.in_flight import InFlight
from maestri.links.operator_endpoints import operator_endpoints
from maestri.links.routes import (
    Answering,
    Receive,
    Routes,
    Scope,
    Send,
    send_answer,
    unknown_address,
)
from maestri.links.served import Served

if TYPE_CHECKING:
    from litestar import Litestar, Request, Response

log = logging.getLogger("maestri.http")

MIB = 1024 * 1024
OK = 200
NOT_FOUND = 404
BROKEN = 500


class ServerOptions(msgspec.Struct, frozen=True):
    """
    Bounds and settings of one server.

    Attributes:
        recorder: Where spans and counts go; a new one if none is given.
        ready: Whether the unit may get requests; asked by ``/health/ready``.
        operator_token: Opens the operator endpoints; without one they do not exist.
        requests_max: Requests in work; more are answered 503.
        body_bytes_max: Largest body of a request; a larger one is answered 413.
        edge_deadline_s: Time for a client's request, unless its operation declares one.
        deadline_s: Time for an internal call whose caller does not say.
        title, version: Of the OpenAPI documents.
    """

    recorder: Recorder | None = None
    ready: Callable[[], bool] | None = None
    operator_token: str | None = None
    requests_max: int = 1_000
    body_bytes_max: int = MIB
    edge_deadline_s: float = 2.0
    deadline_s: float = 10.0
    title: str = "Maestri"
    version: str = "1"


class Application:
    """
    An ASGI application: contracts are routed by the path as it was sent, Litestar has the rest.

    A slash within a parameter stays part of it, and bytes that are not UTF-8 are refused by the
    operation instead of being replaced. Litestar runs the lifespan, answers a team's own routes
    and unknown addresses; it is asked only where no operation answers, because its way to a mount
    costs 23 µs a request, a seventh of a page.

    Attributes:
        litestar: Takes more routes, such as a team's own, with ``litestar.register``.
        in_flight: The requests in work.
        recorder: Where spans and counts go.
    """

    def __init__(
        self, litestar: "Litestar", routes: Routes, in_flight: InFlight, recorder: Recorder
    ) -> None:
        self.litestar = litestar
        self._routes = routes
        self.in_flight = in_flight
        self.recorder = recorder

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request, or run the lifespan."""
        raw = scope.get("raw_path")
        if raw is not None:
            scope["path"] = raw.partition(b"?")[0].decode("latin-1")
        if scope["type"] == "http" and self._routes.lead_somewhere(scope["path"]):
            await self._answer(scope, receive, send)
            return
        # Litestar cuts the path of its mount off and joins repeated slashes.
        scope["maestri_path"] = scope.get("path")
        await self.litestar(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._routes.answer(scope, receive, send)
        except Exception:
            log.exception("the server broke at %s", scope["path"])
            await send_answer(send, encoded_error(Faulted("the server broke"), None, new_id()))


def application(served: Sequence[Served], options: ServerOptions | None = None) -> Application:
    """
    Return the application that serves all contracts of *served*.

    Edge contracts are found under their prefix, others under their component's name:
    ``domain_services.catalog`` under ``/domain_services/catalog``.

    Raises:
        TopologyError: Two operations have the same method and path.
    """
    from litestar import Litestar, asgi

    options = options or ServerOptions()
    recorder = options.recorder or Recorder()
    in_flight = InFlight(options.requests_max)
    exposure = Exposure(
        in_flight, recorder, options.body_bytes_max, options.edge_deadline_s, options.deadline_s
    )
    routes = Routes(_nowhere(served, exposure))
    _add_operations(routes, served, exposure)
    _add_documents(routes, served, options)
    for path, answering in operator_endpoints(
        recorder, options.ready, options.operator_token
    ).items():
        routes.add("GET", path, answering)
    # One mount with our own routes: Litestar's path parameters fail in raw ASGI handlers.
    litestar = Litestar(
        route_handlers=[asgi("/", is_mount=True, copy_scope=False)(_mounted(routes))],
        openapi_config=None,
        exception_handlers={Exception: _problem_response},
        logging_config=None,
    )
    return Application(litestar, routes, in_flight, recorder)


def _nowhere(served: Sequence[Served], exposure: Exposure) -> Answering | None:
    for one in served:
        pages = one.implementation
        if isinstance(pages, ErrorPages) and any(contract.edge for contract in one.contracts):
            return UnknownAddress(
                pages,
                one.component,
                exposure.in_flight,
                exposure.recorder,
                exposure.edge_deadline_s,
            )
    return None


def _mounted(routes: Routes) -> Answering:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        scope["path"] = scope["maestri_path"]
        await routes.answer(scope, receive, send)

    return answer


def address_of(contract: type[Contract], component: str) -> str:
    """Return the path under which the operations of *contract* are served."""
    return contract.prefix if contract.edge else "/" + component.replace(".", "/")


def _add_operations(routes: Routes, served: Sequence[Served], exposure: Exposure) -> None:
    for one in served:
        for contract in one.contracts:
            address = address_of(contract, one.component)
            for operation in contract.operations.values():
                handler = OperationHandler(operation, one, exposure)
                routes.add(operation.method, address + operation.path, handler)
                if operation.path == "/" and address:
                    routes.add(operation.method, address, handler)


def _add_documents(routes: Routes, served: Iterable[Served], options: ServerOptions) -> None:
    by_address: dict[str, list[type[Contract]]] = {}
    for one in served:
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
        await send_answer(send, Encoded(200, headers, self._body))


def _problem_response(request: "Request[Any, Any, Any]", failure: Exception) -> "Response[bytes]":
    from litestar import Response
    from litestar.exceptions import HTTPException

    status = failure.status_code if isinstance(failure, HTTPException) else BROKEN
    if status == NOT_FOUND:
        encoded = unknown_address()
    elif status < BROKEN:
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

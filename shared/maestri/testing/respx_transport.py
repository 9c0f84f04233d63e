"""The HTTP link over respx, for tests whose subject is HTTP itself."""

from typing import TYPE_CHECKING

from maestri.links import HttpxTransport

if TYPE_CHECKING:
    import respx


def respx_transport() -> "tuple[respx.MockRouter, HttpxTransport]":
    """
    Return a router of respx and the transport whose requests go to it; no socket is opened.

    ::

        router, transport = respx_transport()
        router.get("http://rates.test/status").respond(json={"success": True})
        rates = stub(ExchangeRates, http_link("http://rates.test", transport))

    A request that no route fits is refused with respx's ``AllMockedAssertionError``.
    """
    import httpx
    import respx

    router = respx.MockRouter(assert_all_called=False)
    return router, HttpxTransport(httpx.MockTransport(router.async_handler))

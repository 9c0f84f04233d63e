"""The HTTP link over respx, for tests whose subject is HTTP itself."""

from typing import TYPE_CHECKING

from maestri.links import HttpxExchange

if TYPE_CHECKING:
    import respx


def respx_exchange() -> "tuple[respx.MockRouter, HttpxExchange]":
    """
    Return a router of respx and the exchange whose requests go to it; no socket is opened.

    ::

        router, exchange = respx_exchange()
        router.get("http://rates.test/status").respond(json={"success": True})
        rates = stub(ExchangeRates, HttpLink("http://rates.test", exchange))

    A request that no route fits is refused with respx's ``AllMockedAssertionError``.
    """
    import httpx
    import respx

    router = respx.MockRouter(assert_all_called=False)
    return router, HttpxExchange(httpx.MockTransport(router.async_handler))

"""The HTTP link over respx, for tests whose subject is HTTP itself."""

from typing import TYPE_CHECKING

from maestri.links import HttpxClient

if TYPE_CHECKING:
    import respx


def respx_client() -> "tuple[respx.MockRouter, HttpxClient]":
    """
    Return a router of respx and the client whose requests go to it; no socket is opened.

    ::

        router, client = respx_client()
        router.get("http://rates.test/status").respond(json={"success": True})
        rates = stub(ExchangeRates, http_link("http://rates.test", client))

    A request that no route fits is refused with respx's ``AllMockedAssertionError``.
    """
    import httpx
    import respx

    router = respx.MockRouter(assert_all_called=False)
    return router, HttpxClient(httpx.MockTransport(router.async_handler))

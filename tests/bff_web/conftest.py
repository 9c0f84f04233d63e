"""The web shop on a real HTTP server, over fakes."""

from collections.abc import AsyncGenerator

import pytest

from maestri.server import ServerOptions, application, running_server
from tests.bff_web.shop_over_fakes import Below, Browser, shop

EDGE_TIMEOUT_S = 0.6


@pytest.fixture
def below() -> Below:
    """Return what lies below the shop."""
    return Below()


@pytest.fixture
async def browser(below: Below) -> AsyncGenerator[Browser]:
    """Return a browser of a new visitor."""
    app = application([shop(below)], ServerOptions(edge_timeout_s=EDGE_TIMEOUT_S))
    async with running_server(app, "127.0.0.1", 0, drain_s=0.1) as url, Browser(url) as opened:
        yield opened

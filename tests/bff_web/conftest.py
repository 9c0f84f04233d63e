"""The web shop on a real HTTP server, over fakes."""

from collections.abc import AsyncGenerator

import pytest

from maestri.server import application, running_server
from tests.bff_web.shop_over_fakes import Below, Browser, shop


@pytest.fixture
def below() -> Below:
    """Return what lies below the shop."""
    return Below()


@pytest.fixture
async def browser(below: Below) -> AsyncGenerator[Browser]:
    """Return a browser of a new visitor."""
    app = application([shop(below)])
    async with running_server(app, "127.0.0.1", 0, drain_s=0.1) as url, Browser(url) as opened:
        yield opened

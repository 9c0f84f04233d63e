"""Plans run in virtual time, against a market that does as it is told."""

from asyncio import AbstractEventLoop
from collections.abc import Callable

import pytest

from maestri.composition import Composer
from tests.kernel.plans.market import Told, market


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], AbstractEventLoop]]:
    """Let every test's clock jump."""
    from maestri.testing import VirtualTimeLoop

    return {"virtual": VirtualTimeLoop}


@pytest.fixture
def told() -> Told:
    """Return what the market is told to do, and writes down."""
    return Told()


@pytest.fixture
def composer(told: Told) -> Composer:
    """Return what runs plans against the whole market."""
    return Composer(market(told))

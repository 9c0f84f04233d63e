"""Plans run in virtual time, against a market that does as it is told."""

from asyncio import AbstractEventLoop, new_event_loop
from collections.abc import Callable

import pytest

from maestri.composition import Composer
from tests.kernel.composition.effects import KeyedTold
from tests.kernel.plans.market import market


def pytest_asyncio_loop_factories(item: pytest.Item) -> dict[str, Callable[[], AbstractEventLoop]]:
    """Let every test's clock jump, but where it says that it needs sockets."""
    from maestri.testing import VirtualTimeLoop

    marker = item.get_closest_marker("asyncio")
    if marker is not None and marker.kwargs.get("loop_factories") == ["real"]:
        return {"real": new_event_loop}
    return {"virtual": VirtualTimeLoop}


@pytest.fixture
def told() -> KeyedTold:
    """Return what the market is told to do, and writes down."""
    return KeyedTold()


@pytest.fixture
def composer(told: KeyedTold) -> Composer:
    """Return what runs plans against the whole market."""
    return Composer(market(told))

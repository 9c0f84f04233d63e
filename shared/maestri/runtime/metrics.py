"""Where Prometheus asks a unit what it has counted."""

import asyncio
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from maestri.runtime.operator_route import operator_route
from maestri.runtime.running_unit import RunningUnit
from maestri.server import Application

PATH = "/maestri/metrics"
MEDIA_TYPE = "text/plain; version=0.0.4"
COLLECTOR = "maestri.runtime.unit_collector"


def metrics_route(apps: Sequence[Application], running: RunningUnit, operator_token: str) -> Any:
    """
    Return the route of a unit's metrics; without the token it is no address.

    The text is made when it is asked for, of what server, links and recorder count anyway.
    """

    async def metrics() -> bytes:
        # The library costs 50 ms at first; meanwhile the loop goes on.
        await asyncio.to_thread(import_module, COLLECTOR)
        from maestri.runtime.unit_collector import exposition

        return exposition(apps, running)

    return operator_route(PATH, MEDIA_TYPE, operator_token, metrics)

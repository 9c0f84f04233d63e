"""
Tests of a system should be written once, and run wherever its components may be placed.

Problem: mocks agree with whatever the test believes, and a test of one deployment says nothing
about the next. Pattern: Test Double checked against the contract (Fake, Meszaros), fault injection
at the seam between caller and callee, and one test body under every placement (as Service Weaver's
weavertest). Smallest example::

    import asyncio

    from maestri.contracts import Contract, get
    from maestri.testing import calls_of, fake

    class Kettle(Contract, id="kettle"):
        @get("/temperature/{room}")
        async def temperature(self, room: str) -> int: ...

    kettle = fake(Kettle, temperature=lambda room: 96)
    assert 96 == asyncio.run(kettle.temperature("kitchen"))
    assert [("temperature", {"room": "kitchen"})] == list(calls_of(kettle))

When not to use it: in production, which never imports it; for rules without calls, which are plain
functions. ``maestri.testing.plugin`` is the pytest plugin, loaded by pytest itself.
"""

from maestri.runtime import free_ports
from maestri.testing.fakes import Call, calls_of, fake
from maestri.testing.faults import Faults
from maestri.testing.loopback import LoopbackTransport
from maestri.testing.postgres import embedded_postgres, fresh_database
from maestri.testing.respx_client import respx_client
from maestri.testing.running_topology import CallMade, Process, RunningTopology, topology_running
from maestri.testing.virtual_time import VirtualTimeLoop, run_in_virtual_time

__all__ = [
    "Call",
    "CallMade",
    "Faults",
    "LoopbackTransport",
    "Process",
    "RunningTopology",
    "VirtualTimeLoop",
    "calls_of",
    "embedded_postgres",
    "fake",
    "free_ports",
    "fresh_database",
    "respx_client",
    "run_in_virtual_time",
    "topology_running",
]

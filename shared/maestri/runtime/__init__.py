"""
A topology runs: its units as processes that are started in order, kept alive, and stopped.

Problem: whoever looks at one machine wants one command that starts twenty processes callees first,
shows their lines, repairs what dies and leaves nothing behind; whoever runs one process anywhere
wants that unit alone. Pattern: Supervisor (Armstrong's process supervision) over processes, each of
which is a Component Configurator (POSA2) of its unit. Smallest example, for a project whose
topology ``merged`` has the unit ``store``::

    from pathlib import Path
    from maestri.runtime import bind_unit
    from maestri.topology import load_topology

    async def components_ready(project: Path) -> tuple[str, ...]:
        unit = bind_unit(load_topology("merged", project), "store")
        await unit.start()
        try:
            return await unit.not_ready() or tuple(unit.invokers)
        finally:
            await unit.aclose()

Called "runtime" because a "process" is already a plan with stored state, and because what runs is
not only processes: also a unit within the process of a test.

Not for many machines: there an orchestrator of containers starts, restarts and places units
(``maestri compose`` writes its file), each by ``maestri run``. Not for looking at a topology
without running it: ``maestri.topology``.
"""

from maestri.runtime.control import (
    RESTART,
    STATUS,
    ControlRequest,
    ControlResponse,
    LauncherRecord,
    ProcessStatus,
    running_record,
    send_request,
)
from maestri.runtime.launcher import LaunchOptions, launch
from maestri.runtime.ports import free_ports
from maestri.runtime.running_unit import RunningUnit, bind_unit
from maestri.runtime.trace import (
    collect_requests,
    collect_trace,
    requests_as_text,
    trace_as_data,
    trace_as_text,
)

__all__ = [
    "RESTART",
    "STATUS",
    "ControlRequest",
    "ControlResponse",
    "LaunchOptions",
    "LauncherRecord",
    "ProcessStatus",
    "RunningUnit",
    "bind_unit",
    "collect_requests",
    "collect_trace",
    "free_ports",
    "launch",
    "requests_as_text",
    "running_record",
    "send_request",
    "trace_as_data",
    "trace_as_text",
]

"""Keeps one process alive: waits until it is ready, restarts it when it dies, stops it."""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from maestri import clock
from maestri.runtime.child import Child, WriteLine, exit_description
from maestri.runtime.probe import healthy
from maestri.runtime.restart_budget import WINDOW_S, RestartBudget
from maestri.topology import Address

READY_S_MAX = 20.0
PROBE_S = 0.03
PROBE_S_MAX = 1.0
TERM_S_MAX = 1.5


@dataclass(frozen=True)
class ProcessSpec:
    """
    What a supervisor runs.

    Attributes:
        name: The unit's, with ``.k`` for the replica k if there are several.
        level: Lower levels are started first and stopped last.
        health: Path that gets 200 when it is ready; empty if there is none.
        required: Whether the topology cannot start without it.
    """

    name: str
    unit: str
    level: int
    command: Sequence[str]
    environment: Mapping[str, str]
    folder: Path
    address: Address
    health: str
    required: bool = True


class Supervisor:
    """
    Run one process until it is stopped.

    A process that dies is restarted within its budget (``RestartBudget``). One that was never ready
    is not: what is wrong at the first start is wrong at the next.
    """

    def __init__(self, spec: ProcessSpec, write_line: WriteLine) -> None:
        self.spec = spec
        self.state = "starting"
        self.first: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._write_line = write_line
        self._child: Child | None = None
        self._wanted = asyncio.Event()
        self._budget = RestartBudget()
        self._stopping = False
        self._restart_requested = False
        self._running = asyncio.get_running_loop().create_task(self._run())

    @property
    def pid(self) -> int | None:
        """Id of the process, while there is one."""
        return self._child.pid if self._child and self._child.alive else None

    def restart(self) -> None:
        """End the process in its own way and start it again, with a new budget."""
        self._budget.forget()
        self._restart_requested = True
        self._wanted.set()
        if self._child is not None:
            self._child.terminate()

    def terminate(self) -> None:
        """Ask the process to end, for good."""
        self._stopping = True
        self._wanted.set()
        if self._child is not None:
            self._child.terminate()

    def kill(self) -> None:
        """End the process at once, for good."""
        self._stopping = True
        self._wanted.set()
        if self._child is not None:
            self._child.kill()

    async def ended(self) -> None:
        """Wait until nothing runs any more; needs ``terminate`` or ``kill`` before."""
        await asyncio.wait([self._running])

    async def _run(self) -> None:
        try:
            while not self._stopping:
                await self._once()
                if self._stopping or not await self._may_continue():
                    break
        except OSError as error:
            self._write_line(f"cannot be started: {error}")
        finally:
            if self._child is not None:
                self._child.kill()
            self.state = "stopped"
            if not self.first.done():
                self.first.set_result(False)

    async def _once(self) -> None:
        spec = self.spec
        self._restart_requested = False
        self.state = "starting"
        self._child = child = await Child.spawn(
            spec.command,
            environment=spec.environment,
            folder=spec.folder,
            write_line=self._write_line,
        )
        if self._stopping:
            child.terminate()
        if await self._until_ready(child):
            self.state = "ready"
            if not self.first.done():
                self.first.set_result(True)
        elif child.alive and not self._stopping:
            self._write_line(
                f"is not ready after {READY_S_MAX:.0f} s: {spec.address.url}{spec.health}"
            )
            if not self.first.done():
                child.kill()
        ending = asyncio.ensure_future(child.ended())
        wanted = asyncio.ensure_future(self._wanted.wait())
        await asyncio.wait([ending, wanted], return_when=asyncio.FIRST_COMPLETED)
        if not ending.done():
            # It was asked to end; what does not listen is killed, a stopped process too.
            await asyncio.wait([ending], timeout=TERM_S_MAX)
            child.kill()
        wanted.cancel()
        self._wanted.clear()
        code = await ending
        if not self._stopping and not self._restart_requested:
            self._write_line(exit_description(code))

    async def _until_ready(self, child: Child) -> bool:
        """Tell whether *child* gets ready before it ends and before the time is over."""
        until_s = clock.now_s() + READY_S_MAX
        while child.alive and not self._wanted.is_set() and clock.now_s() < until_s:
            if not self.spec.health:
                return True
            if await healthy(self.spec.address, self.spec.health, timeout_s=PROBE_S_MAX):
                return child.alive
            await clock.sleep(PROBE_S)
        return False

    async def _may_continue(self) -> bool:
        if self._restart_requested:
            return True
        if not self.first.done():
            return False
        delay_s = self._budget.delay_s(clock.now_s())
        if delay_s is None:
            self.state = "given up"
            self._write_line(
                f"died too often within {WINDOW_S:.0f} s and stays down. "
                f"When it is fixed: maestri restart {self.spec.unit}"
            )
            await self._wanted.wait()
        else:
            self.state = "restarting"
            self._write_line(f"is started again in {delay_s:.1f} s")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(delay_s):
                    await self._wanted.wait()
        self._wanted.clear()
        return not self._stopping

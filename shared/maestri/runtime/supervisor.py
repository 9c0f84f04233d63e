"""Keeps one process alive: waits until it is ready, restarts it when it dies, stops it."""

import asyncio
import contextlib
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from maestri import clock
from maestri.errors import TopologyError
from maestri.runtime.channel import Word
from maestri.runtime.child import Child, WriteLine, exit_description
from maestri.runtime.probe import OK, healthy, probe
from maestri.runtime.restart_budget import WINDOW_S, RestartBudget
from maestri.runtime.sockets import listening_at, remove_file
from maestri.topology import InternalAddress

READY_S_MAX = 20.0
HAND_OVER_S_MAX = 5.0
PROBE_S = 0.03
PROBE_S_MAX = 1.0
WATCH_S = 2.0
WATCH_S_MAX = 2.0
TERM_S_MAX = 1.5
READY, NOT_READY, NOT_ANSWERING = "ready", "not ready", "not answering"
SERVING = frozenset({READY, NOT_READY, NOT_ANSWERING})


@dataclass(frozen=True)
class ProcessSpec:
    """
    What a supervisor runs.

    Attributes:
        name: The unit's, with ``.k`` for the replica k if there are several.
        address: Where its health is asked for.
        level: Lower levels are started first and stopped last.
        health: Path that gets 200 when it is ready; empty if there is none.
        is_unit: Whether it is a unit: the topology cannot start without it, and it is given a
            socket and a channel. Else it is a third party's server.
        longer_stop_s: How much longer than by default its end may take.
        listens: Where a unit listens: for clients, if it has any, and for other units.
    """

    name: str
    unit: str
    level: int
    command: Sequence[str]
    environment: Mapping[str, str]
    folder: Path
    address: InternalAddress
    health: str
    is_unit: bool = True
    longer_stop_s: float = 0.0
    listens: tuple[InternalAddress, ...] = ()


class Supervisor:
    """
    Run one process until it is stopped.

    A process that dies is restarted within its budget (``RestartBudget``). One that was never ready
    is not: what is wrong at the first start is wrong at the next; a third party's waits for
    ``restart``. A unit listens at sockets that the supervisor holds, so that a restart refuses
    nobody. Every 2 s it is asked whether it is ready; that it does not answer within 2 s goes to
    the log, and that it answers again.

    Attributes:
        restarts: How often the process was started anew.
        since_s: When the state was reached, on the loop's clock.
        started_s: When the last process was started, on the same.
    """

    def __init__(self, spec: ProcessSpec, write_line: WriteLine) -> None:
        self.spec = spec
        self.restarts = 0
        self.since_s = self.started_s = clock.now_s()
        self.first: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._state = "starting"
        self._write_line = write_line
        self._sockets: list[socket.socket] = []
        self._child: Child | None = None
        self._next: Child | None = None
        self._taking_over = False
        self._wanted = asyncio.Event()
        self._budget = RestartBudget()
        self._stopping = False
        self._restart_requested = False
        self._restarting = asyncio.Lock()
        self._running = asyncio.get_running_loop().create_task(self._run())

    @property
    def state(self) -> str:
        """
        What the process does.

        ``starting``, ``ready``, ``not ready``, ``not answering``, ``restarting``, ``given up`` or
        ``stopped``.
        """
        return self._state

    @state.setter
    def state(self, state: str) -> None:
        if state != self._state:
            self.since_s = clock.now_s()
        self._state = state

    @property
    def pid(self) -> int | None:
        """Id of the process, while there is one."""
        return self._child.pid if self._child and self._child.alive else None

    async def restart(self) -> str:
        """
        Let a new process take over from the running one; return why it did not, empty if it did.

        The new one imports and binds everything first. If it cannot, the old one goes on. Then
        clients wait in the queue of the socket while the old one ends its work and closes what it
        holds, and the new one opens it. Where nothing is held, the new one serves before the old
        one stops. A third party's process, and one that does not run, is started again.
        """
        async with self._restarting:
            self._budget.forget()
            child = self._child
            if child is None or child.channel is None or self.state not in SERVING:
                return await self._start_again()
            self._taking_over = True
            try:
                return await self._replaced(child)
            finally:
                self._next, self._taking_over = None, False

    def terminate(self) -> None:
        """Ask the process to end, for good."""
        self._end_for_good()
        for one in (self._child, self._next):
            if one is not None:
                one.terminate()

    def kill(self) -> None:
        """End the process at once, for good."""
        self._end_for_good()
        for one in (self._child, self._next):
            if one is not None:
                one.kill()

    async def ended(self) -> None:
        """Wait until nothing runs any more; needs ``terminate`` or ``kill`` before."""
        await asyncio.wait([self._running])

    def _end_for_good(self) -> None:
        self._stopping = True
        self._wanted.set()
        self._close_sockets()

    async def _replaced(self, child: Child) -> str:
        self._next = successor = await self._spawn()
        if self._stopping:
            successor.terminate()
        try:
            return await self._taken_over(child, successor)
        finally:
            if self._child is not successor:
                successor.kill()
                await successor.ended()

    async def _taken_over(self, child: Child, successor: Child) -> str:
        name, channel = self.spec.name, successor.channel
        assert channel is not None, "it was started with one"
        if not await self._hears(successor, Word.PREPARED, Word.SHARING):
            return f"{name}: the new process did not get ready, and the old one goes on"
        if channel.has_heard(Word.SHARING):
            channel.tell(Word.START)
            if not await self._hears(successor, Word.READY):
                return f"{name}: the new process did not get ready, and the old one goes on"
            self._replace(successor)
            self.state = READY
            await self._hand_over(child)
            return ""
        await self._hand_over(child)
        self._replace(successor)
        channel.tell(Word.START)
        if await self._hears(successor, Word.READY):
            self.state = READY
            return ""
        successor.kill()
        return f"{name}: the new process could not go on where the old one had stopped"

    def _replace(self, successor: Child) -> None:
        self._child = successor
        self.restarts += 1
        self.since_s = clock.now_s()

    async def _watch(self) -> None:
        """Keep the state true while the process runs."""
        address, health = self.spec.address, self.spec.health
        while health:
            await clock.sleep(WATCH_S)
            if self.state not in SERVING or self._taking_over:
                continue
            status, _ = await probe(address, health, timeout_s=WATCH_S_MAX)
            if self.state not in SERVING or self._taking_over:
                continue
            before, since_s = self.state, self.since_s
            self.state = {OK: READY, 0: NOT_ANSWERING}.get(status, NOT_READY)
            if self.state == NOT_ANSWERING != before:
                self._write_line(
                    f"does not answer: {address.url}{health} within {WATCH_S_MAX:.0f} s"
                )
            elif before == NOT_ANSWERING != self.state:
                self._write_line(f"answers again, after {clock.now_s() - since_s:.0f} s")

    async def _hand_over(self, child: Child) -> None:
        assert child.channel is not None, "it was started with one"
        child.channel.tell(Word.HAND_OVER)
        # One that hangs is killed; clients wait in the queue meanwhile.
        time_s = HAND_OVER_S_MAX + self.spec.longer_stop_s
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(time_s):
                await child.channel.hears(Word.RELEASED)
                return
        self._write_line(f"did not stop within {time_s:.0f} s and was killed")
        child.kill()

    async def _start_again(self) -> str:
        self._restart_requested = True
        self.state = "restarting"
        self._wanted.set()
        if self._child is not None:
            self._child.terminate()
        until_s = clock.now_s() + TERM_S_MAX + self.spec.longer_stop_s + READY_S_MAX
        while clock.now_s() < until_s and not self._stopping:
            if self.state == READY:
                return ""
            await clock.sleep(PROBE_S)
        return f"{self.spec.name}: is {self.state}; its lines above say why"

    async def _run(self) -> None:
        try:
            while not self._stopping:
                try:
                    await self._once()
                except TopologyError as error:
                    self._write_line(str(error))
                except OSError as error:
                    # Whoever calls it is to be refused, and not to wait for nobody.
                    self._close_sockets()
                    self._write_line(f"cannot be started: {error}")
                if self._stopping or not await self._may_continue():
                    break
                self.restarts += 1
        finally:
            for one in (self._child, self._next):
                if one is not None:
                    one.kill()
            self._close_sockets()
            for address in self.spec.listens:
                remove_file(address)
            self.state = "stopped"
            if not self.first.done():
                self.first.set_result(False)

    async def _once(self) -> None:
        self._restart_requested = False
        self.state = "starting"
        self._child = child = await self._spawn()
        if self._stopping:
            child.terminate()
        if await self._until_ready(child):
            self.state = READY
            if not self.first.done():
                self.first.set_result(True)
        elif child.alive and not self._stopping:
            spec = self.spec
            self._write_line(
                f"is not ready after {READY_S_MAX:.0f} s: {spec.address.url}{spec.health}"
            )
            if not self.first.done():
                child.kill()
        watching = asyncio.get_running_loop().create_task(self._watch())
        try:
            code = await self._until_down()
        finally:
            watching.cancel()
        if not self._stopping and not self._restart_requested:
            # Nobody serves there: who calls it is to be refused, and to ask another replica.
            self._close_sockets()
            self._write_line(exit_description(code))

    async def _until_down(self) -> int:
        """Wait until the process has ended that no other one has taken over from."""
        while True:
            child = self._child
            assert child is not None, "it was started"
            ending = asyncio.ensure_future(child.ended())
            wanted = asyncio.ensure_future(self._wanted.wait())
            await asyncio.wait([ending, wanted], return_when=asyncio.FIRST_COMPLETED)
            if not ending.done():
                # It was asked to end; what does not listen is killed, a stopped process too.
                await asyncio.wait([ending], timeout=TERM_S_MAX + self.spec.longer_stop_s)
                child.kill()
            wanted.cancel()
            self._wanted.clear()
            code = await ending
            if self._taking_over:
                # It may have ended because another one goes on; that is decided there.
                async with self._restarting:
                    pass
            if self._child is child:
                return code

    async def _spawn(self) -> Child:
        spec = self.spec
        if not self._sockets:
            self._sockets = [listening_at(address) for address in spec.listens]
        child = await Child.spawn(
            spec.command,
            environment=spec.environment,
            folder=spec.folder,
            write_line=self._write_line,
            bound=self._sockets,
        )
        self.started_s = clock.now_s()
        return child

    def _close_sockets(self) -> None:
        for one in self._sockets:
            one.close()
        self._sockets = []

    async def _hears(self, child: Child, *words: Word) -> bool:
        """Tell whether *child* says one of *words* before it ends and before the time is over."""
        assert child.channel is not None, "it was started with one"
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(READY_S_MAX):
                if await child.channel.hears(*words):
                    return True
                # What has hung up is about to end, and still has to say why.
                await child.ended()
        return False

    async def _until_ready(self, child: Child) -> bool:
        """Tell whether *child* gets ready before it ends and before the time is over."""
        if child.channel is not None:
            child.channel.tell(Word.START)
            return await self._hears(child, Word.READY)
        until_s = clock.now_s() + READY_S_MAX
        while child.alive and not self._wanted.is_set() and clock.now_s() < until_s:
            if not self.spec.health:
                return True
            if await healthy(self.spec.address, self.spec.health, timeout_s=PROBE_S_MAX):
                return child.alive
            await clock.sleep(PROBE_S)
        return False

    async def _may_continue(self) -> bool:
        """Wait until the process is due to be started anew; tell whether it is."""
        if self._restart_requested:
            return True
        if not self.first.done():
            self.first.set_result(False)
            if self.spec.is_unit:
                return False
            # Nothing else needs a third party's at the start; it may be fixed while the rest runs.
            self.state = "given up"
            await self._wanted.wait()
        elif (delay_s := self._budget.delay_s(clock.now_s())) is None:
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

"""Runs the plan of a case once, in virtual time, and notes what it did."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

import msgspec

from maestri import clock
from maestri.composition import Composer
from maestri.context import new_context, use_context
from maestri.contracts import Contract, Selection
from maestri.errors import CallError
from maestri.links import Invoker, LocalLink, stub
from maestri.plans import Plan
from tests.kernel.composition.random_programs.cases import Case
from tests.kernel.composition.random_programs.contract import Oracle
from tests.kernel.composition.random_programs.naive import KEY
from tests.kernel.composition.random_programs.places import Failure
from tests.kernel.composition.random_programs.programs import ROLES
from tests.kernel.composition.random_programs.timing import RUN_S
from tests.kernel.composition.random_programs.world import Participant, World

LONG_AFTER_S = 1.0


@dataclass(frozen=True)
class Ran:
    """What a run answered, what the participants noted, and how long it took."""

    answer: Any
    world: World
    took_s: float


@dataclass(frozen=True)
class Stage:
    """The plan of a case, and the loop on which it is run."""

    runner: asyncio.Runner
    plan: Plan[..., Any]
    case: Case

    def run(
        self, selection: Selection | None = None, *, seed: int | None = None, strict: bool = False
    ) -> Ran:
        """Run the plan to its end; *seed* decides on the delays, *strict* on the codec."""
        world = World(self.case.failing, self.case.seed if seed is None else seed)
        return self._ran(world, self._served(world, selection, strict=strict))

    def run_cancelled(self, last: int) -> Ran:
        """Run the plan for a caller that goes away when call number *last* is made."""
        world = World(self.case.failing, self.case.seed)
        return self._ran(world, _cancelled(self._served(world, None, strict=False), world, last))

    def _ran(self, world: World, run: Coroutine[Any, Any, Any]) -> Ran:
        loop = self.runner.get_loop()
        started_s = loop.time()
        answer = self.runner.run(run)
        if world.most > self.case.program.in_flight_max:
            world.wrong.append(f"{world.most} calls at the same time")
        return Ran(answer, world, loop.time() - started_s)

    async def _served(self, world: World, selection: Selection | None, *, strict: bool) -> Any:
        tasks = asyncio.all_tasks()
        composer = Composer(self._dependencies(world, strict=strict))
        context = new_context(deadline_s=clock.now_s() + RUN_S)
        try:
            with use_context(msgspec.structs.replace(context, key=KEY, selection=selection)):
                return await composer.serve(self.plan, tuple(self.case.inputs.values()))
        except CallError as error:
            return Failure(error)
        finally:
            if asyncio.all_tasks() - tasks:
                world.wrong.append("a task is left")

    def _dependencies(self, world: World, *, strict: bool) -> dict[str, Contract]:
        roles = ROLES if self.case.program.has_roles else ("",)
        found: dict[str, Contract] = {role or "oracle": Participant(world, role) for role in roles}
        if not strict:
            return found
        return {
            role: stub(Oracle, LocalLink(Invoker(one), strict=True)) for role, one in found.items()
        }


async def _cancelled(run: Coroutine[Any, Any, Any], world: World, last: int) -> Any:
    task = asyncio.create_task(run)
    world.on_call = lambda sent: task.cancel() if sent == last else False
    await asyncio.wait([task])
    answer = None if task.cancelled() else task.result()
    if answer is not None and not isinstance(answer, Failure):
        world.wrong.append(f"answered {answer} though cancelled at call {last}")
    if world.running:
        world.wrong.append(f"{world.running} calls are running after the caller went away")
    sent = world.sent
    await clock.sleep(LONG_AFTER_S)
    if world.sent > sent:
        world.wrong.append(f"{world.sent - sent} calls were made after the caller went away")
    return answer

"""The service of a component whose operations are plans."""

from collections.abc import Callable, Coroutine
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from maestri.composition.composer import ATTRIBUTE, Composer
from maestri.contracts import Contract
from maestri.plans import Plan

P = ParamSpec("P")
T = TypeVar("T")


class Orchestrator:
    """
    Serve operations by plans; everything is checked when it is built.

    ::

        class BrowsingService(Orchestrator, Browsing):
            product = serve(plans.product)

    Hand-written operations stand beside them: ``return await self.composer.run(plans.x, ...)``.

    Raises:
        PlanError: A plan does not fit its operation, or the composer's dependencies.
    """

    def __init__(self, composer: Composer) -> None:
        self.composer = composer
        composer.check(cast("type[Contract]", type(self)))


def serve(plan: Plan[P, T]) -> Callable[Concatenate[Any, P], Coroutine[Any, Any, T]]:
    """Return the method that serves an operation by *plan*, with what its caller needs."""

    async def method(self: Orchestrator, /, *args: P.args, **kwargs: P.kwargs) -> T:
        answer: T = await self.composer.serve(plan, plan.bind(args, kwargs))
        return answer

    method.__name__ = plan.name
    method.__doc__ = plan.doc
    setattr(method, ATTRIBUTE, plan)
    return method

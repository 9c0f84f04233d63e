"""The service of a component whose operations are plans."""

from collections.abc import Callable, Coroutine
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast

from maestri.composition.composer import ATTRIBUTE, Composer, refuse_no_plan
from maestri.contracts import Contract
from maestri.plans import Plan

P = ParamSpec("P")
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

MYPY = False
"""True for mypy alone: only what it takes for a function becomes a method. Pyright is content
with a protocol, and sees that the first parameter is named self."""

if MYPY:
    Method = Callable[Concatenate[Any, P], Coroutine[Any, Any, T_co]]  # pyright: ignore  # noqa: PGH003
else:

    class Method(Protocol[P, T_co]):
        """What Pyright takes for the method of an operation: its first parameter is ``self``."""

        def __call__(
            _method,  # noqa: N805 - the name self belongs to what follows
            self: Any,
            *args: P.args,
            **kwargs: P.kwargs,
        ) -> Coroutine[Any, Any, T_co]:
            """Answer the operation."""
            ...


class Orchestrator:
    """
    Serve operations by plans, which are all checked when it is built.

    ::

        class BrowsingService(Orchestrator, Browsing):
            product = serve(plans.product)

    Hand-written operations stand beside them: ``return await self.composer.run(plans.x, ...)``. One
    that is missing is found by whoever serves this, such as an ``Invoker``.

    Raises:
        PlanError: A plan does not fit its operation, or the composer's dependencies.
    """

    def __init__(self, composer: Composer) -> None:
        self.composer = composer
        composer.check(cast("type[Contract]", type(self)))


def serve(plan: Plan[P, T]) -> Method[P, T]:
    """
    Return the method that serves an operation by *plan*, with what its caller needs.

    Raises:
        PlanError: It is no plan.
    """
    refuse_no_plan(plan, "serve")

    async def method(self: Any, /, *args: P.args, **kwargs: P.kwargs) -> T:
        result: T = await self.composer.serve(plan, plan.bind(args, kwargs))
        return result

    method.__name__ = plan.name
    method.__doc__ = plan.doc
    setattr(method, ATTRIBUTE, plan)
    served: Method[P, T] = cast("Any", method)
    return served

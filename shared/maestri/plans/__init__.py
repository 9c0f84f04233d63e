"""
A use case is a typed function that is traced once: a plan, which is data.

Problem: composing answers by hand hides what is called, how often and in which order, and each team
writes its own error handling. Pattern: API Composer, Splitter, Aggregator, Router and
Scatter-Gather (Enterprise Integration Patterns) as one algebra. Smallest example::

    from maestri.contracts import Contract, Message, get
    from maestri.plans import call, composition, each

    class Price(Message):
        minor: int

    class Pricing(Contract, id="pricing"):
        @get("/prices/{sku}")
        async def price(self, sku: str) -> Price: ...

    @composition
    def prices(skus: tuple[str, ...]) -> tuple[Price, ...]:
        return each(skus, lambda sku: call(Pricing.price, sku))

    print(prices.explain())

Not for logic: what is computed in one component belongs into plain functions (``compute``).
"""

from maestri.plans.algebra import (
    at,
    call,
    check,
    compute,
    each,
    left_out,
    named,
    optional,
    otherwise,
    outcomes,
    present,
    quorum,
    reduce,
    rescue,
    route,
    select,
    then,
    translate,
    when,
)
from maestri.plans.plan import Bounds, Plan, composition
from maestri.plans.program import Branch, Node, Program, Scope, program_of
from maestri.plans.rejections import check_served, rejections_of
from maestri.plans.steps import Role

__all__ = [
    "Bounds",
    "Branch",
    "Node",
    "Plan",
    "Program",
    "Role",
    "Scope",
    "at",
    "call",
    "check",
    "check_served",
    "composition",
    "compute",
    "each",
    "left_out",
    "named",
    "optional",
    "otherwise",
    "outcomes",
    "present",
    "program_of",
    "quorum",
    "reduce",
    "rejections_of",
    "rescue",
    "route",
    "select",
    "then",
    "translate",
    "when",
]

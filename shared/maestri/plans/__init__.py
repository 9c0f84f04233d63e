"""
A use case is a typed function that is traced once: a plan, which is data.

Problem: composing responses by hand hides what is called, how often and in which order, and each
team writes its own error handling. Pattern: API Composer, Splitter, Aggregator, Router and
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

How a plan becomes a program:

1. ``plan.composition`` calls the function once, with a ``symbol`` for each parameter. The words
   (``algebra``, and ``failure_handling`` for what may fail) check their ``arguments`` and
   ``functions``, and write down ``steps``, one class of ``words`` each, in a ``tracing.Trace``. A
   body is a *block* of steps; its steps come before the step that it belongs to. An inlined plan
   adds its steps, behind a prefix. ``expressions`` and ``hidden`` refuse symbols where no value
   could ever be filled in. Meanwhile the ``profiler`` lets an ``observation`` see which functions
   run and what their names hold; afterwards ``source`` finds their ``syntax``, and by a ``reading``
   of its ``bindings`` the ``misuses`` that no symbol can refuse.
2. Every step has one of the ``paths``, unique in the plan; ``definition`` is the plan as data.
3. Three analyses follow from the trace (``analysis``). ``liveness``: a step runs whenever its block
   does, if the result leads to it or it is a *root*: a command, a check, or around one.
   ``failures``: whose failure is handled, and who has how much time. ``order``: what waits for
   commands, and between which commands reads are shared. What is a root, what its failure means,
   and which commands run in which order is the same for every selection.
4. ``checks``, ``bounds`` and ``rejections`` refuse at start what cannot work.
5. For what a caller selects, ``demand`` finds backwards which fields of which results are needed,
   and drops the reads that nobody needs. ``program`` compiles what is left: a flat array of nodes
   (``node``), of which those of a ``block`` run together. ``sharing`` says which reads are sent
   once or together, ``pure_steps`` turns what only makes values of values into functions
   (``evaluation``), ``single_call_body`` finds bodies with a single call. An executor runs that.

A new word is a class in ``words``, a function in ``algebra``, and an action of the executor;
``definition`` must know what it has besides expressions, ``rejections`` which errors it handles.
"""

from maestri.plans.algebra import (
    at,
    call,
    compute,
    drop_none,
    each,
    left_out,
    named,
    otherwise,
    outcomes,
    reduce,
    route,
    select,
    then,
    when,
)
from maestri.plans.block import Block
from maestri.plans.evaluation import bounded, case_of
from maestri.plans.failure_handling import check, optional, quorum, rescue, translate
from maestri.plans.node import Node
from maestri.plans.plan import Bounds, Plan, composition
from maestri.plans.program import Program, program_of
from maestri.plans.rejections import check_served, rejections_of
from maestri.plans.steps import Role, Step

__all__ = [
    "Block",
    "Bounds",
    "Node",
    "Plan",
    "Program",
    "Role",
    "Step",
    "at",
    "bounded",
    "call",
    "case_of",
    "check",
    "check_served",
    "composition",
    "compute",
    "drop_none",
    "each",
    "left_out",
    "named",
    "optional",
    "otherwise",
    "outcomes",
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

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

    assert "pricing.price" in prices.explain()

Not for logic: what is computed in one component belongs into plain functions (``compute``).

How a plan becomes a program, in the order in which to read it:

1. Writing. ``plan`` calls the function once, with a ``symbol`` for each parameter; a symbol says
   what type its value has, as far as ``kinds`` knows, and refuses to be used as one. The words are
   functions of ``algebra``, and of ``failure_handling`` for what may fail. They check what they are
   given (``arguments``, ``functions``, ``shape``) and write down a step each in a
   ``tracing.Trace``. ``steps`` says what any step is, its class in ``words`` what is special to it.
2. Blocks. A body is traced into a *block* of its own: its steps come before the step that owns it,
   and may use those of the blocks around. An inlined plan adds its steps to the block that it is
   written in, behind a prefix; where it is handled as a whole, one more step stands for all that
   fails it (``besides``).
3. Refusing what Python lets pass. ``expressions`` and ``hidden`` refuse symbols where no value
   could ever be filled in. Meanwhile the ``profiler`` lets an ``observation`` see which functions
   run and what their names hold; afterwards ``source`` finds their ``syntax``, and in a ``reading``
   of what may be ``holding`` a symbol, by its ``bindings``, the ``misuses`` that no symbol can
   refuse. Whoever refuses does so by ``refusal``: the line, the problem, the remedy.
4. Names. Every step has one of the ``paths``, unique in the plan: keys of commands are made of
   them. ``definition`` is the plan as data, with the ``literals`` that it holds; ``explain`` draws
   it.
5. Three analyses follow from the trace (``analysis``), once for all selections. ``liveness``: a
   step runs whenever its block does, if the result leads to it or it is a *root*: a command, a
   check, a step around one, or one that handles its failure. ``failures``: whose failure is
   handled, and who has how much time. ``order``: what waits for commands, and between which
   commands reads are shared.
6. At start, where a plan is compiled without a selection, ``checks`` and ``bounds`` refuse what
   cannot work; ``rejections`` does where it serves an operation.
7. For what a caller selects, ``demand`` finds backwards which fields of which results are needed,
   and drops the reads that nobody needs; roots, and what decides about them, stay. ``program``
   compiles what is left: each step becomes a ``node``, and the nodes of a block, which run
   together, a ``block``. ``sharing`` says which reads are sent once or together, ``reports`` which
   results name parts that they lack. ``evaluation`` turns expressions into functions of values, and
   ``pure_steps`` whole steps; ``reshaping`` says which ``select`` has to convert what it is given,
   ``single_call_body`` finds bodies with a single call. An executor runs that, such as the Composer
   of ``composition``.

A new word is a function in ``algebra``, a class in ``words``, and what it does when it runs: an
action of the executor or, if it makes a value of values at once, a function in ``evaluation``.
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

"""What follows from a trace, for whatever a caller selects: liveness, failures and order."""

from typing import TYPE_CHECKING, Any, NamedTuple

from maestri.plans.failures import Failures
from maestri.plans.liveness import Liveness
from maestri.plans.order import Order

if TYPE_CHECKING:
    from maestri.plans.plan import Plan


class Analysis(NamedTuple):
    """The three analyses of one plan, all of it."""

    liveness: Liveness
    failures: Failures
    order: Order


def analysis_of(plan: "Plan[..., Any]") -> Analysis:
    """Return the analyses of *plan*; they are made once."""
    if plan.analysis is None:
        liveness = Liveness(plan)
        failures = Failures(liveness)
        plan.analysis = Analysis(liveness, failures, Order(liveness, failures))
    return plan.analysis

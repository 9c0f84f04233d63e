"""Whether a selected value has to be made the shape that was asked for, or is only read."""

from typing import Any

from maestri.plans.demand import has_fields
from maestri.plans.expressions import symbols_in
from maestri.plans.liveness import Liveness
from maestri.plans.steps import Step
from maestri.plans.symbol import UNKNOWN, Symbol
from maestri.plans.words import Each, Select, Then


def reshapes(step: Step, liveness: Liveness) -> bool:
    """
    Tell whether anybody sees more of a ``select``'s value than plain fields of it.

    A callee that was asked for some fields answers with those, in a type of its own. Reading fields
    off it needs no conversion; passing it on as the declared shape does.
    """
    return isinstance(step, Select) and _is_seen(step, liveness)


def _is_seen(step: Step, liveness: Liveness) -> bool:
    return any(
        _sees(symbol, user, liveness)
        for user, expression in _expressions(liveness)
        for symbol in symbols_in(expression)
        if symbol.m_step.index == step.index
    )


def _sees(symbol: Symbol, user: Step | None, liveness: Liveness) -> bool:
    if symbol.m_path and symbol.m_kind is not UNKNOWN and not has_fields(symbol.m_kind):
        return False
    if isinstance(user, Each | Then) and symbol is user.operand and user.body.item is not None:
        return _is_seen(user.body.item, liveness)
    return True


def _expressions(liveness: Liveness) -> list[tuple[Step | None, Any]]:
    found: list[tuple[Step | None, Any]] = [
        (None, result) for block, result in liveness.results.items() if block in liveness.blocks
    ]
    found += [
        (liveness.steps[i], expression)
        for i in liveness.live
        for expression in liveness.steps[i].eager
    ]
    return found

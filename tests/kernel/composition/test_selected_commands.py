"""Whatever a caller selects, the same commands and checks are sent, with the same keys."""

import json
from typing import Any

import pytest

from maestri.context import new_context, use_context
from maestri.contracts import Selection, parse_selection
from maestri.errors import CallError, ConnectFailed
from maestri.plans import Plan
from tests.kernel.composition import command_plans as plans
from tests.kernel.composition.command_plans import PLANS, A
from tests.kernel.composition.effects import effects_of, selections_of
from tests.kernel.plans.contract import CartFull, NotForSale, UnknownProduct

FAILURES: list[dict[str, CallError]] = [
    {},
    {"product": ConnectFailed(), "products": ConnectFailed()},
    {"product": UnknownProduct(sku="a")},
    {"product:b": UnknownProduct(sku="b")},
    {"brand": ConnectFailed()},
    {"brand:a": ConnectFailed()},
    {"price": ConnectFailed(), "prices": ConnectFailed()},
    {"cart": ConnectFailed()},
    {"put_line": CartFull(lines_max=1)},
    {"put_line:a": ConnectFailed()},
    {"order": ConnectFailed()},
    {"may_be_sold": NotForSale(sku="a")},
    {"may_be_sold:b": NotForSale(sku="b")},
]


EFFECTS_FAIL = {"put_line", "put_line:a", "order", "may_be_sold", "may_be_sold:b"}


def failures_of(plan: Plan[..., Any]) -> list[dict[str, CallError]]:
    """Return the failures of operations that *plan* calls, and none."""
    calls = json.loads(plan.explain("json"))["calls"]
    called = {call["operation"].rpartition(".")[2] for call in calls}
    return [
        failures
        for failures in FAILURES
        if not failures or called & {name.partition(":")[0] for name in failures}
    ]


def named(plan: Any) -> str:
    """Return the id of a case."""
    return plan.name if isinstance(plan, Plan) else "-"


@pytest.mark.parametrize(("plan", "inputs"), PLANS, ids=named)
async def test_a_selection_decides_about_no_command_and_no_check(
    plan: Plan[..., Any], inputs: tuple[Any, ...]
) -> None:
    """Commands, checks and their keys are the same for every selection, whatever fails."""
    for failures in failures_of(plan):
        whole = await effects_of(plan, inputs, failures=failures)
        for selection in [*selections_of(plan.result_type), Selection(())]:
            found = await effects_of(plan, inputs, selection=selection, failures=failures)

            assert whole.sent == found.sent, f"{selection} under {failures}"


@pytest.mark.parametrize(("plan", "inputs"), PLANS, ids=named)
async def test_what_ends_a_run_with_commands_ends_it_for_every_selection(
    plan: Plan[..., Any], inputs: tuple[Any, ...]
) -> None:
    """A command or a check that fails unhandled is raised to every caller."""
    for failures in failures_of(plan):
        if not failures.keys() & EFFECTS_FAIL:
            continue
        whole = await effects_of(plan, inputs, failures=failures)
        for selection in selections_of(plan.result_type):
            found = await effects_of(plan, inputs, selection=selection, failures=failures)

            assert whole.error == found.error, f"{selection} under {failures}"


@pytest.mark.parametrize(("plan", "inputs"), PLANS, ids=named)
async def test_a_selected_field_is_as_in_the_whole_answer(
    plan: Plan[..., Any], inputs: tuple[Any, ...]
) -> None:
    """A field that is selected whole has the value that it has without a selection."""
    whole = await effects_of(plan, inputs)
    for selection in selections_of(plan.result_type):
        found = await effects_of(plan, inputs, selection=selection)
        if whole.error is not None and found.error is None:
            continue  # what failed is not needed
        for name, below in selection.fields:
            if below is None and whole.error is None:
                expected = getattr(whole.answer, name)

                assert expected == getattr(found.answer, name), str(selection)


@pytest.mark.parametrize("selection", [None, "title", "lines", "code(code)", "code(lines(skus))"])
async def test_a_command_outside_of_bodies_is_sent_once(selection: str | None) -> None:
    """What is written outside of any body runs once, though only untaken bodies use it."""
    wanted = None if selection is None else parse_selection(selection)
    found = await effects_of(plans.outside_of_a_condition, ("c", False), selection=wanted)

    assert ["order:c"] == [call for call, _ in found.sent]


@pytest.mark.parametrize("selection", [None, "title", "code(code)", "code(lines())"])
async def test_a_check_in_a_body_that_is_not_run_is_not_made(selection: str | None) -> None:
    """A check in an untaken body says nothing; in a taken one it refuses to every caller."""
    wanted = None if selection is None else parse_selection(selection)
    failures = {"may_be_sold": NotForSale(sku="a")}
    plan = plans.check_in_a_condition
    untaken = await effects_of(plan, (A, False), selection=wanted, failures=failures)
    taken = await effects_of(plan, (A, True), selection=wanted, failures=failures)

    assert ((), None) == (untaken.sent, untaken.error)
    assert NotForSale is taken.error


@pytest.mark.parametrize("selection", [None, "lines", "code()"])
async def test_a_required_read_before_a_command_keeps_it_from_being_sent(
    selection: str | None,
) -> None:
    """A read that is written before a command, and not handled, is made though nobody needs it."""
    wanted = None if selection is None else parse_selection(selection)
    found = await effects_of(
        plans.after_required_reads,
        (A,),
        selection=wanted,
        failures={"product": UnknownProduct(sku="a")},
    )

    assert ((), UnknownProduct) == (found.sent, found.error)


async def test_only_a_read_after_the_commands_is_pruned() -> None:
    """A safe read that decides about nothing is made only if somebody needs it."""
    from maestri.composition import Composer
    from tests.kernel.plans.market import Told, market

    told = Told()
    context = new_context()
    selected = type(context)(context.deadline_s, "r", selection=parse_selection("title"))
    with use_context(selected):
        await Composer(market(told)).serve(plans.after_required_reads, (A,))

    assert ["brand:x", "product:a", "order:c"] == [*sorted(told.calls[:2]), *told.calls[2:]]

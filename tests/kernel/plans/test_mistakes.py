"""Nobody's mistake reaches a request: a type checker, the import or the start refuses it."""

import inspect
from collections.abc import Callable
from typing import Any

import pytest

from maestri.errors import ContractError, PlanError
from maestri.plans import Plan, program_of
from tests.kernel.plans.mistakes import everyday

Mistake = Callable[[], Plan[..., Any]]

TYPES: tuple[Mistake, ...] = (
    everyday.argument_of_another_type,
    everyday.outcomes_of_other_keys,
    everyday.field_of_what_may_be_none,
    everyday.many_where_one_is_wanted,
)
"""What a type checker alone can tell: the plan itself would work with other values."""

IMPORT: dict[Mistake, str] = {
    everyday.batch_of_other_keys: "'sku' must be tuple[",
    everyday.field_of_a_selected_optional: "may be None, so it has no 'title'; use then(",
    everyday.shape_of_another_type: "the shape's field title is int",
    everyday.rescue_of_an_error_of_python: "'ValueError', with which no step fails",
    everyday.compared_with_none: "`product.brand_id` is compared with `is`",
    everyday.looked_for_in_a_tuple: "`product.title` is looked for with `in`",
    everyday.plan_that_is_not_called: "<plan card>, which is not called; write card(...)",
    everyday.step_that_is_awaited: "the body of each is an `async def`; write `def`",
    everyday.default_that_changes: "parameter 'skus': list[",
    everyday.sorted_in_the_plan: "<product.similar> is iterated over; use each(items, step)",
    everyday.symbol_in_a_closure: "uses <product> without being given it",
    everyday.symbol_that_leaves_its_body: "is used outside of the body that makes it",
    everyday.condition_with_a_value: "when is given <order> instead of a function",
    everyday.commands_without_a_key: "nothing tells its items apart when they are sent again",
    everyday.part_without_a_name: "a part that may be missing has no name but '<lambda>'",
    everyday.conditions_joined_by_and: "is used as a condition; use when(condition, lambda: step)",
    everyday.text_of_a_symbol: "<product.title> is formatted into a string; use compute(",
    everyday.text_that_shows_a_symbol: "is turned into text",
    everyday.symbol_in_a_partial: "uses <product.weight_g> without being given it",
    everyday.symbols_in_a_named_tuple: "hides <product.title> in a Pair",
    everyday.narrowed_by_its_class: "`brand` is asked for its class",
    everyday.matched_by_its_value: "`kind` is matched, which looks at the symbol",
    everyday.plan_that_yields: "has a `yield`; return the result; use each(items, step)",
    everyday.operation_as_a_body: "call(Catalog.product",
    everyday.computation_without_an_argument: "compute(shown): missing a required argument",
    everyday.route_to_two_types: "route has results of different types: Product and Price",
    everyday.role_of_another_contract: "catalog.product at Role(Search, 'books'), which has",
    everyday.more_answers_than_steps: "quorum of 2 among 1 steps; ask for at most as many",
    everyday.time_of_none: "optional() with timeout_s=0; give it seconds, more than none",
    everyday.error_of_a_command_as_a_value: "instead of a function; what runs only sometimes is",
    everyday.name_of_a_field: "named() of <product.title>, which is no step; name the step",
}

START: dict[Mistake, str] = {
    everyday.rescue_of_an_error_of_others: "card never raises CartFull; it declares",
    everyday.two_calls_of_one_name: "two steps are named 'product'; tell them apart: named(",
    everyday.part_missing_in_silence: "may be missing, and the result does not say so; give the",
    everyday.answer_that_nobody_uses: "'may_be_sold' is never used; remove the call, or",
    everyday.translation_without_a_field: "UnknownProduct has no lines_max to make a CartFull of",
    everyday.translation_to_no_rejection: "translate does not say what error",
    everyday.more_calls_than_the_bound: "plan plan may make 1000 calls, its calls_max is 3",
    everyday.failure_needed_elsewhere: "'product' is also needed where its failure is not handled",
}

ALL = [
    function
    for name, function in inspect.getmembers(everyday, inspect.isfunction)
    if function.__module__ == everyday.__name__ and name != "shown"
]


@pytest.mark.parametrize("mistake", ALL, ids=lambda mistake: mistake.__name__)
def test_every_mistake_is_found_by_somebody(mistake: Mistake) -> None:
    """What neither import nor start finds is found in its line by both type checkers."""
    assert 1 == sum(mistake in found for found in (TYPES, IMPORT, START))
    if mistake in TYPES:
        assert "# type: ignore[" in inspect.getsource(mistake)
        assert "# pyright: ignore[" in inspect.getsource(mistake)


@pytest.mark.parametrize("mistake", IMPORT, ids=lambda mistake: mistake.__name__)
def test_a_mistake_is_found_at_import(mistake: Mistake) -> None:
    """The message names the line, what is wrong there, and what to write instead."""
    with pytest.raises((PlanError, ContractError)) as raised:
        mistake()

    assert IMPORT[mistake] in str(raised.value)
    assert isinstance(raised.value, ContractError) or _is_in(mistake, str(raised.value))


@pytest.mark.parametrize("mistake", START, ids=lambda mistake: mistake.__name__)
def test_a_mistake_is_found_at_start(mistake: Mistake) -> None:
    """What follows from the whole plan is said when it is compiled, with its line as well."""
    plan = mistake()
    with pytest.raises(PlanError) as raised:
        program_of(plan)

    assert START[mistake] in str(raised.value)
    assert _is_in(mistake, str(raised.value))


@pytest.mark.parametrize("mistake", TYPES, ids=lambda mistake: mistake.__name__)
def test_what_only_types_tell_works_with_other_values(mistake: Mistake) -> None:
    """No step of the plan is wrong; what it is given is."""
    plan = mistake()

    assert program_of(plan).plan is plan


def _is_in(mistake: Mistake, message: str) -> bool:
    lines, first = inspect.getsourcelines(mistake)
    path, line, _ = message.split(":", 2)
    return path == everyday.__file__ and first <= int(line) < first + len(lines)

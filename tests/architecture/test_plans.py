"""Use cases promise what they cost."""

import importlib
import json
from collections.abc import Iterator
from typing import Any

import pytest

from domain_services.inventory.contract import WAREHOUSES_MAX
from maestri.plans import Plan
from sub_orchestrators.fulfilment import plans as fulfilment

SEEN_BY_CLIENTS = ("bff_web", "bff_mobile", "sub_orchestrators.storefront")


def plans_of(component: str) -> Iterator[Plan[..., Any]]:
    """Return the plans of a component."""
    module = importlib.import_module(f"{component}.plans")
    return (found for found in vars(module).values() if isinstance(found, Plan))


def calls_max(plan: Plan[..., Any]) -> int:
    """Return how many calls a run makes at most."""
    most: int = json.loads(plan.explain("json"))["calls_max"]
    return most


@pytest.mark.parametrize("component", SEEN_BY_CLIENTS)
def test_what_clients_reach_promises_its_calls(component: str) -> None:
    """A plan of a page says how many calls it makes at most, and no more than it can make."""
    promised = {plan.name: plan.bounds.calls_max for plan in plans_of(component)}

    assert promised
    assert {plan.name: calls_max(plan) for plan in plans_of(component)} == promised


def test_many_products_cost_one_call_to_each_warehouse() -> None:
    """However many products are asked for, each warehouse is asked once."""
    assert 1 + WAREHOUSES_MAX == calls_max(fulfilment.availability)
    assert 1 + WAREHOUSES_MAX == calls_max(fulfilment.availabilities)

from collections import Counter
from typing import Any

import msgspec
import pytest

from maestri.testing import CallMade, RunningTopology
from tests.scenarios.divergences import DIVERGENCES, DIVERGENCES_MAX, without_divergences
from tests.scenarios.store_under_test import Recording, Recordings

REFERENCE = "merged"


def test_every_scenario_is_the_same_as_in_one_process(
    running_topology: RunningTopology, recorded: Recordings
) -> None:
    """Status, headers, body, errors and calls of each request are equal in all topologies."""
    if REFERENCE not in recorded or running_topology.name not in recorded:
        pytest.skip("no scenario ran in both topologies")
    expected, actual = recorded[REFERENCE], recorded[running_topology.name]

    assert actual.keys() <= expected.keys()
    differences = [
        f"{scenario}\n{difference}"
        for scenario in actual
        for difference in _differences(expected[scenario], actual[scenario])
    ]
    assert not differences, "\n".join(differences)


def test_no_unit_broke(running_topology: RunningTopology) -> None:
    """Whatever the scenarios sent, no unit has written a traceback."""
    assert "Traceback" not in running_topology.log.read_text(encoding="utf-8")


def test_divergences_are_few_and_explained() -> None:
    """At most five things may differ, and each says why."""
    assert len(DIVERGENCES) <= DIVERGENCES_MAX
    assert all(len(divergence.reason) > len(divergence.name) for divergence in DIVERGENCES)


@pytest.mark.parametrize(
    "changed",
    [
        {"body": "abd"},
        {"status": 201},
        {"headers": {"etag": '"x"'}},
        {"calls": Counter([CallMade("bff", "product", "faulted")])},
    ],
)
def test_a_difference_is_found(changed: dict[str, Any]) -> None:
    """Answers that differ in one character, one header or one call are not the same."""
    calls = Counter([CallMade("bff", "product", "ok")])
    one = Recording("GET", "/", 200, {}, "abc 1", "1", calls)

    assert [] == _differences([one], [msgspec.structs.replace(one, body="abc 2", request_id="2")])
    assert 1 == len(_differences([one], [msgspec.structs.replace(one, **changed)]))
    assert 1 == len(_differences([one], []))


def _differences(expected: list[Recording], actual: list[Recording]) -> list[str]:
    found = [
        f"  {one.method} {one.target}: {field}\n{_parted(wanted, got)}"
        for one, other in zip(expected, actual, strict=False)
        for field in one.__struct_fields__
        if (wanted := getattr(without_divergences(one), field))
        != (got := getattr(without_divergences(other), field))
    ]
    if len(expected) != len(actual):
        found.append(f"  {len(expected)} requests, {len(actual)} here")
    return found


def _parted(wanted: object, got: object) -> str:
    """Return where two values part, with a little of what is around."""
    texts = [
        "\n".join(sorted(f"{count} {' '.join(call)}" for call, count in value.items()))
        if isinstance(value, Counter)
        else str(value)
        for value in (wanted, got)
    ]
    same = next(
        (place for place, (a, b) in enumerate(zip(*texts, strict=False)) if a != b),
        min(map(len, texts)),
    )
    return "\n".join(f"    ...{text[max(0, same - 60) : same + 200]!r}" for text in texts)

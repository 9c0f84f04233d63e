from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from maestri.testing import RunningTopology

EXAMPLES = {GenerationMode.POSITIVE: 70, GenerationMode.NEGATIVE: 40}
"""For each operation; bad data take three times as long to make as good ones."""

DOCUMENTS = {"bff_web": "/schema", "bff_mobile": "/mobile/schema"}

# A NUL character is refused everywhere, which the document says nowhere.
CONFIG = schemathesis.Config.from_dict({"generation": {"allow-x00": False}})

BOUNDED = settings(
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@pytest.mark.timeout(180)
@pytest.mark.topologies("merged")
@pytest.mark.parametrize("mode", GenerationMode, ids=lambda mode: mode.value)
@pytest.mark.parametrize("component", DOCUMENTS)
def test_responses_are_as_the_document_says(
    running_topology: RunningTopology, component: str, mode: GenerationMode
) -> None:
    """
    Whatever a client sends, status, media type and body are those that OpenAPI promises.

    A cursor may be refused although its schema allows it: only what we gave out is one.
    """
    url = running_topology.url(component)
    document = schemathesis.openapi.from_url(url + DOCUMENTS[component], config=CONFIG)
    found: list[Any] = list(document.get_all_operations())
    operations = [result.ok() for result in found]
    assert operations

    for operation in operations:
        takes = {parameter.name for parameter in operation.iter_parameters()}
        if takes or operation.body or mode is GenerationMode.POSITIVE:
            _check(operation, mode, url, [positive_data_acceptance] if "cursor" in takes else [])


def _check(operation: Any, mode: GenerationMode, url: str, excluded: list[Any]) -> None:
    session = requests.Session()

    @settings(BOUNDED, max_examples=EXAMPLES[mode])
    @given(case=operation.as_strategy(generation_mode=mode))
    def fits(case: Any) -> None:
        case.body = _with_whole_numbers(case.body)
        case.call_and_validate(base_url=url, session=session, timeout=5, excluded_checks=excluded)

    fits()


def _with_whole_numbers(body: Any) -> Any:
    # JSON Schema counts 1.0 among the integers; our codec does not, and no client writes it so.
    if not isinstance(body, dict):
        return body
    return {
        name: int(value) if isinstance(value, float) and value.is_integer() else value
        for name, value in body.items()
    }

"""A route over a key of which all values are known has a case for each of them, and no other."""

import enum
from collections.abc import Mapping
from typing import Any, Literal

import pytest

from maestri.composition import Composer
from maestri.errors import Faulted
from maestri.plans import call, composition, route
from tests.kernel.plans.contract import Pages
from tests.kernel.plans.refusals import refused_in_its_lines


class Kind(enum.StrEnum):
    FILM = "film"
    BOOK = "book"


def _cases(*keys: Any) -> Mapping[Any, Any]:
    return {key: lambda: call(Pages.latest) for key in keys}


def test_a_route_without_a_case_of_an_enum_is_refused() -> None:
    """The missing members are named."""

    def some_kinds(kind: Kind) -> Any:
        return route(kind, _cases(Kind.FILM))

    assert "route has no case for <Kind.BOOK: 'book'>; give" in refused_in_its_lines(some_kinds)


def test_a_route_without_a_case_of_a_literal_is_refused() -> None:
    """So are missing literals, and None where the key may be None."""

    def some_literals(kind: Literal["film", "book"] | None) -> Any:
        return route(kind, _cases("film"))

    assert "route has no case for 'book', None; give" in refused_in_its_lines(some_literals)


def test_a_case_that_the_key_never_is_is_refused() -> None:
    """A case that was misspelt is named, and so are those that there are."""

    def misspelt(kind: Literal["film", "book"]) -> Any:
        return route(kind, _cases("film", "book", "books"))

    message = refused_in_its_lines(misspelt)

    assert "a case for 'books', which its key never is; the key is one of 'film', 'book'" in message


def test_a_route_with_all_cases_is_a_plan() -> None:
    """All of an enum, as members or as the texts that they are equal to."""

    @composition
    def all_kinds(kind: Kind) -> Any:
        return route(kind, _cases(Kind.FILM, "book"))

    assert ["kind"] == list(all_kinds.inputs)


async def test_a_key_of_an_open_type_without_a_case_names_the_plan() -> None:
    """The fault says which route of which plan has none, and what to do."""

    @composition
    def by_text(kind: str) -> Any:
        return route(kind, {"book": lambda: 1})

    with pytest.raises(Faulted) as raised:
        await Composer({}).run(by_text, "film")

    assert (
        "plan by_text: route(kind) has no case 'film'; give it one, or choose by a key whose type "
        "is a Literal or an Enum"
    ) == raised.value.message

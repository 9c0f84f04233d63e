"""Values that type checkers accept arrive as what is declared over every link, or not at all."""

import datetime as dt
import enum
import math
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from maestri.contracts import (
    Failed,
    Message,
    Outcome,
    Succeeded,
    problem_of,
)
from maestri.errors import Faulted, InvalidRequest
from tests.kernel.links.echo import (
    LINKS,
    Dated,
    Inner,
    answering,
    echoing,
    linked,
    sent,
)

FAILED = Failed(problem_of(Faulted(), ""))


class Word(enum.StrEnum):
    """Texts that are more than texts."""

    ONE = "one"


MORNING = dt.datetime(2026, 2, 28, 1, 2, 3)  # noqa: DTZ001 - a naive one is the point


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (int, True, Faulted),
        (int | None, True, Faulted),
        (int | Inner, True, Faulted),
        (tuple[int, ...], (1, True), Faulted),
        (tuple[str, int], ("a", True), Faulted),
        (frozenset[int], frozenset({True}), Faulted),
        (Mapping[str, int], {"a": True}, Faulted),
        (Mapping[str, int] | None, {"a": True}, Faulted),
        (Mapping[int, str], {True: "a"}, Faulted),
        (dt.date, MORNING, Faulted),
        (float, 1, 1.0),
        (float | Inner, 1, 1.0),
        (tuple[float, ...], (1, 2.5), (1.0, 2.5)),
        (str, Word.ONE, "one"),
        (Mapping[str, str | None], {Word.ONE: Word.ONE, "two": None}, {"one": "one", "two": None}),
    ],
)
async def test_a_subclass_of_what_is_declared_is_refused_or_becomes_that(
    link: str, kind: Any, value: Any, expected: Any
) -> None:
    """Type checkers accept a bool where an int is declared; what a caller gets is one thing."""
    service = answering(kind, value)
    async with linked(service, link) as carrying:
        if expected is Faulted:
            with pytest.raises(Faulted):
                await sent(service, carrying)
        else:
            found = await sent(service, carrying)
            assert (expected, repr(expected)) == (found, repr(found))


@pytest.mark.parametrize("link", LINKS)
async def test_an_outcome_holds_exactly_what_is_declared(link: str) -> None:
    """The values of a batch are results as any other."""
    declared = Mapping[str, Outcome[int]]
    for given, arrives in (
        ({"a": Succeeded(1), "b": FAILED}, True),
        ({"a": Succeeded(True)}, False),
    ):
        service = answering(declared, given)
        async with linked(service, link) as carrying:
            if arrives:
                assert given == await sent(service, carrying)
            else:
                with pytest.raises(Faulted):
                    await sent(service, carrying)


ODD = dt.datetime(1900, 1, 1, tzinfo=dt.timezone(dt.timedelta(seconds=3_208)))


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize(
    ("kind", "value"), [(dt.datetime, ODD), (Mapping[str, Dated], {"a": Dated(ODD)})]
)
async def test_an_offset_of_seconds_is_refused(link: str, kind: Any, value: Any) -> None:
    """JSON has offsets of minutes: the instant would be another one."""
    taking, telling = echoing(kind, safe=True), answering(kind, value)
    async with linked(taking, link) as carrying:
        with pytest.raises(InvalidRequest, match="whole minutes"):
            await sent(taking, carrying, value)
    async with linked(telling, link) as carrying:
        with pytest.raises(Faulted):
            await sent(telling, carrying)


@pytest.mark.parametrize("link", LINKS)
async def test_raw_json_travels_beside_numbers(link: str) -> None:
    """It is passed on as it is, whatever bytes the values beside it have."""
    value = Dated(MORNING.replace(tzinfo=dt.UTC), 1.0, msgspec.Raw(b'{"a":[1]}'))
    service = echoing(Dated)
    async with linked(service, link) as carrying:
        assert value == await sent(service, carrying, value)
        with pytest.raises(InvalidRequest):
            await sent(service, carrying, Dated(value.at, math.nan, value.more))


class Counted(Message):
    """A message whose fields have near relatives."""

    count: int
    weight: float = 0.5
    word: str = ""
    below: "tuple[Counted, ...]" = ()


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Counted(True), Faulted),
        (Counted(1, 2), Counted(1, 2.0)),
        (Counted(1, 2.5, Word.ONE), Counted(1, 2.5, "one")),
        (Counted(1, below=(Counted(1), Counted(True))), Faulted),
    ],
)
async def test_a_field_is_refused_or_becomes_what_is_declared(
    link: str, value: Counted, expected: Any
) -> None:
    """A message is passed uncopied only if all in it would arrive as it is."""
    service = answering(Mapping[str, Counted], {"a": value})
    async with linked(service, link) as carrying:
        if expected is Faulted:
            with pytest.raises(Faulted):
                await sent(service, carrying)
        else:
            assert repr({"a": expected}) == repr(await sent(service, carrying))

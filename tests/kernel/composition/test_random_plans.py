from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from maestri.composition import Composer
from maestri.errors import CallError
from tests.kernel.composition.random_plans import ITEMS, Naive, World, plan_of, programs, text_of

STEPS = [f"s_{i}" for i in range(4)] + [f"s_{i}_{j}" for i in range(4) for j in range(3)]
failing = st.dictionaries(st.sampled_from(STEPS), st.integers(1, 3), max_size=6)
seeds = st.integers(0, 2**16)
EXAMPLES = settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
)


def _run(program: tuple[Any, ...], world: World) -> Any:
    from maestri.testing import run_in_virtual_time

    try:
        return run_in_virtual_time(Composer({"oracle": world}).run(plan_of(program), ITEMS))
    except CallError as error:
        return error


@EXAMPLES
@given(programs, failing, seeds)
def test_a_plan_answers_what_its_steps_in_written_order_would(
    program: tuple[Any, ...], failing_: dict[str, int], seed: int
) -> None:
    """Parallel, batched and coalesced, the answer and the missing parts are those of a loop."""
    world = World(failing_, seed)
    naive = Naive(World(failing_, seed), ITEMS)
    expected = naive.body(program, "s", [text_of(ITEMS)])
    found = _run(program, world)

    assert isinstance(expected, CallError) == isinstance(found, CallError), (expected, found)
    if not isinstance(expected, CallError):
        assert (expected, tuple(sorted(naive.left_out))) == found
        assert sorted(naive.commands) == sorted(world.commands)


@EXAMPLES
@given(programs, seeds, seeds)
def test_which_calls_are_made_does_not_depend_on_who_answers_first(
    program: tuple[Any, ...], one: int, other: int
) -> None:
    """With other delays the very same calls are made, batches and their keys included."""
    first, second = World({}, one), World({}, other)
    _run(program, first)
    _run(program, second)

    assert sorted(first.log) == sorted(second.log)


@EXAMPLES
@given(programs, seeds)
def test_no_call_is_missing_or_made_twice(program: tuple[Any, ...], seed: int) -> None:
    """Every read of the written plan is answered once, every command runs once."""
    world = World({}, seed)
    naive = Naive(World({}, seed), ITEMS)
    naive.body(program, "s", [text_of(ITEMS)])
    _run(program, world)
    keys = [
        f"{step} {key}"
        for kind, step, *arguments in map(str.split, world.log)
        if kind != "command"
        for key in arguments
    ]

    assert sorted(naive.reads) == sorted(set(keys))
    assert sorted(naive.commands) == sorted(world.commands)

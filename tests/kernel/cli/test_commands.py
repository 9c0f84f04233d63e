"""What people type: one clear message and exit code 2 where something is wrong."""

from pathlib import Path

import pytest

from tests.kernel.runtime.processes import started

TOWN = Path(__file__).parents[1] / "topology" / "fixture_project"


def maestri(tmp_path: Path, *arguments: str, **environment: str) -> tuple[int, str]:
    """Run a command on the fixture project; return exit code and output."""
    command = ("-m", "maestri", "--directory", str(TOWN), *arguments)
    own = {"MAESTRI_STATE": str(tmp_path / "state"), **environment}
    with started(tmp_path, command, own) as process:
        code, _ = process.ended()
    return code, process.output


def test_check_looks_at_all_topologies(tmp_path: Path) -> None:
    """Without a name, every topology of the project is checked."""
    assert maestri(tmp_path, "check") == (0, "doubled: good\nmerged: good\nsplit: good\n")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (
            ("explain", "spilt"),
            (
                "shared/topologies: has no topology 'spilt'. Is 'split' meant? "
                "There are: doubled, merged, split.\n"
            ),
        ),
        (
            ("run", "fornt", "--topology", "split"),
            (
                "shared/topologies/split.toml: unit.fornt: there is no such unit. "
                "There are: front, greetings, services.\n"
            ),
        ),
        (
            ("run", "front", "--topology", "split", "--replica", "3"),
            (
                "shared/topologies/split.toml: unit.front.replicas: there is no replica 3. "
                "There are 1, counted from 0.\n"
            ),
        ),
        (
            ("status",),
            "{state}: no topology runs here. Start one: maestri up\n",
        ),
        (
            ("restart", "front", "--topology", "split"),
            "{state}: split does not run here. Start one: maestri up split\n",
        ),
        (
            ("operations", "teleport"),
            "no operation has 'teleport'. Try one word, or none for all.\n",
        ),
    ],
)
def test_a_refusal_is_one_message(
    tmp_path: Path, arguments: tuple[str, ...], expected: str
) -> None:
    """No traceback: what is wrong, where, and what to do; exit code 2."""
    state = str(tmp_path / "state")
    assert maestri(tmp_path, *arguments) == (2, expected.replace("{state}", state))


def test_up_refuses_the_address_of_one_unit(tmp_path: Path) -> None:
    """All units would listen at MAESTRI_LISTEN, and nobody would find them: nothing is started."""
    expected = (
        "MAESTRI_LISTEN: is for one unit alone, by maestri run. "
        "Unset it; MAESTRI_UNIT_<UNIT> says where a unit of maestri up listens.\n"
    )
    assert maestri(tmp_path, "up", "split", MAESTRI_LISTEN="127.0.0.1:1") == (2, expected)


def test_operations_are_shown_where_they_are_served(tmp_path: Path) -> None:
    """The path is the one on the unit or the external service, of each that serves it."""
    inside = maestri(tmp_path, "operations", "names", "--topology", "merged")[1]
    outside = maestri(tmp_path, "operations", "names", "--topology", "doubled")[1]
    client = maestri(tmp_path, "operations", "hello")[1]

    assert "GET /town/names/names/{key} " in inside
    assert "GET /v1/names/{key} " in outside
    assert "GET /hello/{person} " in client


def test_operations_are_found_by_any_words(tmp_path: Path) -> None:
    """All words must be found, in id, path, docstring or component."""
    code, output = maestri(tmp_path, "operations", "names", "SOMEBODY")

    lines = [line.split() for line in output.splitlines()[1:]]
    assert code == 0
    assert lines == [
        [
            "greetings.names.name",
            "GET",
            "/town/names/names/{key}",
            "town.names",
            "Return",
            "the",
            "name",
            "of",
            "somebody.",
        ]
    ]


@pytest.mark.parametrize(
    ("arguments", "golden"),
    [
        (("explain", "split"), "explain_split.txt"),
        (("explain", "doubled", "--mermaid"), "explain_doubled.mmd"),
        (("explain", "split", "--json"), "explain_split.json"),
        (("diff", "merged", "split"), "diff_merged_split.txt"),
        (("compose", "split"), "compose_split.yaml"),
    ],
)
def test_views_go_to_stdout(tmp_path: Path, arguments: tuple[str, ...], golden: str) -> None:
    """A command writes what the topology room draws, and nothing else."""
    expected = (TOWN.parent / "golden" / golden).read_text(encoding="utf-8")
    assert maestri(tmp_path, *arguments) == (0, expected)


def test_a_unit_imports_nothing_for_terminals(tmp_path: Path) -> None:
    """The process of a unit needs no typer and no rich."""
    script = "import sys, maestri.runtime.process; print({'typer', 'rich'} & set(sys.modules))"
    with started(tmp_path, ("-c", script)) as process:
        process.ended()

    assert process.output == "set()\n"

"""What people type: one clear message and exit code 2 where something is wrong."""

import json
from pathlib import Path
from typing import Any

import pytest

from maestri import __version__
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
                "merged has no plan or operation 'spilt'. maestri explain merged lists them. "
                "Is the topology 'split' meant?\n"
            ),
        ),
        (
            ("check", "spilt"),
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


@pytest.mark.parametrize(
    ("variable", "instead"),
    [("MAESTRI_LISTEN", "MAESTRI_UNIT"), ("MAESTRI_LISTEN_INTERNAL", "MAESTRI_INTERNAL")],
)
def test_up_refuses_the_address_of_one_unit(tmp_path: Path, variable: str, instead: str) -> None:
    """Only one unit could listen there, for clients or for other units: nothing is started."""
    expected = (
        f"{variable}: is for one unit alone, by maestri run. "
        f"Unset it; {instead}_<UNIT> says where a unit of maestri up listens.\n"
    )
    assert maestri(tmp_path, "up", "split", **{variable: "127.0.0.1:1"}) == (2, expected)


def test_operations_are_shown_where_they_are_served(tmp_path: Path) -> None:
    """An address that can be called, on a unit or an external service; or that there is none."""
    inside = maestri(tmp_path, "operations", "names", "--topology", "merged")[1]
    outside = maestri(tmp_path, "operations", "names", "--topology", "doubled")[1]
    alone = maestri(tmp_path, "operations", "names", "--topology", "split")[1]
    client = maestri(tmp_path, "operations", "hello", "--topology", "doubled")[1]

    assert "GET /town/names/names/{key}  (called only within its unit)\n" in inside
    assert "GET http://127.0.0.1:8360/v1/names/{key}\n" in outside
    assert "GET http://127.0.0.1:8330/town/names/names/{key}\n" in alone
    assert "GET http://127.0.0.1:8340/hello/{person}\n" in client
    assert "GET http://127.0.0.1:8341/hello/{person}\n" in client


def test_operations_are_found_by_any_words(tmp_path: Path) -> None:
    """All words must be found, in id, path, docstring or component."""
    code, output = maestri(tmp_path, "operations", "names", "SOMEBODY", "-t", "split")

    assert (code, output) == (
        0,
        (
            "greetings.names.name  by town.names\n"
            "  GET http://127.0.0.1:8330/town/names/names/{key}\n"
            "  Return the name of somebody.\n"
        ),
    )


def told(tmp_path: Path, *arguments: str) -> Any:
    """Return what a command writes as JSON."""
    return json.loads(maestri(tmp_path, *arguments, "--json")[1])


def test_programs_get_json(tmp_path: Path) -> None:
    """What is drawn for people is there as data, too."""
    (operation,) = told(tmp_path, "operations", "names", "SOMEBODY", "-t", "split")
    difference = told(tmp_path, "diff", "merged", "split")
    wrong = maestri(tmp_path, "check", "split", "--json", MAESTRI_STRICT="yes")

    assert operation == {
        "operation": "greetings.names.name",
        "served_by": "town.names",
        "requests": ["GET http://127.0.0.1:8330/town/names/names/{key}"],
        "summary": "Return the name of somebody.",
    }
    assert [link["caller"] for link in difference["links"]] == [
        "town.front",
        "town.greetings",
        "town.greetings",
    ]
    assert difference["hops"] == [{"name": "town.front", "before": "0", "after": "2"}]
    assert told(tmp_path, "check") == []
    assert (wrong[0], json.loads(wrong[1])) == (
        2,
        [
            {
                "topology": "split",
                "file": "",
                "key": "MAESTRI_STRICT",
                "problem": "'yes' means nothing",
                "remedy": "Write 1, or unset it",
                "line": 0,
            }
        ],
    )


def test_the_version_is_told(tmp_path: Path) -> None:
    """Without a project, too."""
    with started(tmp_path, ("-m", "maestri", "--version")) as process:
        process.ended()

    assert process.output == f"maestri {__version__}\n"


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

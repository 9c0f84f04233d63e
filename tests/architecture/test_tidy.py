"""The style of CONTRIBUTING.md, where a machine can judge it."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.architecture import tidy_rules
from tests.architecture.source_tree import (
    ROOT,
    AnyFunction,
    Source,
    project_files,
    project_sources,
    read,
)

SourceRule = Callable[[Source], Iterator[str]]
TextRule = Callable[[Path, str], Iterator[str]]

SOURCE_RULES: dict[SourceRule, str] = {
    tidy_rules.long_files: "value = 1\n" * 501,
    tidy_rules.long_functions: "def f() -> None:\n" + "    print()\n" * 70,
    tidy_rules.many_parameters: "def f(a, b, c, *, d, e, f, g): ...\n",
    tidy_rules.vague_names: "class OrderManager: ...\n",
    tidy_rules.undocumented_tests: "def test_it() -> None: ...\n",
}
TEXT_RULES: dict[TextRule, str] = {
    tidy_rules.left_for_later: "# TO" + "DO: later\n",
    tidy_rules.tied_to_a_place: "open('/ho" + "me/me/file')\n",
}


def _name(rule: SourceRule | TextRule) -> str:
    return rule.__name__


@pytest.mark.parametrize("rule", SOURCE_RULES, ids=_name)
def test_every_source_keeps_the_rule(rule: SourceRule) -> None:
    """Every Python file of the project keeps every rule about sources."""
    faults = [fault for source in project_sources() for fault in rule(source)]

    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("rule", TEXT_RULES, ids=_name)
def test_every_file_keeps_the_rule(rule: TextRule) -> None:
    """Every text file of the project, whatever its language, keeps the rules about texts."""
    faults = [
        fault
        for path in project_files()
        for fault in rule(path, (ROOT / path).read_text("utf-8", errors="ignore"))
    ]

    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(("rule", "text"), SOURCE_RULES.items(), ids=map(_name, SOURCE_RULES))
def test_a_rule_about_sources_finds_its_fault(rule: SourceRule, text: str, tmp_path: Path) -> None:
    """Each rule about sources finds the one fault of a file that breaks it."""
    path = tmp_path / "test_bad.py"
    path.write_text(text)

    assert 1 == len(list(rule(read(path, tmp_path))))


@pytest.mark.parametrize(("rule", "text"), TEXT_RULES.items(), ids=map(_name, TEXT_RULES))
def test_a_rule_about_texts_finds_its_fault(rule: TextRule, text: str) -> None:
    """Each rule about texts finds the one fault of a text that breaks it."""
    assert 1 == len(list(rule(Path("bad.toml"), text)))


def test_folders_have_their_own_bounds() -> None:
    """A component's file is shorter than a kernel's, which is shorter than a test's."""
    bounds = [
        tidy_rules.file_lines_max(Path(folder) / "file.py")
        for folder in ("domain_services", "shared", "tests")
    ]

    assert [250, 400, 500] == bounds


def test_self_is_no_parameter(tmp_path: Path) -> None:
    """A method may take as many parameters as a function, besides its self."""
    path = tmp_path / "good.py"
    path.write_text("class A:\n    def f(self, a, b, c, d, e, f): ...\n")

    assert [] == list(tidy_rules.many_parameters(read(path, tmp_path)))


def test_a_name_is_judged_word_by_word() -> None:
    """A banned word counts as a word of a name, not as a part of another word."""
    assert {"utils"} == tidy_rules.words_of("http_utils") & tidy_rules.BANNED_WORDS
    assert {"base"} == tidy_rules.words_of("BaseLink") & tidy_rules.BANNED_WORDS
    assert not tidy_rules.words_of("database_score") & tidy_rules.BANNED_WORDS


def test_no_test_hides_where_pytest_does_not_look() -> None:
    """Every function named test_* is in a file that pytest collects."""
    hidden = [
        f"{source.path}: {function.name}"
        for source in project_sources()
        if source.path.parts[0] == "tests" and not source.path.name.startswith("test_")
        for function in ast.iter_child_nodes(source.tree)
        if isinstance(function, AnyFunction) and function.name.startswith("test_")
    ]

    assert [] == hidden

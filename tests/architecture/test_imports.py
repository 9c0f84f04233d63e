"""Who may import whom: the contracts of pyproject.toml, and the lint rules about imports."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source_tree import ROOT

TREE = (
    "maestri/clock.py",
    "maestri/errors.py",
    "maestri/contracts/__init__.py",
    "maestri/testing/__init__.py",
    "bff_web/__init__.py",
    "bff_mobile/__init__.py",
    "sub_orchestrators/storefront/contract.py",
    "sub_orchestrators/browsing/contract.py",
    "sub_orchestrators/browsing/spi.py",
    "sub_orchestrators/browsing/plans.py",
    "sub_orchestrators/shopping/contract.py",
    "domain_services/vocabulary.py",
    "domain_services/catalog/contract.py",
    "domain_services/catalog/domain.py",
    "domain_services/reviews/contract.py",
    "domain_services/search/media/service.py",
    "domain_services/search/media/container.py",
)


def lint_imports(folder: Path) -> tuple[int, str]:
    """Run import-linter in *folder* with the project's own contracts."""
    command = (
        "from importlinter.cli import lint_imports_command as c; c(['--no-cache', '--no-logo'])"
    )
    run = subprocess.run(
        [sys.executable, "-c", command],
        cwd=folder,
        env={"PYTHONPATH": f"{folder / 'shared'}:{folder}", "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    return run.returncode, run.stdout + run.stderr


@pytest.fixture
def small_tree(tmp_path: Path) -> Path:
    """A tree with the project's shape and contracts, and files with nothing in them."""
    for name in TREE:
        folder = tmp_path / "shared" if name.startswith("maestri") else tmp_path
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        for parent in path.parents:
            if parent in {folder, tmp_path}:
                break
            (parent / "__init__.py").touch()
    rules = tmp_path / "tests" / "architecture"
    rules.mkdir(parents=True)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copy(ROOT / "tests" / "architecture" / "contracts_only.py", rules)
    return tmp_path


def test_the_project_keeps_its_import_contracts() -> None:
    """Levels, siblings, rooms and contracts are as pyproject.toml draws them."""
    code, said = lint_imports(ROOT)

    assert 0 == code, said


def test_the_small_tree_is_sound(small_tree: Path) -> None:
    """A tree without imports keeps all contracts, so that only the bad import is found below."""
    code, said = lint_imports(small_tree)

    assert 0 == code, said


def test_a_child_may_implement_its_parents_spi(small_tree: Path) -> None:
    """The one import that goes upwards is of an SPI, which belongs to the caller."""
    child = small_tree / "domain_services/search/media/service.py"
    child.write_text("import sub_orchestrators.browsing.spi\n")

    code, said = lint_imports(small_tree)

    assert 0 == code, said


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("domain_services/search/media/service.py", "sub_orchestrators.browsing.contract"),
        ("sub_orchestrators/browsing/plans.py", "sub_orchestrators.storefront.contract"),
        ("sub_orchestrators/browsing/plans.py", "sub_orchestrators.shopping.contract"),
        ("sub_orchestrators/browsing/plans.py", "domain_services.catalog.domain"),
        ("sub_orchestrators/browsing/plans.py", "maestri.testing"),
        ("domain_services/catalog/domain.py", "domain_services.reviews.contract"),
        ("domain_services/vocabulary.py", "domain_services.catalog.contract"),
        ("bff_web/__init__.py", "bff_mobile"),
        ("shared/maestri/contracts/__init__.py", "maestri.testing"),
        ("shared/maestri/contracts/__init__.py", "domain_services.vocabulary"),
    ],
)
def test_an_import_against_the_design_is_found(
    small_tree: Path, importer: str, imported: str
) -> None:
    """Each kind of import that the design forbids breaks a contract, which names it."""
    (small_tree / importer).write_text(f"import {imported}\n")

    code, said = lint_imports(small_tree)

    assert (1, True) == (code, f"-> {imported}" in said), said


@pytest.mark.parametrize(
    "line",
    [
        "import shared.maestri",
        "from shared.maestri import clock",
        "import time",
        "from asyncio import sleep",
        "from datetime import datetime; datetime.now()",
    ],
)
def test_a_second_kernel_or_clock_is_refused(line: str, tmp_path: Path) -> None:
    """Lint refuses the kernel's second importable copy, and any clock but maestri.clock."""
    bad = tmp_path / "bad.py"
    bad.write_text(line + "\n")
    config = str(ROOT / "pyproject.toml")
    ruff = ("-m", "ruff", "check", "--no-cache", "--select=TID251", "--config", config, str(bad))

    run = subprocess.run(
        [sys.executable, *ruff], capture_output=True, text=True, check=False, cwd=tmp_path
    )

    assert (1, True) == (run.returncode, "TID251" in run.stdout), run.stdout

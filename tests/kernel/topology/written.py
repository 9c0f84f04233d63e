"""Components that are written for one test, with any level, cell and dependency."""

import itertools
import sys
from collections.abc import Mapping
from pathlib import Path

from maestri.topology import make_importable

_numbers = itertools.count()

CONTRACT = """
from maestri.contracts import Contract, get

class Asked(Contract, id="{id}"):
    @get("/asked")
    async def asked(self) -> int: ...
"""
CONTAINER = """
from dependency_injector import containers, providers
{imports}

class Service(Asked):
    def __init__(self, **dependencies: object) -> None:
        pass

    async def asked(self) -> int:
        return 1

class Container(containers.DeclarativeContainer):
    {roles}
    service = providers.Singleton(Service)
"""


class WrittenComponents:
    """Writes packages below *folder*, under a name that no other test has imported."""

    def __init__(self, folder: Path) -> None:
        self.package = f"written_{next(_numbers)}"
        self.folder = folder / self.package
        self.folder.mkdir()
        (self.folder / "__init__.py").write_text("", encoding="utf-8")
        make_importable(folder)

    def add(self, name: str, level: int, cell: str, needs: Mapping[str, str] | None = None) -> str:
        """Write a component whose roles need the contracts of other components; return its name."""
        folder = self.folder / name
        folder.mkdir()
        start = (
            f"from maestri.topology import Component\nCOMPONENT = Component({level}, {cell!r})\n"
        )
        (folder / "__init__.py").write_text(start, encoding="utf-8")
        contract = CONTRACT.format(id=f"{self.package}.{name}")
        (folder / "contract.py").write_text(contract, encoding="utf-8")
        imports = [f"from {self.package}.{name}.contract import Asked"]
        roles = ["pass"]
        for role, callee in (needs or {}).items():
            imports.append(f"from {self.package}.{callee}.contract import Asked as A_{role}")
            roles.append(f"{role} = providers.Dependency(instance_of=A_{role})")
        container = CONTAINER.format(imports="\n".join(imports), roles="\n    ".join(roles))
        (folder / "container.py").write_text(container, encoding="utf-8")
        return f"{self.package}.{name}"

    def forget(self) -> None:
        """Take the packages out of this process again."""
        sys.path.remove(str(self.folder.parent))
        for name in [one for one in sys.modules if one.partition(".")[0] == self.package]:
            del sys.modules[name]

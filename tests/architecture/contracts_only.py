"""A contract for import-linter: of another component only a few files are seen."""

import grimp
from importlinter import Contract, ContractCheck, fields, output


class ContractsOnly(Contract):
    """
    An import that enters a component from outside reaches one of its *visible* modules.

    A component is a package with a ``container`` or a ``contract`` module. Imports that stay in a
    component, and imports of modules that no component owns, are none of this contract's business.

    Options:
        roots: Packages that hold components, or are one.
        visible: Last names of the modules that other components may import.
    """

    roots = fields.ListField(subfield=fields.StringField())
    visible = fields.ListField(subfield=fields.StringField())

    def check(self, graph: grimp.ImportGraph, verbose: bool) -> ContractCheck:
        """Look at every import among the roots."""
        del verbose
        components = self._components(graph)
        illegal = [
            (importer, imported)
            for importer in sorted(graph.modules)
            for imported in sorted(graph.find_modules_directly_imported_by(importer))
            if (owner := _owner(imported, components))
            and owner != _owner(importer, components)
            and imported.rpartition(".")[2] not in self._names("visible")
        ]
        return ContractCheck(kept=not illegal, metadata={"illegal": illegal})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print one line for each import that goes too deep."""
        for importer, imported in check.metadata["illegal"]:
            output.print_error(f"{importer} -> {imported}", bold=False)
        output.new_line()

    def _components(self, graph: grimp.ImportGraph) -> set[str]:
        marks = (name for name in graph.modules if name.endswith((".container", ".contract")))
        packages = (name.rpartition(".")[0] for name in marks)
        return {name for name in packages if name.partition(".")[0] in self._names("roots")}

    def _names(self, option: str) -> list[str]:
        # import-linter puts the parsed value in place of the field, which no type can say.
        return list(getattr(self, option))


def _owner(module: str, components: set[str]) -> str | None:
    while module:
        if module in components:
            return module
        module = module.rpartition(".")[0]
    return None

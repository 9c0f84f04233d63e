"""Where the operations of a contract are found, for those who serve them and those who call."""

from maestri.contracts import Contract


def address_of(contract: type[Contract], component: str) -> str:
    """
    Return the path under which *component* serves *contract*.

    An edge contract and an external service have the contract's prefix, whoever serves them; others
    are found under their component's name: ``domain_services.catalog`` under
    ``/domain_services/catalog``.
    """
    if contract.edge or not component:
        return contract.prefix
    return "/" + component.replace(".", "/")

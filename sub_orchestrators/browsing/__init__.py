"""
A sub-orchestrator: the gateway of the cell that knows what there is to buy.

Owns no data; composes catalog, reviews and the search children. Called by the storefront and the
backends of clients. Its SPI, ProductSearch, is implemented by any number of children.
"""

from maestri.topology import Component

COMPONENT = Component(level=1, cell="browsing")

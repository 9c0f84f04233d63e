"""
A sub-orchestrator: the gateway of the cell that knows prices and carts.

Owns no data; composes pricing and carts. Called by the storefront and the backends of clients.
"""

from maestri.topology import Component

COMPONENT = Component(level=1, cell="shopping")

"""
A sub-orchestrator: the gateway of the cell that sends parcels.

Owns no data; asks every warehouse of the inventory at once and adds up. Called by the storefront.
"""

from maestri.topology import Component

COMPONENT = Component(level=1, cell="fulfilment")

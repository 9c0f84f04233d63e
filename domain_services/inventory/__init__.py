"""
A domain service: knows what lies in which warehouse.

Owns warehouses and stock. Called by fulfilment, the gateway of its cell.
"""

from maestri.topology import Component

COMPONENT = Component(level=0, cell="fulfilment")

"""
A backend for one client: composes a product page of four parallel calls.

Owns no data. Called by the load generator.
"""

from maestri.topology import Component

COMPONENT = Component(level=1, cell="stub")

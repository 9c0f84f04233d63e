"""
Four domain services that own nothing and answer from memory.

Called by the page.
"""

from maestri.topology import Component

COMPONENT = Component(level=0, cell="stub")

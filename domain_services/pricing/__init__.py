"""
A domain service: knows what a product costs, in any currency of the store.

Owns prices in euros and the last exchange rates. Called by shopping, the gateway of its cell; calls
an external service for the rates, and survives its absence.
"""

from maestri.topology import Component

COMPONENT = Component(level=0, cell="shopping")

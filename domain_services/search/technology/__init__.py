"""
A search child: finds devices by model words, and by numbers with units such as "16 gb".

Owns an index of its group. Called by browsing through its SPI, ProductSearch, beside its siblings.
"""

from maestri.topology import Component

COMPONENT = Component(level=0, cell="browsing")

"""
An orchestrator above orchestrators: composes across subdomains what both clients want.

Owns no data; the extra layer of the pattern's evolutions. Called by the backends of clients, and
placed with them or on its own.
"""

from maestri.topology import Component

COMPONENT = Component(level=2, cell="storefront")

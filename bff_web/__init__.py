"""
A Backend for Frontends: the web client's own orchestrator.

Owns what only the web has: pages, forms, cookies and words; no data. Composes the storefront with
the navigation and the cart that surround every page. Called by browsers, and by scripts in JSON.
"""

from maestri.topology import Component

COMPONENT = Component(level=3, cell="clients")

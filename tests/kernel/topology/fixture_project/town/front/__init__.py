"""The backend of the only client."""

from maestri.topology import Component

COMPONENT = Component(level=2, cell="web")

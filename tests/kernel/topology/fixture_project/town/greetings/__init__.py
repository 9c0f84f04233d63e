"""The gateway of its cell: greets people."""

from maestri.topology import Component

COMPONENT = Component(level=1, cell="greetings")

"""
Maestri builds hierarchies of orchestrators: plans of typed calls, placed by a topology file.

Start with a room: ``maestri.contracts`` describes what can be called, ``maestri.plans`` a use case
as data, ``maestri.composition`` runs it, ``maestri.topology`` decides which process runs what, and
``maestri.runtime`` runs the processes.
"""

__version__ = "0.1.0"

"""
What people type: ``maestri up``, ``explain``, ``diff``, ``check`` and so on.

Problem: whoever runs a system, or asks what a change of its shape would mean, should not have to
write a program. Pattern: Command Line over the rooms of topology and runtime, which do all the
work. Smallest example::

    from maestri.cli import main

    main(["--help"])

Not for programs: they use ``maestri.topology`` and ``maestri.runtime``. Units do not import this
room; it is heavy.
"""

from maestri.cli.commands import main

__all__ = ["main"]

"""
What the toolkit costs, measured beside the same thing written by hand.

``make bench`` runs all; ``python -m benchmarks links calls --json FILE`` runs some and keeps the
numbers. Linux only: processor time and memory of processes are read from ``/proc``.

- ``links``: a page over stub services, so that links and composition remain;
- ``store``: the product page of the real store, the honest total;
- ``screens``: the screens of the mobile apps beside the same pages as the web's JSON;
- ``calls``: one call, and one of many, in the process and over HTTP;
- ``plans``: a plan in the process beside ``asyncio.gather``;
- ``memory_and_start``: what a running store takes, and how soon it answers.
"""

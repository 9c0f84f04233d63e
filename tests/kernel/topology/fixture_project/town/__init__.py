"""A system of three levels, for the tests of the topology room."""

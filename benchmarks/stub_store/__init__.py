"""A store without work: services that answer at once, so that links and composition remain."""

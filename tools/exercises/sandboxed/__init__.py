"""The child side of a check: what runs in the process of a learner's code, standard library alone."""

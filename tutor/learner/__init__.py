"""What a learner knows and what comes next: pure functions over records, without I/O and without a model."""

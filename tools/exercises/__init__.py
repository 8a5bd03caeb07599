"""The exercises: what a learner writes, the hidden checks, the hints, and how they are found."""

"""Working on exercises: the learner's files, checks, hints and solutions, the same for every front end."""

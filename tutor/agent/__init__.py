"""The tutoring agent: one conversation over one toolbox, whichever chat model drives it."""

"""The person's side of Tutor: the agent, the terminal app, the command line and what they keep."""

"""What is going on, in one line."""

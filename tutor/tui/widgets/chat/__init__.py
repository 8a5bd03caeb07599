"""The conversation: the questions, the answers and the input."""

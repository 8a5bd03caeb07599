"""Exercises in the conversation: what a message asks for, which exercise it means, what is said about it."""

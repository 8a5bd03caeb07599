"""Exercises on the screen: the list, the task beside an editor, the checks."""

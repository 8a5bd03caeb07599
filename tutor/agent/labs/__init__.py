"""Talking about labs without an LLM: what is asked for, what a run shows, and the words for both."""

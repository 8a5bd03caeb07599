"""Greedy text generation, one token at a time."""

import torch


def generate(model, tokenizer, prompt: str, tokens: int) -> str:
    """The prompt and at most `tokens` tokens that the model continues it with, as text."""
    raise NotImplementedError("write this")

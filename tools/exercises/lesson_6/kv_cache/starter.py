"""Greedy text generation that feeds each token once."""

import torch


def generate_cached(model, tokenizer, prompt: str, tokens: int) -> str:
    """The prompt and at most `tokens` tokens that the model continues it with, as text."""
    raise NotImplementedError("write this")

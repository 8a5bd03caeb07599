"""Greedy text generation, one token at a time."""

import torch


@torch.no_grad()
def generate(model, tokenizer, prompt: str, tokens: int) -> str:
    """The prompt and at most `tokens` tokens that the model continues it with, as text."""
    ids = tokenizer(prompt, return_tensors="pt").input_ids  # [1, n]
    for _ in range(tokens):
        logits = model(ids).logits[0, -1]  # [vocabulary], of the token after the last
        following = logits.argmax()
        if following == tokenizer.eos_token_id:
            break
        ids = torch.cat([ids, following.view(1, 1)], dim=1)
    return tokenizer.decode(ids[0], skip_special_tokens=True)

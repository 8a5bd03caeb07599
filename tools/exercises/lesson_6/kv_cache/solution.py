"""Greedy text generation that feeds each token once."""

import torch


@torch.no_grad()
def generate_cached(model, tokenizer, prompt: str, tokens: int) -> str:
    """The prompt and at most `tokens` tokens that the model continues it with, as text."""
    ids = tokenizer(prompt, return_tensors="pt").input_ids  # [1, n]
    fed, cache = ids, None
    for _ in range(tokens):
        output = model(fed, past_key_values=cache, use_cache=True)
        cache = output.past_key_values
        following = output.logits[0, -1].argmax()
        if following == tokenizer.eos_token_id:
            break
        fed = following.view(1, 1)
        ids = torch.cat([ids, fed], dim=1)
    return tokenizer.decode(ids[0], skip_special_tokens=True)

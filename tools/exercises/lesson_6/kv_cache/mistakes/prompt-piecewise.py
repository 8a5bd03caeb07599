import torch


@torch.no_grad()
def generate_cached(model, tokenizer, prompt, tokens):
    ids = tokenizer(prompt, return_tensors="pt").input_ids
    cache = None
    for token in ids[0]:
        output = model(token.view(1, 1), past_key_values=cache)
        cache = output.past_key_values
    for _ in range(tokens):
        following = output.logits[0, -1].argmax()
        if following == tokenizer.eos_token_id:
            break
        ids = torch.cat([ids, following.view(1, 1)], dim=1)
        output = model(following.view(1, 1), past_key_values=cache)
        cache = output.past_key_values
    return tokenizer.decode(ids[0], skip_special_tokens=True)

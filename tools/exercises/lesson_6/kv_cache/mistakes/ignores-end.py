import torch


@torch.no_grad()
def generate_cached(model, tokenizer, prompt, tokens):
    ids = tokenizer(prompt, return_tensors="pt").input_ids
    fed, cache = ids, None
    for _ in range(tokens):
        output = model(fed, past_key_values=cache)
        cache = output.past_key_values
        fed = output.logits[0, -1].argmax().view(1, 1)
        ids = torch.cat([ids, fed], dim=1)
    return tokenizer.decode(ids[0], skip_special_tokens=True)

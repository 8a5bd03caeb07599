import torch


@torch.no_grad()
def generate_cached(model, tokenizer, prompt, tokens):
    ids = tokenizer(prompt, return_tensors="pt").input_ids
    fed = ids
    for _ in range(tokens):
        output = model(fed, use_cache=True)
        following = output.logits[0, -1].argmax()
        if following == tokenizer.eos_token_id:
            break
        fed = following.view(1, 1)
        ids = torch.cat([ids, fed], dim=1)
    return tokenizer.decode(ids[0], skip_special_tokens=True)

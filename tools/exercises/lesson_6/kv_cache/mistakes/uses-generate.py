import torch


@torch.no_grad()
def generate_cached(model, tokenizer, prompt, tokens):
    ids = tokenizer(prompt, return_tensors="pt").input_ids
    output = model.generate(ids, max_new_tokens=tokens, use_cache=True)
    ids = output
    return tokenizer.decode(ids[0], skip_special_tokens=True)

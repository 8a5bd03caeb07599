import torch


@torch.no_grad()
def generate(model, tokenizer, prompt, tokens):
    ids = tokenizer(prompt, return_tensors="pt").input_ids
    length = ids.shape[1]
    for _ in range(tokens):
        following = model(ids).logits[0, -1].argmax()
        if following == tokenizer.eos_token_id:
            break
        ids = torch.cat([ids, following.view(1, 1)], dim=1)
    return tokenizer.decode(ids[0, length:], skip_special_tokens=True)

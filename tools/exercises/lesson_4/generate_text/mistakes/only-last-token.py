import torch


@torch.no_grad()
def generate(model, tokenizer, prompt, tokens):
    ids = tokenizer(prompt, return_tensors="pt").input_ids
    following = ids[:, -1:]
    for _ in range(tokens):
        following = model(following).logits[:, -1].argmax(dim=-1, keepdim=True)
        if following.item() == tokenizer.eos_token_id:
            break
        ids = torch.cat([ids, following], dim=1)
    return tokenizer.decode(ids[0], skip_special_tokens=True)

import torch


@torch.no_grad()
def generate(model, tokenizer, prompt, tokens):
    ids = tokenizer(prompt, return_tensors="pt").input_ids
    output = model.generate(ids, max_new_tokens=tokens, do_sample=False)
    return tokenizer.decode(output[0], skip_special_tokens=True)

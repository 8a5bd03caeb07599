import torch


def evaluate(model, tokenizer, texts, labels, batch_size):
    model.eval()
    right = 0
    with torch.no_grad():
        for start in range(0, len(texts), batch_size):
            end = start + batch_size
            batch = tokenizer(texts[start:end], truncation=True, return_tensors="pt")
            predicted = model(**batch).logits.argmax(dim=-1)
            right += (predicted == torch.tensor(labels[start:end])).sum().item()
    return right / len(texts)

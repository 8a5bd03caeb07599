"""The accuracy of a text classifier."""

import torch


@torch.no_grad()
def evaluate(
    model: torch.nn.Module, tokenizer, texts: list[str], labels: list[int], batch_size: int
) -> float:
    """The share of `texts` whose class the model gets right, at most `batch_size` texts in one call."""
    model.eval()
    right = 0
    for start in range(0, len(texts), batch_size):
        end = start + batch_size
        batch = tokenizer(texts[start:end], padding=True, truncation=True, return_tensors="pt")
        predicted = model(**batch).logits.argmax(dim=-1)
        right += int((predicted == torch.tensor(labels[start:end])).sum())
    return right / len(texts)

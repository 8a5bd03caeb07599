"""A sentence encoder as an untrained classifier: the class whose description is most like the text wins."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize


class ZeroShotClassifier(nn.Module):
    """Cosine similarity between a text's vector and those of the descriptions, as logits.

    The encoder must have learned to put sentences of like meaning close together, as MiniLM has
    (Reimers and Gurevych, 2019). Dividing by a temperature makes probabilities of similarities; it
    changes no answer.
    """

    def __init__(self, encoder: Any, tokenizer: Any, descriptions: Sequence[str]) -> None:
        """Encode one description for each class."""
        super().__init__()
        self.encoder, self.config = encoder, encoder.config
        inputs = tokenizer(list(descriptions), padding=True, return_tensors="pt").to(encoder.device)
        with torch.inference_mode():
            self.classes = self.vectors(inputs["input_ids"], inputs["attention_mask"].bool())

    def vectors(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Texts as unit vectors [b, width]: the mean over the real tokens."""
        hidden = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        real = attention_mask.unsqueeze(-1)  # [b, t, 1]
        return normalize((hidden.float() * real).sum(1) / real.sum(1), dim=1)

    def forward(self, input_ids: Tensor, attention_mask: Tensor | None = None) -> SimpleNamespace:
        """Logits [b, classes], in the shape in which transformers' classifiers return theirs."""
        mask = torch.ones_like(input_ids, dtype=torch.bool) if attention_mask is None else attention_mask
        return SimpleNamespace(logits=self.vectors(input_ids, mask) @ self.classes.T / TEMPERATURE)


TEMPERATURE = 0.05

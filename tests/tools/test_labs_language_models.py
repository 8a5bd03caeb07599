"""The labs `sampling` and `llm-classifier`: decoding, prompts, parsing, a served model and a local one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from openai_server import OpenAIServer, never_answers, refuses, sends_html

from tools.assets import hub
from tools.errors import BadData, BadSettings, ToolsError
from tools.labs import llm_classifier, sampling

WORDS = ["negative", "positive"]


class Heard:
    """A report that keeps what a lab says, in the way the engine's own takes it."""

    def __init__(self, home: Path, data: Path | None = None) -> None:
        import torch

        self.home, self.data_path, self.seed = home, data, 0
        self.device = torch.device("cpu")
        self.said: dict[str, Any] = {}
        self.curves: dict[str, list[float]] = {}
        self.steps: list[tuple[int, int]] = []
        self.lines: list[str] = []

    def log(self, text: str) -> None:
        self.lines.append(text)

    def progress(self, done: int, total: int, unit: str = "step") -> None:
        self.steps.append((done, total))

    def metric(self, step: float, **values: float) -> None:
        for name, value in values.items():
            self.curves.setdefault(name, []).append(value)

    def using_data(self, name: str, source: str, **more: Any) -> None:
        self.said["data"] = {"name": name, "source": source, **more}

    def using_model(self, name: str, source: str, **more: Any) -> None:
        self.said["model"] = {"name": name, "source": source, **more}

    def table(self, name: str, columns: Any, rows: Any, title: str = "") -> None:
        self.said[name] = [dict(zip(columns, row, strict=True)) for row in rows]

    def bars(self, name: str, labels: list[str], values: list[float], title: str = "") -> None:
        self.said[name] = dict(zip(labels, values, strict=True))

    def matrix(self, name: str, labels: list[str], counts: Any, title: str = "") -> None:
        self.said[name] = counts

    def examples(self, name: str, items: list[dict[str, Any]], title: str = "") -> None:
        self.said[name] = items

    def text(self, name: str, text: str, title: str = "") -> None:
        self.said[name] = text


@pytest.fixture(autouse=True)
def nothing_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TUTOR_MODEL", "OPENAI_BASE_URL", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    hub.reachable.cache_clear()


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """For a model this small, two threads spend their time waiting for each other."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real Llama of 60,000 random weights with a byte-level tokenizer, saved as any model is."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {token: number for number, token in enumerate(["<end>", *alphabet])}
    tokenizer = Tokenizer(models.BPE(vocabulary, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<end>")
    fast.chat_template = "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}assistant:"
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=4096,
        eos_token_id=0,
        bos_token_id=None,
        initializer_range=0.3,  # logits far enough apart that settings matter
    )
    folder = tmp_path_factory.mktemp("models") / "tiny"
    LlamaForCausalLM(config).save_pretrained(folder)
    fast.save_pretrained(folder)
    return folder


@pytest.fixture
def reviews(tmp_path: Path) -> Path:
    """Sixty reviews of the person's own; the good ones say so."""
    path = tmp_path / "mine.csv"
    lines = [f"Film {n} was {'lovely' if n % 2 else 'dreary'},{WORDS[n % 2]}" for n in range(60)]
    path.write_text("\n".join(["text,label", *lines]), encoding="utf-8")
    return path


# -- sampling


def tensor(values: list[float]) -> Any:
    import torch

    return torch.tensor(values)


def test_temperature_sharpens_and_flattens() -> None:
    logits = tensor([2.0, 1.0, 0.0])
    cold, plain, hot = (sampling.probabilities(logits, sampling.Way("", T)).tolist() for T in (0.5, 1.0, 2.0))
    assert plain == pytest.approx([0.6652, 0.2447, 0.0900], abs=1e-4)
    assert cold[0] > plain[0] > hot[0]
    assert cold[2] < plain[2] < hot[2]
    assert sampling.probabilities(logits, sampling.Way("", 0)).tolist() == [1, 0, 0]


def test_top_k_keeps_the_k_best_and_top_p_the_fewest_that_hold_p() -> None:
    logits = tensor([0.5, 0.3, 0.15, 0.05]).log()
    best_two = sampling.probabilities(logits, sampling.Way("", top_k=2))
    assert best_two.tolist() == pytest.approx([0.625, 0.375, 0, 0])
    nucleus = sampling.probabilities(logits, sampling.Way("", top_p=0.75))
    assert nucleus.tolist() == pytest.approx([0.625, 0.375, 0, 0])
    assert sampling.probabilities(logits, sampling.Way("", top_p=0.01)).tolist() == [1, 0, 0, 0]
    everything = sampling.probabilities(logits, sampling.Way("", top_k=99, top_p=1))
    assert everything.tolist() == pytest.approx([0.5, 0.3, 0.15, 0.05])


def test_entropy_is_in_bits() -> None:
    assert sampling.entropy(tensor([0.25] * 4)) == pytest.approx(2)
    assert str(sampling.entropy(tensor([1.0, 0.0]))) == "0.0"


def sample(home: Path, model: Path, **settings: Any) -> tuple[Heard, dict[str, Any]]:
    report = Heard(home)
    config = sampling.Config(model=str(model), prompt="It was", new_tokens=12, draws=2, **settings)
    return report, sampling.run(config, report)  # type: ignore[arg-type]


def test_continuations_stand_side_by_side_and_the_same_seed_writes_them_again(
    tiny_model: Path, tmp_path: Path
) -> None:
    report, figures = sample(tmp_path, tiny_model)
    rows = report.said["continuations"]
    assert [row["seed"] for row in rows] == ["-", *["0", "1"] * 5]
    assert len({row["continuation"] for row in rows}) > 5
    assert len(report.said["next-token"]) == 12
    assert 0.1 < sum(report.said["next-token"].values()) <= 1
    assert report.steps[-1] == (12, 12)
    assert len(report.curves["entropy"]) <= 12
    assert figures["tokens"] <= 11 * 12
    assert report.said["model"]["source"].startswith("folder")
    again, _ = sample(tmp_path, tiny_model)
    assert again.said["continuations"] == rows
    other, _ = sample(tmp_path, tiny_model, seed=5)
    assert other.said["continuations"][0] == rows[0]  # greedy draws nothing
    assert other.said["continuations"][1:] != rows[1:]


def test_greedy_with_the_cache_writes_what_the_model_finds_likeliest_without_it(
    tiny_model: Path, tmp_path: Path
) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    report, _ = sample(tmp_path, tiny_model)
    tokenizer, model = (kind.from_pretrained(tiny_model) for kind in (AutoTokenizer, AutoModelForCausalLM))
    inputs = tokenizer("It was", return_tensors="pt")
    written = model.generate(
        input_ids=inputs["input_ids"], max_new_tokens=12, do_sample=False, use_cache=False, pad_token_id=0
    )[0, inputs["input_ids"].shape[1] :]
    assert (
        report.said["continuations"][0]["continuation"]
        == tokenizer.decode(written, skip_special_tokens=True).strip()
    )


def test_the_tables_tell_what_each_setting_keeps(tiny_model: Path, tmp_path: Path) -> None:
    report, figures = sample(tmp_path, tiny_model, top_k=7, top_p=0.5, temperature=0.9)
    kept = {row["setting"]: row for row in report.said["kept"]}
    assert kept["greedy"]["tokens left"] == 1
    assert kept["the model's own probabilities"]["tokens left"] == 257
    assert kept["temperature 0.9, top-k 7"]["tokens left"] == 7
    assert kept["temperature 0.9, top-p 0.5"]["probability kept"] >= 0.5
    assert figures["tokens_left"] <= 7
    assert set(report.said["candidates"][0]) == {"next token", *kept}


def test_settings_that_leave_out_nothing_are_not_shown_twice(tiny_model: Path, tmp_path: Path) -> None:
    report, _ = sample(tmp_path, tiny_model, top_k=0, top_p=1.0, temperature=1.0)
    assert [row["setting"] for row in report.said["kept"]] == ["greedy", "the model's own probabilities"]


def test_the_prompt_may_stand_in_a_file(tiny_model: Path, tmp_path: Path) -> None:
    file = tmp_path / "prompt.txt"
    file.write_text("Es war\n", encoding="utf-8")
    report = Heard(tmp_path, file)
    sampling.run(sampling.Config(model=str(tiny_model), new_tokens=2), report)  # type: ignore[arg-type]
    assert report.said["continuations-in-full"].startswith("[greedy]\nEs war")
    assert report.said["data"]["source"] == f"your file {file}"
    file.write_bytes(b"\xff\xfe\xff")
    with pytest.raises(BadData, match="cannot be read"):
        sampling.run(sampling.Config(model=str(tiny_model)), report)  # type: ignore[arg-type]


@pytest.mark.parametrize("temperature", [0, 1e-38])
def test_a_temperature_by_which_logits_cannot_be_divided_is_refused(temperature: float) -> None:
    with pytest.raises(ValueError, match="temperature"):
        sampling.Config(temperature=temperature)


def test_a_prompt_longer_than_the_context_window_is_refused(tiny_model: Path, tmp_path: Path) -> None:
    config = sampling.Config(model=str(tiny_model), prompt="word " * 1000, new_tokens=10)
    with pytest.raises(BadSettings, match=r"5000 tokens.*context window of 4096"):
        sampling.run(config, Heard(tmp_path))  # type: ignore[arg-type]


# -- a served model


def completes(text: str | None) -> Callable[[BaseHTTPRequestHandler], None]:
    """A whole chat completion that always says the same."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        message = {"role": "assistant", "content": text}
        body = {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": "test",
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 50, "completion_tokens": 4, "total_tokens": 54},
        }
        send(handler, body)

    return reply


def send(handler: BaseHTTPRequestHandler, body: Any) -> None:
    data = json.dumps(body).encode()
    handler.send_response(200)
    handler.send_header("content-type", "application/json")
    handler.send_header("content-length", str(len(data)))
    handler.end_headers()
    handler.wfile.write(data)


def rate(report: Heard, **settings: Any) -> dict[str, Any]:
    config = llm_classifier.Config(**{"reviews": 8, "parallel": 2, **settings})
    return llm_classifier.run(config, report)  # type: ignore[arg-type]


def serve(monkeypatch: pytest.MonkeyPatch, server: OpenAIServer) -> None:
    monkeypatch.setenv("TUTOR_MODEL", "openai:little-one")
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret-key-of-a-learner")


def test_a_configured_server_rates_the_reviews_and_is_named(
    reviews: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with OpenAIServer(completes("Final Prediction: positive")) as server:
        serve(monkeypatch, server)
        report = Heard(tmp_path, reviews)
        figures = rate(report)
    assert len(server.requests) == 5 * 8
    assert {each["model"] for each in server.requests} == {"little-one"}
    assert {each["temperature"] for each in server.requests} == {0}
    assert report.said["model"]["name"] == "little-one"
    assert server.url in report.said["model"]["source"]
    assert any("sent to" in line for line in report.lines)
    rows = {row["prompt"]: row for row in report.said["prompts"]}
    assert rows["fixed-phrase"]["accuracy"] == 0.5  # always positive, and half are
    assert rows["fixed-phrase"]["not parsed"] == 0
    assert rows["json"]["not parsed"] == 1  # a right word in the wrong form is no answer
    assert rows["json"]["accuracy"] == 0
    assert rows["json"]["accuracy of the parsed"] == "-"
    assert rows["few-shot"]["tokens read"] == 50
    assert figures["accuracy"] == 0.5
    assert figures["prompt_tokens"] == 40 * 50
    assert figures["reply_tokens"] == 40 * 4
    assert report.steps[-1] == (40, 40)
    assert {item["predicted"] for item in report.said["replies"]} >= {"(not parsed)", "positive"}


def test_few_shot_shows_examples_of_each_class_that_are_not_rated(
    reviews: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with OpenAIServer(completes("negative")) as server:
        serve(monkeypatch, server)
        rate(Heard(tmp_path, reviews), prompt="few-shot", shots=3)
    first = server.requests[0]["messages"]
    assert [each["content"] for each in first if each["role"] == "assistant"] == WORDS * 3
    shown = {each["content"] for each in first if each["role"] == "user"} - {first[-1]["content"]}
    assert not shown & {each["messages"][-1]["content"] for each in server.requests}


@pytest.mark.parametrize(
    ("reply", "said", "retryable"),
    [
        (
            refuses(401, "Incorrect API key provided: sk-secret-key-of-a-learner"),
            "does not accept the key",
            False,
        ),
        (refuses(404, "no such model"), "has no model called little-one", False),
        (refuses(429, "slow down", headers={"retry-after": "0"}), "refuses more requests", True),
        (refuses(500, "the GPU fell off", headers={"retry-after": "0"}), r"failed \(HTTP 500\)", True),
        (
            refuses(400, "max_tokens is not supported, sk-secret-key-of-a-learner"),
            "max_tokens is not supp",
            False,
        ),
        (sends_html, "did not answer like an OpenAI-compatible one", False),
        (never_answers, "did not answer within 1 seconds", True),
    ],
)
def test_a_server_that_fails_is_told_in_a_sentence_without_the_key(
    reply: Any, said: str, retryable: bool, reviews: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with OpenAIServer(reply) as server:
        serve(monkeypatch, server)
        monkeypatch.setattr("openai._base_client.MAX_RETRY_DELAY", 0.01)
        with pytest.raises(ToolsError, match=said) as caught:
            rate(Heard(tmp_path, reviews), prompt="json", timeout=1)
    assert caught.value.retryable is retryable
    assert caught.value.help
    assert "secret" not in str(caught.value) + caught.value.help


def test_a_server_that_is_not_there_is_told(
    reviews: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    with pytest.raises(ToolsError, match="cannot be reached") as caught:
        rate(Heard(tmp_path, reviews), model="openai:any", prompt="json")
    assert caught.value.retryable


def test_openais_own_server_is_not_asked_without_a_key(reviews: Path, tmp_path: Path) -> None:
    with pytest.raises(ToolsError, match="needs a key"):
        rate(Heard(tmp_path, reviews), model="openai:any")


def test_an_empty_reply_counts_as_not_parsed(
    reviews: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with OpenAIServer(completes(None)) as server:
        serve(monkeypatch, server)
        assert rate(Heard(tmp_path, reviews), prompt="free-text")["unparsed"] == 1


# -- a model on this machine


def test_a_local_model_rates_in_batches_and_nothing_is_sent_anywhere(
    tiny_model: Path, reviews: Path, tmp_path: Path
) -> None:
    report = Heard(tmp_path, reviews)
    figures = rate(report, model=str(tiny_model), reviews=4, shots=1, batch_size=3, thinking_tokens=16)
    assert figures["reviews"] == 4
    assert figures["unparsed"] > 0.5  # random weights write no words
    assert len(report.said["prompts"]) == 6  # five prompts and the baseline
    assert report.said["data"]["name"] == "mine.csv"
    assert any("chosen on these same 4 reviews" in line for line in report.lines)
    assert not any("sent" in line for line in report.lines)


def test_prompts_longer_than_the_context_window_are_refused_before_the_first(
    tiny_model: Path, tmp_path: Path
) -> None:
    texts = "\n".join(f"{'long ' * 90}{n},{WORDS[n % 2]}" for n in range(60))
    (tmp_path / "long.csv").write_text(f"text,label\n{texts}", encoding="utf-8")
    report = Heard(tmp_path, tmp_path / "long.csv")
    with pytest.raises(BadSettings, match=r"context window of .*, which is 4,096"):
        rate(report, model=str(tiny_model), reviews=4, shots=8)
    assert "prompts" not in report.said


def test_a_batch_gives_each_chat_the_reply_it_gets_alone(tiny_model: Path, tmp_path: Path) -> None:
    import torch

    from tools.assets.chat_models import LocalChat

    chats = [[{"role": "user", "content": "word " * count}] for count in (1, 12, 5, 30)]
    replies = []
    for size in (1, 4):
        model = LocalChat(str(tiny_model), tmp_path, torch.device("cpu"), None, size)
        replies.append(model.answer(chats, 8, lambda done: None))
    assert replies[0] == replies[1]


def test_fewer_reviews_than_asked_for_are_rated_and_that_is_said(
    tiny_model: Path, reviews: Path, tmp_path: Path
) -> None:
    report = Heard(tmp_path, reviews)
    figures = rate(report, model=str(tiny_model), reviews=500, prompt="few-shot", shots=1)
    assert figures["reviews"] == 30
    assert any("30 are rated" in line for line in report.lines)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_carried_model_is_fetched_and_both_labs_run_at_their_defaults(tmp_path: Path) -> None:
    report = Heard(tmp_path)
    sampling.run(sampling.Config(), report)  # type: ignore[arg-type]
    assert report.said["model"]["name"] == "SmolLM2-135M-Instruct"
    assert "the" in " ".join(row["continuation"] for row in report.said["continuations"])
    report = Heard(tmp_path)
    figures = llm_classifier.run(llm_classifier.Config(), report)  # type: ignore[arg-type]
    assert report.said["model"]["name"] == "SmolLM2-135M-Instruct"
    assert figures["unparsed_few_shot"] < 0.2

"""finetune-bert against the lesson's own recipe: the same model, texts, epochs, batch size and machine.

The recipe: transformers' Trainer, every text padded to 512 tokens, float32, the default loader. Short
texts are the movie reviews (19 words on average); long ones are news posts of 150 words and more,
because no carried review is that long.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import mean
from typing import Any

import torch
from platformdirs import user_data_dir

from tools.assets.encoder import load_encoder
from tools.assets.reviews import Texts, load_reviews
from tools.engine import devices
from tools.labs.finetune_bert import Config, Training, set_attention_dropout
from tools.labs.models.text_batches import TokenTable, read

HOME = Path(os.environ.get("TUTOR_HOME") or user_data_dir("tutor"))
BATCH = 16  # the lesson's
RATE = 1e-4  # of both sides: a few hundred texts are too few steps for less
TOPICS = ("rec.autos", "rec.sport.hockey", "sci.med", "talk.politics.mideast")


class Quiet:
    """A report that writes nothing down: the trainings are timed, not the engine."""

    device = devices.choose_device("auto")

    def autocast(self) -> Any:
        return devices.autocast(self.device)

    def restored(self) -> None:
        return None

    def __getattr__(self, name: str) -> Any:
        return lambda *_, **__: None


def machine() -> str:
    """What the figures are measured on."""
    torch.set_num_threads(devices.thread_count())
    bf16 = "bf16" if devices.bf16_pays(Quiet.device) else "no bf16"
    load = os.getloadavg()[0]
    return f"{devices.describe(Quiet.device)}, {bf16}, PyTorch {torch.__version__}, load before {load:.1f}"


def speed(rows: int) -> dict[str, float]:
    """Seconds of one epoch over short and over long texts, tokenising included; how many times faster."""
    found = {}
    print(f"\none epoch, {rows} texts, batches of {BATCH}, tokenising included")
    print(
        f"{'texts':8s}{'words':>7s}{'tokens':>8s}{'recipe':>10s}{'here':>9s}{'faster':>9s}{'tokens/s':>10s}"
    )
    for name, texts in (("short", short()), ("long", long())):
        train, _ = texts.split(rows, 2, seed=0)
        warm_up(train)
        theirs, _, _ = recipe(train, seed=0, epochs=1, length=512)
        ours, _, tokens = lab(train, seed=0, epochs=1, length=512)
        found[name] = theirs / ours
        words = mean(len(text.split()) for text in train.texts)
        print(
            f"{name:8s}{words:7.0f}{tokens / rows:8.0f}{theirs:9.1f}s{ours:8.2f}s{theirs / ours:8.1f}x"
            f"{tokens / ours:10.0f}",
            flush=True,
        )
    share_of_peak()
    return found


def parity(seeds: int, rows: int) -> dict[str, float]:
    """Test accuracy of both over several seeds, two epochs on short and on long texts.

    To be payable, the recipe's texts are padded to 64 and 256 tokens here, not to 512. Padding is
    masked, so that changes nothing (the first line printed shows it on the model's logits); but long
    texts are also cut at 256, on both sides alike.
    """
    found = {}
    print(f"\nlargest change of a logit when the padding grows from 64 to 512: {padding_changes():.1e}")
    for name, texts, length in (("short", short(), 64), ("long", long(), 256)):
        size = rows if name == "short" else rows // 3
        scores: dict[str, list[float]] = {"recipe": [], "here": []}
        for seed in range(seeds):
            train, test = texts.split(size, 1500 if name == "short" else 600, seed)
            for who, trained in (("recipe", recipe), ("here", lab)):
                _, model, _ = trained(train, seed=seed, epochs=2, length=length)
                scores[who].append(accuracy(model, test, length))
        theirs, ours = mean(scores["recipe"]), mean(scores["here"])
        found[name] = ours - theirs
        print(
            f"{name:6s} {size} texts, 2 epochs: recipe {theirs:.3f} {rounded(scores['recipe'])}, "
            f"here {ours:.3f} {rounded(scores['here'])}: {100 * found[name]:+.1f} points",
            flush=True,
        )
    return found


def growth(sizes: Sequence[int]) -> dict[int, float]:
    """Seconds of one epoch over short texts at several sizes; the time for a text should not change."""
    found = {}
    print("\nfinetune-bert, one epoch over short texts")
    warm_up(short().split(64, 2, 0)[0])
    for rows in sizes:
        train, _ = short().split(rows, 2, seed=0)
        found[rows], _, tokens = lab(train, seed=0, epochs=1, length=512, batch=32)
        print(
            f"{rows:6,} rows {found[rows]:7.1f} s, {1000 * found[rows] / rows:.2f} ms a text, "
            f"{tokens / found[rows]:,.0f} tokens/s",
            flush=True,
        )
    return found


# -- the two sides


def lab(train: Texts, *, seed: int, epochs: int, length: int, batch: int = BATCH) -> tuple[float, Any, int]:
    """The lab's own training: seconds, the model, and how many tokens it read."""
    report: Any = Quiet()
    config = Config(batch_size=batch, epochs=epochs, learning_rate=RATE, seed=seed)
    devices.seed_everything(seed)
    model, tokenizer, _ = load_encoder("minilm", label_names=train.label_names, home=HOME)
    set_attention_dropout(model, config.attention_dropout)
    model.to(report.device)
    began = time.perf_counter()
    table = TokenTable(tokenizer, train.texts, train.labels, length, report.device)
    training = TimedTraining(model, table, table, config, report, Path())
    training.run()
    return time.perf_counter() - began, model, training.tokens


class TimedTraining(Training):
    """The lab's training without its evaluations, as the recipe makes none either."""

    def judge(self) -> None:
        """Nothing, but the wait for the device, so that the clock shows all of the work."""
        if self.report.device.type == "cuda":
            torch.cuda.synchronize()


def recipe(train: Texts, *, seed: int, epochs: int, length: int) -> tuple[float, Any, int]:
    """The lesson's training with the lab's settings: seconds, the model, how many tokens are real."""
    from datasets import Dataset
    from datasets.utils.logging import disable_progress_bar
    from transformers import PrinterCallback, Trainer, TrainingArguments

    disable_progress_bar()
    config = Config(batch_size=BATCH, epochs=epochs, learning_rate=RATE, seed=seed)
    devices.seed_everything(seed)
    model, tokenizer, _ = load_encoder("minilm", label_names=train.label_names, home=HOME)
    rows = Dataset.from_dict({"text": train.texts, "label": train.labels})
    with tempfile.TemporaryDirectory() as folder:
        arguments = TrainingArguments(
            output_dir=folder,
            per_device_train_batch_size=BATCH,
            num_train_epochs=epochs,
            learning_rate=config.learning_rate,
            weight_decay=config.weight_decay,
            warmup_steps=config.warm_up,
            save_strategy="no",
            logging_strategy="no",
            report_to=[],
            disable_tqdm=True,
            use_cpu=Quiet.device.type == "cpu",
            seed=seed,
        )
        began = time.perf_counter()
        rows = rows.map(
            lambda part: tokenizer(part["text"], padding="max_length", truncation=True, max_length=length),
            batched=True,
        )
        trainer = Trainer(model=model.train(), args=arguments, train_dataset=rows)
        trainer.remove_callback(PrinterCallback)
        trainer.train()
        seconds = time.perf_counter() - began
    return seconds, model, sum(map(sum, rows["attention_mask"]))


def accuracy(model: Any, test: Texts, length: int) -> float:
    """The share of test texts that a model gets right, read the same way for both sides."""
    _, tokenizer, _ = load_encoder("minilm", home=HOME)
    model.to(Quiet.device)
    table = TokenTable(tokenizer, test.texts, test.labels, length, Quiet.device)
    logits = read(model, table, Quiet().autocast, lambda done: None)
    return float((logits.argmax(1) == table.labels.cpu()).float().mean())


# -- the texts, and what the figures rest on


def short() -> Texts:
    """Film critics' sentences, about 19 words each."""
    return load_reviews("movie-reviews", HOME)


def long() -> Texts:
    """News posts of 150 words and more, on four topics, so that a few hundred suffice to learn them."""
    texts = load_reviews("news-topics", HOME)
    wanted = [texts.label_names.index(topic) for topic in TOPICS]
    rows = [
        row
        for row, (text, label) in enumerate(zip(texts.texts, texts.labels, strict=True))
        if label in wanted and len(text.split()) >= 150
    ]
    part = texts.take(rows)
    labels = [wanted.index(label) for label in part.labels]
    return Texts(part.texts, labels, list(TOPICS), part.name, part.source)


def warm_up(train: Texts) -> None:
    """One small step of both sides, so that neither pays for loading libraries."""
    few = train.take(range(4))
    recipe(few, seed=0, epochs=1, length=32)
    lab(few, seed=0, epochs=1, length=32)


def padding_changes() -> float:
    """The largest difference that more padding makes to the logits of 32 short texts."""
    model, tokenizer, _ = load_encoder("minilm", num_labels=2, home=HOME)
    texts = short().texts[:32]
    with torch.inference_mode():
        few, many = (
            model(**tokenizer(texts, padding="max_length", max_length=length, return_tensors="pt")).logits
            for length in (64, 512)
        )
    return float((few - many).abs().max())


def share_of_peak() -> None:
    """Tokens and floating-point operations a second over long texts, beside the device's own peak.

    The peak is measured: the product of two square bfloat16 matrices. Operations: 6 for each weight
    and token outside the embeddings, 12 * layers * width * length for attention (Chowdhery et al., 2022).
    """
    on_gpu = Quiet.device.type == "cuda"
    train, _ = long().split(4096 if on_gpu else 64, 2, seed=0)
    seconds, model, tokens = lab(train, seed=0, epochs=1, length=512, batch=64 if on_gpu else BATCH)
    shape = model.config
    weights = sum(weight.numel() for weight in model.bert.encoder.parameters())
    pairs = 12 * shape.num_hidden_layers * shape.hidden_size * tokens / len(train)
    done = (6 * weights + pairs) * tokens / seconds
    peak = matmul_peak(8192 if on_gpu else 2048)
    print(
        f"long texts: {tokens / seconds:,.0f} tokens/s, {done / 1e12:.2f} TFLOP/s, {done / peak:.0%} of the "
        f"{peak / 1e12:.2f} TFLOP/s that bf16 matrix products reach here"
    )


def matmul_peak(size: int) -> float:
    """Floating-point operations a second of size x size bfloat16 products, the best of five."""
    a = torch.randn(size, size, device=Quiet.device, dtype=torch.bfloat16)
    best = float("inf")
    for _ in range(6):
        if a.is_cuda:
            torch.cuda.synchronize()
        began = time.perf_counter()
        product = a @ a
        if a.is_cuda:
            torch.cuda.synchronize()
        best = min(best, time.perf_counter() - began)
    assert product.shape == a.shape
    return float(2 * size**3 / best)


def rounded(values: Sequence[float]) -> list[float]:
    return [round(value, 3) for value in values]

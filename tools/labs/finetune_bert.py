"""A pretrained BERT-type encoder is fine-tuned to classify reviews, in a plain PyTorch loop.

The recipe is BERT's (Devlin et al., 2018): a new linear layer on top of the encoder, all weights
trained further with AdamW (Loshchilov and Hutter, 2017) at a small learning rate that warms up and
then falls to zero. The weights of the epoch with the lowest validation loss are kept. What makes it
fast hardly changes what is learned: texts are tokenised once, batches hold texts of about equal
length instead of padding to 512, matrices are multiplied in bfloat16 where the hardware can, frozen
layers are computed once. The linear classifier of lesson 2 runs on the same split, for comparison.
"""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tools.engine.lab import Cost, LabConfig, setting

if TYPE_CHECKING:
    from pathlib import Path

    import torch
    from torch import Tensor

    from tools.assets.reviews import Texts
    from tools.engine.report import Report
    from tools.labs.models.text_batches import TokenTable


class Config(LabConfig):
    """The settings of one run."""

    model: str = setting(
        "minilm",
        "The pretrained encoder: minilm (carried, 6 layers), bert-base-cased, any hub name, or a folder.",
        min_length=1,
        max_length=300,
    )
    dataset: str = setting(
        "movie-reviews",
        "Which labelled texts: movie-reviews, graded-movies, graded-products, news-topics or a hub name.",
        min_length=1,
        max_length=200,
    )
    train_size: int = setting(
        4000, "How many reviews the encoder learns from.", unit="reviews", ge=10, le=1_000_000
    )
    validation_size: int = setting(
        1000, "How many reviews each epoch is judged by.", unit="reviews", ge=2, le=100_000
    )
    test_size: int = setting(
        2000, "How many reviews the final figures are measured on.", unit="reviews", ge=2, le=100_000
    )
    epochs: int = setting(3, "How many times training sees every review.", unit="epochs", ge=1, le=50)
    batch_size: int = setting(32, "How many reviews one step learns from.", unit="reviews", ge=1, le=1024)
    learning_rate: float = setting(
        5e-5, "How far one step moves the weights, at its highest.", ge=1e-7, le=0.1
    )
    warm_up: float = setting(0.1, "The share of all steps in which the learning rate rises.", ge=0, le=1)
    weight_decay: float = setting(0.01, "How strongly AdamW pulls weights towards zero.", ge=0, le=1)
    frozen_layers: int = setting(
        0,
        "How many of the lowest layers stay as they are, the embeddings with them; 0 trains everything.",
        unit="layers",
        ge=0,
        le=100,
    )
    attention_dropout: float = setting(
        0.0,
        "The share of attention weights dropped in training; above 0 rules out the fast attention kernel.",
        ge=0,
        le=0.9,
    )
    max_length: int = setting(256, "Reviews longer than this lose their end.", unit="tokens", ge=8, le=512)


def cost(config: Config) -> Cost:
    """Measured with MiniLM on two cores with bf16; other names are taken for BERT base, 8 times the work.

    A step costs 25 ms for the weights themselves, a token 0.26 ms to learn from and 0.045 ms to read.
    """
    carried = config.model == "minilm"
    size, layers, weights, width = (1, 6, 22.7, 384) if carried else (8, 12, 108.3, 768)
    mean = _TOKENS.get(config.dataset, 150)
    tokens = mean * (1 - math.exp(-config.max_length / mean))  # of a text, once the long ones are cut
    frozen = min(config.frozen_layers / layers, 1.0)
    steps = config.epochs * config.train_size / config.batch_size
    learned = config.epochs * config.train_size * tokens * (1 - frozen)
    judged = config.validation_size * (config.epochs + 1 - frozen * config.epochs)
    read = tokens * (config.train_size * frozen + judged + config.test_size)
    work = steps * (0.005 if frozen else 0.025) + 2.6e-4 * learned + 4.5e-5 * read

    longest = min(config.max_length, 3 * mean)
    cached = 4 * width * tokens * (config.train_size + config.validation_size) / 2**20 if frozen else 0
    activations = 0.13 * (1 if carried else 4) * config.batch_size * longest
    asset = {"graded-movies": "graded-reviews", "graded-products": "graded-reviews"}.get(
        config.dataset, config.dataset
    )
    return Cost(
        seconds=9 + size * work,
        memory_mb=560 + 16 * weights + activations + cached,  # a weight, its gradient, two averages
        assets=("encoder", asset) if config.dataset in _TOKENS else ("encoder",),
    )


def run(config: Config, report: Report) -> dict[str, float | int | str]:
    """Fine-tune, keep the best epoch, and measure it on test reviews beside the linear classifier."""
    from safetensors.torch import load_file

    from tools.assets.encoder import load_encoder
    from tools.assets.reviews import load_reviews
    from tools.labs.models.answers import compare, linear_answers
    from tools.labs.models.text_batches import TokenTable, read

    def fetching(done: int, total: int) -> None:
        report.progress(done, total, "byte")

    texts = load_reviews(config.dataset, report.home, report.data_path, fetching)
    train, validation, test = three_parts(texts, config)
    rows = len(train) + len(validation) + len(test)
    report.using_data(texts.name, texts.source, rows=rows, hash=texts.hash, note=texts.note)

    linear = linear_answers(train, test)  # first, as it refuses texts that nothing can be learned from
    model, tokenizer, source = load_encoder(config.model, label_names=texts.label_names, home=report.home)
    weights = sum(weight.numel() for weight in model.parameters())
    report.using_model(
        source.name, source.source, parameters=weights, stand_in_for=source.stand_in_for, note=source.note
    )
    set_attention_dropout(model, config.attention_dropout)
    model.to(report.device)

    began = time.perf_counter()
    length = min(config.max_length, model.config.max_position_embeddings)
    tables = [
        TokenTable(tokenizer, part.texts, part.labels, length, report.device)
        for part in (train, validation, test)
    ]
    report.log(
        f"{len(train):,} reviews to train, {len(validation):,} to judge each epoch, {len(test):,} to test."
    )
    report.log(
        f"{rows:,} reviews tokenised in {time.perf_counter() - began:.1f} s; a training review has "
        f"{sum(tables[0].lengths) / len(train):.0f} tokens on average."
    )
    folder = report.folder("model", "The fine-tuned model, as save_pretrained writes it")
    tokenizer.save_pretrained(folder)
    training = Training(model, tables[0], tables[1], config, report, folder)
    training.run()

    report.log(f"The weights of epoch {training.best_epoch} read the test reviews ...")
    model.load_state_dict(load_file(folder / "model.safetensors"))
    logits = read(model, tables[2], report.autocast, lambda done: report.progress(done, len(test), "review"))
    show_batches(report, tables[0], length, config)
    return {**compare(report, train, test, linear, logits, source.name, config.seed), **training.figures()}


# -- the training loop


class Training:
    """One fine-tuning: the model, its optimizer, and how far it has come."""

    def __init__(
        self,
        model: Any,
        train: TokenTable,
        validation: TokenTable,
        config: Config,
        report: Report,
        folder: Path,
    ) -> None:
        """Freeze what is to be frozen, and go on from the run's checkpoint if there is one."""
        from tools.engine.memory import MicroBatches
        from tools.labs.models.frozen_layers import freeze

        self.model, self.train, self.validation = model, train, validation
        self.config, self.report, self.folder = config, report, folder
        self.learner = freeze(model, config.frozen_layers, (train, validation), report)
        self.optimizer = new_optimizer(model, config)
        self.parts = MicroBatches(config.batch_size, report)
        self.per_epoch = -(-len(train) // config.batch_size)
        self.steps = config.epochs * self.per_epoch
        self.epoch = self.step = self.tokens = self.best_epoch = 0
        self.seconds = 0.0  # of training alone, without evaluation
        self.best_val_loss = self.val_loss = self.val_accuracy = float("inf")
        saved = report.restored()  # after all that draws random numbers
        if saved is not None:
            model.load_state_dict(saved.pop("model"))
            self.optimizer.load_state_dict(saved.pop("optimizer"))
            self.__dict__.update(saved)

    def state(self) -> dict[str, Any]:
        """All that is needed to go on from here; the order of the batches follows from seed and epoch."""
        counts = {name: self.__dict__[name] for name in _COUNTS}
        return {"model": self.model.state_dict(), "optimizer": self.optimizer.state_dict(), **counts}

    def run(self) -> None:
        """All epochs that are still to come, each judged on the validation reviews."""
        from tools.labs.models.text_batches import training_batches

        if self.step == 0:
            self.judge()  # the untrained head: about what guessing gets
        while self.epoch < self.config.epochs:
            batches = training_batches(
                self.train.lengths, self.config.batch_size, self.config.seed, self.epoch
            )
            self.one_epoch(batches[self.step - self.epoch * self.per_epoch :])
            self.epoch += 1
            self.judge()
            self.report.checkpoint(self.step, self.state, force=self.best_epoch == self.epoch)

    def one_epoch(self, batches: Sequence[Sequence[int]]) -> None:
        """For every batch: logits, cross-entropy, gradients, clipping, AdamW."""
        from torch.nn.utils import clip_grad_norm_

        every = max(1, self.steps // 100)
        learned = [weight for weight in self.model.parameters() if weight.requires_grad]
        losses: list[Any] = []
        self.learner.train()
        for rows in batches:
            began = time.perf_counter()
            rate = self.config.learning_rate * schedule(self.step, self.steps, self.config.warm_up)
            for group in self.optimizer.param_groups:
                group["lr"] = rate
            losses.append(self.parts.step(rows, self.loss, self.optimizer))
            norm = clip_grad_norm_(learned, max_norm=1.0)
            self.optimizer.step()
            self.step += 1
            self.tokens += sum(self.train.lengths[row] for row in rows)
            if self.step % every == 0 or self.step == self.steps:  # reading a value waits for the device
                loss = float(sum(losses)) / len(losses)
                self.report.metric(self.step, loss=loss, learning_rate=rate, gradient_norm=float(norm))
                losses = []
            self.seconds += time.perf_counter() - began
            self.report.progress(self.step, self.steps)
            self.report.checkpoint(self.step, self.state)

    def loss(self, rows: Sequence[int]) -> Tensor:
        """The mean cross-entropy of some training reviews."""
        from torch.nn.functional import cross_entropy

        batch = self.train.batch(rows)
        width = max(self.train.lengths[row] for row in rows)
        with self.report.autocast(), attention_kernel(width, self.report.device):
            logits = self.learner(**batch).logits  # [b, classes]
        return cross_entropy(logits.float(), self.train.labels[self.train.numbers(rows)])

    def judge(self) -> None:
        """Measure on the validation reviews, and keep the weights if they are the best so far.

        Raises BadSettings where the loss is no number any more.
        """
        from torch.nn.functional import cross_entropy

        from tools.assets.loading import quiet_transformers
        from tools.errors import BadSettings
        from tools.labs.models.text_batches import read

        logits = read(self.learner, self.validation, self.report.autocast, lambda done: None)
        labels = self.validation.labels.cpu()
        self.val_loss = float(cross_entropy(logits, labels))
        self.val_accuracy = float((logits.argmax(1) == labels).float().mean())
        if not math.isfinite(self.val_loss):
            raise BadSettings(
                f"The loss exploded in epoch {self.epoch}.",
                help="Choose a learning rate a tenth as large, or a longer warm-up.",
            )
        self.report.metric(self.step, val_loss=self.val_loss, val_accuracy=self.val_accuracy)
        self.report.log(
            f"Epoch {self.epoch}: validation loss {self.val_loss:.3f}, accuracy {self.val_accuracy:.3f}."
        )
        if self.val_loss < self.best_val_loss:
            self.best_epoch, self.best_val_loss, self.best_val_accuracy = (
                self.epoch,
                self.val_loss,
                self.val_accuracy,
            )
            with quiet_transformers():
                self.model.save_pretrained(self.folder)

    def figures(self) -> dict[str, float | int | str]:
        """What the training itself came to."""
        return {
            "val_loss": self.val_loss,
            "val_accuracy": self.val_accuracy,
            "best_val_loss": self.best_val_loss,
            "best_val_accuracy": self.best_val_accuracy,
            "best_epoch": self.best_epoch,
            "train_size": len(self.train),
            "train_seconds": round(self.seconds, 2),
            "tokens_per_second": round(self.tokens / self.seconds, 1),
        }


def schedule(step: int, steps: int, warm_up: float) -> float:
    """The share of the learning rate at a step: up in a straight line, then down to 0 in another."""
    rising = warm_up * steps
    if step < rising:
        return (step + 1) / (rising + 1)
    return (steps - step) / max(1.0, steps - rising)


def new_optimizer(model: Any, config: Config) -> torch.optim.Optimizer:
    """AdamW over what learns, in one fused pass; biases and layer norms do not decay, as in BERT."""
    import torch

    learned = [weight for weight in model.parameters() if weight.requires_grad]
    groups = [
        {"params": [weight for weight in learned if weight.ndim > 1], "weight_decay": config.weight_decay},
        {"params": [weight for weight in learned if weight.ndim <= 1], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=config.learning_rate, fused=True)


def set_attention_dropout(model: Any, share: float) -> None:
    """Set the dropout of the attention weights; without any, PyTorch's fused attention kernels can be used.

    A fused kernel never writes the [b, heads, t, t] attention weights to memory (Dao et al., 2022).
    """
    for module in model.modules():
        if type(module).__name__.endswith("SelfAttention") and hasattr(module, "dropout"):
            module.dropout.p = share


def attention_kernel(width: int, device: torch.device) -> contextlib.AbstractContextManager[Any]:
    """Which attention kernel a step over texts of `width` tokens uses; all of them compute the same.

    On a CPU the fused kernel's backward pass is slower than plain matrix products for short texts:
    measured, the whole step takes 1.4 times as long at 24 tokens, as long at 200, 0.7 times at 256.
    """
    from torch.nn.attention import SDPBackend, sdpa_kernel

    if device.type == "cpu" and width < 200:
        return sdpa_kernel(SDPBackend.MATH)
    return contextlib.nullcontext()


# -- the data


def three_parts(texts: Texts, config: Config) -> tuple[Texts, Texts, Texts]:
    """Training, validation and test reviews, with no review in two of them.

    Sizes that nobody chose shrink in proportion where there are fewer reviews than they ask for;
    sizes that somebody chose do not, and the split says what is there.
    """
    names = ("train_size", "validation_size", "test_size")
    sizes = [getattr(config, name) for name in names]
    there = len({" ".join(text.casefold().split()) for text in texts.texts})  # as the split tells them apart
    if sum(sizes) > there and sizes == [type(config).model_fields[name].default for name in names]:
        sizes = [there * 4 // 7, there // 7, there - there * 4 // 7 - there // 7]
    pool, test = texts.split(sizes[0] + sizes[1], sizes[2], config.seed)  # every stretch of it is stratified
    return pool.take(range(sizes[0])), pool.take(range(sizes[0], sizes[0] + sizes[1])), test


# -- what there is to see


def show_batches(report: Report, train: TokenTable, length: int, config: Config) -> None:
    """What one epoch computes, by the way its batches are padded."""
    from tools.labs.models.text_batches import positions, training_batches

    lengths, size = train.lengths, config.batch_size
    order = list(range(len(lengths)))  # as they come: the split has shuffled them
    plain = [order[start : start + size] for start in range(0, len(order), size)]
    real = sum(lengths)
    ways = {
        "every text padded to 512": 512 * len(lengths),
        f"every text padded to {length}": length * len(lengths),
        "each batch padded to its longest text": positions(plain, lengths),
        "the same, batches of like length (here)": positions(
            training_batches(lengths, size, config.seed, 0), lengths
        ),
        "no padding at all": real,
    }
    rows: list[list[str | int | float]] = [
        [way, count, f"{1 - real / count:.0%}"] for way, count in ways.items()
    ]
    report.table("padding", ["batches", "positions an epoch", "padding"], rows, "What padding costs")


_COUNTS = (
    "epoch",
    "step",
    "tokens",
    "seconds",
    "val_loss",
    "val_accuracy",
    "best_epoch",
    "best_val_loss",
    "best_val_accuracy",
)
_TOKENS = {"movie-reviews": 26, "graded-movies": 27, "graded-products": 23, "news-topics": 250}
"""About how many tokens a text of each carried data set has."""

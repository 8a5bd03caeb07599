"""A language model rates reviews under five prompts, and its replies are parsed and counted.

Nothing is trained: the model is told what to do (zero-shot), made to answer in a form that a program
can read (fixed phrase, JSON), made to think first (chain of thought; Wei et al., 2022), or shown
examples (few-shot; Brown et al., 2020). A reply from which no class can be read is counted apart, and
counts as wrong: a program that needs an answer has none.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from tools.engine.lab import Cost, LabConfig, setting
from tools.labs.models.rating_prompts import Prompt, Task, make_prompts

if TYPE_CHECKING:
    from tools.assets.chat_models import ChatModel, Reply
    from tools.assets.reviews import Texts
    from tools.engine.report import Report


class Config(LabConfig):
    """The settings of one run."""

    model: str = setting(
        "auto",
        "Who answers: auto (the server of TUTOR_MODEL, else smollm2), smollm2, openai:NAME, a hub name or a "
        "folder.",
        min_length=1,
        max_length=300,
    )
    dataset: str = setting(
        "movie-reviews",
        "Which labelled texts: movie-reviews, graded-movies, graded-products, news-topics or a hub name.",
        min_length=1,
        max_length=200,
    )
    prompt: Literal["all", "free-text", "fixed-phrase", "json", "chain-of-thought", "few-shot"] = setting(
        "all", "Which of the five prompts is tried."
    )
    reviews: int = setting(40, "How many reviews are rated under each prompt.", unit="reviews", ge=4, le=5000)
    shots: int = setting(
        2, "How many examples of each class the few-shot prompt shows.", unit="examples", ge=1, le=8
    )
    thinking_tokens: int = setting(
        64, "How long a chain of thought may be, its verdict included.", unit="tokens", ge=16, le=1000
    )
    review_words: int = setting(
        120, "Longer reviews are cut after this many words.", unit="words", ge=5, le=1000
    )
    batch_size: int = setting(
        20, "How many reviews a model on this machine reads at once.", unit="reviews", ge=1, le=256
    )
    parallel: int = setting(4, "How many requests a server gets at a time.", unit="requests", ge=1, le=32)
    timeout: float = setting(60.0, "How long one request to a server may take.", unit="s", ge=1, le=600)


def cost(config: Config) -> Cost:
    """Measured with SmolLM2-135M in single precision; a server is taken to answer in two seconds.

    Where bfloat16 is done in hardware, a model on this machine takes about half of that.
    """
    from tools.assets.chat_models import SERVED, configured_model

    asset = {"graded-movies": "graded-reviews", "graded-products": "graded-reviews"}.get(
        config.dataset, config.dataset
    )
    data = (asset,) if config.dataset in _WORDS else ()
    names = [config.prompt] if config.prompt != "all" else list(_ORDER)
    model = configured_model(config.model)
    if model.startswith(SERVED):
        return Cost(5 + len(names) * config.reviews * 2.0 / config.parallel, 300, data)
    words = min(_WORDS.get(config.dataset, 100), config.review_words)
    read = sum(_prompt_tokens(config, name, words) for name in names) * config.reviews
    wrote = sum(_reply_tokens(config, name) for name in names) * config.reviews
    assets = (*data, "small-lm") if model == "smollm2" else data
    return Cost(6 + read / 1000 + wrote / 210, 1000 + 15 * config.batch_size, assets)


def run(config: Config, report: Report) -> dict[str, float | int | str]:
    """Rate the same reviews under each prompt, and compare what came back."""
    from tools.assets.reviews import load_reviews

    texts = load_reviews(
        config.dataset,
        report.home,
        report.data_path,
        lambda done, total: report.progress(done, total, "byte"),
    )
    shown, asked = examples_and_reviews(texts, config, report)
    report.using_data(texts.name, texts.source, rows=len(asked), hash=asked.hash, note=texts.note)
    model = open_model(config, report)
    task = Task(words_for(texts), _is_graded(texts))
    examples = [(cut(text, config), label) for text, label in zip(shown.texts, shown.labels, strict=True)]
    prompts = [
        each
        for each in make_prompts(task, examples, config.thinking_tokens)
        if config.prompt in ("all", each.name)
    ]

    for prompt in prompts:  # all of them first, so that a run does not fail on its last one
        model.check([prompt.chat(cut(text, config)) for text in asked.texts], prompt.most_tokens)
    results = []
    for number, prompt in enumerate(prompts):
        done_before = number * len(asked)
        results.append(try_prompt(prompt, model, asked, config, report, done_before, len(prompts)))
        report.metric(number + 1, accuracy=results[-1].accuracy, unparsed=results[-1].unparsed)
        show_results(report, results, asked, task)
    show_replies(report, results, asked, task)
    if len(results) > 1:
        report.log(
            f"The best prompt was chosen on these same {len(asked)} reviews, which flatters it a little: "
            "measure it alone, with another seed, to be sure."
        )
    return final_figures(results, asked, model)


# -- asking


@dataclass(frozen=True)
class Result:
    """What came of one prompt: a label or None for each review, the replies, and the seconds it took."""

    name: str
    predicted: list[int | None]
    replies: list[Reply]
    correct: int
    seconds: float

    @property
    def accuracy(self) -> float:
        """The share of all reviews that were rated right; what could not be parsed is wrong."""
        return self.correct / len(self.predicted)

    @property
    def parsed(self) -> int:
        """How many replies could be parsed."""
        return sum(label is not None for label in self.predicted)

    @property
    def unparsed(self) -> float:
        """The share of replies that could not be parsed."""
        return 1 - self.parsed / len(self.predicted)


def try_prompt(
    prompt: Prompt,
    model: ChatModel,
    asked: Texts,
    config: Config,
    report: Report,
    done_before: int,
    prompts: int,
) -> Result:
    """Rate every review under one prompt."""
    total = prompts * len(asked)
    started = time.monotonic()
    replies = model.answer(
        [prompt.chat(cut(text, config)) for text in asked.texts],
        prompt.most_tokens,
        lambda done: report.progress(done_before + done, total, "reply"),
    )
    seconds = time.monotonic() - started
    predicted = [prompt.parse(reply.text) for reply in replies]
    correct = sum(guess == truth for guess, truth in zip(predicted, asked.labels, strict=True))
    result = Result(prompt.name, predicted, replies, correct, seconds)
    report.log(
        f"{prompt.name}: {result.accuracy:.0%} right, {result.unparsed:.0%} could not be parsed, "
        f"{seconds:.1f} s."
    )
    return result


def open_model(config: Config, report: Report) -> ChatModel:
    """The model behind the setting, named in the report."""
    import torch

    from tools.assets.chat_models import SERVED, LocalChat, ServedChat, configured_model
    from tools.engine.devices import bf16_pays

    name = configured_model(config.model)
    model: ChatModel
    if name.startswith(SERVED):
        model = ServedChat(name.removeprefix(SERVED), config.parallel, config.timeout)
        report.log(f"The reviews are sent to {model.server}.")
    else:
        dtype = torch.bfloat16 if bf16_pays(report.device) else torch.float32
        model = LocalChat(
            name,
            report.home,
            report.device,
            dtype,
            config.batch_size,
            lambda done, total: report.progress(done, total, "byte"),
        )
    source = model.source
    report.using_model(
        source.name,
        source.source,
        parameters=source.parameters,
        stand_in_for=source.stand_in_for,
        note=source.note,
    )
    return model


def examples_and_reviews(texts: Texts, config: Config, report: Report) -> tuple[Texts, Texts]:
    """Examples for the few-shot prompt, `shots` of each class in turn, and the reviews to be rated."""
    from tools.errors import BadData

    there = len({" ".join(text.casefold().split()) for text in texts.texts})
    # Enough to find the rarest class among, and no more than leaves something to rate.
    pool_size = min(max(100, 20 * config.shots * len(texts.label_names)), there // 2)
    reviews = min(config.reviews, there - pool_size)
    if reviews < config.reviews:
        report.log(
            f"{texts.name} has {there} different texts: {reviews} are rated, the others serve as examples."
        )
    pool, asked = texts.split(pool_size, reviews, config.seed)
    rows = [
        [row for row, label in enumerate(pool.labels) if label == wanted][: config.shots]
        for wanted in range(len(texts.label_names))
    ]
    if not all(rows):
        missing = next(name for name, found in zip(texts.label_names, rows, strict=True) if not found)
        raise BadData(
            f"{texts.name} has too few texts of the class {missing!r} for an example of it.",
            help="Add some, or leave the class out.",
        )
    # One of each class in turn: a block of one class at the end would pull the replies to it.
    return pool.take([found[k] for k in range(config.shots) for found in rows if k < len(found)]), asked


def cut(review: str, config: Config) -> str:
    """The review's first words, on one line."""
    return " ".join(review.split()[: config.review_words])


def words_for(texts: Texts) -> list[str]:
    """The classes in words that a model knows: negative for rotten, 4 for "4 stars"."""
    plain = {"rotten": "negative", "fresh": "positive"}
    if _is_graded(texts):
        return [name.partition(" ")[0] for name in texts.label_names]
    return [plain.get(name, name) for name in texts.label_names]


def _is_graded(texts: Texts) -> bool:
    return all(re.fullmatch(r"\d+( stars?)?", name) for name in texts.label_names)


# -- what is shown


def show_results(report: Report, results: Sequence[Result], asked: Texts, task: Task) -> None:
    """The table across prompts, their accuracy as bars, and the best one's confusion matrix."""
    rows: list[list[str | int | float]] = []
    for each in results:
        count = len(asked)
        rows.append(
            [
                each.name,
                round(each.accuracy, 3),
                round(each.unparsed, 3),
                round(each.correct / each.parsed, 3) if each.parsed else "-",
                round(each.seconds / count, 2),
                round(sum(reply.prompt_tokens for reply in each.replies) / count, 1),
                round(sum(reply.reply_tokens for reply in each.replies) / count, 1),
            ]
        )
    most_common = max(Counter(asked.labels).values()) / len(asked)
    rows.append(
        ["(always the most common class)", round(most_common, 3), 0.0, round(most_common, 3), 0.0, 0.0, 0.0]
    )
    report.table("prompts", _COLUMNS, rows, title="The same reviews under each prompt")
    report.bars(
        "accuracy",
        [each.name for each in results],
        [each.accuracy for each in results],
        title="Accuracy by prompt",
    )
    best = max(results, key=lambda each: each.accuracy)
    counts = [[0] * len(task.words) for _ in task.words]
    for guess, truth in zip(best.predicted, asked.labels, strict=True):
        if guess is not None:
            counts[truth][guess] += 1
    report.matrix("confusion", task.words, counts, title=f"Confusion matrix of {best.name}, what was parsed")


def show_replies(report: Report, results: Sequence[Result], asked: Texts, task: Task) -> None:
    """Raw replies of each prompt: what could not be parsed first, then wrong ones, then right ones."""
    items = []
    for each in results:
        ranked = sorted(
            range(len(asked)),
            key=lambda row: (each.predicted[row] is not None, each.predicted[row] == asked.labels[row]),
        )
        # The worst two and the best one show what goes wrong and what a good reply looks like.
        for row in [*ranked[:2], *ranked[-1:]]:
            guess = each.predicted[row]
            items.append(
                {
                    "text": f"[{each.name}] {asked.texts[row][:300]}\nReply: {each.replies[row].text[:500]}",
                    "truth": task.words[asked.labels[row]],
                    "predicted": "(not parsed)" if guess is None else task.words[guess],
                }
            )
    report.examples("replies", items, title="Raw replies")


def final_figures(results: Sequence[Result], asked: Texts, model: ChatModel) -> dict[str, float | int | str]:
    """The result's metrics: of the best prompt, and the accuracy of each.

    The best one is chosen on the reviews it is measured on, which flatters it; the log says so.
    """
    best = max(results, key=lambda each: each.accuracy)
    return {
        "accuracy": round(best.accuracy, 4),
        "best_prompt": best.name,
        "unparsed": round(best.unparsed, 4),
        "baseline_accuracy": round(max(Counter(asked.labels).values()) / len(asked), 4),
        **{f"accuracy_{each.name.replace('-', '_')}": round(each.accuracy, 4) for each in results},
        **{f"unparsed_{each.name.replace('-', '_')}": round(each.unparsed, 4) for each in results},
        "reviews": len(asked),
        "prompt_tokens": sum(reply.prompt_tokens for each in results for reply in each.replies),
        "reply_tokens": sum(reply.reply_tokens for each in results for reply in each.replies),
        "seconds_asking": round(sum(each.seconds for each in results), 2),
        "model": model.source.name,
    }


def _prompt_tokens(config: Config, name: str, words: int) -> float:
    classes = {"movie-reviews": 2, "news-topics": 20}.get(config.dataset, 5)
    shots = classes * config.shots if name == "few-shot" else 0
    return {"free-text": 45, "fixed-phrase": 70, "json": 75, "chain-of-thought": 75, "few-shot": 40}[name] + (
        1.4 * words * (1 + shots) + 12 * shots
    )


def _reply_tokens(config: Config, name: str) -> float:
    return {"free-text": 32, "fixed-phrase": 12, "json": 18, "few-shot": 6}.get(name, config.thinking_tokens)


_ORDER = ("free-text", "fixed-phrase", "json", "chain-of-thought", "few-shot")
_WORDS = {"movie-reviews": 19, "graded-movies": 19, "graded-products": 17, "news-topics": 200}
_COLUMNS = (
    "prompt",
    "accuracy",
    "not parsed",
    "accuracy of the parsed",
    "seconds a review",
    "tokens read",
    "tokens written",
)

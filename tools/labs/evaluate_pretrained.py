"""A model that is already tuned, by others or by an earlier run of yours, classifies texts it has not seen.

Nothing is learned here. A ready-made classifier from the hub, the model of an earlier `finetune-bert`
run, or a sentence encoder that has never seen a label and goes by the likeness of a text to a
description of each class (zero-shot classification; Yin et al., 2019): the texts go through in
batches, without gradients, and the answers are counted.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tools.engine.lab import Cost, LabConfig, setting
from tools.errors import AssetUnavailable, BadData, BadSettings, UnknownRun

if TYPE_CHECKING:
    from pathlib import Path

    from tools.assets.reviews import Texts
    from tools.engine.report import Report
    from tools.engine.runs import Run


class Config(LabConfig):
    """The settings of one run."""

    model: str = setting(
        "auto",
        "run:ID or last (an earlier finetune-bert run), zero-shot, a hub name, or a folder; auto takes the "
        "last run that fits, else zero-shot.",
        min_length=1,
        max_length=300,
    )
    dataset: str = setting(
        "movie-reviews",
        "Which labelled texts: movie-reviews, graded-movies, graded-products, news-topics or a hub name.",
        min_length=1,
        max_length=200,
    )
    samples: int = setting(1000, "How many texts the model reads.", unit="texts", ge=2, le=100_000)
    descriptions: str = setting(
        "",
        "For zero-shot: one description of each class, in the order of the classes, separated by |.",
        max_length=2000,
    )
    max_length: int = setting(256, "Texts longer than this lose their end.", unit="tokens", ge=8, le=512)


def cost(config: Config) -> Cost:
    """Measured with MiniLM on two cores: 0.045 ms a token, after importing, loading and reading the data."""
    mean = {"news-topics": 250}.get(config.dataset, 27)
    asset = {"graded-movies": "graded-reviews", "graded-products": "graded-reviews"}.get(
        config.dataset, config.dataset
    )
    carried = asset in ("movie-reviews", "graded-reviews", "news-topics")
    return Cost(
        seconds=9 + 4.5e-5 * config.samples * min(mean, config.max_length),
        memory_mb=950,
        assets=("encoder", asset) if carried else ("encoder",),
    )


@dataclass(frozen=True)
class Chosen:
    """A model ready to read.

    `model(**batch).logits` [b, classes]; `labels` names its classes, `kind` is "run", "zero-shot"
    or "tuned", `run` the earlier run it comes from.
    """

    model: Any
    tokenizer: Any
    labels: list[str]
    kind: str
    name: str
    source: str
    note: str = ""
    run: Run | None = None
    stand_in_for: str = ""


def run(config: Config, report: Report) -> dict[str, float | int | str]:
    """Choose the model, match its classes with the data's, read the texts and count."""
    import numpy as np
    import torch

    from tools.assets.reviews import load_reviews
    from tools.labs.models.answers import show_confusion, show_errors, show_examples, show_scores
    from tools.labs.models.text_batches import TokenTable, read

    def fetching(done: int, total: int) -> None:
        report.progress(done, total, "byte")

    texts = load_reviews(config.dataset, report.home, report.data_path, fetching)
    chosen = choose(config, texts, report)
    place, how = match_labels(chosen.labels, texts.label_names, chosen.name, texts.name)
    pairs = [[mine, texts.label_names[place[k]]] for k, mine in enumerate(chosen.labels)]
    report.table("labels", ["the model's class", "the data's class"], pairs, f"Classes matched by {how}")

    test = unseen(texts, chosen.run, config, report)
    report.using_data(texts.name, texts.source, rows=len(test), hash=texts.hash, note=texts.note)
    weights = sum(weight.numel() for weight in chosen.model.parameters())
    report.using_model(
        chosen.name,
        chosen.source,
        parameters=weights,
        stand_in_for=chosen.stand_in_for,
        note=chosen.note,
    )

    length = min(config.max_length, chosen.model.config.max_position_embeddings)
    table = TokenTable(chosen.tokenizer, test.texts, test.labels, length, report.device)
    began = time.perf_counter()
    logits = read(chosen.model, table, report.autocast, lambda done: report.progress(done, len(test), "text"))
    seconds = time.perf_counter() - began

    order = torch.tensor(place).argsort()  # the data's class k is the model's class order[k]
    probabilities = logits[:, order].softmax(1).numpy()  # [texts, classes]
    answers, y = probabilities.argmax(1), np.array(test.labels)
    everything = {"majority class": np.full(len(y), np.bincount(y).argmax()), chosen.name: answers}
    accuracy, macro_f1 = show_scores(report, test, everything)
    show_confusion(report, test, answers, chosen.name)
    show_examples(report, test, probabilities)
    show_errors(report, test, probabilities)
    return {
        "accuracy": accuracy[chosen.name],
        "macro_f1": macro_f1[chosen.name],
        "majority_accuracy": accuracy["majority class"],
        "samples": len(test),
        "samples_per_second": round(len(test) / seconds, 1),
        "model": chosen.kind,
        "labels_matched": how,
    }


# -- which model


def choose(config: Config, texts: Texts, report: Report) -> Chosen:
    """The model that the settings ask for, on the run's device.

    Raises UnknownRun, BadSettings or AssetUnavailable, each with what to do.
    """
    wanted = config.model.strip()
    if wanted == "zero-shot":
        return zero_shot(config, texts, report)
    if wanted == "auto":
        return at_hand(config, texts, report)
    if wanted == "last":
        runs = tuned_runs(report.home)
        if not runs:
            raise UnknownRun("There is no finished finetune-bert run yet.", help=_TRAIN)
        return from_run(runs[0], report)
    if wanted.startswith("run:"):
        return from_run(named_run(wanted[4:], report.home), report)
    found = tuned_by_others(wanted, report)
    if found is None:
        report.log(f"{wanted} is not on this machine, and the Hugging Face hub cannot be reached.")
        found = replace(at_hand(config, texts, report), stand_in_for=wanted)
    return found


def at_hand(config: Config, texts: Texts, report: Report) -> Chosen:
    """The newest finetune-bert run on the data's classes; where there is none, a zero-shot classifier."""
    for earlier in tuned_runs(report.home):
        if {*run_labels(earlier)} == {*texts.label_names}:
            report.log(f"The newest finetune-bert run on these classes is {earlier.id}.")
            return from_run(earlier, report)
    report.log(
        f"No finished finetune-bert run has learned {', '.join(texts.label_names[:5])} yet: "
        f"a zero-shot classifier reads the texts. {_TRAIN}"
    )
    return zero_shot(config, texts, report)


def tuned_runs(home: Path) -> list[Run]:
    """The finished finetune-bert runs, newest first."""
    from tools.engine.runs import all_runs

    return [
        each
        for each in all_runs(home)
        if each.lab == "finetune-bert" and model_folder(each) is not None and each.view().state == "done"
    ]


def named_run(name: str, home: Path) -> Run:
    """A finished run that kept a model; raises UnknownRun or BadSettings."""
    from tools.engine.runs import find

    found = find(home, name)
    state = found.view().state
    if found.lab != "finetune-bert" or (state == "done" and model_folder(found) is None):
        raise BadSettings(f"{found.id} kept no model of text.", help=_TRAIN)
    if state != "done":
        raise BadSettings(
            f"{found.id} is not finished ({state}).",
            help="Wait for it."
            if state in ("starting", "running")
            else f"Finish it: tutor lab resume {found.id}",
        )
    return found


def model_folder(earlier: Run) -> Path | None:
    """Where a finetune-bert run saved its best weights; None where it has none."""
    folder = earlier.folder / "artifacts" / "model"
    return folder if (folder / "config.json").is_file() else None


def run_labels(earlier: Run) -> list[str]:
    """The classes that an earlier run's model tells apart."""
    import json

    values = json.loads((earlier.folder / "artifacts" / "model" / "config.json").read_text(encoding="utf-8"))
    return [str(name) for _, name in sorted(values["id2label"].items(), key=lambda pair: int(pair[0]))]


def from_run(earlier: Run, report: Report) -> Chosen:
    """The best weights of an earlier run, as it saved them."""
    folder = model_folder(earlier)
    assert folder is not None  # both ways here have looked
    base = earlier.view().model.get("name", "an encoder")
    model, tokenizer = load_tuned(str(folder), earlier.id)
    note = f"{base}, fine-tuned by {earlier.id} on {earlier.settings.get('train_size', 0):,} texts"
    return Chosen(
        model.to(report.device),
        tokenizer,
        labels_of(model),
        "run",
        earlier.id,
        f"your run {earlier.id}",
        note,
        earlier,
    )


def tuned_by_others(name: str, report: Report) -> Chosen | None:
    """A classifier in a folder or of the hub; None for a hub name while the hub cannot be reached.

    Raises AssetUnavailable for a folder without a model.
    """
    from tools.assets.hub import local_copy, reachable

    folder = local_copy(name) or local_copy(str(report.home / "models" / name))
    if folder is None and not re.fullmatch(r"[\w-][\w.-]*(/[\w-][\w.-]*)?", name):  # no name on the hub
        raise AssetUnavailable(f"There is no model in {name}.", help="A model's folder has a config.json.")
    if folder is None and not reachable():
        return None
    model, tokenizer = load_tuned(str(folder or name), name)
    source = f"folder {folder}" if folder else "Hugging Face hub"
    return Chosen(model.to(report.device), tokenizer, labels_of(model), "tuned", name, source)


def load_tuned(place: str, name: str) -> tuple[Any, Any]:
    """A trained sequence classifier in eval mode and its tokenizer, from a folder or the hub.

    Raises BadSettings where the checkpoint has no classification head, AssetUnavailable where it
    cannot be loaded.
    """
    from transformers import AutoConfig, AutoModelForSequenceClassification, AutoTokenizer

    from tools.assets.loading import quiet_transformers, unloadable

    with quiet_transformers():
        try:
            made_for = AutoConfig.from_pretrained(place).architectures or [""]
            if not made_for[0].endswith("ForSequenceClassification"):
                raise BadSettings(
                    f"{name} has no classification head: it is a {made_for[0] or 'bare encoder'}.",
                    help=f"Tune it first: tutor lab run finetune-bert --set model={name}",
                )
            model = AutoModelForSequenceClassification.from_pretrained(place).eval()
            return model, AutoTokenizer.from_pretrained(place)
        except (OSError, ValueError, KeyError) as error:
            raise unloadable(name, error) from error


def labels_of(model: Any) -> list[str]:
    """The names of a classifier's classes, in the order of its logits."""
    return [str(model.config.id2label[number]) for number in range(model.config.num_labels)]


def zero_shot(config: Config, texts: Texts, report: Report) -> Chosen:
    """The carried sentence encoder with one description a class; raises BadSettings for a wrong number."""
    from tools.assets.encoder import load_encoder
    from tools.labs.models.zero_shot import ZeroShotClassifier

    given = [each.strip() for each in config.descriptions.split("|") if each.strip()]
    descriptions = given or [_DESCRIPTIONS.get(name, name) for name in texts.label_names]
    if len(descriptions) != len(texts.label_names):
        raise BadSettings(
            f"There are {len(descriptions)} descriptions for {len(texts.label_names)} classes.",
            help=f"Give one for each, in this order, separated by |: {', '.join(texts.label_names)}.",
        )
    encoder, tokenizer, source = load_encoder("minilm", home=report.home)
    model = ZeroShotClassifier(encoder.to(report.device), tokenizer, descriptions)
    rows = [[name, description] for name, description in zip(texts.label_names, descriptions, strict=True)]
    report.table("descriptions", ["class", "description"], rows, "What a text is compared with")
    note = "Never trained on a label: a text goes to the class whose description is most like it."
    return Chosen(
        model,
        tokenizer,
        list(texts.label_names),
        "zero-shot",
        f"{source.name}, zero-shot",
        source.source,
        note,
    )


# -- which class is which


def match_labels(mine: Sequence[str], theirs: Sequence[str], model: str, data: str) -> tuple[list[int], str]:
    """For each of the model's classes the number of the data's class, and what they were matched by.

    "name" where the names say it, "number" where each name has its own number in it, else "order".
    Raises BadSettings where there are more classes on one side.
    """
    if len(mine) != len(theirs):
        raise BadSettings(
            f"{model} tells {len(mine)} classes apart ({', '.join(mine[:6])}), but {data} has {len(theirs)} "
            f"({', '.join(theirs[:6])}).",
            help="Choose a dataset with the model's classes, or another model.",
        )
    for way, key in (("name", _plain_name), ("number", _own_number)):
        ours, there = [key(name) for name in mine], [key(name) for name in theirs]
        if len({*ours}) == len(ours) and {*ours} == {*there}:
            return [there.index(each) for each in ours], way
    return list(range(len(mine))), "order"


def _plain_name(name: str) -> str:
    plain = re.sub(r"[\W_]+", " ", name.casefold()).strip()
    return _SAME.get(plain, plain)


def _own_number(name: str) -> str:
    numbers = re.findall(r"\d+", name)
    return numbers[0] if len(numbers) == 1 else ""


# -- which texts


def unseen(texts: Texts, earlier: Run | None, config: Config, report: Report) -> Texts:
    """A stratified sample of the texts that an earlier run has neither learned from nor been chosen by.

    Raises BadData where there are fewer than were asked for; a number that nobody chose shrinks.
    """
    from tools.labs.finetune_bert import Config as Settings
    from tools.labs.finetune_bert import three_parts

    seen: set[str] = set()
    if earlier is not None and earlier.view().data.get("hash") == texts.hash:
        train, validation, _ = three_parts(texts, Settings.model_validate(earlier.settings))
        seen = {" ".join(text.casefold().split()) for text in (*train.texts, *validation.texts)}
        report.log(f"The {len(seen):,} texts that {earlier.id} was trained and judged on are left out.")
    elif earlier is not None:
        report.log(f"{earlier.id} learned from other data; texts that are in both, it may have seen.")
    rows: dict[str, int] = {}
    for row, text in enumerate(texts.texts):
        if (plain := " ".join(text.casefold().split())) not in seen:
            rows.setdefault(plain, row)
    pool, wanted = texts.take(list(rows.values())), config.samples
    if wanted >= len(pool):
        if wanted != type(config).model_fields["samples"].default or len(pool) < 2:
            raise BadData(
                f"{texts.name} has {len(pool)} texts that this model has not seen; {wanted} were asked for.",
                help=f"Ask for at most {len(pool) - 1} with samples.",
            )
        report.log(f"{texts.name} has {len(pool)} texts that this model has not seen: it reads them all.")
        return pool
    return pool.split(1, wanted, config.seed)[1]


_TRAIN = "Train one with: tutor lab run finetune-bert"
_SAME = {"neg": "negative", "rotten": "negative", "bad": "negative"}
_SAME |= {"pos": "positive", "fresh": "positive", "good": "positive"}
_DESCRIPTIONS = {
    "rotten": "This movie is terrible.",
    "fresh": "This movie is great.",
    "1 star": "It is terrible.",
    "2 stars": "It is bad.",
    "3 stars": "It is mediocre.",
    "4 stars": "It is good.",
    "5 stars": "It is excellent.",
}

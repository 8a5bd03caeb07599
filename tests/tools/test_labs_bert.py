"""Fine-tuning an encoder and evaluating tuned ones: what is learned, kept, resumed, matched and left out."""

from __future__ import annotations

import csv
import os
import random
import signal
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
import torch

from tools.assets.encoder import load_encoder
from tools.assets.reviews import load_reviews
from tools.engine import local, runs
from tools.engine.checkpoints import load_checkpoint, restore_chance, save_checkpoint
from tools.engine.devices import seed_everything
from tools.engine.report import Cancelled
from tools.engine.worker import perform
from tools.labs import evaluate_pretrained, finetune_bert
from tools.labs.models.frozen_layers import split
from tools.labs.models.text_batches import (
    TokenTable,
    positions,
    reading_batches,
    training_batches,
)

GOOD = ("superb", "moving", "witty", "lovely")
BAD = ("dull", "clumsy", "stale", "dreadful")
FILLER = ("the", "film", "plot", "cast", "was", "and", "its", "score", "ending", "scene")
TINY = {"train_size": 96, "validation_size": 32, "test_size": 40, "batch_size": 16, "learning_rate": 0.01}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the person's own reviews (reviews.csv) and a tiny untrained encoder (encoder/)."""
    home = tmp_path_factory.mktemp("home")
    dice = random.Random(0)
    with (home / "reviews.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "label"])
        for number in range(240):
            words = dice.choices(FILLER, k=dice.randint(2, 20)) + dice.choices((BAD, GOOD)[number % 2], k=2)
            dice.shuffle(words)
            writer.writerow([f"{' '.join(words)} {number}", ("negative", "positive")[number % 2]])
    save_tiny_encoder(home / "encoder")
    return home


def save_tiny_encoder(folder: Path) -> None:
    """A BERT of two layers, 32 wide, with a vocabulary of whole words; its head is for no classes yet."""
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder.mkdir()
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *GOOD, *BAD, *FILLER]
    (folder / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    torch.manual_seed(0)
    shape = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
    BertModel(
        BertConfig(vocab_size=len(words), max_position_embeddings=64, initializer_range=0.1, **shape)
    ).save_pretrained(folder)


def begin(place: Path, lab: str, data: str = "reviews.csv", **settings: Any) -> runs.Run:
    """A new run's folder, with all settings of the lab; `data` is a file in `place`."""
    config = {"finetune-bert": finetune_bert, "evaluate-pretrained": evaluate_pretrained}[lab].Config
    values = config.model_validate(settings).model_dump()
    return runs.create(place, lab, values, "cpu", str(place / data))


def done(place: Path, lab: str, **settings: Any) -> runs.RunView:
    """The view of a run that went to its end in this process."""
    run = begin(place, lab, **settings)
    assert perform(run) == 0, run.view().error
    return run.view()


def refused(place: Path, lab: str, **settings: Any) -> str:
    """The message and help of a run that could not be."""
    run = begin(place, lab, **settings)
    assert perform(run) == 1
    error = run.view().error
    assert error is not None
    assert error.title != "The lab stopped with an error", error.message
    return f"{error.message} {error.help}"


@pytest.fixture(scope="module")
def tuned(place: Path) -> runs.RunView:
    """A finished fine-tuning of the tiny encoder."""
    return done(place, "finetune-bert", model=str(place / "encoder"), epochs=6, **TINY)


def figures(view: runs.RunView) -> dict[str, Any]:
    """A result's metrics without those that the clock decides."""
    assert view.result is not None
    return {name: value for name, value in view.result["metrics"].items() if "second" not in name}


def test_a_fine_tuned_encoder_is_measured_beside_the_linear_classifier(tuned: runs.RunView) -> None:
    found = figures(tuned)
    assert found["accuracy"] > 0.9 > found["majority_accuracy"]
    assert found["gain"] == pytest.approx(found["accuracy"] - found["linear_accuracy"])
    assert found["gain_low"] <= found["gain"] <= found["gain_high"]
    models = tuned.artifacts["models"].load()
    assert [row[0] for row in models["rows"]][:2] == ["majority class", "linear classifier"]
    counts = tuned.artifacts["confusion"].load()["counts"]
    assert sum(map(sum, counts)) == 40
    assert counts[0][0] + counts[1][1] == round(found["accuracy"] * 40)
    assert len(tuned.artifacts["misread"].load()["items"]) == 40 - counts[0][0] - counts[1][1]


def test_each_epoch_is_judged_and_the_best_is_kept_for_later(place: Path, tuned: runs.RunView) -> None:
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    found = figures(tuned)
    curve = tuned.metrics["val_loss"]
    assert [step for step, _ in curve] == [6 * epoch for epoch in range(7)]
    assert found["best_val_loss"] == min(loss for _, loss in curve)
    assert curve[found["best_epoch"]][1] == found["best_val_loss"]

    folder = tuned.artifacts["model"].path
    model, tokenizer = (
        AutoModelForSequenceClassification.from_pretrained(folder),
        AutoTokenizer.from_pretrained(folder),
    )
    assert model.config.id2label == {0: "negative", 1: "positive"}
    texts = load_reviews("movie-reviews", place, place / "reviews.csv")
    _, validation, _ = finetune_bert.three_parts(texts, finetune_bert.Config(**TINY))
    inputs = tokenizer(validation.texts, padding=True, return_tensors="pt")
    with torch.inference_mode():
        loss = torch.nn.functional.cross_entropy(model(**inputs).logits, torch.tensor(validation.labels))
    assert loss.item() == pytest.approx(found["best_val_loss"], abs=0.02)  # bf16 against 32 bits


def test_a_killed_run_that_is_resumed_ends_with_the_figures_of_an_uninterrupted_one(place: Path) -> None:
    settings = {**TINY, "model": str(place / "encoder"), "epochs": 40, "batch_size": 8, "frozen_layers": 1}
    run = local.start(place, "finetune-bert", settings, device="cpu", data=place / "reviews.csv")
    deadline = time.monotonic() + 90
    while not run.can_resume():
        assert time.monotonic() < deadline, run.view()
        assert run.view().state in ("starting", "running"), run.view().error
        time.sleep(0.02)
    os.kill(int((run.folder / "pid").read_text()), signal.SIGKILL)
    while run.is_alive():
        time.sleep(0.02)
    assert run.view().state == "failed"

    assert perform(run) == 0
    resumed = run.view()
    assert resumed.state == "done"
    whole = done(place, "finetune-bert", **settings)
    assert figures(resumed) == figures(whole)


class Halting:
    """A report that keeps one checkpoint, at `halt` steps, and stops there the first time."""

    device = torch.device("cpu")
    metric = log = progress = lambda *_, **__: None

    def __init__(self, folder: Path, halt: int) -> None:
        self.folder, self.halt = folder, halt

    def autocast(self) -> Any:
        return nullcontext()

    def restored(self) -> dict[str, Any] | None:
        saved = load_checkpoint(self.folder)
        if saved is None:
            return None
        restore_chance(saved["chance"])
        state: dict[str, Any] = saved["state"]
        return state

    def checkpoint(self, step: int, state: Any, force: bool = False) -> None:
        if step == self.halt and not (self.folder / "checkpoint.pt").exists():
            save_checkpoint(self.folder, step, state())
            raise Cancelled


def training(place: Path, folder: Path, halt: int = -1) -> finetune_bert.Training:
    """A training of the tiny encoder, two epochs of six steps, that stops once after `halt` steps."""
    seed_everything(0)
    config = finetune_bert.Config(model=str(place / "encoder"), epochs=2, **TINY)
    parts = finetune_bert.three_parts(load_reviews("", place, place / "reviews.csv"), config)
    model, tokenizer, _ = load_encoder(config.model, num_labels=2, home=place)
    report: Any = Halting(folder, halt)
    train, judged = (TokenTable(tokenizer, part.texts, part.labels, 64, report.device) for part in parts[:2])
    return finetune_bert.Training(model, train, judged, config, report, folder / "model")


def test_a_run_resumed_amid_an_epoch_ends_with_the_same_weights(place: Path, tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        training(place, tmp_path, halt=4).run()
    resumed = training(place, tmp_path, halt=4)
    assert resumed.step == 4
    resumed.run()
    (tmp_path / "checkpoint.pt").unlink()
    whole = training(place, tmp_path)
    whole.run()
    assert (resumed.step, resumed.tokens) == (whole.step, whole.tokens)
    for name, weight in whole.model.state_dict().items():
        assert torch.equal(weight, resumed.model.state_dict()[name]), name


def test_a_later_worse_epoch_does_not_replace_the_best(place: Path, tmp_path: Path) -> None:
    going = training(place, tmp_path)
    going.run()
    best, kept = going.best_epoch, (tmp_path / "model" / "model.safetensors").read_bytes()
    going.epoch = 3
    with torch.no_grad():
        going.model.classifier.weight.mul_(-50)
    going.judge()
    assert going.val_loss > going.best_val_loss
    assert going.best_epoch == best
    assert (tmp_path / "model" / "model.safetensors").read_bytes() == kept


def test_frozen_layers_stay_as_they_were_and_the_rest_moves(place: Path) -> None:
    from safetensors.torch import load_file

    view = done(place, "finetune-bert", model=str(place / "encoder"), epochs=2, frozen_layers=1, **TINY)
    before = load_file(place / "encoder" / "model.safetensors")
    after = load_file(view.artifacts["model"].path / "model.safetensors")
    moved = {name for name, weight in before.items() if not torch.equal(weight, after[f"bert.{name}"])}
    assert moved
    assert not [name for name in moved if name.startswith(("embeddings.", "encoder.layer.0."))]


def test_the_frozen_part_and_the_rest_in_turn_say_what_the_whole_model_says(place: Path) -> None:
    from transformers import AutoModelForSequenceClassification

    model = AutoModelForSequenceClassification.from_pretrained(place / "encoder").eval()
    ids, mask = torch.randint(5, 20, (3, 9)), torch.ones(3, 9, dtype=torch.bool)
    mask[1, 4:] = False
    whole = model(input_ids=ids, attention_mask=mask).logits
    for frozen in (0, 1, 2):
        lower, upper = split(model, frozen)
        vectors = lower(input_ids=ids, attention_mask=mask).last_hidden_state
        torch.testing.assert_close(upper(inputs_embeds=vectors, attention_mask=mask).logits, whole)


def test_more_frozen_layers_than_there_are_is_refused(place: Path) -> None:
    said = refused(place, "finetune-bert", model=str(place / "encoder"), frozen_layers=3, **TINY)
    assert "the model has 2 layers" in said


def test_a_learning_rate_that_explodes_is_named(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.nn.functional, "cross_entropy", lambda logits, labels: logits.sum() * torch.nan)
    said = refused(place, "finetune-bert", model=str(place / "encoder"), **TINY)
    assert "learning rate" in said


def test_texts_of_one_class_are_refused_before_the_training(place: Path) -> None:
    lines = [f"{GOOD[0]} {'x' * (i + 1)},{'ab'[i == 59]}" for i in range(60)]
    (place / "rare.csv").write_text("\n".join(["text,label", *lines]), encoding="utf-8")
    sizes = {"train_size": 10, "validation_size": 2, "test_size": 2}
    said = refused(place, "finetune-bert", data="rare.csv", model=str(place / "encoder"), epochs=1, **sizes)
    assert "of one class" in said


def test_an_epoch_holds_every_text_once_in_an_order_that_seed_and_epoch_decide() -> None:
    lengths = [random.Random(row).randint(3, 60) for row in range(1000)]
    first = training_batches(lengths, 16, seed=1, epoch=0)
    assert sorted(row for batch in first for row in batch) == list(range(1000))
    assert {len(batch) for batch in first} == {16, 8}
    assert first == training_batches(lengths, 16, seed=1, epoch=0)
    assert first != training_batches(lengths, 16, seed=1, epoch=1)
    assert first != training_batches(lengths, 16, seed=2, epoch=0)
    assert positions(first, lengths) < 1.1 * sum(lengths)
    read = reading_batches(lengths, tokens=512)
    assert sorted(row for batch in read for row in batch) == list(range(1000))
    assert max(positions([batch], lengths) for batch in read) <= 512


def test_a_batch_holds_each_text_s_own_tokens_and_a_mask_only_where_one_is_needed(place: Path) -> None:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(place / "encoder")
    texts = ["the film was lovely", "dull", "the cast was stale"]
    table = TokenTable(tokenizer, texts, [1, 0, 0], 64, torch.device("cpu"))
    expected = tokenizer([texts[1], texts[0]], padding=True, return_tensors="pt")
    batch = table.batch([1, 0])
    assert torch.equal(batch["input_ids"], expected["input_ids"])
    assert torch.equal(batch["attention_mask"].long(), expected["attention_mask"])
    assert "attention_mask" not in table.batch([0, 2])


# -- evaluate-pretrained


def test_an_earlier_run_is_evaluated_on_texts_it_never_saw(place: Path, tuned: runs.RunView) -> None:
    view = done(place, "evaluate-pretrained", model=f"run:{tuned.id}", samples=100)
    found = figures(view)
    assert (found["model"], found["samples"], found["labels_matched"]) == ("run", 100, "name")
    assert found["accuracy"] > 0.9
    assert any("128 texts" in line and "left out" in line for line in view.logs)
    (place / "longer.csv").write_text((place / "reviews.csv").read_text() + f"{GOOD[0]} film,positive\n")
    other = done(place, "evaluate-pretrained", data="longer.csv", model=f"run:{tuned.id}", samples=20)
    assert any("may have seen" in line for line in other.logs)
    said = refused(place, "evaluate-pretrained", model=f"run:{tuned.id}", samples=112)  # 240 less 128 is 112
    assert "112" in said
    assert "at most 111" in said
    assert done(place, "evaluate-pretrained").result["metrics"]["samples"] == 112


def test_without_a_run_a_zero_shot_classifier_reads_and_says_so(place: Path, tmp_path: Path) -> None:
    (tmp_path / "reviews.csv").write_bytes((place / "reviews.csv").read_bytes())
    view = done(tmp_path, "evaluate-pretrained", samples=40, descriptions="a dreadful film | a lovely film")
    assert figures(view)["model"] == "zero-shot"
    assert "zero-shot" in view.model["name"]
    assert figures(view)["accuracy"] > 0.7
    assert view.artifacts["descriptions"].load()["rows"][0] == ["negative", "a dreadful film"]
    assert any("tutor lab run finetune-bert" in line for line in view.logs)
    said = refused(tmp_path, "evaluate-pretrained", model="zero-shot", descriptions="one | two | three")
    assert "negative, positive" in said
    assert "finetune-bert" in refused(tmp_path, "evaluate-pretrained", model="last")


def test_a_hub_name_that_cannot_be_had_gets_a_stand_in_under_its_own_name(
    place: Path, tuned: runs.RunView, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tools.assets.hub import reachable

    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    reachable.cache_clear()
    view = done(place, "evaluate-pretrained", model="gilf/english-yelp-sentiment", samples=20)
    reachable.cache_clear()
    assert view.model["stand_in_for"] == "gilf/english-yelp-sentiment"
    assert view.model["name"].startswith("finetune-bert-")


def test_what_cannot_be_evaluated_is_refused_with_what_to_do(place: Path, tuned: runs.RunView) -> None:
    assert "finetune-bert" in refused(place, "evaluate-pretrained", model=str(place / "encoder"))
    assert "no model in" in refused(place, "evaluate-pretrained", model=str(place / "nothing"))
    assert "no run called" in refused(place, "evaluate-pretrained", model="run:nothing-9")
    unfinished = begin(place, "finetune-bert")
    (unfinished.folder / "artifacts" / "model").mkdir()
    said = refused(place, "evaluate-pretrained", model=f"run:{unfinished.id}")
    assert "not finished" in said


@pytest.mark.parametrize(
    ("mine", "theirs", "place", "how"),
    [
        (["POSITIVE", "NEGATIVE"], ["rotten", "fresh"], [1, 0], "name"),
        (["5 stars", "1 star"], ["1", "5"], [1, 0], "number"),
        (["LABEL_0", "LABEL_1"], ["rotten", "fresh"], [0, 1], "order"),
    ],
)
def test_a_model_s_classes_are_matched_by_name_else_number_else_order(
    mine: list[str], theirs: list[str], place: list[int], how: str
) -> None:
    assert evaluate_pretrained.match_labels(mine, theirs, "a model", "some data") == (place, how)


def test_a_model_for_other_classes_is_refused(place: Path, tuned: runs.RunView) -> None:
    rows = [f"film {number},{number % 3}" for number in range(30)]
    (place / "three.csv").write_text("\n".join(["text,label", *rows]), encoding="utf-8")
    said = refused(place, "evaluate-pretrained", data="three.csv", model=f"run:{tuned.id}")
    assert "tells 2 classes apart" in said

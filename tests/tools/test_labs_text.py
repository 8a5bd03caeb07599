"""The labs of lessons 2 and 3 on texts and rings: what they show is true, repeatable and gone on with."""

from __future__ import annotations

import csv
import random
import signal
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from tools.engine import runs, worker
from tools.engine.report import Report
from tools.engine.settings import checked_data, checked_settings
from tools.errors import BadSettings
from tools.labs import open_lab

SMALL = {"train_size": 120, "validation_size": 60, "test_size": 80, "steps": 150}
RINGS = {"pause": 0, "other_starts": 0}
CUTS = {"train_size": 150, "heldout_size": 50, "vocabulary": 400, "merges": 6}


def begun(home: Path, lab: str, settings: dict, data: Path | None = None) -> runs.Run:
    """A run's folder, not yet run."""
    opened = open_lab(lab)
    config = checked_settings(opened, settings)
    return runs.create(home, lab, config.model_dump(), "cpu", checked_data(open_lab(lab).info, data))


def perform(run: runs.Run) -> runs.RunView:
    """Run it here, as its own process would, and see what its events amount to."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        worker.perform(run)
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    return run.view()


def done(home: Path, lab: str, settings: dict, data: Path | None = None) -> runs.RunView:
    """A finished run."""
    view = perform(begun(home, lab, settings, data))
    assert view.state == "done", view.error
    return view


def failed(home: Path, lab: str, settings: dict, data: Path | None = None) -> str:
    """What a run that fails tells the person."""
    view = perform(begun(home, lab, settings, data))
    assert view.state == "failed"
    assert view.error.help
    return view.error.message


def gone_on_with(monkeypatch: pytest.MonkeyPatch, run: runs.Run, saved: int, stopped: int) -> runs.RunView:
    """Cancel a run after step `stopped`, its last checkpoint being of step `saved`, and resume it."""

    class Stops(Report):
        def checkpoint(self, step, state, force=False):
            super().checkpoint(step, state, force=step == saved)
            if step == stopped:
                self.cancel()

    with monkeypatch.context() as patch:
        patch.setattr(worker, "Report", Stops)
        assert perform(run).state == "cancelled"
    return perform(run)


def reviews(folder: Path, rows: int = 300, wrong: float = 0.0) -> Path:
    """Made-up reviews of two classes: planted words tell them apart, but for a share of wrong labels."""
    dice = random.Random(7)
    names = [f"name{i}" for i in range(400)]
    path = folder / f"reviews-{wrong}.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["text", "label"])
        for i in range(rows):
            good = i % 5 < 2
            word = dice.choice(["lovely", "superb"] if good else ["awful", "tedious"])
            words = [word, *dice.sample(names, 6), "film"]
            dice.shuffle(words)
            label = good != (dice.random() < wrong)
            out.writerow([" ".join(words), "kind" if label else "harsh"])
    return path


# -- linear-classifier


def test_both_ways_of_training_find_the_planted_words_and_beat_the_baselines(tmp_path: Path) -> None:
    view = done(tmp_path, "linear-classifier", SMALL, reviews(tmp_path))
    figures = view.result["metrics"]
    assert figures["accuracy"] > 0.95
    assert figures["scikit_accuracy"] > 0.95
    assert figures["majority_accuracy"] == pytest.approx(0.6)
    assert figures["majority_macro_f1"] == pytest.approx(0.375)
    assert 0.3 < figures["random_accuracy"] < 0.7
    loss = dict(view.metrics["loss"])
    assert loss[0] == pytest.approx(np.log(2))
    assert loss[150] < 0.4
    harsh, kind = (view.artifacts[f"words-{k}"] for k in (0, 1))
    assert {"awful", "tedious"} == set(harsh.load()["labels"][:2])
    assert {"lovely", "superb"} == set(kind.load()["labels"][:2])
    matrix = view.artifacts["confusion"].load()
    assert matrix["labels"] == ["harsh", "kind"]
    assert np.sum(matrix["counts"]) == 80
    assert np.trace(matrix["counts"]) / 80 == pytest.approx(figures["accuracy"])


def test_without_regularisation_the_curves_of_a_run_show_overfitting(tmp_path: Path) -> None:
    data = reviews(tmp_path, wrong=0.25)
    free = done(tmp_path, "linear-classifier", {**SMALL, "l2": 0, "steps": 500}, data)
    held = done(tmp_path, "linear-classifier", {**SMALL, "l2": 0.01, "steps": 500}, data)
    train, validation = (dict(free.metrics[name]) for name in ("loss", "val_loss"))
    best = min(validation, key=validation.get)
    assert best < 250
    assert train[500] < train[best] / 2
    assert validation[500] > validation[best] + 0.1
    assert free.result["metrics"]["best_step"] == best
    assert free.result["metrics"]["best_val_loss"] == validation[best]
    assert dict(held.metrics["val_loss"])[500] < validation[500] - 0.1


def test_the_misread_reviews_are_listed_with_the_words_to_blame(tmp_path: Path) -> None:
    view = done(tmp_path, "linear-classifier", SMALL, reviews(tmp_path, wrong=0.2))
    items = view.artifacts["misread"].load()["items"]
    assert items
    assert all(item["truth"] != item["predicted"] and 0.5 <= item["score"] <= 1 for item in items)
    assert [item["score"] for item in items] == sorted((item["score"] for item in items), reverse=True)
    blame = view.artifacts["contributions"].load()["rows"]
    assert blame
    assert all(word in items[number - 1]["text"] for number, word, _, _ in blame)


def test_bigrams_read_a_negation_that_single_words_cannot(tmp_path: Path) -> None:
    path = tmp_path / "negations.csv"
    dice = random.Random(1)
    lines = ["text,label"]
    for i in range(280):
        good = i % 2 == 0
        order = ["not bad", "good"] if good else ["not good", "bad"]
        dice.shuffle(order)
        lines.append(f"{order[0]} scene{i} {order[1]},{'kind' if good else 'harsh'}")
    path.write_text("\n".join(lines))
    single, pairs = (
        done(tmp_path, "linear-classifier", {**SMALL, "ngrams": n, "features": "counts"}, path).result[
            "metrics"
        ]
        for n in (1, 2)
    )
    assert single["accuracy"] < 0.7
    assert pairs["accuracy"] == 1
    assert pairs["features"] > single["features"]


@pytest.mark.parametrize("classes", [2, 3])
def test_the_written_out_gradient_leads_where_scikit_learn_goes(classes: int) -> None:
    from scipy.sparse import csr_matrix

    from tools.labs.linear_classifier import cross_entropy, gradients, softmax, train_with_scikit_learn

    dice = np.random.default_rng(0)
    X, y, l2 = csr_matrix(dice.normal(size=(60, 5))), np.arange(60) % classes, 0.02
    W, b = np.zeros((5, classes)), np.zeros(classes)
    W[2, 1] = 0.3
    slopes, _ = gradients(X, y, X @ W + b, W, l2)
    nudged = W.copy()
    nudged[2, 1] += 1e-6
    rise = cross_entropy(X @ nudged + b, y) + l2 * (nudged**2).sum() - cross_entropy(X @ W + b, y) - l2 * 0.09
    assert rise / 1e-6 == pytest.approx(slopes[2, 1], rel=1e-3)
    for _ in range(3000):
        W_slope, b_slope = gradients(X, y, X @ W + b, W, l2)
        W, b = W - 0.5 * W_slope, b - 0.5 * b_slope
    ready_made = train_with_scikit_learn(X, y, l2, classes)
    assert softmax(X @ W + b) == pytest.approx(ready_made.predict_proba(X), abs=1e-3)


def test_a_resumed_classifier_ends_with_the_figures_of_an_uninterrupted_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = reviews(tmp_path, wrong=0.1)
    whole = done(tmp_path, "linear-classifier", SMALL, data)
    again = gone_on_with(monkeypatch, begun(tmp_path, "linear-classifier", SMALL, data), 60, 77)
    assert again.resumed_from == 60
    assert again.result["metrics"] == whole.result["metrics"]
    assert again.metrics == whole.metrics
    other = done(tmp_path, "linear-classifier", {**SMALL, "seed": 1}, data)
    assert other.result["metrics"] != whole.result["metrics"]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_learning_rate_that_explodes_is_named(tmp_path: Path) -> None:
    settings = {**SMALL, "learning_rate": 1000, "l2": 0.5, "momentum": 0}
    assert "learning rate of 1000" in failed(tmp_path, "linear-classifier", settings, reviews(tmp_path))


def test_default_sizes_shrink_to_a_small_file_and_chosen_ones_do_not(tmp_path: Path) -> None:
    data = reviews(tmp_path, rows=140)
    view = done(tmp_path, "linear-classifier", {"steps": 20}, data)
    assert view.result["metrics"]["train_size"] == 80
    assert any("80 to train, 20 to validate, 40 to test" in line for line in view.logs)
    assert view.data["name"] == "reviews-0.0.csv"
    assert "140 different texts" in failed(tmp_path, "linear-classifier", {"train_size": 1000}, data)


@pytest.mark.parametrize(
    ("text", "settings", "said"),
    [
        ("\N{GRINNING FACE}", {}, "No word of two or more letters"),
        ("word", {"min_reviews": 1000}, "1000 or more of the"),
        ("word", {"train_size": 10, "validation_size": 2, "test_size": 2, "seed": 1}, ""),
    ],
)
def test_texts_of_which_nothing_can_be_learned_are_refused_and_rare_classes_are_borne(
    tmp_path: Path, text: str, settings: dict, said: str
) -> None:
    lines = [f"{text} {'x' * (i + 1) if text == 'word' else text * i},{'ab'[i % 12 == 0]}" for i in range(60)]
    (tmp_path / "t.csv").write_text("\n".join(["text,label", *lines]), encoding="utf-8")
    view = perform(begun(tmp_path, "linear-classifier", {"steps": 2, **settings}, tmp_path / "t.csv"))
    assert view.state == ("failed" if said else "done"), view.error
    assert not said or said in view.error.message


# -- two-circles


def test_the_default_seed_learns_the_rings_that_no_line_can(tmp_path: Path) -> None:
    view = done(tmp_path, "two-circles", RINGS)
    figures = view.result["metrics"]
    assert figures["parameters"] == 17
    assert figures["val_accuracy"] > 0.95
    assert figures["linear_accuracy"] == pytest.approx(figures["majority_accuracy"], abs=0.02)
    loss = [value for _, value in view.metrics["loss"]]
    assert loss[-1] < 0.15 < 0.5 < loss[0]
    border = view.artifacts["border"]
    assert border.version > 20
    values = np.array(border.load()["values"])
    assert values[16, 16] < 0.5 < values[[0, 0, -1, -1], [0, -1, 0, -1]].min()
    target = np.array(view.artifacts["target"].load()["values"])
    assert ((values > 0.5) == (target > 0.5)).mean() > 0.93


def test_the_network_learns_as_the_same_one_built_of_pytorch_layers() -> None:
    import torch

    from tools.labs.two_circles import cross_entropy, network, random_weights, rings

    dice = torch.Generator().manual_seed(5)
    x, t = rings(200, 0.05, dice)
    weights = [w.requires_grad_() for w in random_weights(3, 4, dice)]
    layers = torch.nn.Sequential(torch.nn.Linear(2, 4), torch.nn.ReLU(), torch.nn.Linear(4, 1))
    with torch.no_grad():
        for own, theirs in zip(layers.parameters(), weights, strict=True):
            own.copy_(theirs[1].T.reshape(own.shape))  # the second of three starts
    optimizer = torch.optim.SGD(layers.parameters(), lr=0.5)
    for _ in range(20):
        optimizer.zero_grad()
        torch.nn.functional.binary_cross_entropy(torch.sigmoid(layers(x)).squeeze(1), t).backward()
        optimizer.step()
        slopes = torch.autograd.grad(cross_entropy(network(x, weights, "relu"), t).sum(), weights)
        weights = [(w - 0.5 * g).detach().requires_grad_() for w, g in zip(weights, slopes, strict=True)]
    assert torch.allclose(network(x, weights, "relu")[1], layers(x).squeeze(1), atol=1e-5)


def test_too_few_neurons_get_stuck_and_the_lab_says_so(tmp_path: Path) -> None:
    view = done(tmp_path, "two-circles", {"pause": 0, "hidden": 2, "other_starts": 5, "steps": 500})
    assert view.result["metrics"]["val_accuracy"] < 0.8
    assert any("got stuck" in line for line in view.logs)
    reached = view.artifacts["starts"].load()["values"]
    assert len(reached) == 6
    stuck = sum(value < 0.8 for value in reached)
    assert view.result["metrics"]["stuck_starts"] == stuck
    assert f"{stuck} got stuck" in view.artifacts["stuck"].load()["text"]


def test_resumed_rings_end_as_uninterrupted_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {"pause": 0, "other_starts": 2, "steps": 120, "noise": 0.05}
    whole = done(tmp_path, "two-circles", settings)
    again = gone_on_with(monkeypatch, begun(tmp_path, "two-circles", settings), 50, 63)
    assert again.resumed_from == 50
    assert again.result["metrics"] == whole.result["metrics"]
    assert again.metrics == whole.metrics
    assert done(tmp_path, "two-circles", {**settings, "seed": 9}).metrics != whole.metrics


def test_the_shown_start_is_the_same_however_many_others_learn_beside_it(tmp_path: Path) -> None:
    alone, beside = (
        done(tmp_path, "two-circles", {"pause": 0, "other_starts": n, "steps": 40}).metrics["loss"]
        for n in (0, 7)
    )
    assert [value for _, value in alone] == pytest.approx([value for _, value in beside], rel=1e-4)


# -- tokenizers


def test_the_written_out_bpe_merges_and_splits_as_the_lesson_does() -> None:
    from tools.labs.models.subwords import apply_merges, learn_merges, most_frequent, spelled

    counts = Counter({"rain": 6, "rainy": 3, "train": 5, "trained": 2, "windy": 4, "sandy": 2})
    rules = learn_merges(spelled(counts), 5, most_frequent)
    assert ["+".join(rule.pair) for rule in rules] == ["i+n", "a+in", "r+ain", "t+rain", "d+y"]
    assert rules[0].count == 20
    assert apply_merges("brainy", rules) == ("b", "rain", "y")
    assert apply_merges("handy", rules) == ("h", "a", "n", "dy")


def test_the_written_out_wordpiece_merges_what_belongs_together_and_takes_the_longest_match() -> None:
    from tools.labs.models.subwords import learn_merges, longest_match, most_likely, spelled

    counts = Counter({"quick": 5, "queen": 5, "tea": 30, "eat": 30, "ate": 30, "a": 40})
    first = learn_merges(spelled(counts, "##"), 1, most_likely(10))[0]
    assert (first.pair, first.piece) == (
        ("q", "##u"),
        "qu",
    )  # q is always followed by u, though ea is commoner
    vocabulary = {"un", "##rave", "##l", "ne", "##v", "##ral", "net", "##work", "##s", "we"}
    assert longest_match("unravel", vocabulary) == ["un", "##rave", "##l"]
    assert longest_match("nevral", vocabulary) == ["ne", "##v", "##ral"]
    assert longest_match("unfit", vocabulary) == ["[UNK]"]


def test_every_tokenizer_cuts_the_sentence_and_bert_as_the_course_says(tmp_path: Path) -> None:
    sentence = "Unravel nevral, overfitting \N{GRINNING FACE}"
    view = done(tmp_path, "tokenizers", {**CUTS, "sentence": sentence}, reviews(tmp_path))
    cuts = {name: (count, pieces) for name, count, pieces in view.artifacts["pieces"].load()["rows"]}
    assert cuts["BERT's WordPiece"][1] == "un ##rave ##l ne ##vr ##al , over ##fi ##tting [UNK]"
    assert cuts["words"] == (5, "[UNK] [UNK] [UNK] [UNK] [UNK]")
    assert cuts["characters"][0] == len(sentence.replace(" ", ""))
    assert "of its bytes" in cuts["BPE trained here"][1]
    assert "[UNK]" not in cuts["BPE trained here"][1]
    assert [row[0] for row in view.artifacts["merges-bpe"].load()["rows"]] == [1, 2, 3, 4, 5, 6]
    figures = view.result["metrics"]
    assert figures["unknown_bpe"] == 0
    assert 0 < figures["unknown_words"] < 0.2
    assert figures["fertility_words"] == 1
    assert 1 < figures["fertility_wordpiece"] < figures["fertility_characters"]
    words = [value for _, value in view.metrics["different_words"]]
    assert all(before <= after for before, after in pairwise(words))
    assert view.metrics["different_words"][-1][0] == CUTS["train_size"]


def test_the_trained_tokenizers_load_elsewhere_and_cut_alike(tmp_path: Path) -> None:
    from tokenizers import Tokenizer

    settings = {**CUTS, "sentence": "A superb and tedious film, name7."}
    view = done(tmp_path, "tokenizers", settings, reviews(tmp_path))
    folder = view.artifacts["trained-tokenizers"].path
    cuts = {name: pieces for name, _, pieces in view.artifacts["pieces"].load()["rows"]}
    wordpiece = Tokenizer.from_file(str(folder / "wordpiece.json"))
    assert wordpiece.encode(settings["sentence"].lower()).tokens == cuts["WordPiece trained here"].split()
    bpe = Tokenizer.from_file(str(folder / "bpe.json"))
    ids = bpe.encode("superb nevral \N{GRINNING FACE}").ids
    assert bpe.decode(ids) == "superb nevral \N{GRINNING FACE}"
    again = done(tmp_path, "tokenizers", settings, reviews(tmp_path))
    assert again.result["metrics"] == view.result["metrics"]
    assert again.artifacts["pieces"].load() == view.artifacts["pieces"].load()


@pytest.mark.parametrize("lab", ["tokenizers", "attention"])
@pytest.mark.parametrize("sentence", ["", "   "])
def test_a_sentence_without_words_is_refused_before_the_run(tmp_path: Path, lab: str, sentence: str) -> None:
    with pytest.raises(BadSettings, match="it has no words"):
        begun(tmp_path, lab, {"sentence": sentence})


# -- attention


def test_attention_maps_are_shares_and_the_table_names_a_head_that_looks_back(tmp_path: Path) -> None:
    sentence = "Sarah fed the cat because the cat was hungry."
    view = done(tmp_path, "attention", {"sentence": sentence, "layer": 1, "head": 3})
    chosen, mean = (view.artifacts[name].load() for name in ("chosen-head", "layer-mean"))
    assert chosen["row_labels"][:3] == ["[CLS]", "sarah", "fed"]
    values = np.array(chosen["values"])
    assert values.sum(axis=1) == pytest.approx(1, abs=0.01)
    assert np.diag(values, k=-1).min() > 0.9  # this head of MiniLM looks at the token before
    heads = [np.array(view.artifacts[f"head-{k}"].load()["values"]) for k in range(1, 13)]
    assert np.mean(heads, axis=0) == pytest.approx(np.array(mean["values"]), abs=1e-3)
    table = view.artifacts["heads"].load()
    rows = {(row[0], row[1]): dict(zip(table["columns"], row, strict=True)) for row in table["rows"]}
    assert len(rows) == 72
    assert rows[1, 3]["mostly looks at"] == "previous token"
    assert max(row["same word"] for row in rows.values()) > 0.05  # the other "the", the other "cat"
    figures = view.result["metrics"]
    assert rows[1, 3]["entropy (bits)"] == pytest.approx(figures["chosen_entropy"], abs=1e-3)
    assert figures["chosen_entropy"] < figures["entropy"] < figures["largest_entropy"] == np.log2(12)
    assert sum(value for name, value in figures.items() if name.startswith("heads_on_")) == 72


def test_a_long_sentence_is_cut_and_a_missing_head_or_layer_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tools.assets import hub

    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    hub.reachable.cache_clear()
    settings = {"sentence": "word " * 300, "max_tokens": 10, "model": "bert-base-cased"}
    view = done(tmp_path, "attention", settings)
    hub.reachable.cache_clear()
    assert view.result["metrics"]["tokens"] == 10
    assert any("302 tokens; only the first 10" in line for line in view.logs)
    assert view.model["name"] == "all-MiniLM-L6-v2"
    assert view.model["stand_in_for"] == "bert-base-cased"
    assert "6 layers of 12 heads" in failed(tmp_path, "attention", {"layer": 7})
    assert "Nothing of the sentence" in failed(tmp_path, "attention", {"sentence": "\N{ZERO WIDTH SPACE}"})
    assert "head cannot be 13" in failed(tmp_path, "attention", {"head": 13})

"""CLIP: a small one learns from captions, and any of them classifies by prompts."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from tools.assets import clip_wordings as wordings
from tools.assets.clip import CARRIED_FOLDER, TRAINING_SEED, load_clip
from tools.assets.scenes import paint
from tools.engine import report as report_module
from tools.engine import runs
from tools.engine.report import Cancelled, Report
from tools.engine.settings import checked_settings
from tools.engine.worker import perform
from tools.errors import AssetUnavailable, BadSettings
from tools.labs import clip_train, clip_zero_shot, open_lab
from tools.pretraining.train_clip import measure, training_scenes

CPU = torch.device("cpu")
TINY = {
    "train_size": 36,
    "test_size": 24,
    "epochs": 3,
    "batch_size": 12,
    "learning_rate": 0.002,
    "text_encoder": "scratch",
}


def performed(home: Path, lab: str, data: Path | None = None, **settings) -> runs.Run:
    """A run of a lab, in this process."""
    config = open_lab(lab).config(**settings)
    run = runs.create(home, lab, config.model_dump(), "cpu", str(data) if data else None)
    perform(run)
    return run


@pytest.fixture(autouse=True, scope="module")
def _one_thread() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:  # threads of one process only wait for each other here
        patch.setattr("tools.engine.devices.thread_count", lambda: 1)
        yield


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def trained(home: Path) -> runs.Run:
    return performed(home, "clip-train", **TINY)


@pytest.fixture(scope="module")
def classified(home: Path) -> runs.RunView:
    return performed(home, "clip-zero-shot", images=60).view()


def test_no_training_caption_holds_a_word_of_the_held_out_wordings() -> None:
    assert len(wordings.UNSEEN_WORDS) > 25
    captions = [caption for worded in training_scenes(400) for caption in worded.captions]
    captions += paint(400, 0).captions  # what clip-train learns from
    captions += [
        wordings.fill(template, name)
        for names in wordings.TRAINING_NAMES.values()
        for name in names
        for template in wordings.TRAINING_TEMPLATES
    ]
    for caption in captions:
        assert not wordings.words_of(caption) & wordings.UNSEEN_WORDS, caption


def test_no_caption_says_left_or_right_so_that_pictures_may_be_mirrored() -> None:
    assert not {"left", "right"} & {
        word for text in paint(400, 0).captions for word in wordings.words_of(text)
    }


def test_every_held_out_prompt_holds_a_word_that_no_caption_had() -> None:
    prompts = wordings.single_prompts(
        sorted(wordings.UNSEEN_NAMES), wordings.UNSEEN_NAMES, wordings.UNSEEN_TEMPLATES
    )
    for texts in prompts.values():
        assert all(wordings.words_of(text) & wordings.UNSEEN_WORDS for text in texts)
    for name in (name for names in wordings.UNSEEN_NAMES.values() for name in names):
        assert wordings.words_of(name) & wordings.UNSEEN_WORDS, name


def test_the_carried_clip_reads_held_out_scenes_by_wordings_it_never_saw(home: Path) -> None:
    clip, source = load_clip("scenes-clip", home, CPU)
    scenes = paint(120, 12345)  # no training seed: those begin at TRAINING_SEED
    figures = measure(clip, scenes, ("unseen", "seen names, unseen templates"))
    assert TRAINING_SEED > 2**31
    assert figures["unseen"]["mean"] >= 0.8
    assert figures["seen names, unseen templates"]["mean"] >= 0.8
    assert figures["unseen"]["worst"] >= 0.7
    assert "painted scenes" in source.note


def test_the_carried_clip_is_small_and_says_how_it_was_measured() -> None:
    assert sum(file.stat().st_size for file in CARRIED_FOLDER.iterdir()) < 6_000_000
    about = json.loads((CARRIED_FOLDER / "config.json").read_text())
    assert about["accuracy"]["unseen"]["mean"] >= 0.85
    assert about["accuracy"]["scenes"] >= 1000


def test_the_loss_is_that_of_the_course_s_worked_table() -> None:
    table = torch.tensor([[0.31, 0.18, 0.12], [0.20, 0.28, 0.15], [0.10, 0.22, 0.27]])
    for temperature, expected in ((1.0, 1.018), (0.07, 0.341), (0.01, 0.002)):
        scale = torch.tensor(math.log(1 / temperature))
        loss = clip_train.contrastive_loss(table, torch.eye(3), scale)
        assert loss.item() == pytest.approx(expected, abs=6e-4)


def test_training_lowers_the_loss_and_shows_matrix_temperature_and_retrieval(trained: runs.Run) -> None:
    view = trained.view()
    assert view.state == "done", view.error
    losses = [value for _, value in view.metrics["loss"]]
    assert len(losses) == 9
    assert sum(losses[-3:]) < sum(losses[:3])
    for curve in ("temperature", "learning_rate", "recall_at_1", "recall_at_5", "accuracy_unseen_wordings"):
        assert view.metrics[curve], curve
    assert [step for step, _ in view.metrics["accuracy"]] == [0, 3, 6, 9]
    matrix = view.artifacts["similarity-matrix"].load()
    assert np.shape(matrix["values"]) == (12, 12)
    assert "step 9" in view.artifacts["similarity-matrix"].title
    assert len(view.artifacts["nearest-captions"].load()["items"]) == 12
    assert view.result["metrics"]["recall_at_5"] >= view.result["metrics"]["recall_at_1"]


def test_a_stopped_training_resumes_to_equal_metrics(
    home: Path, trained: runs.Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_module, "_FIRST_SAVE_SECONDS", 0.0)
    monkeypatch.setattr(report_module, "_SAVE_SECONDS", 0.0)
    go_on = Report.progress

    def stop_at_5(self: Report, done: int, total: int, unit: str = "step") -> None:
        if done == 5:
            raise Cancelled
        go_on(self, done, total, unit)

    monkeypatch.setattr(Report, "progress", stop_at_5)
    stopped = performed(home, "clip-train", **TINY)
    assert stopped.view().state == "cancelled"
    monkeypatch.setattr(Report, "progress", go_on)
    perform(stopped)
    view = stopped.view()
    assert 0 < view.resumed_from < 5
    assert view.result["metrics"] == trained.view().result["metrics"]
    assert view.metrics == trained.view().metrics


def test_a_trained_clip_classifies_under_its_run_s_name(home: Path, trained: runs.Run) -> None:
    view = performed(home, "clip-zero-shot", images=12, model=trained.id).view()
    assert view.state == "done", view.error
    assert view.model["name"] == trained.id
    assert view.model["stand_in_for"] == ""
    assert view.result["metrics"]["classes"] == 6


def test_training_on_an_image_folder_is_refused_for_want_of_captions(home: Path, tmp_path: Path) -> None:
    view = performed(home, "clip-train", data=tmp_path, **TINY).view()
    assert view.state == "failed"
    assert "captions" in view.error.message


def test_prompts_classify_scenes_and_every_template_is_measured(classified: runs.RunView) -> None:
    assert classified.state == "done", classified.error
    metrics = classified.result["metrics"]
    assert metrics["accuracy"] > 0.7
    assert metrics["accuracy_other_names"] > 0.7
    table = classified.artifacts["templates"].load()
    wordings_shown = [row[0] for row in table["rows"]]
    assert {"{}", "a photo of a {}", "a painting of a {}"} <= set(wordings_shown)
    assert metrics["best_wording"] in wordings_shown
    chosen = max(table["rows"], key=lambda row: row[2])
    assert chosen[2] == next(row[2] for row in table["rows"] if row[0] == metrics["best_wording"])
    counts = classified.artifacts["confusion"].load()["counts"]
    assert sum(map(sum, counts)) == 60
    assert sum(counts[k][k] for k in range(6)) / 60 == pytest.approx(metrics["accuracy"])


def test_the_similarity_table_has_a_thumbnail_a_row_and_misread_images_are_shown(
    classified: runs.RunView,
) -> None:
    similarity = classified.artifacts["similarity"].load()
    thumbnails = classified.artifacts["pictures"].load()["pixels"]
    misread = classified.artifacts["misread"].load()["items"]
    assert np.shape(similarity["values"]) == (12, 6)
    assert len(thumbnails) == 12 + len(misread)
    assert [item["image"] for item in misread] == list(range(12, 12 + len(misread)))
    assert all(item["truth"] != item["predicted"] for item in misread)
    assert np.abs(similarity["values"]).max() <= 1.001


def test_the_learner_s_own_prompts_are_measured(home: Path) -> None:
    own = "sea=waves and water to the horizon, forest, a street with houses"
    view = performed(home, "clip-zero-shot", images=36, prompts=own).view()
    shares = view.artifacts["own-prompts"].load()
    assert shares["column_labels"] == [
        "waves and water to the horizon",
        "a photo of a forest",
        "a street with houses",
    ]
    assert np.allclose(np.sum(shares["values"], axis=1), 1)
    assert "own_prompts_accuracy" not in view.result["metrics"]  # one prompt names no class
    classes = performed(home, "clip-zero-shot", images=36, prompts="sea=the ocean, forest, street").view()
    assert classes.result["metrics"]["own_prompts_accuracy"] > 0.6


def test_prompts_that_cannot_be_used_are_named() -> None:
    names = ["forest", "sea"]
    with pytest.raises(BadSettings, match="desert"):
        clip_zero_shot.parse_prompts("desert=sand, sea", names, "{}")
    with pytest.raises(BadSettings, match="single prompt"):
        clip_zero_shot.parse_prompts("a forest in the fog", names, "{}")
    assert clip_zero_shot.parse_prompts(" , ", names, "{}") == []
    with pytest.raises(ValueError, match="template"):
        clip_zero_shot.Config(template="a photo of")


@pytest.mark.parametrize(
    ("template", "name", "expected"),
    [
        ("a photo of a {}", "forest", "a photo of a forest"),
        ("a photo of {}", "forest", "a photo of a forest"),
        ("a photo of a {}", "Sea", "a photo of the sea"),
        ("a photo of a {}", "buildings", "a photo of buildings"),
        ("the {} at night", "sea", "the sea at night"),
        ("{}", "sea", "sea"),
        ("{} on a postcard", "ice_cream", "an ice cream on a postcard"),
    ],
)
def test_a_template_gets_the_article_that_its_class_needs(template: str, name: str, expected: str) -> None:
    assert clip_zero_shot.fill(template, name) == expected


def test_the_person_s_image_folder_is_classified_by_its_folder_names(home: Path, tmp_path: Path) -> None:
    image = pytest.importorskip("PIL.Image")
    scenes = paint(24, 77)
    for row, label in enumerate(scenes.labels):
        folder = tmp_path / "mine" / scenes.label_names[label].capitalize()
        folder.mkdir(parents=True, exist_ok=True)
        image.fromarray(scenes.pixels[row]).save(folder / f"{row}.png")
    view = performed(home, "clip-zero-shot", data=tmp_path / "mine", images=20).view()
    assert view.state == "done", view.error
    assert view.data["rows"] == 20
    assert view.result["metrics"]["accuracy"] > 0.6
    assert any("only ever seen painted scenes" in line for line in view.logs)


def test_a_hub_name_that_cannot_be_had_runs_the_carried_clip_under_its_own_name(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tools.assets.clip.reachable", lambda: False)
    _, source = load_clip("openai/clip-vit-base-patch32", home, CPU)
    assert source.name == "scenes-clip"
    assert source.stand_in_for == "openai/clip-vit-base-patch32"
    with pytest.raises(BadSettings, match="no-such-clip"):
        load_clip("no-such-clip", home, CPU)


def test_a_folder_with_a_clip_of_transformers_is_loaded_by_from_pretrained(
    home: Path, tmp_path: Path
) -> None:
    pytest.importorskip("PIL")
    folder = tiny_transformers_clip(tmp_path / "tiny-clip")
    view = performed(home, "clip-zero-shot", images=12, model=str(folder)).view()
    assert view.state == "done", view.error
    assert view.model["name"] == "tiny-clip"
    assert view.model["parameters"] > 1000
    clip, _ = load_clip(str(folder), home, CPU)
    pixels = paint(3, 1, size=32).pixels
    vectors = clip.embed_images(pixels), clip.embed_texts(["a forest", "a sea"])
    assert all(torch.allclose(each.norm(dim=1), torch.ones(len(each)), atol=1e-5) for each in vectors)
    (folder / "config.json").write_text('{"model_type": "bert"}')
    with pytest.raises(AssetUnavailable, match="could not be loaded"):
        load_clip(str(folder), home, CPU)


def tiny_transformers_clip(folder: Path) -> Path:
    """A random CLIPModel with its processor, as save_pretrained writes them."""
    from transformers import CLIPConfig, CLIPImageProcessor, CLIPModel, CLIPProcessor, CLIPTokenizer

    folder.mkdir()
    letters = [chr(number) for number in range(97, 123)]
    pieces = [*letters, *(f"{letter}</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    (folder / "vocab.json").write_text(json.dumps({piece: number for number, piece in enumerate(pieces)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    tokenizer = CLIPTokenizer(vocab=str(folder / "vocab.json"), merges=str(folder / "merges.txt"))
    size = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
    config = CLIPConfig(
        text_config={"vocab_size": len(pieces), "bos_token_id": 52, "eos_token_id": 53, **size},
        vision_config={"image_size": 32, "patch_size": 16, **size},
        projection_dim=8,
    )
    CLIPModel(config).save_pretrained(folder)
    images = CLIPImageProcessor(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32})
    CLIPProcessor(image_processor=images, tokenizer=tokenizer).save_pretrained(folder)
    return folder


@pytest.mark.parametrize("template", ["no place", "a {} {}", "a {x}", "{{}}"])
def test_a_template_without_one_place_for_the_class_is_refused_in_words(template: str) -> None:
    with pytest.raises(BadSettings, match=r"it needs \{\} once"):
        checked_settings(open_lab("clip-zero-shot"), {"template": template})

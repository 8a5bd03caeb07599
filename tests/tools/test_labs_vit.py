"""The labs on images: a vision transformer from scratch, and a pretrained network fine-tuned."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from tools.assets import image_network
from tools.assets.image_network import load_image_network
from tools.assets.scenes import CLASSES, paint
from tools.engine import report as report_module
from tools.engine import runs
from tools.engine.report import Cancelled, Report
from tools.engine.settings import checked_settings
from tools.engine.worker import perform
from tools.errors import BadSettings
from tools.labs import open_lab
from tools.labs.models.efficientnet import EfficientNet
from tools.labs.models.pictures import augmented
from tools.labs.models.vit import ViT

TINY = {"train_size": 24, "validation_size": 6, "test_size": 12, "epochs": 2, "batch_size": 8}
SCRATCH = {**TINY, "width": 16, "depth": 2, "heads": 2, "patch_size": 16}
TRANSFER = {**TINY, "model": "tiny-vit"}


def performed(home: Path, lab: str, data: Path | None = None, **settings) -> runs.Run:
    """A run of a lab, in this process."""
    config = checked_settings(open_lab(lab), settings)
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
    """A home with a model of the person's own, as transformers saves it."""
    from transformers import ViTConfig, ViTForImageClassification, ViTImageProcessor

    home = tmp_path_factory.mktemp("home")
    shape = ViTConfig(
        image_size=32, patch_size=16, hidden_size=24, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=48,
    )  # fmt: skip
    torch.manual_seed(0)
    ViTForImageClassification(shape).save_pretrained(home / "models" / "tiny-vit")
    ViTImageProcessor(image_mean=[0.4] * 3, image_std=[0.2] * 3).save_pretrained(home / "models" / "tiny-vit")
    return home


@pytest.fixture(scope="module")
def scratch(home: Path) -> runs.Run:
    return performed(home, "vit-from-scratch", **SCRATCH)


@pytest.fixture(scope="module")
def transfer(home: Path) -> runs.Run:
    return performed(home, "vit-transfer", **TRANSFER)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A person's image folder: 20 forests and 20 streets."""
    image = pytest.importorskip("PIL.Image")
    scenes = paint(120, seed=9)
    for label in (1, 5):
        place = tmp_path / "photos" / CLASSES[label]
        place.mkdir(parents=True)
        for row in [row for row, one in enumerate(scenes.labels) if one == label]:
            image.fromarray(scenes.pixels[row]).resize((80, 72)).save(place / f"{row}.png")
    return tmp_path / "photos"


@pytest.fixture
def imagenet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The asset's place taken by a file of the same layout, with random weights."""
    torch.save(EfficientNet().state_dict(), tmp_path / "network.pth")
    monkeypatch.setattr(image_network, "find", lambda *_: tmp_path)
    monkeypatch.setattr(image_network, "reachable", lambda: False)


def test_the_written_out_vit_gives_what_transformers_vit_gives() -> None:
    from transformers import ViTConfig, ViTForImageClassification

    torch.manual_seed(0)
    ours = ViT(32, 8, width=24, depth=2, heads=3, classes=5)
    theirs = ViTForImageClassification(
        ViTConfig(
            image_size=32, patch_size=8, hidden_size=24, num_hidden_layers=2, num_attention_heads=3,
            intermediate_size=96, num_labels=5, layer_norm_eps=1e-5,
        )
    ).eval()  # fmt: skip
    for weight in theirs.parameters():
        torch.nn.init.normal_(weight, std=0.1)
    ours.load_state_dict(from_transformers(theirs.state_dict(), depth=2, width=24))
    pictures = torch.randn(2, 3, 32, 32)
    with torch.no_grad():
        assert torch.allclose(ours(pictures), theirs(pictures).logits, atol=1e-5)


def from_transformers(theirs: dict[str, torch.Tensor], depth: int, width: int) -> dict[str, torch.Tensor]:
    """The weights of a ViT of transformers under our names."""
    found = {
        "class_token": theirs["vit.embeddings.cls_token"],
        "positions": theirs["vit.embeddings.position_embeddings"],
        "embed.weight": theirs["vit.embeddings.patch_embeddings.projection.weight"].reshape(width, -1),
        "embed.bias": theirs["vit.embeddings.patch_embeddings.projection.bias"],
    }
    for kind in ("weight", "bias"):
        found[f"norm.{kind}"] = theirs[f"vit.layernorm.{kind}"]
        found[f"head.{kind}"] = theirs[f"classifier.{kind}"]
        for number in range(depth):
            block, other = f"blocks.{number}", f"vit.layers.{number}"
            parts = [theirs[f"{other}.attention.{one}_proj.{kind}"] for one in "qkv"]
            found[f"{block}.attention.qkv.{kind}"] = torch.cat(parts)
            for name, its in (
                ("norm1", "layernorm_before"),
                ("norm2", "layernorm_after"),
                ("attention.out", "attention.o_proj"),
                ("mlp.wide", "mlp.fc1"),
                ("mlp.narrow", "mlp.fc2"),
            ):
                found[f"{block}.{name}.{kind}"] = theirs[f"{other}.{its}.{kind}"]
    return found


def test_the_class_token_shares_out_its_look_among_patches_and_itself() -> None:
    looks = ViT(32, 8, width=24, depth=2, heads=3).class_attention(torch.randn(2, 3, 32, 32))
    assert looks.shape == (2, 3, 16)
    assert (looks > 0).all()
    assert (looks.sum(-1) < 1).all()


def test_augmentation_moves_and_mirrors_whole_pictures_only() -> None:
    picture = torch.arange(64, dtype=torch.uint8).view(1, 8, 8, 1).expand(1, 8, 8, 3)
    seen = augmented(picture.expand(64, 8, 8, 3), True, 1, torch.Generator().manual_seed(0))
    inner = {tuple(one[1:-1, 1:-1, 0].flatten().tolist()) for one in seen}
    possible = {
        tuple(source[0, 1 + dy : 7 + dy, 1 + dx : 7 + dx, 0].flatten().tolist())
        for source in (picture, picture.flip(2))
        for dy in (-1, 0, 1)
        for dx in (-1, 0, 1)
    }
    assert inner <= possible
    assert len(inner) > 12
    assert torch.equal(augmented(picture, False, 0, torch.Generator()), picture)


def test_a_training_from_scratch_shows_curves_confusion_misread_scenes_and_attention(
    scratch: runs.Run,
) -> None:
    view = scratch.view()
    assert view.state == "done", view.error
    assert {"loss", "learning_rate", "gradient_norm", "accuracy", "val_accuracy", "val_loss"} <= set(
        view.metrics
    )
    assert len(view.metrics["val_accuracy"]) == 2
    counts = view.artifacts["confusion"].load()["counts"]
    assert [sum(row) for row in counts] == [2] * 6
    right = sum(counts[label][label] for label in range(6))
    assert view.result["metrics"]["accuracy"] == pytest.approx(right / 12)
    misread = view.artifacts["misread"].load()["items"]
    assert len(misread) == 12 - right
    assert all(one["truth"] != one["predicted"] for one in misread)
    assert view.artifacts["misread-pictures"].load()["pixels"].shape == (12 - right, 64, 64, 3)
    assert np.shape(view.artifacts["attention"].load()["values"]) == (4, 4)
    assert view.data["name"] == "painted-scenes"
    assert view.model["stand_in_for"] == ""


def test_a_transfer_shows_what_pretraining_is_worth(transfer: runs.Run) -> None:
    view = transfer.view()
    assert view.state == "done", view.error
    found = view.result["metrics"]
    assert {"probe_accuracy", "random_probe_accuracy", "random_start_test_accuracy"} <= set(found)
    probes = view.artifacts["probes"].load()
    assert [row[0] for row in probes["rows"]] == [24]
    neighbours = view.artifacts["neighbours"].load()
    assert neighbours["pixels"].shape == (6 * 2 * 6, 64, 64, 3)
    assert len(neighbours["captions"]) == 72
    assert "random_start_val_accuracy" in view.metrics
    assert view.model["name"] == "tiny-vit"
    assert "folder" in view.model["source"]


@pytest.mark.parametrize(("lab", "first"), [("vit-from-scratch", "scratch"), ("vit-transfer", "transfer")])
def test_a_stopped_training_resumes_to_equal_metrics(
    lab: str, first: str, home: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = request.getfixturevalue(first).view()
    monkeypatch.setattr(report_module, "_FIRST_SAVE_SECONDS", 0.0)
    monkeypatch.setattr(report_module, "_SAVE_SECONDS", 0.0)
    go_on = Report.progress

    def stop_at_5(self: Report, done: int, total: int, unit: str = "step") -> None:
        if done == 5 and unit == "step":
            raise Cancelled
        go_on(self, done, total, unit)

    monkeypatch.setattr(Report, "progress", stop_at_5)
    stopped = performed(home, lab, **(SCRATCH if lab == "vit-from-scratch" else TRANSFER))
    assert stopped.view().state == "cancelled"
    monkeypatch.setattr(Report, "progress", go_on)
    perform(stopped)
    view = stopped.view()
    assert 0 < view.resumed_from < 5
    assert view.result["metrics"] == whole.result["metrics"]
    assert view.metrics == whole.metrics


@pytest.mark.parametrize(
    ("lab", "settings"),
    [
        ("vit-from-scratch", {"width": 16, "depth": 1, "heads": 2, "patch_size": 16}),
        ("vit-transfer", {"model": "tiny-vit", "compare": False}),
    ],
)
def test_the_persons_image_folder_gives_the_classes(
    lab: str, settings: dict[str, object], home: Path, folder: Path
) -> None:
    view = performed(home, lab, folder, **{**TINY, "epochs": 1, **settings}).view()
    assert view.state == "done", view.error
    assert view.artifacts["confusion"].load()["labels"] == ["forest", "street"]
    assert view.data["name"] == "photos"
    assert str(folder) in view.data["source"]


def test_a_folder_with_too_few_pictures_is_used_whole_and_that_is_said(home: Path, folder: Path) -> None:
    settings = {**SCRATCH, "epochs": 1, "train_size": 600, "validation_size": 200, "test_size": 600}
    view = performed(home, "vit-from-scratch", folder, **settings).view()
    assert view.state == "done", view.error
    assert view.data["rows"] == 40
    assert any("40 different pictures of 1400 asked for" in line for line in view.logs)


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"patch_size": 10}, "patches of 10 pixels do not divide"),
        ({"heads": 5}, "5 heads cannot share out a width of 128"),
        ({"learning_rate": 5}, "learning_rate cannot be '5'"),
    ],
)
def test_settings_that_do_not_fit_together_are_refused(settings: dict[str, object], reason: str) -> None:
    with pytest.raises(BadSettings, match=reason):
        checked_settings(open_lab("vit-from-scratch"), settings)


def test_batches_of_one_picture_that_batch_norm_cannot_learn_from_are_refused() -> None:
    with pytest.raises(BadSettings, match="too small for batch norm"):
        checked_settings(open_lab("vit-transfer"), {"batch_size": 1, "image_size": 32})


@pytest.mark.usefixtures("imagenet")
def test_a_picture_left_over_joins_the_last_batch_and_the_speed_counts_every_picture_once(
    home: Path,
) -> None:
    sizes = {"train_size": 13, "test_size": 12, "validation_size": 6, "image_size": 32}
    view = performed(home, "vit-transfer", **sizes, batch_size=12, epochs=6).view()
    assert view.state == "done", view.error
    spoken = next(line for line in view.logs if "pictures a second" in line)
    assert spoken.startswith("6 steps in ")
    assert "for five epochs at most" in view.artifacts["why"].load()["text"]


def test_a_training_that_learned_nothing_is_not_said_to_gain_from_more_epochs(home: Path) -> None:
    tiny = {"train_size": 24, "test_size": 12, "validation_size": 6, "width": 8, "depth": 1, "heads": 1}
    view = performed(home, "vit-from-scratch", **tiny, epochs=6, learning_rate=1).view()
    text = view.artifacts["reading"].load()["text"]
    assert "learning rate does not suit it" in text
    assert "more epochs" not in text


@pytest.mark.usefixtures("imagenet")
def test_frozen_layers_keep_their_weights_and_the_head_learns(home: Path) -> None:
    network, _ = load_image_network("efficientnet-lite0", 6, home)
    network.freeze(2)
    frozen = {name for name, weight in network.named_parameters() if not weight.requires_grad}
    assert {"body.stem.convolution.weight", "body.blocks.1.widen.norm.weight"} <= frozen
    assert not [name for name in frozen if "blocks.2." in name or "head" in name]
    view = performed(home, "vit-transfer", **{**TRANSFER, "frozen_layers": 2, "compare": False}).view()
    assert view.result["metrics"]["trained_parameters"] == 24 * 6 + 6


def test_more_frozen_layers_than_there_are_is_refused_with_the_number(home: Path) -> None:
    view = performed(home, "vit-transfer", **{**TRANSFER, "frozen_layers": 7}).view()
    assert view.state == "failed"
    assert "has 2 blocks" in view.error.message


@pytest.mark.usefixtures("imagenet")
def test_a_hub_name_that_cannot_be_had_gets_a_stand_in_under_its_own_name(home: Path) -> None:
    settings = {**TINY, "epochs": 1, "model": "google/vit-base-patch16-224-in21k", "frozen_layers": 16}
    view = performed(home, "vit-transfer", **settings, compare=False).view()
    assert view.state == "done", view.error
    assert view.model["name"] == "efficientnet-lite0"
    assert view.model["stand_in_for"] == "google/vit-base-patch16-224-in21k"
    assert "cannot be reached" in view.model["note"]


def test_a_folder_with_a_model_is_loaded_as_transformers_saved_it(home: Path) -> None:
    from transformers import ViTForImageClassification

    place = home / "models" / "tiny-vit"
    theirs = ViTForImageClassification.from_pretrained(place).eval()
    network, source = load_image_network(str(place), 6, home)
    network.eval()
    pictures = torch.rand(2, 3, 32, 32) * 2 - 1
    with torch.no_grad():
        expected = theirs.vit(pixel_values=((pictures + 1) / 2 - 0.4) / 0.2).last_hidden_state[:, 0]
        assert torch.allclose(network.features(pictures), expected, atol=1e-5)
    assert source.stand_in_for == ""
    assert source.parameters == sum(weight.numel() for weight in network.parameters())


def test_pretrained_batch_norms_keep_their_statistics(home: Path, imagenet: None) -> None:
    network, _ = load_image_network("efficientnet-lite0", 6, home)
    before = network.body.stem.norm.running_mean.clone()
    network.train()(torch.randn(4, 3, 32, 32))
    assert torch.equal(network.body.stem.norm.running_mean, before)
    control = network.untrained().train()
    control(torch.randn(4, 3, 32, 32))
    assert not torch.equal(control.body.stem.norm.running_mean, torch.zeros(32))


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_transfer_passes_the_courses_bar_and_scratch_lands_between_half_and_four_fifths(home: Path) -> None:
    scratch = performed(home, "vit-from-scratch").view()
    assert 0.5 <= scratch.result["metrics"]["accuracy"] <= 0.8
    transfer = performed(home, "vit-transfer").view()
    found = transfer.result["metrics"]
    assert found["accuracy"] >= 0.9
    assert found["random_start_test_accuracy"] < found["accuracy"] - 0.2
    assert found["probe_accuracy"] > found["random_probe_accuracy"] + 0.2

"""Loading encoders and language models: carried, from a folder, and in place of what cannot be had."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.assets import hub
from tools.assets.encoder import load_encoder
from tools.errors import AssetUnavailable


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    hub.reachable.cache_clear()


def test_the_carried_encoder_reads_512_tokens(tmp_path: Path) -> None:
    model, tokenizer, source = load_encoder("minilm", home=tmp_path)
    inputs = tokenizer(["word " * 600], truncation=True, return_tensors="pt")
    assert inputs["input_ids"].shape == (1, 512)
    assert model(**inputs).last_hidden_state.shape == (1, 512, 384)
    assert source.name == "all-MiniLM-L6-v2"
    assert source.stand_in_for == ""
    assert 22_000_000 < source.parameters < 23_000_000


def test_a_hub_name_that_cannot_be_had_gets_the_carried_one_under_its_own_name(tmp_path: Path) -> None:
    model, _, source = load_encoder("bert-base-cased", label_names=["bad", "good"], home=tmp_path)
    assert source.name == "all-MiniLM-L6-v2"
    assert source.stand_in_for == "bert-base-cased"
    assert model.config.id2label == {0: "bad", 1: "good"}


def test_a_saved_model_comes_back_by_folder_with_its_own_head(tmp_path: Path) -> None:
    model, tokenizer, _ = load_encoder("minilm", label_names=["bad", "fair", "good"], home=tmp_path)
    folder = tmp_path / "models" / "mine"
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    for name in (str(folder), "mine"):  # by path, and by its name in HOME/models
        again, _, source = load_encoder(
            name, num_labels=3, label_names=["bad", "fair", "good"], home=tmp_path
        )
        assert again.classifier.weight.equal(model.classifier.weight)
        assert source.name == name
        assert source.stand_in_for == ""


def test_a_damaged_model_is_named_and_a_missing_folder_too(tmp_path: Path) -> None:
    folder = tmp_path / "broken"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    with pytest.raises(AssetUnavailable, match="could not be loaded"):
        load_encoder(str(folder), home=tmp_path)
    with pytest.raises(AssetUnavailable, match="There is no model in"):
        load_encoder(str(tmp_path / "gone"), home=tmp_path)


def test_the_hub_is_not_asked_where_a_setting_forbids_it() -> None:
    assert hub.reachable() is False


def test_a_hub_that_is_not_there_is_known_within_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_HUB_OFFLINE")
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    assert hub.reachable() is False

"""CLIP models by name: the carried small one, one that a run has trained, or any of the hub's."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from tools.assets.clip_wordings import CLASS_PHRASES
from tools.assets.encoder import load_encoder
from tools.assets.hub import local_copy, reachable
from tools.assets.loading import quiet_transformers, unloadable
from tools.assets.model_source import ModelSource
from tools.errors import AssetUnavailable, BadSettings
from tools.labs.models.clip import ClipShape, SmallClip, Words

CARRIED = "scenes-clip"
CARRIED_FOLDER = Path(__file__).parent / "weights" / CARRIED
TRAINING_SEED = 2**40
"""The carried model's scenes are painted with seeds from here on; a lab's seeds are all below 2**31."""


class Clip(Protocol):
    """What a lab does with any CLIP: pictures and texts to vectors of length 1 in one space."""

    image_size: int

    @property
    def scale(self) -> float:
        """What cosines are multiplied by before a softmax: 1 / temperature."""
        ...

    def embed_images(self, pixels: np.ndarray) -> Tensor:
        """uint8 [n, image_size, image_size, 3] -> float32 [n, space]."""
        ...

    def embed_texts(self, texts: Sequence[str]) -> Tensor:
        """n texts -> float32 [n, space]."""
        ...


class OwnClip:
    """A SmallClip with what turns texts into its input: a word-level tokenizer or frozen sentence vectors."""

    image_size = 64

    def __init__(self, model: SmallClip, prepare: Words | SentenceVectors, device: torch.device) -> None:
        self.model = model.to(device)
        self.prepare: Callable[[Sequence[str]], Tensor] = prepare
        self.words = prepare.words if isinstance(prepare, Words) else None
        self._device = device

    @property
    def scale(self) -> float:
        return self.model.logit_scale.exp().item()

    @torch.no_grad()
    def embed_images(self, pixels: np.ndarray) -> Tensor:
        self.model.eval()
        parts = np.array_split(pixels, max(1, -(-len(pixels) // _BATCH)))
        return torch.cat(
            [self.model.encode_images(torch.from_numpy(part).to(self._device)) for part in parts]
        )

    @torch.no_grad()
    def embed_texts(self, texts: Sequence[str]) -> Tensor:
        self.model.eval()
        return self.model.encode_texts(self.prepare(texts).to(self._device))

    def save(self, folder: Path, **about: Any) -> None:
        """Write model.safetensors in half precision and config.json, which `load_clip` reads."""
        from safetensors.torch import save

        folder.mkdir(parents=True, exist_ok=True)
        tensors = {
            name: (value.half() if value.is_floating_point() else value).contiguous().cpu()
            for name, value in self.model.state_dict().items()
        }
        (folder / "model.safetensors").write_bytes(save(tensors))
        config = {"kind": _OWN_KIND, "shape": self.model.settings(), "words": self.words, **about}
        (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")


class SentenceVectors:
    """Texts as vectors of a frozen sentence encoder (the mean over its tokens), each computed once."""

    def __init__(self, home: Path, device: torch.device) -> None:
        """Load the carried MiniLM; raises AssetUnavailable where it cannot be had."""
        model, self._tokenizer, self.source = load_encoder("minilm", home=home)
        self._model = model.to(device).eval()
        self._device = device
        self._known: dict[str, Tensor] = {}

    def __call__(self, texts: Sequence[str]) -> Tensor:
        """n texts -> float32 [n, 384] of length 1."""
        new = sorted({text for text in texts if text not in self._known}, key=len)
        for start in range(0, len(new), _BATCH):
            part = new[start : start + _BATCH]
            self._known.update(zip(part, self._embed(part), strict=True))
        return torch.stack([self._known[text] for text in texts])

    @torch.no_grad()
    def _embed(self, texts: list[str]) -> Tensor:
        tokens = self._tokenizer(texts, padding=True, truncation=True, max_length=64, return_tensors="pt")
        tokens = tokens.to(self._device)
        hidden = self._model(**tokens).last_hidden_state
        weight = tokens["attention_mask"].unsqueeze(-1).to(hidden.dtype)
        return F.normalize((hidden * weight).sum(dim=1).float(), dim=-1)


class HubClip:
    """A CLIPModel of transformers, such as openai/clip-vit-base-patch32, with its own processor."""

    def __init__(self, model: Any, processor: Any, device: torch.device) -> None:
        self.model = model.to(device).eval()
        self.image_size: int = model.config.vision_config.image_size
        self._processor = processor
        self._longest = model.config.text_config.max_position_embeddings
        self._device = device

    @property
    def scale(self) -> float:
        return float(self.model.logit_scale.detach().exp())

    @torch.no_grad()
    def embed_images(self, pixels: np.ndarray) -> Tensor:
        found = []
        for start in range(0, len(pixels), _HUB_BATCH):
            part = list(pixels[start : start + _HUB_BATCH])
            inputs = self._processor.image_processor(images=part, return_tensors="pt")
            features = self.model.get_image_features(pixel_values=inputs["pixel_values"].to(self._device))
            found.append(F.normalize(features.pooler_output.float(), dim=-1))
        return torch.cat(found)

    @torch.no_grad()
    def embed_texts(self, texts: Sequence[str]) -> Tensor:
        inputs = self._processor.tokenizer(
            list(texts), padding=True, truncation=True, max_length=self._longest, return_tensors="pt"
        ).to(self._device)
        features = self.model.get_text_features(**inputs).pooler_output
        return F.normalize(features.float(), dim=-1)


def embed_ensembles(clip: Clip, wordings: Sequence[Sequence[str]]) -> Tensor:
    """One vector a class [classes, space]: the mean over wordings[class], brought back to length 1."""
    vectors = clip.embed_texts([text for texts in wordings for text in texts])
    means = [part.mean(dim=0) for part in torch.split(vectors, [len(texts) for texts in wordings])]
    return F.normalize(torch.stack(means), dim=-1)


def new_clip(
    shape: ClipShape, prepare: Words | SentenceVectors, device: torch.device, temperature: float = 0.07
) -> OwnClip:
    """An untrained small CLIP; its weights come from PyTorch's random generator."""
    return OwnClip(SmallClip(shape, temperature), prepare, device)


def load_clip(model: str, home: Path, device: torch.device) -> tuple[Clip, ModelSource]:
    """A CLIP by name: "scenes-clip", the ID of a clip-train run, a folder, or a name on the hub.

    A hub name that cannot be had gives the carried model, whose source says what it stands in for.
    Raises BadSettings for a name or folder that is none, AssetUnavailable for what cannot be loaded.
    """
    name = model.strip()
    if name == CARRIED:
        return _carried(home, device, "")
    folder = _folder_of(name, home)
    if folder is not None:
        return _from_folder(folder, name, home, device)
    if "/" not in name:
        raise BadSettings(
            f"There is no CLIP called {name[:80]!r}.",
            help=f"Use {CARRIED}, the ID of a finished clip-train run, a folder, or a hub name such as "
            "openai/clip-vit-base-patch32.",
        )
    folder = local_copy(name) or local_copy(str(home / "models" / name))
    if folder is None and not reachable():
        return _carried(home, device, name)
    clip = _from_hub(str(folder or name), name, device)
    where = f"folder {folder}" if folder is not None else "Hugging Face hub"
    return clip, ModelSource(name, where, parameters=_count(clip.model))


def load_own(folder: Path, home: Path, device: torch.device) -> OwnClip:
    """A small CLIP as `OwnClip.save` wrote it; raises AssetUnavailable where a file is missing or broken."""
    from safetensors.torch import load_file

    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        tensors = load_file(folder / "model.safetensors")
        shape = ClipShape(**config["shape"])
        words = config["words"]
        prepare = SentenceVectors(home, device) if words is None else Words(words)
        clip = new_clip(shape, prepare, device)
        clip.model.load_state_dict({name: _full(value) for name, value in tensors.items()})
    except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise AssetUnavailable(
            f"The small CLIP in {folder} cannot be read: {type(error).__name__}: {str(error)[:200]}",
            help="Install Tutor again, or train one with: tutor lab run clip-train",
        ) from error
    return clip


def phrase(class_name: str) -> str:
    """A class name as a phrase that fits into a sentence: "forest" -> "a forest", "Sea" -> "the sea"."""
    plain = " ".join(class_name.replace("_", " ").replace("-", " ").split()).lower()
    if plain in CLASS_PHRASES:
        return CLASS_PHRASES[plain]
    if plain.endswith("s") and not plain.endswith("ss"):
        return plain  # most likely a plural
    return f"{'an' if plain[:1] in 'aeiou' else 'a'} {plain}"


def _full(value: Tensor) -> Tensor:
    return value.float() if value.is_floating_point() else value


def _folder_of(name: str, home: Path) -> Path | None:
    """The folder that a name means: a run's saved model, or a path; None where it is neither."""
    if name and "/" not in name and "\\" not in name:
        trained = home / "runs" / name / "artifacts" / RUN_FOLDER
        if (trained / "config.json").is_file():
            return trained
    path = Path(name).expanduser()
    return path if name and path.is_dir() else None


def _from_folder(folder: Path, name: str, home: Path, device: torch.device) -> tuple[Clip, ModelSource]:
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadSettings(
            f"The folder {folder} holds no model: its config.json cannot be read.",
            help="Give the folder that save_pretrained, or a clip-train run, has written.",
        ) from error
    if isinstance(config, dict) and config.get("kind") == _OWN_KIND:
        own = load_own(folder, home, device)
        source = "trained here by clip-train"
        return own, ModelSource(name, source, note=SCENES_ONLY, parameters=_count(own.model))
    clip = _from_hub(str(folder), name, device)
    return clip, ModelSource(folder.name, f"folder {folder}", parameters=_count(clip.model))


def _from_hub(place: str, name: str, device: torch.device) -> HubClip:
    try:
        import PIL  # noqa: F401  transformers prepares pictures with it
    except ImportError as error:
        raise AssetUnavailable(
            "A CLIP of the hub prepares pictures with Pillow.", help="Run: pip install pillow"
        ) from error
    from transformers import CLIPModel, CLIPProcessor

    with quiet_transformers():
        try:
            return HubClip(CLIPModel.from_pretrained(place), CLIPProcessor.from_pretrained(place), device)
        except (OSError, ValueError, KeyError, AttributeError, RuntimeError) as error:
            raise unloadable(name, error) from error


def _carried(home: Path, device: torch.device, stand_in_for: str) -> tuple[Clip, ModelSource]:
    clip = load_own(CARRIED_FOLDER, home, device)
    away = "The Hugging Face hub cannot be reached. " if stand_in_for else ""
    source = "carried; trained by tools/pretraining/train_clip.py on painted scenes"
    return clip, ModelSource(CARRIED, source, stand_in_for, away + SCENES_ONLY, _count(clip.model))


def _count(model: torch.nn.Module) -> int:
    return sum(weight.numel() for weight in model.parameters())


SCENES_ONLY = (
    "Learned from painted scenes of six classes and their captions alone: it knows nothing else, and what it "
    "says about photographs or other subjects is guesswork."
)
RUN_FOLDER = "clip"
_OWN_KIND = "tutor small clip"
_BATCH = 128
_HUB_BATCH = 32

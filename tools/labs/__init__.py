"""The labs by name: what each shows, and its file; a lab's own code is imported only when it is opened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from tools.errors import UnknownLab

if TYPE_CHECKING:
    from tools.engine.lab import Cost, LabConfig
    from tools.engine.report import Report


@dataclass(frozen=True, slots=True)
class LabInfo:
    """A lab as a list shows it.

    `lesson` is the lesson's number; `about` says in a sentence or two what runs, `shows` what is
    seen; `trains` whether weights are learned, so that a run can be resumed; `models` names
    further source files, relative to this folder; `sends` whether text may go to a model server;
    `takes` what the person's own data may be: "texts" (labelled, CSV or JSONL), "text" (one file),
    "images" (a folder with a folder of images a class), or nothing; `gpu` whether a GPU is any use.
    """

    name: str
    title: str
    lesson: int
    about: str
    shows: str
    trains: bool = False
    models: tuple[str, ...] = ()
    sends: bool = False
    takes: Literal["", "texts", "text", "images"] = ""
    gpu: bool = True

    @property
    def module(self) -> str:
        """The lab's module, for importing."""
        return f"tools.labs.{self.name.replace('-', '_')}"


@dataclass(frozen=True, slots=True)
class Lab:
    """A lab with its code loaded."""

    info: LabInfo
    config: type[LabConfig]
    cost: Callable[[Any], Cost]
    run: Callable[[Any, Report], dict[str, float | int | str]]

    def source(self) -> list[tuple[str, str]]:
        """The lab's files as (path below tools/labs, text), the lab itself first."""
        return lab_source(self.info)


def find_lab(name: str) -> LabInfo:
    """One lab by its name; raises UnknownLab with the close names."""
    wanted = name.strip().lower().replace("_", "-").replace(" ", "-")
    if wanted in LABS:
        return LABS[wanted]
    close = get_close_matches(wanted, LABS, n=3, cutoff=0.5)
    hint = f"Did you mean {' or '.join(close)}? " if close else ""
    raise UnknownLab(f"There is no lab called {name.strip()[:60]!r}.", help=f"{hint}See: tutor lab list")


def open_lab(name: str) -> Lab:
    """Import a lab's own file; raises UnknownLab."""
    info = find_lab(name)
    module = import_module(info.module)
    return Lab(info, module.Config, module.cost, module.run)


def lab_source(info: LabInfo) -> list[tuple[str, str]]:
    """The files of a lab as (path below tools/labs, text), without importing them."""
    folder = Path(__file__).parent
    files = (f"{info.name.replace('-', '_')}.py", *info.models)
    return [(name, (folder / name).read_text(encoding="utf-8")) for name in files]


_TABLE = (
    LabInfo(
        "linear-classifier",
        "Softmax regression on reviews",
        2,
        "Bag of words or TF-IDF, then softmax regression twice: by scikit-learn, and by gradient descent "
        "written out.",
        "loss curves, accuracy and macro F1 against two baselines, the confusion matrix, the strongest words",
        trains=True,
        gpu=False,
        takes="texts",
    ),
    LabInfo(
        "two-circles",
        "A tiny network learns the rings",
        3,
        "A 2-4-1 network learns to tell a disc of points from the ring around it.",
        "the decision boundary as it bends, loss and accuracy",
        trains=True,
    ),
    LabInfo(
        "tokenizers",
        "Words, characters, WordPiece and BPE",
        3,
        "Four tokenizers over the same texts, two of them trained from scratch.",
        "the pieces of your sentence, how the vocabularies grow, the first merges",
        models=("models/subwords.py",),
        gpu=False,
        takes="texts",
    ),
    LabInfo(
        "attention",
        "What a real encoder attends to",
        3,
        "The attention weights of a pretrained encoder for your sentence.",
        "a heat map of one head, the mean of a layer, what each head mostly looks at",
    ),
    LabInfo(
        "finetune-bert",
        "Fine-tune a BERT-type encoder",
        3,
        "A pretrained encoder learns to classify reviews; the linear classifier runs on the same split.",
        "curves, evaluation after each epoch, the best checkpoint, misread reviews, tokens a second",
        trains=True,
        models=("models/text_batches.py", "models/frozen_layers.py", "models/answers.py"),
        takes="texts",
    ),
    LabInfo(
        "evaluate-pretrained",
        "Evaluate a tuned model",
        3,
        "A model tuned by others, or by an earlier run, reads reviews it has not seen.",
        "accuracy, macro F1, the confusion matrix, examples, reviews a second",
        models=("models/zero_shot.py", "models/text_batches.py", "models/answers.py"),
        takes="texts",
    ),
    LabInfo(
        "sampling",
        "How a language model picks the next token",
        4,
        "A small language model continues your prompt, token by token.",
        "next-token probabilities; temperature, top-k and top-p; continuations side by side",
        takes="text",
    ),
    LabInfo(
        "llm-classifier",
        "Rate reviews by prompting",
        4,
        "A language model rates reviews under five prompts: free text, fixed phrase, JSON, chain of thought "
        "and few-shot.",
        "accuracy, the share that could not be parsed, seconds and tokens, a table across prompts",
        models=("models/rating_prompts.py",),
        sends=True,
        takes="texts",
    ),
    LabInfo(
        "vit-from-scratch",
        "Train a Vision Transformer from scratch",
        5,
        "A Vision Transformer learns six kinds of scenes from a small training set, starting from nothing.",
        "curves, the confusion matrix, misread scenes, where the class token looks",
        trains=True,
        models=("models/vit.py", "models/picture_training.py", "models/pictures.py"),
        takes="images",
    ),
    LabInfo(
        "vit-transfer",
        "Fine-tune a pretrained image network",
        5,
        "A network pretrained on other pictures learns the scenes, its layers frozen or not.",
        "curves, the confusion matrix, and why transfer wins",
        trains=True,
        models=("models/efficientnet.py", "models/picture_training.py", "models/pictures.py"),
        takes="images",
    ),
    LabInfo(
        "clip-zero-shot",
        "Classify images by prompts with CLIP",
        5,
        "CLIP, which learned from captions and never from labels, finds the sentence nearest to each image.",
        "the similarity table with thumbnails, accuracy by prompt template",
        models=("models/clip.py",),
        takes="images",
    ),
    LabInfo(
        "clip-train",
        "Train a small CLIP",
        5,
        "Two encoders learn from captions which sentence belongs to which image, by contrastive loss.",
        "the similarity matrix as it sharpens, loss, retrieval and zero-shot accuracy as it learns",
        trains=True,
        models=("models/clip.py",),
    ),
)

LABS: dict[str, LabInfo] = {each.name: each for each in _TABLE}

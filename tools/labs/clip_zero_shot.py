"""CLIP classifies images by comparing them with sentences: no training, no label, only prompts.

Zero-shot classification (Radford et al. 2021): every class becomes a sentence such as "a photo of a
forest", sentences and images become vectors of one space, and an image belongs to the class whose
sentence lies nearest. Labels are used for counting alone. How much the wording matters is measured
by template, with the average of several wordings, and with the learner's own prompts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import field_validator

from tools.engine.lab import Cost, LabConfig, setting
from tools.errors import BadSettings

if TYPE_CHECKING:
    from torch import Tensor

    from tools.assets.clip import Clip
    from tools.assets.images import Images
    from tools.engine.report import Report


class Config(LabConfig):
    """What can be set for one comparison."""

    model: str = setting(
        "scenes-clip",
        "The CLIP: the carried scenes-clip, the ID of a clip-train run, a folder, or a name on the hub such "
        "as openai/clip-vit-base-patch32.",
        min_length=1,
        max_length=300,
    )
    images: int = setting(300, "How many images are classified.", ge=12, le=20_000, unit="images")
    template: str = setting(
        "a photo of a {}",
        "The sentence that class names are put into, at the {}.",
        max_length=200,
    )
    prompts: str = setting(
        "",
        "Your own prompts, with commas between: labels, sentences, or class=sentence. Empty: the classes.",
        max_length=2000,
    )

    @field_validator("template")
    @classmethod
    def _one_place(cls, template: str) -> str:
        if template.count("{}") != 1 or template.count("{") + template.count("}") != 2:
            raise ValueError("it needs {} once, where the class name goes, and no other braces.")
        return template


def cost(config: Config) -> Cost:
    """Measured: loading both encoders, painting, then the image encoder; a CLIP of the hub is far larger."""
    if "/" in config.model and not config.model.startswith((".", "/", "~")):  # a model of the hub's size
        return Cost(seconds=15 + 0.15 * config.images, memory_mb=2000)
    return Cost(seconds=5 + 0.005 * config.images, memory_mb=600)


def run(config: Config, report: Report) -> dict[str, float | int | str]:
    """Measure the template, the others, and the learner's prompts."""
    from tools.assets.clip import CARRIED, embed_ensembles, load_clip

    clip, source = load_clip(config.model, report.home, report.device)
    report.using_model(
        source.name,
        source.source,
        parameters=source.parameters,
        stand_in_for=source.stand_in_for,
        note=source.note,
    )
    images = _images(config, report, clip.image_size)
    if report.data_path is not None and source.name == CARRIED:
        report.log("scenes-clip has only ever seen painted scenes: on other images it guesses.")
    names = images.label_names
    own = parse_prompts(config.prompts, names, config.template)
    vectors = _embed(clip, images, report)
    prompts = [[fill(config.template, name)] for name in names]
    predicted = clip_predict(vectors, embed_ensembles(clip, prompts))
    report.matrix(
        "confusion", names, confusion(images.labels, predicted, len(names)), "True class (rows), read as"
    )
    pictures = _show_pictures(images, predicted, report)
    metrics: dict[str, float | int | str] = {
        "accuracy": evaluate_clip(predicted, images.labels),
        "baseline_accuracy": max(map(images.labels.count, range(len(names)))) / len(images),
        **_compare_templates(config, clip, images, vectors, report),
    }
    shown = own or [Prompt(text, label) for label, (text,) in enumerate(prompts)]
    _show_similarity(clip, images, vectors, pictures, shown, report)
    if own:
        metrics |= _try_prompts(clip, images, vectors, own, report)
    return {**metrics, "images": len(images), "classes": len(names)}


def clip_predict(image_vectors: Tensor, text_vectors: Tensor) -> list[int]:
    """For each image [n, space] the number of the nearest text [classes, space]; all of length 1."""
    cosines = image_vectors @ text_vectors.T  # [n, classes]: the dot product of unit vectors
    nearest: list[int] = cosines.argmax(dim=1).tolist()
    return nearest


def evaluate_clip(predicted: list[int], labels: list[int]) -> float:
    """The share of images whose nearest text is that of their class."""
    return sum(guess == label for guess, label in zip(predicted, labels, strict=True)) / len(labels)


def fill(template: str, name: str) -> str:
    """A class name in a template: "a photo of a {}" and "a photo of {}" both give "a photo of a forest".

    "{}" alone gives the bare word.
    """
    from tools.assets.clip import phrase

    before, _, after = template.partition("{}")
    text = phrase(name)
    bare = text.split(" ", 1)[1] if text.startswith(_ARTICLES) else text
    if not before.strip() and not after.strip():
        return bare
    last = before.split()[-1:]
    if last and last[0].lower() in ("a", "an"):  # the article is ours to choose: a street, the sea, buildings
        before = before.rstrip()[: -len(last[0])]
        return f"{before}{text}{after}"
    return f"{before}{bare if last == ['the'] else text}{after}"


def confusion(labels: list[int], predicted: list[int], classes: int) -> list[list[int]]:
    """counts[true][predicted]."""
    counts = [[0] * classes for _ in range(classes)]
    for label, guess in zip(labels, predicted, strict=True):
        counts[label][guess] += 1
    return counts


@dataclass(frozen=True)
class Prompt:
    """One text of the learner's and the number of the class it stands for; None for none of them."""

    text: str
    label: int | None


def parse_prompts(text: str, names: list[str], template: str) -> list[Prompt]:
    """The learner's prompts: "sea=waves, forest, a dog on a beach" -> a sentence, a label, a sentence.

    A text of one or two words is a label and goes into the template; one that names a class, alone
    or before "=", stands for that class. Raises BadSettings for an unknown class or a single prompt.
    """
    numbers = {name.strip().lower(): number for number, name in enumerate(names)}
    found = []
    for part in (part.strip() for part in text.split(",")):
        if not part:
            continue
        name, equals, sentence = (each.strip() for each in part.partition("="))
        if equals and name.lower() not in numbers:
            raise BadSettings(
                f"No class is called {name[:60]!r}.", help=f"Before = stands one of: {', '.join(names)}."
            )
        words = sentence or name
        label = numbers.get(name.lower())
        found.append(Prompt(fill(template, words) if len(words.split()) <= 2 else words, label))
    if len(found) == 1:
        raise BadSettings(
            "With a single prompt there is nothing to choose between.",
            help="Give two or more, with commas between them: prompts=a quiet sea, a sea with high waves",
        )
    return found


def _images(config: Config, report: Report, size: int) -> Images:
    """The person's own image folder, else freshly painted scenes, which no model has learned from."""
    if report.data_path is not None:
        from tools.assets.image_folder import load_images

        images = load_images(report.data_path, size)
        if len(images) > config.images:
            images, _ = images.split(config.images, 0, config.seed)
    else:
        from tools.assets.scenes import paint

        report.log(f"Painting {config.images} scenes ...")
        images = paint(config.images, seed=2 * config.seed + 1, size=size)
    report.using_data(images.name, images.source, rows=len(images), hash=images.hash, note=images.note)
    return images


def _embed(clip: Clip, images: Images, report: Report) -> Tensor:
    """Every image's vector [n, space], a part at a time."""
    import torch

    parts = []
    for start in range(0, len(images), PART):
        with report.autocast():
            parts.append(clip.embed_images(images.pixels[start : start + PART]))
        report.progress(min(start + PART, len(images)), len(images), unit="image")
    return torch.cat(parts)


def _compare_templates(
    config: Config, clip: Clip, images: Images, vectors: Tensor, report: Report
) -> dict[str, float | str]:
    """Accuracy by wording. The best one is chosen on one half of the images and measured on the other."""
    from tools.assets import clip_wordings
    from tools.assets.clip import embed_ensembles

    names = images.label_names
    templates = list(dict.fromkeys((config.template, *TEMPLATES)))
    ways = {template: [[fill(template, name)] for name in names] for template in templates}
    ways["the average of all of these"] = [[fill(each, name) for each in templates] for name in names]
    if set(names) <= clip_wordings.CLASS_DESCRIPTIONS.keys():
        ways["a description of each class"] = [[clip_wordings.CLASS_DESCRIPTIONS[name]] for name in names]
        ways["other names, average"] = clip_wordings.unseen_prompts(names)
    half = len(images) // 2
    rows: list[tuple[str, str, float, float]] = []
    for way, prompts in ways.items():
        predicted = clip_predict(vectors, embed_ensembles(clip, prompts))
        validation = evaluate_clip(predicted[:half], images.labels[:half])
        test = evaluate_clip(predicted[half:], images.labels[half:])
        rows.append((way, prompts[0][0], validation, test))
    best = max(rows, key=lambda row: row[2])
    report.table(
        "templates",
        ["template", f"for {names[0]}, say", "accuracy (validation half)", "accuracy (test half)"],
        [(way, example, round(validation, 3), round(test, 3)) for way, example, validation, test in rows],
        title="Accuracy by wording: choose on the validation half, believe the test half",
    )
    everything = {
        way: (validation * half + test * (len(images) - half)) / len(images)
        for way, _, validation, test in rows
    }
    metrics: dict[str, float | str] = {
        "accuracy_bare_word": everything["{}"],
        "accuracy_average": everything["the average of all of these"],
        "best_wording": best[0],
        "best_wording_test_accuracy": best[3],
    }
    if "other names, average" in everything:
        metrics["accuracy_other_names"] = everything["other names, average"]
    return metrics


def _show_pictures(images: Images, predicted: list[int], report: Report) -> list[int]:
    """Thumbnails: two images of each class, then misread ones; gives the rows of the former."""
    names = images.label_names
    shown = [row for label in range(min(len(names), 8)) for row in _rows_of(images, label)[:2]]
    misread = [row for row, label in enumerate(images.labels) if predicted[row] != label][:12]
    captions = [f"{names[images.labels[row]]}, read as {names[predicted[row]]}" for row in shown + misread]
    report.images("pictures", images.pixels[shown + misread], captions, "Images and how they were read")
    items = [
        {"image": place, "truth": names[images.labels[row]], "predicted": names[predicted[row]]}
        for place, row in enumerate(misread, start=len(shown))
    ]
    report.examples("misread", items, title="Images read as another class")
    return shown


def _rows_of(images: Images, label: int) -> list[int]:
    return [row for row, each in enumerate(images.labels) if each == label]


def _show_similarity(
    clip: Clip, images: Images, vectors: Tensor, rows: list[int], prompts: list[Prompt], report: Report
) -> None:
    """The similarity table of the thumbnails (rows) and the prompts (columns), as cosines."""
    cosines = vectors[rows] @ clip.embed_texts([prompt.text for prompt in prompts]).T
    report.heatmap(
        "similarity",
        [f"{place + 1} {images.label_names[images.labels[row]]}" for place, row in enumerate(rows)],
        [prompt.text for prompt in prompts],
        cosines.double().cpu().numpy().round(3),
        title=f"Cosines of thumbnails and prompts; times {clip.scale:.0f} they are CLIP's logits",
    )


def _try_prompts(
    clip: Clip, images: Images, vectors: Tensor, prompts: list[Prompt], report: Report
) -> dict[str, float]:
    """Which of the learner's prompts lies nearest, by true class; accuracy where each names a class."""
    nearest = clip_predict(vectors, clip.embed_texts([prompt.text for prompt in prompts]))
    shares = []
    for label in range(len(images.label_names)):
        found = [nearest[row] for row in _rows_of(images, label)]
        shares.append([found.count(k) / len(found) if found else 0.0 for k in range(len(prompts))])
    report.heatmap(
        "own-prompts",
        images.label_names,
        [prompt.text for prompt in prompts],
        shares,
        title="Your prompts: the share of each class's images (rows) that lie nearest to each",
        low=0,
        high=1,
    )
    known = {prompt.label for prompt in prompts}
    if None in known:
        return {}
    rows = [row for row, label in enumerate(images.labels) if label in known]
    guesses = [prompts[nearest[row]].label or 0 for row in rows]
    return {"own_prompts_accuracy": evaluate_clip(guesses, [images.labels[row] for row in rows])}


TEMPLATES = (
    "{}",
    "a photo of a {}",
    "a picture of a {}",
    "a painting of a {}",
    "a {} outdoors",
    "a blurry photo of a {}",
)
PART = 64
_ARTICLES = ("a ", "an ", "the ")

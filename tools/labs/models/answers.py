"""What a text classifier's answers on a test set come to, and how they compare with simpler ones."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score
from torch import Tensor

from tools.assets.reviews import Texts
from tools.engine.report import Report


def compare(
    report: Report, train: Texts, test: Texts, linear: np.ndarray, logits: Tensor, name: str, seed: int
) -> dict[str, float | int | str]:
    """The encoder beside the linear classifier and the majority class, all on the same test reviews.

    `linear` [reviews] is what `linear_answers` gave.
    """
    y = np.array(test.labels)
    probabilities = logits.softmax(1).numpy()  # [reviews, classes]
    answers = {
        "majority class": np.full(len(y), np.bincount(train.labels).argmax()),
        "linear classifier": linear,
        name: probabilities.argmax(1),
    }
    accuracy, macro_f1 = show_scores(report, test, answers)
    show_confusion(report, test, answers[name], name)
    show_errors(report, test, probabilities)
    low, high = difference(answers[name] == y, answers["linear classifier"] == y, seed)
    gain = accuracy[name] - accuracy["linear classifier"]
    report.log(
        f"{100 * gain:+.1f} points against the linear classifier "
        f"(95 % interval {100 * low:+.1f} to {100 * high:+.1f})."
    )
    return {
        "accuracy": accuracy[name],
        "macro_f1": macro_f1[name],
        "linear_accuracy": accuracy["linear classifier"],
        "linear_macro_f1": macro_f1["linear classifier"],
        "majority_accuracy": accuracy["majority class"],
        "gain": gain,
        "gain_low": low,
        "gain_high": high,
    }


def show_scores(
    report: Report, test: Texts, answers: Mapping[str, np.ndarray]
) -> tuple[dict[str, float], dict[str, float]]:
    """Accuracy and macro F1 by model, from each one's answers [texts]; shown as a table."""
    classes = range(len(test.label_names))
    accuracy = {who: float(accuracy_score(test.labels, said)) for who, said in answers.items()}
    macro_f1 = {
        who: float(f1_score(test.labels, said, labels=classes, average="macro", zero_division=0))
        for who, said in answers.items()
    }
    rows: list[list[str | int | float]] = [
        [who, round(accuracy[who], 4), round(macro_f1[who], 4)] for who in answers
    ]
    report.table("models", ["model", "accuracy", "macro F1"], rows, f"On the same {len(test):,} test texts")
    return accuracy, macro_f1


def show_confusion(report: Report, test: Texts, answers: np.ndarray, name: str) -> None:
    """The confusion matrix of one model's answers [texts]."""
    counts = confusion_matrix(test.labels, answers, labels=range(len(test.label_names)))
    report.matrix("confusion", test.label_names, counts, f"{name}: true class by predicted class")


def show_errors(report: Report, test: Texts, probabilities: np.ndarray, most: int = 12) -> None:
    """The misread texts that the model was surest of."""
    wrong = np.flatnonzero(probabilities.argmax(1) != np.array(test.labels))
    surest = wrong[probabilities.max(1)[wrong].argsort()[::-1][:most]]
    report.examples("misread", _items(test, probabilities, surest), "Misread test texts, the surest first")


def show_examples(report: Report, test: Texts, probabilities: np.ndarray, most: int = 8) -> None:
    """The first few texts, right or wrong."""
    first = np.arange(min(most, len(test)))
    report.examples("examples", _items(test, probabilities, first), "The first texts and what the model says")


def _items(test: Texts, probabilities: np.ndarray, rows: np.ndarray) -> list[dict[str, str | float]]:
    predicted, score = probabilities.argmax(1), probabilities.max(1)
    return [
        {
            "text": test.texts[i],
            "truth": test.label_names[test.labels[i]],
            "predicted": test.label_names[predicted[i]],
            "score": float(score[i]),
        }
        for i in rows.tolist()
    ]


def linear_answers(train: Texts, test: Texts) -> np.ndarray:
    """What lesson 2's linear classifier, with its default settings, says of the test reviews.

    Raises BadData for texts of one class, or without any words.
    """
    from tools.labs import linear_classifier

    settings = linear_classifier.Config()
    vectorizer = linear_classifier.make_vectorizer(settings)
    X = linear_classifier.fitted(vectorizer, train)
    classifier = linear_classifier.train_with_scikit_learn(
        X, np.array(train.labels), settings.l2, len(train.label_names)
    )
    answers: np.ndarray = classifier.predict(vectorizer.transform(test.texts))
    return answers


def difference(ours: np.ndarray, theirs: np.ndarray, seed: int) -> tuple[float, float]:
    """The 95 % interval of the difference in accuracy, by the paired bootstrap (Efron, 1979).

    `ours` and `theirs` [reviews] say which answers were right; both are drawn with the same picks.
    """
    gains = ours.astype(float) - theirs
    picks = np.random.default_rng(seed).integers(0, len(gains), (2000, len(gains)))
    low, high = np.percentile(gains[picks].mean(1), [2.5, 97.5])
    return float(low), float(high)

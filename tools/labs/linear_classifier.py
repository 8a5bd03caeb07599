"""Softmax regression on reviews, twice: by scikit-learn, and by gradient descent written out.

A review becomes a row of word counts, or of TF-IDF values (Spärck Jones, 1972). A multiclass linear
classifier gives each class a score, softmax turns the scores into probabilities, and training makes
the cross-entropy of the right classes small, plus an L2 price for large weights. That loss is convex
(Boyd and Vandenberghe, 2004), so both ways of training head for the same answers; the second one
shows every step of the way.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from tools.engine.lab import Cost, LabConfig, setting

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_matrix

    from tools.assets.reviews import Texts
    from tools.engine.report import Report

    Labelled = tuple[csr_matrix, np.ndarray]  # features [reviews, features], right classes [reviews]


class Config(LabConfig):
    """The settings of one run."""

    dataset: str = setting(
        "movie-reviews",
        "Which labelled texts: movie-reviews, graded-movies, graded-products, news-topics or a hub name.",
        min_length=1,
        max_length=200,
    )
    features: Literal["counts", "tf-idf"] = setting("tf-idf", "How a review becomes a row of numbers.")
    ngrams: int = setting(
        1, "The longest run of neighbouring words that is a feature: 1 words, 2 also bigrams.", ge=1, le=4
    )
    min_reviews: int = setting(
        1,
        "A word or n-gram found in fewer training reviews than this is dropped.",
        unit="reviews",
        ge=1,
        le=1000,
    )
    train_size: int = setting(
        4000, "How many reviews the classifiers learn from.", unit="reviews", ge=10, le=1_000_000
    )
    validation_size: int = setting(
        1000, "How many reviews the second curve is measured on.", unit="reviews", ge=2, le=100_000
    )
    test_size: int = setting(
        2000, "How many reviews the final figures are measured on.", unit="reviews", ge=2, le=100_000
    )
    learning_rate: float = setting(
        0.0,
        "How far one step moves the weights; 0 works out one that is sure to be safe.",
        ge=0,
        le=1000,
    )
    momentum: float = setting(
        0.95, "How much of the last step the next one keeps; 0 is the plain update rule.", ge=0, le=0.99
    )
    steps: int = setting(
        1000, "How often gradient descent moves the weights.", unit="steps", ge=1, le=100_000
    )
    l2: float = setting(
        1e-4, "The price of large weights, lambda in the L2 penalty; 0 turns regularisation off.", ge=0, le=1
    )


def cost(config: Config) -> Cost:
    """Measured on two cores: starting up, then about 60 iterations of scikit-learn and the steps."""
    words, classes = _DATASETS.get(config.dataset, (130, 5))
    features = config.train_size * words * (0.6 * config.ngrams - 0.48)
    weights = features * classes
    seconds = 2.6 + (config.steps + 60) * (1e-4 + 4.3e-8 * weights)
    asset = "graded-reviews" if config.dataset.startswith("graded-") else config.dataset
    return Cost(seconds, 370 + 3e-4 * weights, (asset,) if config.dataset in _DATASETS else ())


def run(config: Config, report: Report) -> dict[str, float | int | str]:
    """Train both classifiers on the same reviews and compare them, and two baselines, on the test set."""
    import numpy as np

    from tools.assets.reviews import load_reviews

    downloading = lambda done, total: report.progress(done, total, "byte")  # noqa: E731
    texts = load_reviews(config.dataset, report.home, report.data_path, downloading)
    train, validation, test = three_parts(texts, config, report)
    rows = len(train) + len(validation) + len(test)
    report.using_data(texts.name, texts.source, rows=rows, hash=texts.hash, note=texts.note)

    vectorizer = make_vectorizer(config)
    X = fitted(vectorizer, train)  # [reviews, features], from the training part only
    X_validation, X_test = vectorizer.transform(validation.texts), vectorizer.transform(test.texts)
    words = vectorizer.get_feature_names_out()
    n, features = X.shape
    report.log(f"{n:,} training reviews, {features:,} features, {X.nnz / n:.0f} a review.")

    y, y_validation = np.array(train.labels), np.array(validation.labels)
    classes = len(texts.label_names)
    report.using_model("softmax regression", "weights from zero", parameters=classes * (features + 1))
    report.log("scikit-learn trains ...")
    by_scikit = train_with_scikit_learn(X, y, config.l2, classes).predict(X_test)
    report.log("Gradient descent trains ...")
    W, b, curve = gradient_descent((X, y), (X_validation, y_validation), classes, config, report)
    P = softmax(X_test @ W + b)  # [reviews, classes]
    by_descent = P.argmax(axis=1)

    show_words(report, words, W, texts.label_names)
    show_errors(report, test, P, X_test, W, words)
    scores = compare(
        report, train.labels, test, {"scikit-learn": by_scikit, "gradient descent": by_descent}, config
    )
    return {
        **scores,
        **curve,
        "agreement": float((by_scikit == by_descent).mean()),
        "train_size": n,
        "features": features,
    }


# -- from reviews to rows of numbers


def three_parts(texts: Texts, config: Config, report: Report) -> tuple[Texts, Texts, Texts]:
    """Training, validation and test reviews, with no review in two of them.

    Sizes that nobody chose shrink in proportion where there are fewer reviews than they ask for;
    sizes that somebody chose do not, and the split says what is there.
    """
    sizes = (config.train_size, config.validation_size, config.test_size)
    there = len({" ".join(text.casefold().split()) for text in texts.texts})  # as the split tells them apart
    if sum(sizes) > there and sizes == _DEFAULT_SIZES:
        sizes = (there * 4 // 7, there // 7, there - there * 4 // 7 - there // 7)
        a, b, c = sizes
        report.log(f"{texts.name} has {there:,} reviews: {a:,} to train, {b:,} to validate, {c:,} to test.")
    pool, test = texts.split(sizes[0] + sizes[1], sizes[2], config.seed)  # every stretch of it is stratified
    return pool.take(range(sizes[0])), pool.take(range(sizes[0], sizes[0] + sizes[1])), test


def make_vectorizer(config: Config) -> Any:
    """What turns texts into a document-term matrix: scikit-learn's, with words of two or more characters."""
    from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

    kind = TfidfVectorizer if config.features == "tf-idf" else CountVectorizer
    return kind(ngram_range=(1, config.ngrams), min_df=config.min_reviews)


def fitted(vectorizer: Any, train: Texts) -> csr_matrix:
    """The training texts [reviews, features]; raises BadData where there is nothing to learn from them."""
    from tools.errors import BadData

    if len(set(train.labels)) < 2:
        help = "Take more texts to learn from (train_size), or a file with more of the rare classes."
        raise BadData(f"All {len(train):,} training texts of {train.name} are of one class.", help=help)
    try:
        return vectorizer.fit_transform(train.texts)
    except ValueError as error:  # scikit-learn's words for an empty vocabulary
        wanted = f"No word of two or more letters is found in {vectorizer.min_df} or more"
        help = "Choose more texts (train_size), other texts, or min_reviews=1."
        raise BadData(f"{wanted} of the {len(train):,} training texts of {train.name}.", help=help) from error


# -- the model, the ready-made way


def train_with_scikit_learn(X: csr_matrix, y: np.ndarray, l2: float, classes: int) -> Any:
    """Softmax regression by L-BFGS (Liu and Nocedal, 1989), with the same loss as `gradient_descent`.

    scikit-learn minimises w²/2 + C * (sum of losses), we minimise (mean of losses) + l2 * w². Hence
    C = 1 / (2 n l2); for two classes it keeps one row of weights where we keep two of half the size,
    whose squares add up to half, so there C = 1 / (n l2).
    """
    import warnings

    import numpy as np
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    rows = 1 if classes == 2 else 2
    C = 1 / (rows * len(y) * l2) if l2 > 0 else np.inf
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # without a penalty there is no end to reach
        return LogisticRegression(C=C, max_iter=500).fit(X, y)


# -- the model, written out


def softmax(S: np.ndarray) -> np.ndarray:
    """Probabilities from scores, [reviews, classes] -> [reviews, classes]; each row sums to 1."""
    import numpy as np

    E = np.exp(S - S.max(axis=1, keepdims=True))  # the shift changes nothing but avoids overflow
    P: np.ndarray = E / E.sum(axis=1, keepdims=True)
    return P


def cross_entropy(S: np.ndarray, y: np.ndarray) -> float:
    """The mean of -ln(probability of the right class), from scores."""
    import numpy as np

    S = S - S.max(axis=1, keepdims=True)
    return float((np.log(np.exp(S).sum(axis=1)) - S[np.arange(len(y)), y]).mean())


def gradients(
    X: csr_matrix, y: np.ndarray, S: np.ndarray, W: np.ndarray, l2: float
) -> tuple[np.ndarray, np.ndarray]:
    """The slopes of (cross-entropy + l2 * sum of W²) for W [features, classes] and b [classes]."""
    import numpy as np

    error = softmax(S)  # [reviews, classes]
    error[np.arange(len(y)), y] -= 1  # p - y: the probability less what it should be
    error /= len(y)
    return X.T @ error + 2 * l2 * W, error.sum(axis=0)  # error times input, as X is the input


def gradient_descent(
    seen: Labelled, validation: Labelled, classes: int, config: Config, report: Report
) -> tuple[np.ndarray, np.ndarray, dict[str, float | int]]:
    """Weights [features, classes], biases [classes], and what the curves came to.

    Raises BadSettings where the loss explodes until it is no number any more.
    """
    import numpy as np

    X, y = seen
    W, b = np.zeros((X.shape[1], classes)), np.zeros(classes)
    W_speed, b_speed = np.zeros_like(W), np.zeros_like(b)
    rate = config.learning_rate or safe_learning_rate(X, config.l2, config.seed)
    if not config.learning_rate:
        report.log(f"Learning rate {rate:.3g}: sure to be safe for these features.")
    first, best_step, best_loss = 0, 0, float("inf")
    if (saved := report.restored()) is not None:
        W, b, W_speed, b_speed = saved["W"], saved["b"], saved["W_speed"], saved["b_speed"]
        first, best_step, best_loss = saved["step"], saved["best_step"], saved["best_loss"]

    every = max(1, config.steps // 200)
    for step in range(first, config.steps + 1):
        if step % every == 0 or step == config.steps:
            point = curve_point(W, b, seen, validation, step, rate)
            report.metric(step, **point)
            if point["val_loss"] < best_loss:
                best_step, best_loss = step, point["val_loss"]
        if step == config.steps:
            break
        W_slope, b_slope = gradients(X, y, X @ W + b, W, config.l2)
        W_speed = config.momentum * W_speed - rate * W_slope
        b_speed = config.momentum * b_speed - rate * b_slope
        W, b = W + W_speed, b + b_speed  # the update rule
        report.progress(step + 1, config.steps)
        state = {"W": W, "b": b, "W_speed": W_speed, "b_speed": b_speed, "step": step + 1}
        state |= {"best_step": best_step, "best_loss": best_loss}
        report.checkpoint(step + 1, state.copy)
    figures = {"loss": point["loss"], "train_accuracy": point["accuracy"], "val_loss": point["val_loss"]}
    return W, b, {**figures, "best_val_loss": best_loss, "best_step": best_step, "learning_rate": rate}


def curve_point(
    W: np.ndarray, b: np.ndarray, seen: Labelled, validation: Labelled, step: int, rate: float
) -> dict[str, float]:
    """Cross-entropy and accuracy on both parts; raises BadSettings where the loss is no number any more."""
    from tools.errors import BadSettings

    point = {}
    for prefix, (X, y) in {"": seen, "val_": validation}.items():
        S = X @ W + b  # scores [reviews, classes]
        point[f"{prefix}loss"] = cross_entropy(S, y)
        point[f"{prefix}accuracy"] = float((S.argmax(axis=1) == y).mean())
    if not math.isfinite(point["loss"]):
        raise BadSettings(
            f"The loss exploded by step {step}: with a learning rate of {rate:g} every step jumps too far.",
            help="Choose a learning rate a third as large, or 0 for one that is safe.",
        )
    return point


def safe_learning_rate(X: csr_matrix, l2: float, seed: int) -> float:
    """1 / (the largest curvature that the loss can have), which plain gradient descent never overshoots with.

    The curvature is at most half the largest eigenvalue of AᵀA / n, A being X with a column of ones
    for the bias (Böhning, 1992), plus 2 l2; power iteration finds the eigenvalue.
    """
    import numpy as np

    n = X.shape[0]
    v = np.random.default_rng(seed).random(n)
    largest = 0.0
    for _ in range(50):
        v = (X @ (X.T @ v) + v.sum()) / n
        largest = float(np.linalg.norm(v))
        v /= largest
    return 1 / (1.02 * 0.5 * largest + 2 * l2)  # power iteration comes from below: 2 % to be sure


# -- what there is to see


def show_words(
    report: Report, words: np.ndarray, W: np.ndarray, label_names: Sequence[str], most: int = 15
) -> None:
    """The features with the largest weights for each class, as bars."""
    for k, label in enumerate(label_names):
        order = W[:, k].argsort()[::-1][:most]
        report.bars(
            f"words-{k}", [str(words[j]) for j in order], W[order, k].tolist(), f"Strongest words for {label}"
        )


def show_errors(
    report: Report,
    test: Texts,
    P: np.ndarray,
    X: csr_matrix,
    W: np.ndarray,
    words: np.ndarray,
    most: int = 12,
) -> None:
    """The misread reviews that gradient descent's model was surest of, and the words to blame."""
    import numpy as np

    y, predicted = np.array(test.labels), P.argmax(axis=1)
    wrong = np.flatnonzero(predicted != y)
    wrong = wrong[P[wrong, predicted[wrong]].argsort()[::-1][:most]]
    items, blame = [], list[list[str | int | float]]()
    for number, i in enumerate(wrong.tolist(), 1):
        said, truth = test.label_names[predicted[i]], test.label_names[y[i]]
        items.append(
            {"text": test.texts[i], "truth": truth, "predicted": said, "score": float(P[i, predicted[i]])}
        )
        x = X[i]  # one sparse row: x.indices are its features, x.data their values
        contributions = x.data * (W[x.indices, predicted[i]] - W[x.indices, y[i]])
        for j in contributions.argsort()[::-1][:4]:
            blame.append(
                [number, str(words[x.indices[j]]), f"{said}, not {truth}", round(float(contributions[j]), 3)]
            )
    report.examples("misread", items, "Misread test reviews, the surest first")
    report.table(
        "contributions",
        ["misread review", "word", "speaks for", "weight times feature"],
        blame,
        "The words that misled it most",
    )


def compare(
    report: Report, train_labels: Sequence[int], test: Texts, answers: dict[str, np.ndarray], config: Config
) -> dict[str, float | int | str]:
    """Both classifiers beside both baselines on the same test reviews."""
    import numpy as np
    from sklearn.dummy import DummyClassifier
    from sklearn.metrics import accuracy_score, confusion_matrix, f1_score

    nothing = np.zeros((len(train_labels), 1))  # a baseline does not look at the review
    baselines = {"random guessing": "uniform", "majority class": "most_frequent"}
    everything = {}
    for name, strategy in baselines.items():
        dummy = DummyClassifier(strategy=strategy, random_state=config.seed).fit(nothing, train_labels)
        everything[name] = dummy.predict(np.zeros((len(test.labels), 1)))
    everything |= answers

    y, classes = test.labels, list(range(len(test.label_names)))
    accuracy = {name: float(accuracy_score(y, said)) for name, said in everything.items()}
    macro_f1 = {
        name: float(f1_score(y, said, labels=classes, average="macro", zero_division=0))
        for name, said in everything.items()
    }
    floor = accuracy["majority class"]
    errors = 1 - floor or 1.0  # of the majority class; a test set of one class leaves it none
    rows: list[list[str | int | float]] = [
        [who, round(hits, 4), round(macro_f1[who], 4), round((hits - floor) / errors, 4)]
        for who, hits in accuracy.items()
    ]
    columns = ["model", "accuracy", "macro F1", "share of the majority's errors removed"]
    report.table("models", columns, rows, f"On {len(y):,} test reviews")
    counts = confusion_matrix(y, answers["gradient descent"], labels=classes)
    report.matrix("confusion", test.label_names, counts, "Gradient descent: true class by predicted class")
    return {
        "accuracy": accuracy["gradient descent"],
        "macro_f1": macro_f1["gradient descent"],
        "scikit_accuracy": accuracy["scikit-learn"],
        "scikit_macro_f1": macro_f1["scikit-learn"],
        "random_accuracy": accuracy["random guessing"],
        "majority_accuracy": floor,
        "majority_macro_f1": macro_f1["majority class"],
    }


_DEFAULT_SIZES = (4000, 1000, 2000)
_SIZES = (18, 2), (18, 5), (16, 5), (200, 20)  # words in a text, about, and classes
_DATASETS = dict(
    zip(("movie-reviews", "graded-movies", "graded-products", "news-topics"), _SIZES, strict=True)
)

"""Texts with their classes: the carried reviews and news, the person's own file, or a data set of the hub."""

from __future__ import annotations

import bz2
import csv
import io
import random
import tarfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from tools.assets.store import find, source_of
from tools.assets.table_file import in_order, read_table
from tools.errors import AssetUnavailable, BadData

OnProgress = Callable[[int, int], None]


@dataclass(frozen=True)
class Texts:
    """Texts with one class each.

    `labels[i]` indexes `label_names`; `name` is the data's own name, also where it stands in for
    another; `source` says where it came from, `hash` is the SHA-256 of texts and labels, `note`
    what a reader of figures must know.
    """

    texts: list[str]
    labels: list[int]
    label_names: list[str]
    name: str
    source: str
    hash: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        if not self.hash:
            object.__setattr__(self, "hash", _hash(self.texts, self.labels))

    def __len__(self) -> int:
        return len(self.texts)

    def take(self, rows: Sequence[int]) -> Texts:
        """The texts with these numbers, in this order."""
        return replace(
            self,
            texts=[self.texts[row] for row in rows],
            labels=[self.labels[row] for row in rows],
            hash="",
        )

    def split(self, train: int, test: int, seed: int) -> tuple[Texts, Texts]:
        """`train` and `test` texts, each with the classes in the shares of the whole, and no text in both.

        Texts that differ only in case and spaces count as one. The test set depends on `test` and
        `seed` alone, and a smaller training set is part of a larger one, so that runs with other
        training sizes compare. Raises BadData where there are too few texts.
        """
        rows = self._distinct()
        if train < 1 or test < 1 or len(rows) < train + test:
            raise BadData(
                f"{self.name} has {len(rows)} different text{'s' * (len(rows) != 1)}; {train} for training "
                f"and {test} for testing were asked for.",
                help=f"Ask for at most {len(rows)} in all, for example {len(rows) * 3 // 4} for training and "
                f"{len(rows) // 4} for testing."
                if len(rows) >= 10
                else "Give more texts; those that differ only in case and spaces count as one.",
            )
        order = _interleaved(rows, self.labels, random.Random(seed))
        return self.take(order[test : test + train]), self.take(order[:test])

    def _distinct(self) -> list[int]:
        """The first row of every text, told apart without case and spaces."""
        seen: dict[str, int] = {}
        for row, text in enumerate(self.texts):
            seen.setdefault(" ".join(text.casefold().split()), row)
        return list(seen.values())


def load_reviews(
    name: str,
    home: Path,
    data: Path | None = None,
    on_progress: OnProgress | None = None,
    *,
    text_column: str = "",
    label_column: str = "",
) -> Texts:
    """Texts by name; with `data` the person's own file instead.

    `name` is "movie-reviews" (rotten, fresh), "graded-movies" or "graded-products" (1 to 5 stars),
    "news-topics" (20 topics), or a data set of the Hugging Face hub or a local folder of one.
    Where the hub cannot be reached, the well-known ones have a stand-in, which `Texts.name` and
    `Texts.note` name. Never mix movie-reviews and graded-movies: they share sentences.
    Raises BadData, AssetUnavailable, DiskFull.
    """
    if data is not None:
        return _own_file(data, text_column, label_column)
    if name in _CARRIED:
        return _CARRIED[name](home, on_progress)
    from tools.assets.hub_texts import load_from_hub

    found = load_from_hub(name, text_column, label_column)
    if found is not None:
        return found
    stand_in = STAND_INS.get(name.rpartition("/")[2].lower())
    if stand_in is None:
        raise AssetUnavailable(
            f"The data set {name!r} is not carried, and the Hugging Face hub cannot be reached.",
            help=f"Connect, give your own file with --data, or use one of: {', '.join(_CARRIED)}.",
            retryable=True,
        )
    texts = _CARRIED[stand_in](home, on_progress)
    note = f"Stands in for {name}, as the Hugging Face hub cannot be reached. {texts.note}"
    return replace(texts, note=note.strip())


def _own_file(path: Path, text_column: str, label_column: str) -> Texts:
    rows, skipped = read_table(path, text_column, label_column)
    names = in_order({label for _, label in rows})
    place = {label: index for index, label in enumerate(names)}
    return Texts(
        [text for text, _ in rows],
        [place[label] for _, label in rows],
        names,
        path.name,
        f"your file {path}",
        note=f"{skipped} rows without a text or a label were left out." if skipped else "",
    )


def _movie_reviews(home: Path, on_progress: OnProgress | None) -> Texts:
    file = find("movie-reviews", home, on_progress) / "rotten_tomatoes_corpus_full.csv.bz2"
    names = ["rotten", "fresh"]
    with bz2.open(file, "rt", encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["category"] in names]
    return Texts(
        [row["text"].strip() for row in rows],
        [names.index(row["category"]) for row in rows],
        names,
        "movie-reviews",
        source_of("movie-reviews", home),
        note="Sentences by film critics from Rotten Tomatoes; the plots in the file are left out.",
    )


def _graded_movies(home: Path, on_progress: OnProgress | None) -> Texts:
    return _graded("graded-movies", "movieReviewSnippets", home, on_progress)


def _graded_products(home: Path, on_progress: OnProgress | None) -> Texts:
    return _graded("graded-products", "amazonReviewSnippets", home, on_progress)


def _graded(name: str, snippets: str, home: Path, on_progress: OnProgress | None) -> Texts:
    archive = find("graded-reviews", home, on_progress) / "hutto_ICWSM_2014.tar.gz"
    with tarfile.open(archive) as tar:
        member = tar.extractfile(f"hutto_ICWSM_2014/{snippets}_GroundTruth.txt")
        assert member is not None  # the archive's hash is pinned
        rows = [line.rstrip("\r\n").split("\t") for line in io.TextIOWrapper(member, encoding="utf-8")]
    return Texts(
        [row[2].strip() for row in rows],
        [stars(float(row[1])) - 1 for row in rows],
        ["1 star", "2 stars", "3 stars", "4 stars", "5 stars"],
        name,
        source_of("graded-reviews", home),
        note="The stars are made here: the mean grade of 20 readers, from -4 to 4, cut into five equal "
        "steps. Shares its film sentences with movie-reviews: never train on one and test on the other.",
    )


def stars(grade: float) -> int:
    """A mean grade from -4 (worst) to 4 (best) as 1 to 5 stars, in five steps of 1.6."""
    return min(int((grade + 4) / 1.6), 4) + 1


def _news_topics(home: Path, on_progress: OnProgress | None) -> Texts:
    folder = find("news-topics", home, on_progress)
    rows: list[list[str]] = []
    for part in ("train", "test"):
        with (folder / f"20newsgroups-{part}.tab").open(encoding="utf-8", newline="\n") as lines:
            rows += [line.rstrip("\n").split("\t", 1) for line in list(lines)[3:]]  # three lines of header
    rows = [row for row in rows if len(row) == 2 and row[1].strip()]
    names = sorted({row[0] for row in rows})
    place = {label: index for index, label in enumerate(names)}
    return Texts(
        [row[1].strip() for row in rows],
        [place[row[0]] for row in rows],
        names,
        "news-topics",
        source_of("news-topics", home),
        note="20 Newsgroups in lower case without punctuation, both of its parts together.",
    )


def _interleaved(rows: Sequence[int], labels: Sequence[int], dice: random.Random) -> list[int]:
    """An order in which every stretch holds the classes in about the shares of the whole."""
    # The k-th of a class's m rows goes to place (k + chance) / m of the whole: stratified for every
    # cut at once, without a rule for remainders.
    of_class: dict[int, list[int]] = {}
    for row in rows:
        of_class.setdefault(labels[row], []).append(row)
    places: list[tuple[float, int]] = []
    for label in sorted(of_class):
        members = of_class[label]
        dice.shuffle(members)
        chance = dice.random()
        places += [((k + chance) / len(members), row) for k, row in enumerate(members)]
    return [row for _, row in sorted(places)]


def _hash(texts: Sequence[str], labels: Sequence[int]) -> str:
    digest = sha256()
    for text, label in zip(texts, labels, strict=True):
        digest.update(f"{label}\t{len(text)}\t{text}\n".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


_CARRIED: dict[str, Callable[[Path, OnProgress | None], Texts]] = {
    "movie-reviews": _movie_reviews,
    "graded-movies": _graded_movies,
    "graded-products": _graded_products,
    "news-topics": _news_topics,
}

# Data sets of the hub, by the last part of their name, and the carried data that is most like each.
STAND_INS = {
    "yelp_review_full": "graded-movies",
    "amazon_reviews_multi": "graded-products",
    "app_reviews": "graded-products",
    "rotten_tomatoes": "movie-reviews",
    "imdb": "movie-reviews",
    "sst2": "movie-reviews",
    "ag_news": "news-topics",
    "20_newsgroups": "news-topics",
    "20newsgroups": "news-topics",
}

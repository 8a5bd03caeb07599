"""Texts with classes from a data set of the Hugging Face hub, or from a local folder of one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools.assets.hub import local_copy, reachable
from tools.assets.table_file import LABEL_COLUMNS, TEXT_COLUMNS, in_order
from tools.errors import AssetUnavailable, BadData

if TYPE_CHECKING:
    from tools.assets.reviews import Texts

_MOST_ROWS = 60_000  # of yelp_review_full's 650,000; what a lab trains on at most, several times over


def load_from_hub(name: str, text_column: str = "", label_column: str = "") -> Texts | None:
    """A data set's training rows, at most 60,000 drawn by chance; None where it cannot be had.

    It is loaded with the ordinary `datasets.load_dataset` when the hub is reachable or a copy lies
    here. Raises BadData where its columns are no texts and classes, and AssetUnavailable where the
    hub refuses it.
    """
    here = local_copy(name, "dataset")
    if here is None and not reachable():
        return None
    rows = _load(name, here)
    columns = list(rows.column_names)
    text = _pick(name, columns, (text_column,) if text_column else TEXT_COLUMNS, "texts")
    label = _pick(name, columns, (label_column,) if label_column else LABEL_COLUMNS, "classes")
    note = ""
    if len(rows) > _MOST_ROWS:
        note = f"{_MOST_ROWS:,} of its {len(rows):,} training rows, drawn by chance."
        rows = rows.shuffle(seed=0).select(range(_MOST_ROWS))
    return _as_texts(name, here, rows, text, label, note)


def _load(name: str, here: Path | None) -> Any:
    import datasets

    datasets.disable_progress_bars()
    own_folder = here is not None and here == Path(name).expanduser()
    try:
        if own_folder and any((here / each).exists() for each in ("state.json", "dataset_dict.json")):  # type: ignore[operator]
            loaded = datasets.load_from_disk(str(here))
        else:
            loaded = datasets.load_dataset(str(here) if own_folder else name)
    except Exception as error:  # datasets raises whatever its readers, the network and the hub raise
        reason = str(error).splitlines()[0][:300] if str(error) else type(error).__name__
        raise AssetUnavailable(
            f"The data set {name!r} could not be loaded: {reason}.",
            help="Check its name on huggingface.co/datasets, or give your own file with --data.",
            retryable=True,
        ) from error
    if isinstance(loaded, datasets.Dataset):
        return loaded
    return loaded["train"] if "train" in loaded else loaded[next(iter(loaded))]


def _pick(name: str, columns: list[str], wanted: tuple[str, ...], what: str) -> str:
    lower = {each.casefold(): each for each in reversed(columns)}
    for each in wanted:
        if each.casefold() in lower:
            return lower[each.casefold()]
    raise BadData(
        f"The data set {name!r} has no column of {what} that is known here; its columns are "
        f"{', '.join(columns[:20])}.",
        help="Name text_column and label_column where the lab has these settings, or save it as CSV with the "
        "columns text and label and give that with --data.",
    )


def _as_texts(name: str, here: Path | None, rows: Any, text: str, label: str, note: str) -> Texts:
    from tools.assets.reviews import Texts

    texts = [str(each or "").strip() for each in rows[text]]
    raw = list(rows[label])
    known = getattr(rows.features[label], "names", None)
    names = list(known) if known else in_order({str(each) for each in raw})
    place = {each: index for index, each in enumerate(names)}
    labels = [int(each) if known else place[str(each)] for each in raw]
    kept = [row for row, each in enumerate(texts) if each and labels[row] >= 0]  # -1: a hidden test label
    if len({labels[row] for row in kept}) < 2:
        raise BadData(f"The data set {name!r} has fewer than two classes in its column {label!r}.")
    source = f"local copy {here}" if here is not None else "Hugging Face hub"
    return Texts([texts[row] for row in kept], [labels[row] for row in kept], names, name, source, note=note)

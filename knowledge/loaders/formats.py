"""Which loader reads a file: decided by its suffix, and by its text where the suffix says nothing."""

from __future__ import annotations

from pathlib import PurePath

from knowledge.errors import Unreadable
from knowledge.loaders.content import Content, title_from_name
from knowledge.loaders.decoding import clean
from knowledge.passages import Block, Document


def format_of(name: str, text: str) -> str:
    """One of "notebook", "markdown", "html", "python", "transcript", "code", "dump", "text"."""
    from knowledge.loaders.html import looks_like_html
    from knowledge.loaders.notebook import looks_like_notebook
    from knowledge.loaders.repository_dump import looks_like_dump
    from knowledge.loaders.transcript import looks_like_transcript

    suffix = PurePath(name).suffix.lower()
    if suffix in _BY_SUFFIX:
        return _BY_SUFFIX[suffix]
    if looks_like_dump(text):
        return "dump"
    if looks_like_notebook(text):
        return "notebook"
    if looks_like_html(text):
        return "html"
    if suffix in CODE_SUFFIXES:
        return "code"
    return "transcript" if looks_like_transcript(text) else "text"


def read(kind: str, name: str, source: str, data: str | bytes, sha256: str) -> Document:
    """The document in `data`, read as `kind` (see format_of, and "pdf" with bytes).

    Raises Unreadable where it is not what it claims to be, or nests too deeply.
    """
    try:
        content = _load(kind, name, data)
    except RecursionError as error:
        raise Unreadable(
            f"{PurePath(name).name} is nested too deeply to be read.",
            help="Check that it is a real document.",
        ) from error
    blocks = tuple(_safe(block) for block in content.blocks if block.text.strip())
    title = " ".join(clean(content.title).split()) or title_from_name(name, blocks)
    return Document(source, title, kind, sha256, blocks, content.id, content.asks, content.metadata)


def _load(kind: str, name: str, data: str | bytes) -> Content:
    if isinstance(data, bytes):
        from knowledge.loaders.pdf import load_pdf

        return load_pdf(data, name)
    if kind == "notebook":
        from knowledge.loaders.notebook import load_notebook as load
    elif kind == "markdown":
        from knowledge.loaders.markdown import load_markdown as load
    elif kind == "html":
        from knowledge.loaders.html import load_html as load
    elif kind == "python":
        from knowledge.loaders.python import load_python as load
    elif kind == "transcript":
        from knowledge.loaders.transcript import load_transcript as load
    elif kind == "code":
        return _code(name, data)
    else:
        from knowledge.loaders.plain_text import load_text as load
    return load(data, name)


def _code(name: str, text: str) -> Content:
    lines = text.rstrip().count("\n") + 1
    where = "line 1" if lines == 1 else f"lines 1-{lines}"
    language = CODE_SUFFIXES[PurePath(name).suffix.lower()]
    return Content(PurePath(name).name, (Block("code", text.strip("\n").rstrip(), where, 0, language),))


def _safe(block: Block) -> Block:
    """The block without control characters that escapes in JSON or HTML may have brought back."""
    text = clean(block.text)
    if text is block.text or text == block.text:
        return block
    return Block(block.kind, text, block.location, block.level, block.code_language)


_BY_SUFFIX = {
    ".ipynb": "notebook", ".md": "markdown", ".markdown": "markdown", ".mdx": "markdown", ".qmd": "markdown",
    ".rmd": "markdown", ".html": "html", ".htm": "html", ".xhtml": "html", ".py": "python", ".pyi": "python",
    ".vtt": "transcript", ".srt": "transcript",
}  # fmt: skip

_LANGUAGES = {
    "javascript": "js mjs",
    "typescript": "ts",
    "c": "c h",
    "cpp": "cc cpp hpp",
    "cuda": "cu",
    "rust": "rs",
    "ruby": "rb",
    "julia": "jl",
    "kotlin": "kt",
    "bash": "sh bash zsh",
    "powershell": "ps1",
    "json": "json jsonl",
    "yaml": "yaml yml",
    "ini": "ini cfg",
    "csv": "csv tsv",
    **{name: name for name in ("jsx", "tsx", "java", "go", "r", "scala", "swift", "lua", "sql", "css")},
    **{name: name for name in ("toml", "xml")},
}
CODE_SUFFIXES = {f".{suffix}": name for name, suffixes in _LANGUAGES.items() for suffix in suffixes.split()}

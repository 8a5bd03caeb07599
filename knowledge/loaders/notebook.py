"""Jupyter notebooks: Markdown cells as their blocks, code cells with the outputs that are text."""

from __future__ import annotations

import json
import re
from typing import Any

from knowledge.errors import Unreadable
from knowledge.loaders.content import Content
from knowledge.loaders.decoding import clean
from knowledge.loaders.markdown import Locate, heading_title, scan
from knowledge.passages import Block


def load_notebook(text: str, name: str) -> Content:
    """A notebook of format 3 or 4; its title is in the first cell, or its first heading.

    Raises Unreadable for an empty file, broken JSON, or JSON that is no notebook.
    """
    notebook = _parse(text)
    language = _language(notebook)
    blocks: list[Block] = []
    title = subtitle = ""
    for number, cell in enumerate(notebook["cells"], start=1):
        if not isinstance(cell, dict):
            continue
        source = clean(_joined(cell.get("source")))
        where = f"cell {number}"
        if cell.get("cell_type") == "code":
            blocks += _code_cell(cell, source, where, language)
        elif cell.get("cell_type") == "markdown":
            if not blocks and not title:
                title, subtitle, source = _title_lines(source)
            blocks += scan(_DATA_URL.sub("", source), _always(where))
        elif source.strip():
            blocks.append(Block("prose", source.strip(), where))
    found = tuple(blocks)
    metadata: dict[str, object] = {"language": language}
    if subtitle:
        metadata["subtitle"] = subtitle
    return Content(title or heading_title(found), found, metadata=metadata)


def _always(where: str) -> Locate:
    return lambda first, last: where


def looks_like_notebook(text: str) -> bool:
    """Whether a text with another suffix is a notebook's JSON."""
    head = text[:4000].lstrip()
    return head.startswith("{") and bool(re.search(r'"(?:cells|nbformat|worksheets)"\s*:', head))


def _parse(text: str) -> dict[str, Any]:
    if not text.strip():
        raise Unreadable("The notebook is empty (0 bytes).", help="Save it again from Jupyter.")
    try:
        notebook = json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        raise Unreadable(
            "The notebook is not valid JSON: it was cut short or is not a notebook.",
            help="Open it in Jupyter and save it again.",
        ) from error
    if isinstance(notebook, dict) and isinstance(notebook.get("worksheets"), list):
        notebook = _upgraded(notebook)
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise Unreadable(
            "The file is JSON but no notebook: it has no cells.",
            help="Give a file saved by Jupyter (.ipynb).",
        )
    return notebook


def _upgraded(notebook: dict[str, Any]) -> dict[str, Any]:
    """A notebook of format 3 or older in today's format."""
    import nbformat.reader

    try:
        return dict(nbformat.convert(nbformat.reader.reads(json.dumps(notebook)), 4))  # type: ignore[no-untyped-call]
    except Exception as error:  # nbformat raises whatever a malformed old notebook makes it stumble over
        raise Unreadable(
            "The notebook is in an old format that cannot be converted.",
            help="Open it in Jupyter and save it again.",
        ) from error


def _title_lines(source: str) -> tuple[str, str, str]:
    """Title and subtitle of a first cell that holds them without a heading mark, and what else is in it.

    Title pages made of HTML lose their tags on the way through other tools; what stays is a short
    line standing alone.
    """
    if re.search(r"^\s*(?:#{1,6}\s|={3,}|-{3,})|<h[1-6]", source, re.MULTILINE):
        return "", "", source
    lines = [line.strip() for line in re.sub(r"<[^>]*>", "", source).split("\n") if line.strip()]
    if (
        not lines
        or len(lines) > 4
        or any(len(line) > 120 or line.endswith((".", "。", ":")) for line in lines)
    ):
        return "", "", source
    title = lines[0].strip("*_ ")
    return title, " ".join(lines[1:2]).strip("*_ "), "\n\n".join(lines[2:])


def _code_cell(cell: dict[str, Any], source: str, where: str, language: str) -> list[Block]:
    code = re.sub(r"\n{3,}", "\n\n", source.strip("\n").rstrip())
    if not code.strip() or _PLACEHOLDER.fullmatch(code):
        return []
    blocks = [Block("code", code, where, 0, language)]
    outputs = cell.get("outputs")
    outputs = outputs if isinstance(outputs, list) else []
    texts = [_output_text(output) for output in outputs if isinstance(output, dict)]
    text = "\n".join(part for part in texts if part).strip("\n")
    if text:
        if len(text) > _LONGEST_OUTPUT:
            text = text[:_LONGEST_OUTPUT].rsplit("\n", 1)[0] + "\n…"
        blocks.append(Block("output", text, where, 0, "text"))
    return blocks


def _output_text(output: dict[str, Any]) -> str:
    """The readable part of one output: what was printed or shown as text, or an error's last line."""
    kind = output.get("output_type")
    if kind == "error":
        return clean(f"{output.get('ename', 'Error')}: {output.get('evalue', '')}")
    if kind == "stream":
        text = _joined(output.get("text"))
    else:
        data = output.get("data")
        data = data if isinstance(data, dict) else {}
        text = _joined(data.get("text/markdown") or data.get("text/plain"))
    lines = [line.rsplit("\r", 1)[-1] for line in text.rstrip("\r").split("\n")]
    text = clean("\n".join(lines))
    kept = [line for line in text.split("\n") if not _NOISE.match(line) and len(line) < 2000]
    return "\n".join(kept).strip("\n")


def _joined(value: object) -> str:
    if isinstance(value, list):
        return "".join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) else ""


def _language(notebook: dict[str, Any]) -> str:
    metadata = notebook.get("metadata")
    for key, field in (("language_info", "name"), ("kernelspec", "language")):
        info = metadata.get(key) if isinstance(metadata, dict) else None
        if isinstance(info, dict) and isinstance(info.get(field), str):
            return str(info[field]).lower()
    return "python"


_LONGEST_OUTPUT = 2000
_DATA_URL = re.compile(
    r"!\[[^\[\]]{0,300}\]\((?:data:|attachment:)[^()]*\)|<img\b[^<>]{0,500}\bsrc=[\"']?data:[^<>]*>"
)
# an exercise's empty cell: nothing but "# your code here"
_PLACEHOLDER = re.compile(
    r"\s*#?\s*(?:your code here|todo|write your (?:code|solution)[^\n]*)?\s*#?\s*\.*\s*", re.IGNORECASE
)
_NOISE = re.compile(
    r"\s*<(?:Figure|matplotlib|IPython|AxesSubplot|Axes|PIL|seaborn|torch\.utils|plotly)[^\n]*>\s*$"
    r"|.*\d+%\s*\|.*\|"
    r"|\s*(?:Requirement already satisfied|Collecting |Downloading |Installing collected packages)"
)

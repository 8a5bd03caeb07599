"""Loaders: what a person's files become, and what is said about those that cannot be read."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import pytest

from knowledge.errors import BadInput, Unreadable
from knowledge.loaders import Skipped, find_files, load, load_all
from knowledge.passages import Block, Document

SEEDS = Path(__file__).parents[3] / "shared" / "seeds"


def write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(path: Path) -> Document:
    documents, _ = load(path)
    assert len(documents) == 1
    return documents[0]


def headings(document: Document) -> list[tuple[int, str]]:
    return [(block.level, block.text) for block in document.blocks if block.kind == "heading"]


def of_kind(document: Document, kind: str) -> list[Block]:
    return [block for block in document.blocks if block.kind == kind]


def notebook(*cells: tuple[str, str], **extra: object) -> str:
    made = [
        {"cell_type": kind, "source": source.splitlines(keepends=True), "metadata": {}, "outputs": []}
        for kind, source in cells
    ]
    return json.dumps({"cells": made, "nbformat": 4, "nbformat_minor": 5, "metadata": {}, **extra})


def pdf(*pages: str, title: str = "") -> bytes:
    """A PDF with one line of Helvetica for each line of each page."""
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    kids = []
    for page in pages:
        shown = "\n".join(f"({line}) Tj 0 -16 Td" for line in page.split("\n")) if page else ""
        stream = f"BT /F1 12 Tf 72 720 Td\n{shown}\nET"
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> "
            f"/Contents {len(objects)} 0 R >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    out = io.BytesIO()
    out.write(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(out.tell())
        out.write(f"{number} 0 obj\n{body}\nendobj\n".encode())
    start = out.tell()
    out.write(f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode())
    out.write("".join(f"{place:010d} 00000 n \n" for place in places).encode())
    out.write(f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode())
    return out.getvalue()


# Finding files


def test_a_folder_gives_its_course_material_and_says_why_the_rest_is_left_out(tmp_path: Path) -> None:
    write(tmp_path / "notes.md", "# Notes\n\nGradient descent follows the slope.")
    write(tmp_path / "LICENSE", "MIT License")
    write(
        tmp_path / "terms.txt", "The X License\n\nPermission is hereby granted, free of charge, to any person"
    )
    write(tmp_path / "poetry.lock", "x = 1")
    write(tmp_path / "figure.png", b"\x89PNG")
    write(tmp_path / "data", b"abc\0\0\0\x01\x02")
    write(tmp_path / ".hidden.md", "# Hidden")
    write(tmp_path / "node_modules" / "x" / "README.md", "# Package")
    write(tmp_path / "my_env" / "pyvenv.cfg", "home = /usr")
    write(tmp_path / "my_env" / "lib.py", "x = 1")
    files, skipped = find_files([tmp_path])
    assert [path.name for path in files] == ["notes.md"]
    reasons = {Path(entry.path).name: entry.reason for entry in skipped}
    assert "licence" in reasons["LICENSE"]
    assert "licence" in reasons["terms.txt"]
    assert "lock file" in reasons["poetry.lock"]
    assert "image" in reasons["figure.png"]
    assert "binary" in reasons["data"]
    assert reasons[".hidden.md"] == "hidden"
    assert "packages" in reasons["node_modules"]
    assert "packages" in reasons["my_env"]


def test_gitignore_is_honoured_in_nested_folders_and_may_take_back(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    write(tmp_path / ".gitignore", "build/\n*.log.txt\n")
    write(tmp_path / "a.log.txt", "log")
    write(tmp_path / "build" / "page.md", "# Built")
    write(tmp_path / "course" / ".gitignore", "drafts.md\n!keep.log.txt\n")
    write(tmp_path / "course" / "drafts.md", "# Draft")
    write(tmp_path / "course" / "keep.log.txt", "kept")
    write(tmp_path / "course" / "lesson.md", "# Lesson")
    files, skipped = find_files([tmp_path])
    assert sorted(path.name for path in files) == ["keep.log.txt", "lesson.md"]
    assert {Path(entry.path).name for entry in skipped if "gitignore" in entry.reason} == {
        "a.log.txt", "build", "drafts.md",
    }  # fmt: skip
    # the rules above a folder of the same repository hold, too; a file named directly is always taken
    assert [path.name for path in find_files([tmp_path / "course"])[0]] == ["keep.log.txt", "lesson.md"]
    assert len(find_files([tmp_path / "course" / "drafts.md"])[0]) == 1


def test_a_path_that_is_not_there_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"nowhere\.md"):
        find_files([tmp_path / "nowhere.md"])


def test_links_in_a_circle_and_links_to_nothing_are_survived(tmp_path: Path) -> None:
    write(tmp_path / "a" / "notes.md", "# Notes")
    (tmp_path / "a" / "back").symlink_to(tmp_path)
    (tmp_path / "gone.md").symlink_to(tmp_path / "nothing.md")
    files, skipped = find_files([tmp_path, tmp_path / "a"])
    assert [path.name for path in files] == ["notes.md"]
    assert any("not there" in entry.reason for entry in skipped)


def test_a_huge_binary_is_refused_by_its_first_bytes_and_a_huge_text_by_its_size(tmp_path: Path) -> None:
    with (tmp_path / "model.dat").open("wb") as stream:
        stream.truncate(200_000_000)
    with (tmp_path / "big.txt").open("wb") as stream:
        stream.write(b"text " * 2000)
        stream.truncate(51_000_000)
    files, skipped = find_files([tmp_path])
    reasons = {Path(entry.path).name: entry.reason for entry in skipped}
    assert files == []
    assert reasons["model.dat"] == "binary file"
    assert "too large" in reasons["big.txt"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every folder")
def test_a_folder_without_permission_is_reported_and_the_rest_read(tmp_path: Path) -> None:
    write(tmp_path / "open.md", "# Open")
    closed = tmp_path / "closed"
    closed.mkdir(mode=0)
    files, skipped = find_files([tmp_path])
    closed.chmod(0o755)
    assert [path.name for path in files] == ["open.md"]
    assert [entry.reason for entry in skipped] == ["no permission to read it"]


def test_a_broken_file_does_not_stop_the_rest(tmp_path: Path) -> None:
    write(tmp_path / "a.ipynb", "")
    write(tmp_path / "b.ipynb", '{"cells": ' + "[" * 100_000)
    write(tmp_path / "c.pdf", b"%PDF-1.4\n1 0 obj")
    write(tmp_path / "d.md", "# Good\n\nThis one is read.")
    found = list(load_all([tmp_path]))
    assert [entry.title for entry in found if isinstance(entry, Document)] == ["Good"]
    reasons = {Path(entry.path).name: entry.reason for entry in found if isinstance(entry, Skipped)}
    assert "empty" in reasons["a.ipynb"]
    assert "not valid JSON" in reasons["b.ipynb"]
    assert "cut short" in reasons["c.pdf"]


# Encodings


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "shift_jis", "euc_jp", "iso2022_jp"]
)
def test_japanese_text_is_read_in_whatever_encoding_it_has(tmp_path: Path, encoding: str) -> None:
    text = (
        "機械学習とは何か\n\n"
        + "ML means " * 20 * (encoding == "utf-16-le")
        + "正解のあるデータから学びます。"
    )
    document = read(write(tmp_path / "memo.txt", text.encode(encoding)))
    assert document.title == "機械学習とは何か"
    assert "正解のあるデータから学びます。" in document.blocks[0].text


def test_western_text_from_windows_keeps_its_accents(tmp_path: Path) -> None:
    text = "L’été à Orléans\n\nLes élèves étudient déjà l’apprentissage supervisé."
    document = read(write(tmp_path / "memo.txt", text.encode("cp1252")))
    assert "élèves étudient déjà" in document.blocks[0].text


def test_nothing_read_can_drive_the_terminal(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", "Notes\n\nred \x1b[31malarm\x1b[0m \x07bell \x1b]0;title\x07 and \u202eback")
    write(tmp_path / "b.ipynb", notebook(("markdown", "# T\x1b[2J\n\nclear \ud800 \u009b31m it")))
    for document in (read(tmp_path / "a.txt"), read(tmp_path / "b.ipynb")):
        text = document.title + "".join(block.text for block in document.blocks)
        assert not any(mark in text for mark in "\x1b\x07\x9b\u202e\ud800")
        text.encode()
    assert "red alarm" in read(tmp_path / "a.txt").blocks[0].text


# Notebooks


def test_a_notebook_gives_headings_prose_code_and_the_outputs_that_are_text(tmp_path: Path) -> None:
    raw = json.loads(
        notebook(
            ("markdown", "# Lesson 2\n\nAbout models."),
            ("markdown", ""),
            ("code", "print(1 + 1)"),
            ("code", "# "),
        )
    )
    raw["cells"][2]["outputs"] = [
        {"output_type": "stream", "text": ["\x1b[32m2\x1b[0m\n"]},
        {"output_type": "display_data", "data": {"image/png": "aGk=", "text/plain": "<Figure size 640x480>"}},
        {"output_type": "error", "ename": "ValueError", "evalue": "no data", "traceback": ["..."]},
    ]
    document = read(write(tmp_path / "a.ipynb", json.dumps(raw)))
    assert document.title == "Lesson 2"
    assert [(block.kind, block.text, block.location) for block in document.blocks[1:]] == [
        ("prose", "About models.", "cell 1"),
        ("code", "print(1 + 1)", "cell 3"),
        ("output", "2\nValueError: no data", "cell 3"),
    ]


def test_folded_blocks_are_hints_and_solutions(tmp_path: Path) -> None:
    text = (
        "**Exercise.** Add the layers.\n\n<details>\n<summary><b>Hint</b> (click to expand)</summary>\n\nCount the\nbiases."
        "\n\n```python\nn = 3\n```\n\n</details>\n\n<details><summary>Solution</summary>It is 12.</details>\n"
        "<details><summary>Why not a CNN?</summary>Out of scope here.</details>"
    )
    document = read(write(tmp_path / "a.ipynb", notebook(("markdown", text))))
    assert [block.kind for block in document.blocks] == ["prose", "hint", "solution", "prose", "prose"]
    hint = of_kind(document, "hint")[0].text
    assert "biases." in hint
    assert "```python\nn = 3\n```" in hint
    assert "<" not in hint
    assert of_kind(document, "solution")[0].text.endswith("It is 12.")


def test_folded_blocks_that_lost_their_tags_are_still_recognised(tmp_path: Path) -> None:
    text = "**Exercise.** Try it.\n\n\n Hint (click to expand).\n\n \nUse more steps.\n\n Hint 2 (click to expand).\n\nAnd a lower rate.\n"
    document = read(write(tmp_path / "a.ipynb", notebook(("markdown", text))))
    assert [block.kind for block in document.blocks] == ["prose", "hint", "hint"]
    assert document.blocks[2].text == "**Hint 2**\n\nAnd a lower rate."


def test_pictures_pasted_into_cells_leave_no_trace(tmp_path: Path) -> None:
    text = (
        "Before\n\n![x](data:image/png;base64,"
        + "A" * 5000
        + ")\n\n![shot](attachment:shot.png)\n\n<img src='a.png'/>\n\nAfter"
    )
    document = read(write(tmp_path / "a.ipynb", notebook(("markdown", text))))
    assert [block.text for block in document.blocks] == ["Before", "After"]


def test_a_notebook_of_an_old_format_is_read(tmp_path: Path) -> None:
    old = {
        "nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""},
        "worksheets": [{"cells": [
            {"cell_type": "heading", "level": 1, "source": ["Old lesson"], "metadata": {}},
            {"cell_type": "code", "input": ["x = 1"], "outputs": [], "language": "python", "metadata": {},
             "collapsed": False},
        ], "metadata": {}}],
    }  # fmt: skip
    document = read(write(tmp_path / "old.ipynb", json.dumps(old)))
    assert document.title == "Old lesson"
    assert of_kind(document, "code")[0].text == "x = 1"


@pytest.mark.parametrize(
    ("text", "says"),
    [("", "empty"), ('{"a": 1}', "no cells"), ("[1, 2]", "no cells"), ("{", "not valid JSON")],
)
def test_what_is_no_notebook_is_refused_in_one_sentence(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(Unreadable, match=says) as caught:
        load(write(tmp_path / "a.ipynb", text))
    assert "\n" not in str(caught.value)
    assert caught.value.help


# Markdown, HTML, Python, PDF, transcripts


def test_markdown_keeps_its_structure_and_front_matter(tmp_path: Path) -> None:
    text = (
        "---\nid: 1.2\ntitle: Losses\nasks:\n  - What is a loss?\nconcepts: [loss]\n---\n\n# Losses\n\nA **loss** measures error.\n\n"
        "## Formula\n\n$$\nL = (y - p)^2\n$$\n\n- one\n  ```python\n  # not a heading\n  ```\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n"
        "```python\n# no heading either\nloss()\n```\n\n<!-- note -->\nSetext\n------\n\nEnd.\n"
    )
    document = read(write(tmp_path / "losses.md", text))
    assert (document.id, document.title, document.asks) == ("1.2", "Losses", ("What is a loss?",))
    assert document.metadata == {"concepts": ["loss"]}
    assert headings(document) == [(1, "Losses"), (2, "Formula"), (2, "Setext")]
    assert [block.kind for block in document.blocks if block.kind != "heading"] == [
        "prose", "formula", "list", "table", "code", "prose",
    ]  # fmt: skip
    code = of_kind(document, "code")[0]
    assert (code.text, code.code_language) == ("# no heading either\nloss()", "python")
    assert text.split("\n")[int(code.location.split()[1].split("-")[0]) - 1] == "```python"


def test_html_gives_the_page_without_its_furniture(tmp_path: Path) -> None:
    page = (
        "<!doctype html><html><head><title>Attention | Site</title><script>var a</script></head><body><nav>Home</nav>"
        "<main><h1>Attention</h1><p>Queries meet <b>keys</b>.</p><!-- c --><pre><code class='language-python'>a  =  1\nb = 2</code></pre>"
        "<table><tr><th>Head</th><th>Size</th></tr><tr><td>1</td><td>64</td></tr></table>"
        "<ul><li>one<ul><li>inner</li></ul></li><li>two</li></ul>"
        "<math display='block'><semantics><mi>x</mi><annotation encoding='application/x-tex'>x^2</annotation></semantics></math>"
        "<details><summary>Solution</summary><p>Softmax.</p></details></main><footer>Imprint</footer></body></html>"
    )
    document = read(write(tmp_path / "a.html", page))
    assert document.title == "Attention"
    assert [(block.kind, block.text) for block in document.blocks] == [
        ("heading", "Attention"),
        ("prose", "Queries meet **keys**."),
        ("code", "a  =  1\nb = 2"),
        ("table", "| Head | Size |\n|---|---|\n| 1 | 64 |"),
        ("list", "- one\n  - inner\n- two"),
        ("formula", "$$x^2$$"),
        ("solution", "**Solution**\n\nSoftmax."),
    ]


def test_html_nested_deeper_than_python_can_call_is_read(tmp_path: Path) -> None:
    page = "<html><body>" + "<div>" * 5000 + "Deep down there is text." + "</div>" * 5000
    assert read(write(tmp_path / "deep.html", page)).blocks[0].text == "Deep down there is text."


def test_python_is_taken_apart_by_function_and_class(tmp_path: Path) -> None:
    source = '"""Losses for regression."""\n\nimport math\n\n\n# squared\ndef mse(a, b):\n    return (a - b) ** 2\n\n\nclass Huber:\n    """Robust."""\n'
    document = read(write(tmp_path / "losses.py", source))
    assert document.blocks[0].text == "Losses for regression."
    assert [text for _, text in headings(document)] == ["def mse", "class Huber"]
    assert of_kind(document, "code")[1].text.startswith("# squared\ndef mse")
    broken = read(write(tmp_path / "old.py", "print 'old python'\n"))
    assert [block.kind for block in broken.blocks] == ["code"]


def test_a_pdf_is_read_page_by_page(tmp_path: Path) -> None:
    document = read(write(tmp_path / "a.pdf", pdf("Bias is the error of the mean.", "Variance is spread.")))
    assert [(block.text, block.location) for block in document.blocks] == [
        ("Bias is the error of the mean.", "page 1"),
        ("Variance is spread.", "page 2"),
    ]


def test_a_pdf_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    from pypdf import PdfWriter

    writer = PdfWriter(clone_from=io.BytesIO(pdf("secret")))
    writer.encrypt("password", algorithm="RC4-128")
    locked = io.BytesIO()
    writer.write(locked)
    whole = pdf("some text")
    cases = {
        "password": locked.getvalue(), "pictures": pdf("", ""), "cut short": whole[: len(whole) // 2],
        "not a PDF": b"hello there", "empty": b"",
    }  # fmt: skip
    for says, data in cases.items():
        with pytest.raises(Unreadable, match=says):
            load(write(tmp_path / "a.pdf", data))


def test_a_transcript_is_located_by_its_times(tmp_path: Path) -> None:
    cues = "WEBVTT - Lecture 3\n\n1\n00:00:01.000 --> 00:00:04.000\n<v Ann>Dropout turns units off\n\n2\n00:00:04.000 --> 00:00:09.000\nat random.\n"
    document = read(write(tmp_path / "talk.vtt", cues))
    assert document.title == "Lecture 3"
    assert [(block.text, block.location) for block in document.blocks] == [
        ("Dropout turns units off at random.", "00:00:01-00:00:04")
    ]
    plain = "0:05 Welcome back.\n0:09 Today we look at trees.\n1:10:30 They split the data.\n"
    assert read(write(tmp_path / "talk.txt", plain)).format == "transcript"


# Repository dumps

RULE = "-" * 80


def test_a_repository_dump_comes_apart_into_its_files(tmp_path: Path) -> None:
    # the notebook's JSON lost its HTML tags: raw newlines stand inside strings
    lost = '{"cells":[{"cell_type":"markdown","source":["\n\\n","\n\\n","Lesson 7: Trees\\n","\\n","\\n","How to split\\n","\n"]},'
    lost += '{"cell_type":"markdown","source":["# 1. Splits\\n","\\n","A tree asks questions."]},'
    lost += '{"cell_type":"code","source":["split(x)\\n","\\n"],"outputs":[]}],"nbformat":4,"metadata":{}}'
    parts = {
        "/README.md": "1 | # Trees\n2 |\n3 | A course.\n4 |",
        "/pic.png": "https://example.org/pic.png",
        "/LICENSE": "1 | MIT",
        "/lessons/seven.ipynb": f"1 | {lost}\n2 |",
        "/lessons/broken.ipynb": "1 | {oops\n2 |",
    }
    text = "├── README.md\n└── lessons\n    └── seven.ipynb\n"
    text += "\n".join(f"{path}:\n{RULE}\n{body}\n{RULE}" for path, body in parts.items())
    path = write(tmp_path / "dump.txt", text)
    documents, skipped = load(path)
    assert [document.source for document in documents] == [
        f"{path}::/README.md",
        f"{path}::/lessons/seven.ipynb",
    ]
    readme, lesson = documents
    assert [block.text for block in readme.blocks] == ["Trees", "A course."]
    assert lesson.title == "Lesson 7: Trees"
    assert [(block.kind, block.text, block.location) for block in lesson.blocks] == [
        ("heading", "1. Splits", "cell 2"),
        ("prose", "A tree asks questions.", "cell 2"),
        ("code", "split(x)", "cell 3"),
    ]
    reasons = {entry.path.rsplit("/", 1)[1]: entry.reason for entry in skipped}
    assert set(reasons) == {"pic.png", "LICENSE", "broken.ipynb"}
    assert "not valid JSON" in reasons["broken.ipynb"]


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the seed documents are not beside the repository")
def test_the_seed_notebooks_come_back_as_cells_with_titles_and_sections() -> None:
    documents, skipped = load(next(SEEDS.glob("000_*.txt")))
    lessons = [document for document in documents if document.format == "notebook"]
    assert len(lessons) == 4
    for lesson in lessons:
        assert lesson.title.startswith("Lesson ")
        assert any(text.startswith("1. ") for _, text in headings(lesson))
        assert not any('"cell_type"' in block.text or '\\n",' in block.text for block in lesson.blocks)
    assert any("licence" in entry.reason for entry in skipped)
    assert any("image" in entry.reason for entry in skipped)

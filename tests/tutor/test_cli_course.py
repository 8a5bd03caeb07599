"""`tutor course`: the outline, a section, the glossary, and the course as a website in a real browser."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from knowledge.glossary import glossary
from knowledge.lessons import outline
from tutor.course_site.markdown import to_html
from tutor.course_site.site import MARK, export_course
from tutor.errors import UsageError

Tutor = Callable[..., Any]
SECTIONS = [section for lesson in outline() for section in lesson.sections]
BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export") / "site"
    assert export_course(folder) == len(SECTIONS)
    return folder


def test_the_outline_lists_every_section(tutor: Tutor) -> None:
    ran = tutor("course", "list", "--json")
    assert [each["id"] for lesson in ran.json["lessons"] for each in lesson["sections"]] == [
        section.id for section in SECTIONS
    ]
    assert "ml.linear-classifier" in tutor("course", "list").out


def test_a_section_is_printed_with_readable_formulas(tutor: Tutor) -> None:
    ran = tutor("course", "show", "ml.linear-classifier")
    assert ran.code == 0
    assert ran.out.startswith("# The linear classifier\n")
    assert "w₁ x₁" in ran.out.replace("w₁x₁", "w₁ x₁")
    assert "$" not in ran.out
    assert tutor("course", "show", "ml.supervised", "--json").json["id"] == "ml.supervised"


def test_an_unknown_section_or_term_names_the_closest(tutor: Tutor) -> None:
    ran = tutor("course", "show", "ml.linear")
    assert (ran.code, ran.out) == (2, "")
    assert "ml.linear-classifier" in ran.err
    ran = tutor("course", "glossary", "hyperparametre")
    assert ran.code == 2
    assert "Did you mean hyperparameter" in ran.err


def test_the_glossary_gives_the_sentence_that_defines_a_term(tutor: Tutor) -> None:
    ran = tutor("course", "glossary", "Overfitting")
    assert ran.code == 0
    assert "Overfitting is doing well on the training data and worse on new data." in ran.out
    terms = tutor("course", "glossary", "--json").json["terms"]
    assert len(terms) == len(glossary())


def test_every_link_of_the_site_leads_somewhere_and_nothing_comes_from_the_network(site: Path) -> None:
    pages = {path: BeautifulSoup(path.read_text(encoding="utf-8"), "lxml") for path in site.rglob("*.html")}
    assert len(pages) == len(SECTIONS) + 2
    broken = []
    for path, page in pages.items():
        for tag in page.find_all(["link", "script", "img"]):
            address = tag.get("href") or tag.get("src") or ""
            assert not re.match(r"(https?:)?//", address), f"{path} loads {address}"
        for tag in page.find_all(href=re.compile(r"^(?!https?:|data:)")):
            file, _, place = str(tag["href"]).partition("#")
            target = (path.parent / file).resolve() if file else path
            if not target.is_file() or (place and target in pages and not pages[target].find(id=place)):
                broken.append((path.name, tag["href"]))
    assert broken == []


def test_formulas_are_drawn_and_code_is_coloured(site: Path) -> None:
    page = next(site.glob("*/*-linear-classifier.html")).read_text(encoding="utf-8")
    assert "<math" in page
    assert "$$" not in page
    assert '<span class="kn">import</span>' in page
    unread = [
        path.name
        for path in site.glob("*/*.html")
        if re.search(r"<code>[^<]*\\frac", path.read_text("utf-8"))
    ]
    assert unread == []


def test_html_in_markdown_is_shown_and_not_obeyed() -> None:
    assert "<script" not in to_html("Text <script>alert(1)</script>\n\n<script>alert(2)</script>\n")
    assert "<code>\\frac{</code>" in to_html("A formula $\\frac{$ that is broken.")


def test_an_export_replaces_an_earlier_one_and_nothing_else(tmp_path: Path, tutor: Tutor) -> None:
    folder = tmp_path / "deep" / "site"
    ran = tutor("course", "export", "--html", str(folder))
    assert ran.code == 0, ran.err
    assert str(folder / "index.html") in ran.out
    (folder / "CNAME").write_text("my.example")
    mark = folder / MARK
    listed = json.loads(mark.read_text())
    (folder / "old.html").write_text("a section that is gone")
    mark.write_text(json.dumps({"files": [*listed["files"], "old.html", "../../thesis.txt"]}))
    (tmp_path / "thesis.txt").write_text("years of work")
    assert tutor("course", "export", "--html", str(folder), "--json").json["sections"] == len(SECTIONS)
    assert not (folder / "old.html").exists()
    assert (folder / "CNAME").read_text() == "my.example"
    assert (tmp_path / "thesis.txt").exists(), "a list that was edited deletes nothing outside the folder"
    assert list(tmp_path.rglob(".*")) == [], "nothing half-written is left behind"


@pytest.mark.parametrize("way", ["mine", "missing/../mine", "mine/new/..", "link"])
def test_an_export_never_touches_a_folder_of_ones_own(tmp_path: Path, way: str) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("years of work")
    (tmp_path / "link").symlink_to(mine)
    with pytest.raises(UsageError, match="holds other files"):
        export_course(tmp_path / way)
    assert [path.name for path in mine.iterdir()] == ["thesis.txt"]
    (mine / MARK).write_text('{"files": []}')
    (mine / "index.html").write_text("my own page")
    with pytest.raises(UsageError, match="in the way"):
        export_course(mine)
    assert (mine / "index.html").read_text() == "my own page"


def test_an_export_goes_through_a_link_and_into_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    export_course(tmp_path / "link")
    assert (tmp_path / "real" / "index.html").is_file()
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    export_course(Path())
    assert (tmp_path / "here" / "index.html").is_file()


def test_every_place_that_the_search_leads_to_exists(site: Path) -> None:
    text = (site / "search-index.js").read_text(encoding="utf-8")
    entries = json.loads(text.removeprefix("const SEARCH_INDEX = ").rstrip().removesuffix(";"))
    pages: dict[str, str] = {}
    missing = []
    for entry in entries:
        file, _, place = entry["address"].partition("#")
        page = pages.setdefault(file, (site / file).read_text(encoding="utf-8"))
        if place and f'id="{place}"' not in page:
            missing.append(entry["address"])
    assert missing == []
    assert not [entry["title"] for entry in entries if "\\frac" in entry["text"]]


def test_an_export_onto_a_file_or_below_one_is_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    with pytest.raises(UsageError, match="is a file"):
        export_course(file)
    with pytest.raises(UsageError, match="cannot be written"):
        export_course(file / "site")
    assert file.read_text() == "x"


@pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")
@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("linear classifier", "The linear classifier"),
        ("why do we need a validation set", "Measuring quality"),
        ("learning rate", "learning rate"),
        ("正規化とは", "正規化"),
    ],
)
def test_the_search_finds_a_section_in_a_real_browser(
    site: Path, tmp_path: Path, asked: str, first: str
) -> None:
    page = _drawn(f"{(site / 'index.html').as_uri()}?q={asked.replace(' ', '%20')}", tmp_path)
    results = page.select("#found a")
    assert results, "the search found nothing"
    assert any(first in result.get_text() for result in results[:3])
    assert page.select("#found mark"), "the words searched for are marked"


@pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")
def test_what_is_not_in_the_course_is_said(site: Path, tmp_path: Path) -> None:
    page = _drawn(f"{(site / 'glossary.html').as_uri()}?q=zyzzyva", tmp_path)
    assert "Nothing in the course has" in page.select_one("#found").get_text()


def _drawn(address: str, profile: Path) -> BeautifulSoup:
    """The page as Chromium has it once its scripts have run."""
    assert BROWSER is not None
    quiet = [
        "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync", "--disable-quic",
        "--disable-background-networking", "--disable-component-update",
    ]  # fmt: skip
    ran = subprocess.run(
        [
            BROWSER,
            *quiet,
            f"--user-data-dir={profile / 'profile'}",
            "--virtual-time-budget=5000",
            "--dump-dom",
            address,
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return BeautifulSoup(ran.stdout, "lxml")

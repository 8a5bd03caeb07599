"""The shipped course: its sections keep the form that the tutor and its readers rely on."""

from __future__ import annotations

import contextlib
import graphlib
import io
import re
from collections import Counter
from pathlib import Path

import pytest

from knowledge.errors import BadInput
from knowledge.glossary import glossary
from knowledge.lessons import SectionInfo, course_folder, outline, read_section, section_path

ROOT = Path(__file__).resolve().parents[2]
SEEDS = ROOT.parent / "shared" / "seeds"
SECTIONS = [section for lesson in outline() for section in lesson.sections]
FENCE = re.compile(r"^```(?P<language>\w*)\n(?P<code>.*?)^```$", re.DOTALL | re.MULTILINE)
_QUOTED_NAMES = re.compile(r"https?://\S+|The Direct Approach vs The ML-based Approach")
each_section = pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.id)


def test_the_course_begins_with_lesson_one_and_its_sections_are_in_order() -> None:
    lessons = outline()
    assert lessons[0].number == 1
    assert lessons[0].id == "what-is-machine-learning"
    assert lessons[0].title == "What is machine learning"
    for lesson in lessons:
        assert [section.order for section in lesson.sections] == list(range(1, len(lesson.sections) + 1))
        for section in lesson.sections:
            assert section.path.name.startswith(f"{section.order:02d}-")


def test_a_section_is_read_without_its_front_matter() -> None:
    body = read_section("ml.supervised")
    assert body.startswith("# Supervised learning\n")
    assert "asks:" not in body
    assert section_path("ml.supervised").read_text(encoding="utf-8").endswith(body)


def test_an_unknown_section_names_the_closest_ones() -> None:
    with pytest.raises(BadInput, match=r"no section 'ml\.suprevised'") as caught:
        read_section("ml.suprevised")
    assert "ml.supervised" in caught.value.help


def test_readme_files_are_not_sections() -> None:
    assert (course_folder() / "README.md").is_file()
    assert all(section.path.name != "README.md" for section in SECTIONS)


GOOD = """---
id: a.b
title: A title
lesson: 1
order: 1
concepts: []
needs: []
asks: [what is it?]
labs: []
exercises: []
sources: [a book]
---
# A title
"""


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("title: A title\n", "", "'title' is missing"),
        ("order: 1", "order: first", "'order' must be a whole number"),
        ("order: 1", "order: true", "'order' must be a whole number"),
        ("asks: [what is it?]", "asks: what is it?", "'asks' must be a list of texts"),
        ("needs: []", "needs: [1]", "'needs' must be a list of texts"),
        ("lesson: 1", "lesson: 2", "the folder is lesson 1"),
        ("labs: []", "labs: []\nlab: x", "'lab' is not a key"),
        ("id: a.b", "id: [a", "not valid YAML in line"),
        ("---\nid", "id", "must begin with front matter"),
    ],
)
def test_wrong_front_matter_is_named_with_file_and_key(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    file = tmp_path / "01-first" / "01-a.md"
    file.parent.mkdir()
    file.write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadInput, match=message) as caught:
        outline(tmp_path)
    assert str(file) in str(caught.value)


def test_two_sections_with_one_id_are_refused(tmp_path: Path) -> None:
    for name in ("01-a.md", "02-b.md"):
        file = tmp_path / "01-first" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(GOOD, encoding="utf-8")
    with pytest.raises(BadInput, match=r"Two sections have the id 'a\.b'"):
        outline(tmp_path)


def test_a_course_with_windows_line_ends_reads_the_same(tmp_path: Path) -> None:
    file = tmp_path / "02-the-NLP-pipeline" / "01-a.md"
    file.parent.mkdir()
    file.write_bytes(GOOD.replace("lesson: 1", "lesson: 2").replace("\n", "\r\n").encode("utf-8-sig"))
    assert [lesson.title for lesson in outline(tmp_path)] == ["The NLP pipeline"]
    assert read_section("a.b", tmp_path) == "# A title\n"


def test_needs_exist_and_are_read_earlier() -> None:
    graph = {section.id: set(section.needs) for section in SECTIONS}
    for section in SECTIONS:
        assert set(section.needs) <= graph.keys(), f"{section.id} needs sections that do not exist"
    order = list(graphlib.TopologicalSorter(graph).static_order())  # raises CycleError on a cycle
    assert sorted(order) == sorted(graph)
    place = {section.id: n for n, section in enumerate(SECTIONS)}
    assert not [(s.id, need) for s in SECTIONS for need in s.needs if place[need] >= place[s.id]]


def test_each_concept_has_one_defining_section_that_uses_the_word() -> None:
    counts = Counter(concept for section in SECTIONS for concept in section.concepts)
    assert not [concept for concept, count in counts.items() if count > 1]
    unused = [
        (section.id, concept)
        for section in SECTIONS
        for concept in section.concepts
        if not all(word.rstrip("s") in read_section(section.id).lower() for word in concept.lower().split())
    ]
    assert unused == []


def test_no_question_is_asked_twice() -> None:
    counts = Counter(ask.lower() for section in SECTIONS for ask in section.asks)
    assert not [ask for ask, count in counts.items() if count > 1]


@each_section
def test_a_section_has_four_to_eight_asks_and_names_its_sources(section: SectionInfo) -> None:
    assert 4 <= len(section.asks) <= 8
    assert section.sources
    assert re.fullmatch(r"[a-z]+(\.[a-z0-9-]+)+", section.id)


@each_section
def test_a_section_has_the_form_of_a_section(section: SectionInfo) -> None:
    body = read_section(section.id)
    prose = FENCE.sub("", body)
    headings = re.findall(r"^(#+) (.+)$", prose, re.MULTILINE)
    assert [text for level, text in headings if level == "#"] == [section.title]
    assert {len(level) for level, _ in headings} == {1, 2}
    last = ["よくある誤解", "やってみよう"] if _is_japanese(section) else ["What people get wrong", "Try it"]
    assert [text for _, text in headings[-2:]] == last
    if _is_japanese(section):
        assert 500 <= len("".join(prose.split())) <= 2_000
    else:
        assert 250 <= len(prose.split()) <= 700
    assert body.count("```") % 2 == 0
    assert len(re.findall(r"^\$\$", prose, re.MULTILINE)) % 2 == 0


@each_section
def test_the_first_paragraph_answers_and_stands_alone(section: SectionInfo) -> None:
    first = _paragraphs(section)[0]
    if _is_japanese(section):
        assert 2 <= first.count("。") <= 4
        assert 80 <= len(first) <= 320
        return
    assert 2 <= len(re.findall(r"[.?!](?=\s|$)", first)) <= 4
    assert 30 <= len(first.split()) <= 90


@each_section
def test_paragraphs_can_be_quoted_alone(section: SectionInfo) -> None:
    paragraphs = _paragraphs(section)
    dangling = re.compile(
        r"(This|These|It|That|Those|They|Such|Here|He|She|As above|Above)\b|[こそあ][れのこ]"
    )
    assert not [p for p in paragraphs if dangling.match(p) and not p.startswith(("Here $", "That is"))]
    assert not [p for p in paragraphs if len(p.split()) > 120 or (_is_japanese(section) and len(p) > 450)]


@each_section
def test_python_blocks_run_in_order_and_print_what_they_say(section: SectionInfo) -> None:
    namespace: dict[str, object] = {"__name__": "section"}
    for language, code in FENCE.findall(read_section(section.id)):
        if language != "python":
            assert language in {"text", ""}
            continue
        assert len(code.splitlines()) < 25
        printed = io.StringIO()
        failing = re.match(r"# raises (\w+)\n", code)
        outcome = pytest.raises(Exception) if failing else contextlib.nullcontext()  # noqa: PT011
        with contextlib.redirect_stdout(printed), outcome as raised:
            exec(compile(code, f"{section.path.name}", "exec"), namespace)
        if failing:
            assert failing[1] in {kind.__name__ for kind in raised.type.__mro__}
        assert printed.getvalue().splitlines() == re.findall(r"# -> (.*)$", code, re.MULTILINE)


@each_section
def test_local_links_lead_somewhere(section: SectionInfo) -> None:
    _assert_links_resolve(section.path)


def test_the_readme_links_lead_somewhere_and_it_maps_every_section() -> None:
    readme = course_folder() / "README.md"
    _assert_links_resolve(readme)
    text = readme.read_text(encoding="utf-8")
    there, back = text.split("## From the sections to the source documents")
    assert [section.id for section in SECTIONS if back.count(f"| [`{section.id}`](") != 1] == []
    mapped = set(re.findall(r"`([a-z]+\.[a-z0-9.-]+)`", there.split("## From the source documents")[1]))
    assert mapped <= {section.id for section in SECTIONS}
    from_elsewhere = set(re.findall(r"^\| \[`([^`]+)`\].* \| — \|$", back, re.MULTILINE))
    assert mapped | from_elsewhere == {section.id for section in SECTIONS}


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the source documents are not on this machine")
def test_no_section_copies_eight_words_in_a_row_from_a_source_document() -> None:
    known: set[tuple[str, ...]] = set()
    for seed in SEEDS.glob("*.txt"):
        known |= set(_runs(seed.read_text(encoding="utf-8").replace("\\n", " ")))
    assert known
    texts = {section.id: "\n".join((read_section(section.id), *section.asks)) for section in SECTIONS}
    texts["README.md"] = (course_folder() / "README.md").read_text(encoding="utf-8")
    copied = {
        (name, " ".join(run))
        for name, text in texts.items()
        for run in _runs(_QUOTED_NAMES.sub("", text))
        if run in known
    }
    assert copied == set()


def test_each_concept_is_defined_by_a_sentence_of_its_section() -> None:
    undefined = [(entry.section.id, entry.term) for entry in glossary() if not entry.definition]
    assert undefined == []


PROPER_NAMES = frozenset(
    {
        "Phi-3",
        "T5",
        "DeepSeek",
        "Qwen",
        "Gemma",
        "TinyLlama",
        "RoBERTa",
        "DistilBERT",
        "BART",
        "LLaMA",
        "Mistral",
    }
    | {"JavaScript", "HTTP"}
)


def test_a_term_of_the_field_that_the_course_uses_much_is_defined_in_it() -> None:
    concepts = " | ".join(concept.lower() for section in SECTIONS for concept in section.concepts)
    texts = [read_section(section.id).lower() for section in SECTIONS]
    lines = (ROOT / "knowledge" / "field_terms.txt").read_text(encoding="utf-8").splitlines()
    undefined = []
    for line in lines:
        names = [name.strip().lower() for name in line.split(" = ")]
        patterns = [(name, re.compile(rf"\b{re.escape(name)}s?\b")) for name in names]
        used = sum(any(name in text and bool(p.search(text)) for name, p in patterns) for text in texts)
        defined = any(re.search(rf"\b{re.escape(name)}", concepts) for name in names)
        if (
            used >= 5
            and not defined
            and not set(line.split(" = ")) & PROPER_NAMES
            and not line.startswith("#")
        ):
            undefined.append((used, line))
    assert undefined == []


def _is_japanese(section: SectionInfo) -> bool:
    return ".ja." in section.id


def _runs(text: str, length: int = 8) -> list[tuple[str, ...]]:
    words = re.findall(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?", text.lower())
    return [tuple(words[i : i + length]) for i in range(len(words) - length + 1)]


def _paragraphs(section: SectionInfo) -> list[str]:
    """The prose paragraphs of a section: no headings, lists, tables, formulas or code."""
    prose = re.sub(r"^\$\$.*?\$\$$", "", FENCE.sub("", read_section(section.id)), flags=re.DOTALL | re.M)
    blocks = [block.strip() for block in re.split(r"\n\s*\n", prose)]
    return [block for block in blocks if block and not block.startswith(("#", "|", "- "))]


def _assert_links_resolve(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)\s]+)\)", FENCE.sub("", text))
    missing = [
        link
        for link in links
        if not re.match(r"https?://", link) and not (path.parent / link.split("#")[0]).is_file()
    ]
    assert missing == []

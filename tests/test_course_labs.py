"""The course and the labs name each other, and every command that the course gives works as it stands."""

from __future__ import annotations

import re
import shlex

import pytest

from knowledge.lessons import outline, read_section
from tools.engine.settings import checked_settings
from tools.labs import LABS, open_lab

SECTIONS = [section for lesson in outline() for section in lesson.sections]
COMMANDS = [
    (section.id, name, options)
    for section in SECTIONS
    for name, options in re.findall(r"`tutor lab run ([\w-]+)([^`]*)`", read_section(section.id))
]


def test_every_lab_belongs_to_a_section_of_its_lesson() -> None:
    named = {(lab, section.lesson) for section in SECTIONS for lab in section.labs}
    assert named == {(lab.name, lab.lesson) for lab in LABS.values()}


def test_a_section_that_gives_a_labs_command_names_the_lab() -> None:
    labs = {section.id: section.labs for section in SECTIONS}
    assert [(id, lab) for id, lab, _ in COMMANDS if lab not in labs[id]] == []
    assert len(COMMANDS) > 30


@pytest.mark.parametrize(("section", "lab", "options"), COMMANDS)
def test_the_settings_in_the_course_are_the_labs_own(section: str, lab: str, options: str) -> None:
    words = shlex.split(options.replace("...", "a sentence"))
    pairs = dict(word.partition("=")[::2] for word in words if word != "--set")
    checked_settings(open_lab(lab), pairs)

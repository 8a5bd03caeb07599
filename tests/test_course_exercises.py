"""The course and the exercises name each other."""

from __future__ import annotations

import re

import pytest

from knowledge.lessons import outline, read_section
from tools.exercises.catalog import exercises

SECTIONS = {section.id: section for lesson in outline() for section in lesson.sections}


@pytest.mark.parametrize("exercise", exercises(), ids=lambda each: each.id)
def test_an_exercise_stands_in_the_sections_it_names_and_they_teach_its_concepts(exercise):
    assert exercise.sections
    for section in exercise.sections:
        assert exercise.id in SECTIONS[section].exercises
    taught = {concept for section in exercise.sections for concept in SECTIONS[section].concepts}
    assert set(exercise.concepts) <= taught
    assert exercise.concepts


@pytest.mark.parametrize("exercise", exercises(), ids=lambda each: each.id)
def test_the_first_section_of_an_exercise_says_how_to_begin_it(exercise):
    assert f"`tutor exercise start {exercise.id}`" in read_section(exercise.sections[0])


def test_a_section_names_only_exercises_that_there_are():
    named = {name for section in SECTIONS.values() for name in section.exercises}
    assert named == {each.id for each in exercises()}


def test_every_command_for_an_exercise_in_the_course_is_one_of_them():
    known = {each.id for each in exercises()}
    for section in SECTIONS:
        for name in re.findall(r"`tutor (?:exercise start|check) ([\w-]+)", read_section(section)):
            assert name in known, section

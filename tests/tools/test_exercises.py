"""Every exercise is proven: the starter fails, the solution passes, each named mistake is told by its sentence."""

from __future__ import annotations

import pytest

from tools.checker import check
from tools.exercises.catalog import exercises
from tools.exercises.proof import mistake_problems, problems

QUICK = [each for each in exercises() if not each.trains]
TRAINING = [each for each in exercises() if each.trains]


@pytest.mark.proof
@pytest.mark.parametrize("exercise", QUICK, ids=lambda each: each.id)
def test_the_exercise_is_proven(exercise):
    assert problems(exercise) == []


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("exercise", TRAINING, ids=lambda each: each.id)
def test_the_exercise_that_trains_is_proven(exercise, tmp_path):
    assert problems(exercise, tmp_path) == []


@pytest.mark.parametrize("exercise", TRAINING, ids=lambda each: each.id)
def test_the_starter_of_an_exercise_that_trains_fails_without_training(exercise, tmp_path):
    assert not check(exercise, code=exercise.starter, home=tmp_path).passed
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize("exercise", exercises(), ids=lambda each: each.id)
def test_the_texts_of_the_exercise_are_there(exercise):
    assert exercise.task.startswith("# ")
    assert exercise.title
    for text in (exercise.ladder.nudge, exercise.ladder.hint, exercise.ladder.example):
        assert len(text) > 40
    assert set(exercise.ladder.hints) == set(exercise.mistakes)
    assert len(exercise.mistakes) >= 3
    assert all(name in exercise.starter for name in exercise.names)


def test_a_mistake_that_is_not_told_is_a_problem(tmp_path):
    from dataclasses import replace

    exercise = next(each for each in QUICK if each.id == "softmax")
    renamed = replace(exercise, mistakes={"no-such-mistake": "Nobody makes it."})
    assert mistake_problems(renamed, "no-such-mistake") == ["no-such-mistake.py is missing"]

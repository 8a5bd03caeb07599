"""The painter of scenes: the same for the same seed, honest captions, and not to be solved by colours."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from tools.assets.images import Images, NotEnoughImages
from tools.assets.scene_captions import NOUNS, TIMES, WEATHERS
from tools.assets.scenes import CLASSES, paint, recaption
from tools.labs.models.pictures import colour_baselines


@pytest.fixture(scope="module")
def scenes() -> Images:
    return paint(300, seed=3)


def test_a_seed_paints_the_same_pictures_and_fewer_are_the_beginning_of_more(scenes: Images) -> None:
    fewer = paint(20, seed=3)
    assert np.array_equal(fewer.pixels, scenes.pixels[:20])
    assert fewer.captions == scenes.captions[:20]
    assert fewer.labels == scenes.labels[:20]
    assert fewer.hash == scenes.take(range(20)).hash != scenes.hash


def test_two_seeds_share_no_picture(scenes: Images) -> None:
    other = {picture.tobytes() for picture in paint(60, seed=4).pixels}
    assert not other & {picture.tobytes() for picture in scenes.pixels}
    assert scenes.distinct() == 300


def test_every_six_pictures_show_each_class_once(scenes: Images) -> None:
    assert scenes.label_names == list(CLASSES) == sorted(CLASSES)
    for start in range(0, 300, 6):
        assert sorted(scenes.labels[start : start + 6]) == [0, 1, 2, 3, 4, 5]


def test_captions_say_only_what_was_painted(scenes: Images) -> None:
    every_part = {part for known in scenes.attributes for part in known["parts"]}
    assert len(every_part) > 15
    for label, known, caption in zip(scenes.labels, scenes.attributes, scenes.captions, strict=True):
        assert known["class"] == CLASSES[label]
        said = caption
        for noun in NOUNS[known["class"]]:
            said = said.replace(noun, "")
        for words, key in ((TIMES, "time"), (WEATHERS, "weather")):
            for other, phrases in words.items():
                if other != known[key]:
                    assert not [phrase for phrase in phrases if phrase and phrase in caption], caption
        for part in every_part - set(known["parts"]):
            if not any(part in real for real in known["parts"]):  # "waves" in "high waves"
                assert f" {part}" not in said, (caption, part)


def test_scenes_vary_in_time_weather_season_and_film(scenes: Images) -> None:
    for key, most in (("time", 0.6), ("weather", 0.6), ("season", 0.6), ("film", 0.95)):
        seen = Counter(known[key] for known in scenes.attributes)
        assert len(seen) >= 2
        assert max(seen.values()) < most * 300


def test_captions_can_be_worded_anew_without_painting_anew(scenes: Images) -> None:
    nouns = {name: (f"thing {name}",) for name in CLASSES}
    again = recaption(scenes, seed=1, nouns=nouns, templates=("look: {noun}",))
    assert list(again.captions) == [f"look: thing {CLASSES[label]}" for label in scenes.labels]
    assert again.hash == scenes.hash


def test_colours_alone_do_not_tell_the_classes(scenes: Images) -> None:
    found = colour_baselines(scenes, paint(300, seed=5))
    assert found["softmax regression on colours"] < 0.4
    assert found["softmax regression on coarse pixels"] < 0.5
    assert found["always the commonest class"] == pytest.approx(1 / 6)


@pytest.mark.parametrize("size", [16, 96])
def test_scenes_come_in_other_sizes(size: int) -> None:
    assert paint(6, seed=0, size=size).pixels.shape == (6, size, size, 3)


@pytest.mark.parametrize(("n", "seed", "size"), [(0, 0, 64), (6, -1, 64), (6, 0, 8), (6, 0, 1024)])
def test_what_cannot_be_painted_is_refused(n: int, seed: int, size: int) -> None:
    with pytest.raises(ValueError, match="cannot paint"):
        paint(n, seed, size)


def test_a_split_keeps_the_classes_shares_and_no_picture_on_both_sides(scenes: Images) -> None:
    doubled = scenes.take([*range(300), *range(50)])
    train, test = doubled.split(180, 60, seed=0)
    assert set(Counter(train.labels).values()) <= {29, 30, 31}
    assert set(Counter(test.labels).values()) <= {9, 10, 11}
    assert not {one.tobytes() for one in train.pixels} & {one.tobytes() for one in test.pixels}
    assert len(train.captions) == 180


def test_a_split_of_too_few_pictures_says_how_many_there_are(scenes: Images) -> None:
    with pytest.raises(NotEnoughImages, match="has 300 different pictures; 300 for training and 60"):
        scenes.split(300, 60, seed=0)

"""Reading the person's own folder of pictures."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import Image

from tools.assets.image_folder import load_images
from tools.errors import BadData


def picture(
    path: Path, colour: str | tuple[int, ...] = "red", size: tuple[int, int] = (40, 30), mode: str = "RGB"
) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size, colour).save(path)


def two_classes(root: Path, each: int = 6) -> Path:
    for n in range(each):
        picture(root / "sea" / f"{n}.png", (0, 0, 100 + n))
        picture(root / "forest" / f"{n}.jpg", (0, 100 + n, 0))
    return root


def test_classes_are_the_folders_and_pictures_become_square(tmp_path: Path) -> None:
    root = two_classes(tmp_path / "mine")
    (root / "readme.txt").write_text("not a picture")
    (root / "sea" / "notes.txt").write_text("nor this")
    images = load_images(root, 32)
    assert images.pixels.shape == (12, 32, 32, 3)
    assert images.label_names == ["forest", "sea"]
    assert images.labels == [0] * 6 + [1] * 6
    assert images.pixels[-1, 16, 16].tolist() == [0, 0, 105]
    assert images.name == "mine"
    assert "your folder" in images.source


def test_grey_transparent_and_turned_pictures_are_read(tmp_path: Path) -> None:
    root = two_classes(tmp_path)
    picture(root / "sea" / "grey.png", 128, mode="L")  # type: ignore[arg-type]
    picture(root / "sea" / "glass.png", (1, 2, 3, 4), mode="RGBA")
    turned = Image.new("RGB", (20, 40), "black")
    turned.paste("white", (0, 0, 20, 20))  # its upper half, until the tag turns it by 90 degrees
    exif = Image.Exif()
    exif[0x0112] = 6
    turned.save(root / "sea" / "turned.png", exif=exif)
    images = load_images(root, 20)
    last = images.pixels[images.labels.index(1) + 8]
    assert last[10, 18].tolist() == [255, 255, 255]
    assert last[10, 1].tolist() == [0, 0, 0]


def test_an_unreadable_picture_is_named(tmp_path: Path) -> None:
    root = two_classes(tmp_path)
    whole = (root / "sea" / "0.png").read_bytes()
    (root / "sea" / "broken.png").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BadData, match=r"sea/broken\.png cannot be read"):
        load_images(root, 32)
    (root / "sea" / "broken.png").write_bytes(b"no picture at all")
    with pytest.raises(BadData, match=r"sea/broken\.png cannot be read \(no picture\)"):
        load_images(root, 32)


def test_what_is_no_file_is_passed_over_and_a_broken_link_is_named(tmp_path: Path) -> None:
    root = two_classes(tmp_path)
    (root / "sea" / "album.png").mkdir()
    os.mkfifo(root / "sea" / "pipe.png")  # reading it would wait for ever
    assert len(load_images(root, 8)) == 12
    (root / "sea" / "gone.png").symlink_to(tmp_path / "nowhere.png")
    with pytest.raises(BadData, match=r"sea/gone\.png cannot be read \(No such file or directory\)"):
        load_images(root, 8)


def test_a_class_that_may_not_be_read_is_named_and_not_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = two_classes(tmp_path)
    allowed = os.access
    # The rights themselves do not bind root.
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path).name != "sea" and allowed(path, mode))
    with pytest.raises(BadData, match="The folder sea may not be read"):
        load_images(root, 8)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([], "no folders with pictures"),
        (["sea/1.png"], "one class only: 'sea'"),
        (["sea/1.png", "sea/2.png", "forest/1.png"], "has 3 pictures; at least 10"),
        (["1.png", "2.png"], "no folders with pictures"),
    ],
)
def test_a_folder_that_cannot_be_used_is_told_in_a_sentence(
    tmp_path: Path, files: list[str], said: str
) -> None:
    root = tmp_path / "mine"
    root.mkdir()
    for name in files:
        picture(root / name)
    with pytest.raises(BadData, match=said):
        load_images(root, 32)


def test_a_missing_folder_and_a_file_are_named(tmp_path: Path) -> None:
    with pytest.raises(BadData, match="There is no folder"):
        load_images(tmp_path / "gone", 32)
    picture(tmp_path / "one.png")
    with pytest.raises(BadData, match="is a file"):
        load_images(tmp_path / "one.png", 32)

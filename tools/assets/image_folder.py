"""Reading the person's own pictures: one folder a class, with errors that name the file."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from tools.assets.images import Images
from tools.errors import BadData

ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff")
FEWEST = 10
MOST_BYTES = 2_000_000_000  # of pixels after resizing


def load_images(path: Path, size: int) -> Images:
    """The pictures of a folder with one subfolder a class, cut square from the middle to `size` pixels.

    Classes are the subfolders in alphabetical order; other files are passed over. Raises BadData: no
    such folder, no subfolders, an unreadable picture, fewer than ten, one class only, too many.
    """
    classes = _classes(path)
    files = [(file, label) for label, folder in enumerate(classes) for file in _pictures(folder)]
    names = [folder.name for folder in classes]
    if len(files) < FEWEST:
        raise BadData(
            f"{path.name} has {len(files)} pictures; at least {FEWEST} are needed.", help=_shape(path)
        )
    if len(files) * size * size * 3 > MOST_BYTES:
        most = MOST_BYTES // (size * size * 3)
        raise BadData(
            f"{path.name} has {len(files):,} pictures; at most {most:,} of this size fit into memory."
        )
    pixels = np.empty((len(files), size, size, 3), dtype=np.uint8)
    for row, (file, _) in enumerate(files):
        pixels[row] = _read(file, size)
    return Images(pixels, [label for _, label in files], names, path.name, f"your folder {path}")


def _classes(path: Path) -> list[Path]:
    if path.is_file():
        raise BadData(
            f"{path.name} is a file; a folder of pictures is needed here.", help=_shape(path.parent)
        )
    if not path.is_dir():
        raise BadData(f"There is no folder {path}.", help="Check the path given with --data.")
    if not os.access(path, os.R_OK | os.X_OK):
        raise BadData(f"The folder {path.name} may not be read.", help="Check its permissions.")
    folders = sorted(each for each in path.iterdir() if each.is_dir() and not each.name.startswith("."))
    classes = [each for each in folders if _pictures(each)]
    if len(classes) == 1:
        raise BadData(
            f"{path.name} has one class only: {classes[0].name!r}.",
            help="A classifier needs pictures of two classes or more, each in a folder of its own.",
        )
    if not classes:
        raise BadData(f"{path.name} has no folders with pictures in them.", help=_shape(path))
    return classes


def _pictures(folder: Path) -> list[Path]:
    if not os.access(folder, os.R_OK | os.X_OK):  # else it would only look empty
        raise BadData(f"The folder {folder.name} may not be read.", help="Check its permissions.")
    return sorted(
        each
        for each in folder.rglob("*")
        if each.suffix.lower() in ENDINGS
        and not each.name.startswith(".")
        and (each.is_file() or not each.exists())  # a broken link is told of when it is read
    )


def _read(file: Path, size: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    try:
        from PIL import Image, ImageOps
    except ImportError as error:
        raise BadData("Reading pictures needs Pillow.", help="Run: pip install pillow") from error
    try:
        with Image.open(file) as image:
            # Cameras turn pictures by a tag; a palette or an alpha channel has no place in three colours.
            upright = ImageOps.exif_transpose(image).convert("RGB")
            return np.asarray(ImageOps.fit(upright, (size, size), Image.Resampling.BICUBIC))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise BadData(
            f"The picture {file.parent.name}/{file.name} cannot be read ({_reason(error)}).",
            help="Remove it or save it again as PNG or JPEG.",
        ) from error


def _reason(error: Exception) -> str:
    text = (getattr(error, "strerror", None) or str(error)).replace("\n", " ")
    return "no picture" if "cannot identify" in text else text[:120] or type(error).__name__


def _shape(path: Path) -> str:
    return f"One folder a class: {path.name}/cats/1.jpg, {path.name}/cats/2.jpg, {path.name}/dogs/1.jpg, ..."

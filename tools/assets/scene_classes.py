"""The six kinds of painted scene, each with its many forms.

Classes share colours, sky, water, trees, houses and snow, so that only how things are arranged
tells them apart: a glacier is ice that flows or breaks, a snowy mountain is a peak; a street is
seen along its length, buildings are seen from the front; a lake lies before mountains, the sea
has nothing behind it but the horizon.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tools.assets import scene_parts as part
from tools.assets.scene_canvas import Array
from tools.assets.scene_parts import Scene
from tools.assets.scene_streets import (
    avenue,
    blocks,
    canopy,
    cars,
    house,
    lamps,
    path,
    road,
    wall_along,
)


def mountain(scene: Scene) -> None:
    """Peaks, near or far, bare, wooded at the foot or snowy, with or without a lake before them."""
    dice, foot = scene.dice, scene.horizon + scene.dice.between(0.02, 0.1)
    snowy = scene.season == "winter" or dice.chance(0.5)
    if snowy:
        scene.tell("snow on the peaks")
    for distance in (0.9, 0.45)[dice.number(0, 1) :]:
        peaks(scene, foot, dice.between(0.26, 0.5) * (1.15 - distance * 0.3), distance, snowy)
    scene.paint(scene.canvas.under(foot), scene.ground(), 0.3)
    if dice.chance(0.4):
        trees_along(scene, foot + dice.between(0.01, 0.05), dice.between(0.06, 0.16), 0.3)
    elif dice.chance(0.2):
        village(scene, foot + 0.04, 0.3)
    if dice.chance(0.35):
        tint = water_tint(scene)
        shore = foot + dice.between(0.03, 0.12)
        part.water(scene, shore, dice.between(0, 0.3), tint)
        scene.tell("a lake in front", shore)


def glacier(scene: Scene) -> None:
    """Ice: a tongue flowing down between rocks, a wall that breaks into water, or icebergs."""
    form = scene.dice.pick("tongue", "tongue", "front", "icebergs")
    dice, foot = scene.dice, scene.horizon
    if dice.chance(0.6):
        height = dice.between(0.12, 0.36)
        peaks(scene, foot + 0.02, height, 0.8, dice.chance(0.7))
        if height > 0.24:
            scene.tell("mountains behind")
    if form == "tongue":
        ice_tongue(scene)
    elif form == "front":
        scene.tell("a wall of ice over the water")
        tint, shore = water_tint(scene), foot + dice.between(0.12, 0.3)
        ice_wall(scene, foot - dice.between(0.0, 0.14), shore)
        part.water(scene, shore, dice.between(0, 0.4), tint)
        floes(scene, shore, dice.number(3, 12))
    else:
        scene.tell("icebergs in the water")
        part.water(scene, foot, dice.between(0, 0.5), water_tint(scene))
        for _ in range(dice.number(1, 3)):
            iceberg(scene, scene.somewhere(), foot + dice.between(0.05, 0.3), dice.between(0.15, 0.4))
        floes(scene, foot + 0.05, dice.number(0, 8))


def sea(scene: Scene) -> None:
    """Open water to the horizon: calm or rough, with a beach, boats, rocks, an island or a harbour."""
    dice, foot = scene.dice, scene.horizon
    if dice.chance(0.35):
        low = scene.canvas.fractal(dice.number(3, 6), 0.4, dice.chance(0.6)) * 0.04
        far = np.where(np.abs(scene.canvas.x[0] - scene.somewhere()) < dice.between(0.15, 0.4), low, -1)
        scene.paint(scene.canvas.soft(scene.canvas.y - (foot - 0.03 - far)[None, :]), part.DARK_ROCK, 0.7)
        scene.tell("an island")
    waves = dice.between(0, 1)
    scene.tell("high waves" if waves > 0.6 else "calm water" if waves < 0.25 else "waves")
    part.water(scene, foot, max(waves, 0.12), water_tint(scene))
    if scene.time in ("dusk", "morning") and dice.chance(0.5):
        glint = np.exp(-(((scene.canvas.x - dice.between(0.3, 0.7)) / 0.07) ** 2)) * scene.canvas.smooth(
            28, 6
        )
        scene.canvas.blend(glint * (scene.canvas.y > foot) * 0.8, part.LOW_SUN)
    if dice.chance(0.35):
        part.boat(scene, scene.somewhere(), foot + dice.between(0.03, 0.2), dice.between(0.06, 0.18))
    if dice.chance(0.45):
        beach(scene)
    elif dice.chance(0.3):
        cliffs(scene)
    if dice.chance(0.12):
        part.people(scene, scene.bottom - 0.02, 0.12, dice.number(1, 3))
        scene.tell("people")


def forest(scene: Scene) -> None:
    """Trees that fill the picture: a wall of firs, leafy crowns, or stems from within."""
    dice, foot = scene.dice, scene.horizon
    form = dice.pick("firs", "crowns", "within", "mixed")
    if dice.chance(0.25):
        height = dice.between(0.15, 0.5)
        peaks(scene, foot, height, 0.9, dice.chance(0.5))
        if height > 0.38 and form != "within":
            scene.tell("mountains behind")
    scene.paint(scene.canvas.under(foot), scene.ground(), 0.2)
    row = part.firs if form == "firs" else part.crowns
    if form == "within":
        row(scene, foot + 0.1, dice.between(0.3, 0.6), 0.7, scene.foliage() * 0.9)
        for layer, near in ((dice.number(5, 12), 0.5), (dice.number(3, 7), 0.1)):
            part.trunks(scene, layer, 0.03 + 0.04 * (1 - near), 0.0, foot + 0.35 - 0.25 * near, near)
        if dice.chance(0.6):
            canopy(scene)
        scene.tell("tall trunks")
    else:
        for layer in range(dice.number(2, 4)):
            chosen = part.firs if form == "mixed" and layer % 2 else row
            low, tall = foot + 0.12 * layer, dice.between(0.18, 0.34)
            chosen(scene, low, tall, 0.75 - 0.25 * layer, scene.foliage())
        scene.tell("fir trees" if form == "firs" else "leafy trees" if form == "crowns" else "trees")
    if dice.chance(0.25):
        path(scene)
    elif dice.chance(0.2):
        shore = foot + dice.between(0.1, 0.25)
        part.water(scene, shore, dice.between(0, 0.25), water_tint(scene))
        scene.tell("a pond in front", shore)


def buildings(scene: Scene) -> None:
    """Houses, blocks and towers seen from the front: a skyline, a facade, or houses in the open."""
    dice, foot = scene.dice, scene.horizon + scene.dice.between(0.1, 0.28)
    form = dice.pick("skyline", "facade", "houses", "skyline")
    if dice.chance(0.2):
        peaks(scene, foot, dice.between(0.15, 0.4), 0.9, dice.chance(0.5))
        if form == "houses":
            scene.tell("mountains behind")
    scene.paint(scene.canvas.under(foot), scene.ground(), 0.1)
    if form == "skyline":
        if dice.chance(0.6):
            blocks(scene, foot, dice.number(5, 10), dice.between(0.25, 0.5), 0.7)
        blocks(scene, foot, dice.number(2, 6), dice.between(0.25, 0.5), 0.2)
        scene.tell("rows of windows")
    elif form == "facade":
        blocks(scene, foot, dice.number(1, 2), dice.between(0.55, 1.0), 0.0)
        scene.tell("a facade with windows")
    else:
        for _ in range(dice.number(2, 4)):
            house(scene, scene.somewhere(), foot + dice.between(-0.02, 0.06), dice.between(0.2, 0.42), 0.1)
        scene.tell("roofs")
    if dice.chance(0.3):
        for _ in range(dice.number(1, 4)):
            part.lone_tree(
                scene, scene.somewhere(), foot + dice.between(0, 0.1), dice.between(0.15, 0.4), 0.05
            )
        scene.tell("trees in front")
    elif dice.chance(0.25):
        shore = foot + dice.between(0, 0.06)
        part.water(scene, shore, dice.between(0, 0.35), water_tint(scene))
        scene.tell("water in front", shore)


def street(scene: Scene) -> None:
    """A road seen along its length, between houses, walls of trees or fields."""
    dice, canvas = scene.dice, scene.canvas
    vanish, width = scene.camera.x + scene.camera.zoom * dice.between(-0.25, 0.25), dice.between(0.5, 1.6)
    if dice.chance(0.2):
        peaks(scene, scene.horizon + 0.01, dice.between(0.1, 0.25), 0.9, dice.chance(0.5))
    ground = canvas.under(scene.horizon)
    scene.paint(ground, scene.dice.like(part.CONCRETE) if dice.chance(0.5) else scene.ground(), 0.1)
    road(scene, vanish, width)
    sides = [dice.pick("houses", "houses", "houses", "trees", "open") for _ in range(2)]
    for side, kind in zip((-1, 1), sides, strict=True):
        if kind == "houses":
            wall_along(scene, vanish, side, width * dice.between(0.6, 0.9), dice.between(0.35, 1.3))
        elif kind == "trees":
            avenue(scene, vanish, side, width * dice.between(0.6, 0.8))
    if "houses" in sides:
        scene.tell("houses along it")
    if "trees" in sides:
        scene.tell("trees along it")
    if dice.chance(0.45):
        cars(scene, vanish, width)
    if dice.chance(0.3):
        lamps(scene, vanish, width)
    if dice.chance(0.2):
        part.people(scene, scene.horizon + 0.14, 0.13, dice.number(1, 4))
        scene.tell("people")


# What the kinds are made of.


def peaks(scene: Scene, foot: float, height: float, distance: float, snowy: bool) -> None:
    """A mountain range up to about `height` above y = `foot`, lit from one side."""
    canvas, dice = scene.canvas, scene.dice
    rough = canvas.smooth(dice.number(7, 14), dice.number(9, 18))
    line = canvas.fractal(dice.number(2, 5), dice.between(0.3, 0.6))
    tops = foot - height * np.clip(0.6 + 0.5 * line, 0.08, 1.2)
    # Which slope one looks at, the boundary between the two running down askew from each top.
    askew = canvas.x + (canvas.y - tops[None, :]) * dice.between(-0.9, 0.9) + 0.06 * (rough - 0.5)
    columns = np.clip((askew * canvas.side).astype(np.int32), 0, canvas.side - 1)
    side = dice.between(-1, 1) * np.sign(np.gradient(tops))[columns]
    bare = dice.like((part.ROCK, part.BROWN_ROCK, part.DARK_ROCK, part.OLIVE)[dice.number(0, 3)])
    shade = 0.75 + 0.3 * side + 0.5 * (rough - 0.5)
    surface = bare * shade[..., None]
    if snowy:
        line_of_snow = dice.between(0.25, 1.1) * height
        snow = np.clip((tops[None, :] + line_of_snow - canvas.y + (rough - 0.5) * 0.25) * 14, 0, 1)
        surface = surface + (snow * (rough > 0.3))[..., None] * (
            part.SNOW * np.clip(shade, 0.6, 1.05)[..., None] - surface
        )
    scene.paint(canvas.soft(canvas.y - tops[None, :]), surface, distance)


def ice_tongue(scene: Scene) -> None:
    """Ice that flows toward the eye between rocks, bent crevasses across it, dark stripes along it."""
    canvas, dice = scene.canvas, scene.dice
    top = scene.horizon - dice.between(0.0, 0.12)
    depth = np.clip((canvas.y - top) / (1 - top), 1e-3, 1)
    middle = dice.between(0.35, 0.65) + dice.between(-0.25, 0.25) * (1 - depth) ** 2
    half = (0.1 + dice.between(0.25, 0.6) * depth) * (0.9 + 0.2 * canvas.line(6)[:, None])
    rough = canvas.smooth(18, 18)
    rock = dice.like((part.ROCK, part.BROWN_ROCK, part.DARK_ROCK)[dice.number(0, 2)])
    scene.paint(
        canvas.soft(canvas.y - top + 0.08 * (canvas.smooth(1, 6) - 0.5)),
        rock * (0.6 + 0.8 * rough[..., None]),
        0.4,
    )
    across = (canvas.x - middle) / half
    bend = np.log(depth / 0.05 + 1) * dice.between(14, 30) + dice.between(1, 5) * across**2 + rough * 7
    cracks = np.clip(np.sin(bend) - 0.6, 0, 1) * 2.4 * np.clip(canvas.smooth(9, 5) * 3 - 0.8, 0, 1)
    drift = across + 0.25 * (canvas.smooth(4, 2) - 0.5)  # debris that the ice carries along
    stripes = np.clip(0.09 - np.abs(drift - dice.between(-0.7, 0.7)), 0, 1) * dice.between(-6, 10)
    ice = dice.like(part.ICE if dice.chance(0.6) else part.SNOW)
    surface = ice * (0.85 + 0.3 * rough - 0.4 * cracks)[..., None]
    surface = surface + np.clip(stripes, 0, 0.8)[..., None] * (part.DARK_ROCK - surface)
    scene.paint(canvas.soft((1 - np.abs(across)) * half) * (canvas.y > top), surface, 0.2)
    scene.tell("crevasses in the ice")


def ice_wall(scene: Scene, top: float, shore: float) -> None:
    """The broken end of a glacier between y = `top` and y = `shore`."""
    canvas, dice = scene.canvas, scene.dice
    edge = top + 0.05 * canvas.fractal(dice.number(6, 12), 0.7)
    cracked = canvas.smooth(3, dice.number(18, 32))
    surface = dice.like(part.ICE) * (0.6 + 0.65 * cracked)[..., None]
    lid = np.clip(1 - (canvas.y - edge[None, :]) * 25, 0, 1)[..., None]
    scene.paint(
        canvas.soft(canvas.y - edge[None, :]) * (canvas.y < shore),
        surface + lid * (part.SNOW - surface),
        0.25,
    )


def iceberg(scene: Scene, x: float, foot: float, wide: float) -> None:
    """A jagged piece of ice afloat, with its reflection under it."""
    canvas, dice = scene.canvas, scene.dice
    shape = np.clip(1 - ((canvas.x[0] - x) / (wide / 2)) ** 2, 0, 1) * (0.7 + 0.3 * canvas.fractal(7, 0.7))
    tall = wide * dice.between(0.4, 0.9)
    facets = canvas.smooth(5, dice.number(9, 16))
    inside = np.minimum(canvas.y - (foot - tall * shape[None, :]), foot - canvas.y)
    surface = dice.like(part.ICE * 0.5 + part.SNOW * 0.5) * (0.7 + 0.5 * facets)[..., None]
    scene.paint(canvas.soft(inside) * (shape > 0.02), surface, 0.1)
    mirror = np.minimum(foot + tall * 0.5 * shape[None, :] - canvas.y, canvas.y - foot)
    scene.paint(canvas.soft(mirror) * (shape > 0.02) * 0.35, part.ICE)


def floes(scene: Scene, shore: float, count: int) -> None:
    """Flat pieces of ice on the water, larger the nearer they are."""
    dice = scene.dice
    for _ in range(count):
        y = shore + dice.between(0.03, 0.9 - shore)
        wide = (y - shore) * dice.between(0.15, 0.5) + 0.015
        scene.canvas.ellipse(
            dice.between(0, 1), y, wide, wide * 0.3, scene.light.on(dice.like(part.SNOW)), 0.95
        )


def water_tint(scene: Scene) -> Array:
    """A colour of water."""
    return scene.dice.like(
        (part.BLUE_WATER, part.GREEN_WATER, part.GREY_WATER)[scene.dice.number(0, 2)], 0.08
    )


def trees_along(scene: Scene, foot: float, height: float, distance: float) -> None:
    """A row of trees and the ground before it."""
    row, name = (part.firs, "fir trees") if scene.dice.chance(0.6) else (part.crowns, "leafy trees")
    row(scene, foot, height, distance, scene.foliage())
    scene.paint(scene.canvas.under(foot), scene.ground(), distance * 0.5)
    scene.tell(name)


def village(scene: Scene, foot: float, distance: float) -> None:
    """A few small houses."""
    for _ in range(scene.dice.number(2, 5)):
        house(scene, scene.somewhere(), foot, scene.dice.between(0.06, 0.12), distance)
    scene.tell("a village")


def beach(scene: Scene) -> None:
    """Sand from the bottom up to a slanting line of foam."""
    canvas, dice = scene.canvas, scene.dice
    slope = dice.between(-0.3, 0.3)
    edge = (
        scene.bottom
        - dice.between(0.03, 0.2)
        + slope * (canvas.x[0] - scene.camera.x)
        + 0.03 * canvas.fractal(4, 0.4, True)
    )
    foam = np.clip(1 - np.abs(canvas.y - edge[None, :]) * 40, 0, 1)
    sand = dice.like(part.SNOW if scene.season == "winter" else part.SAND)
    scene.paint(canvas.soft(canvas.y - edge[None, :]), sand * (0.9 + 0.2 * canvas.smooth(20, 20))[..., None])
    scene.paint(foam * 0.8, part.SNOW)
    scene.tell("a beach")


def cliffs(scene: Scene) -> None:
    """Rock that rises from the water at one side."""
    canvas, dice = scene.canvas, scene.dice
    from_left = dice.chance(0.5)
    run = np.clip((canvas.x[0] - scene.camera.x) * (1 if from_left else -1) + scene.camera.zoom / 2, 0, 1)
    tops = (
        scene.horizon
        - dice.between(0.1, 0.3)
        + (run / dice.between(0.3, 0.5)) ** 2 * 0.4
        + 0.03 * canvas.fractal(8, 0.6)
    )
    foot = scene.horizon + dice.between(0.1, 0.3) - run * 0.3
    inside = np.minimum(canvas.y - tops[None, :], foot[None, :] - canvas.y)
    rock = dice.like((part.ROCK, part.BROWN_ROCK, part.DARK_ROCK)[dice.number(0, 2)])
    scene.paint(canvas.soft(inside), rock * (0.5 + 0.9 * canvas.smooth(6, 16))[..., None], 0.15)
    scene.tell("cliffs at the side")


KINDS: dict[str, Callable[[Scene], None]] = {
    "buildings": buildings,
    "forest": forest,
    "glacier": glacier,
    "mountain": mountain,
    "sea": sea,
    "street": street,
}

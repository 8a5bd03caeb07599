"""What towns in painted scenes are made of: blocks, houses, roads, what stands along them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from tools.assets import scene_parts as part
from tools.assets.scene_canvas import Array, Colour, colour
from tools.assets.scene_parts import Scene


def wall_colour(scene: Scene) -> Colour:
    """A colour of walls."""
    walls = (part.BRICK, part.WALL, part.CONCRETE, part.GLASS, part.PLASTER, part.BROWN_ROCK)
    return scene.dice.like(walls[scene.dice.number(0, len(walls) - 1)], 0.08)


def pane(scene: Scene) -> Colour:
    """What a window shows: a dark room by day, mostly lamplight by night."""
    if scene.time in ("night", "dusk") and scene.dice.chance(0.75):
        return scene.dice.like(part.LAMP, 0.08)
    return scene.light.on(scene.dice.like(part.GLASS * (0.5 if scene.dice.chance(0.7) else 1.5)))


def grid(across: Array, up: Array, gap: float) -> Array:
    """Alpha of windows: one in every whole step of `across` and of `up`, `gap` of it wall."""
    u, v = across - np.floor(across), up - np.floor(up)
    return np.asarray((np.abs(u - 0.5) < 0.5 - gap) & (np.abs(v - 0.5) < 0.5 - gap), dtype=np.float32)


def blocks(scene: Scene, foot: float, count: int, height: float, distance: float) -> None:
    """`count` flat-roofed buildings side by side on the line y = `foot`, up to `height` tall."""
    canvas, dice = scene.canvas, scene.dice
    cuts = np.sort(dice.rng.random(count + 1)) * 1.1 - 0.05
    if count <= 2:
        cuts = np.linspace(-0.05, 1.05, count + 1) + dice.between(-0.15, 0.15)
    for left, right in pairwise(cuts):
        if right - left < 0.04 or (count > 2 and dice.chance(0.15)):
            continue
        tall = height * dice.between(0.45, 1.0)
        rows, columns = canvas.window(foot - tall, foot), canvas.window(left, right)
        x, y = canvas.x[:, columns] - left, canvas.y[rows] - (foot - tall)
        wall = scene.light.on(wall_colour(scene) * (0.85 + 0.3 * x / (right - left))[..., None], distance)
        size = dice.between(0.045, 0.1) * (1 - 0.4 * distance)
        if dice.chance(0.2):  # bands of glass in place of single windows
            shown = grid(0.5 + 0 * x, y / size, dice.between(0.15, 0.3)) + 0 * x
        else:
            shown = grid(x / (size * dice.between(0.7, 1.3)), y / size, dice.between(0.15, 0.32))
        if scene.light.night:
            shown = shown * np.clip(canvas.smooth(30, 30)[rows, columns] * 2 - 0.4, 0.1, 1)
        part_of = canvas.pixels[rows, columns]
        strength = (0.95 - 0.5 * distance * scene.light.haze_strength) * shown[..., None]
        part_of += wall + strength * (pane(scene) - wall) - part_of
        if dice.chance(0.15):
            mast = (left + right) / 2
            canvas.rect(
                mast, mast + 0.014, foot - tall - 0.09, foot - tall, scene.light.on(part.DARK_ROCK, distance)
            )


def house(scene: Scene, x: float, foot: float, wide: float, distance: float) -> None:
    """A house with a pitched roof, its left foot corner at (x - wide/2, foot)."""
    canvas, dice, light = scene.canvas, scene.dice, scene.light
    tall = wide * dice.between(0.5, 0.9)
    snow_on_roof = scene.season == "winter" and dice.chance(0.7)
    roof = dice.like(
        part.SNOW if snow_on_roof else (part.BRICK, part.DARK_ROCK, part.BARE)[dice.number(0, 2)]
    )
    canvas.rect(x - wide / 2, x + wide / 2, foot - tall, foot, light.on(wall_colour(scene), distance))
    canvas.triangle(
        x,
        foot - tall - wide * dice.between(0.3, 0.55),
        wide * 1.15,
        foot - tall + 0.01,
        light.on(roof, distance),
    )
    count, glow = max(1, round(wide / 0.1)), pane(scene)
    for number in range(count):
        middle = x - wide / 2 + wide * (number + 0.5) / count
        half = wide / count * 0.24
        canvas.rect(middle - half, middle + half, foot - tall * 0.8, foot - tall * 0.45, glow)


def depth_of(scene: Scene) -> Array:
    """How far along the ground each row [side, 1] lies; 1 at the bottom, larger toward the horizon."""
    return np.asarray((1 - scene.horizon) / np.clip(scene.canvas.y - scene.horizon, 0.004, 1))


def road(scene: Scene, vanish: float, width: float) -> None:
    """A road that runs to the vanishing point (`vanish`, horizon), `width` at the bottom edge."""
    canvas, dice = scene.canvas, scene.dice
    depth = depth_of(scene)
    across = (canvas.x - vanish) * depth
    ground = canvas.y > scene.horizon
    tar = dice.like((part.ASPHALT, part.ASPHALT, part.CONCRETE, part.DIRT)[dice.number(0, 3)], 0.08)
    if scene.season == "winter" and dice.chance(0.4):
        tar = dice.like(part.SNOW * 0.8)
    alpha = canvas.soft((width / 2 - np.abs(across)) / depth) * ground
    scene.paint(alpha, tar * (0.9 + 0.2 * canvas.smooth(12, 12))[..., None], 0.15)
    if dice.chance(0.75):
        dashed = np.sin(depth * dice.between(3, 7) + dice.between(0, 6)) > dice.between(-1.5, 0.2)
        stripe = canvas.soft((0.03 * width - np.abs(across)) / depth) * dashed * ground
        scene.paint(stripe * 0.9, dice.like(part.SNOW if dice.chance(0.7) else part.AUTUMN_GOLD), 0.15)
    if dice.chance(0.5):
        curb = canvas.soft((0.03 - np.abs(np.abs(across) - width / 2)) / depth) * ground
        scene.paint(curb * 0.8, part.PLASTER * dice.between(0.4, 1), 0.15)
    if dice.chance(0.15):
        zebra = (
            (np.sin(across / width * 40) > 0) & (np.abs(across) < width / 2) & (np.abs(depth - 1.6) < 0.25)
        )
        scene.paint(zebra * 0.9, part.SNOW)
        scene.tell("a crossing", scene.horizon + (1 - scene.horizon) / 1.4)


def wall_along(scene: Scene, vanish: float, side: int, offset: float, height: float) -> None:
    """A row of houses along the road on one side (-1 left, 1 right), shrinking to the vanishing point."""
    canvas, dice = scene.canvas, scene.dice
    reach = np.clip((canvas.x - vanish) * side, 1e-3, 2)  # [1, side]
    scale = reach / offset  # 1 where the wall is one unit away
    depth = 1 / np.clip(scale, 0.05, 4)
    number = np.floor(depth * dice.between(0.7, 1.6) + dice.between(0, 1)).astype(np.int32)[0]
    tall = (height * (0.6 + 0.5 * dice.rng.random(64, dtype=np.float32)))[number % 64]
    walls = np.stack([wall_colour(scene) for _ in range(4)])[number % 4]
    top = scene.horizon - tall[None, :] * scale * 0.6
    bottom = scene.horizon + (1 - scene.horizon) * scale
    alpha = canvas.soft(np.minimum(canvas.y - top, bottom - canvas.y)) * (scale > 0.07)
    wall = scene.light.on(
        np.broadcast_to(walls[None] * (0.85 if side < 0 else 1.0), canvas.pixels.shape), 0.25
    )
    floors = (bottom - canvas.y) / scale * dice.between(7, 12)
    shown = grid(depth * dice.between(3, 6), floors, dice.between(0.18, 0.3)) * alpha * (scale > 0.12)
    canvas.blend(alpha, wall)
    canvas.blend(shown * 0.9, pane(scene))


def avenue(scene: Scene, vanish: float, side: int, offset: float) -> None:
    """Trees along the road on one side, far ones first."""
    dice = scene.dice
    for step in (6.0, 4.0, 2.8, 2.0, 1.4):
        x = vanish + side * offset / step * dice.between(0.95, 1.1)
        foot = scene.horizon + (1 - scene.horizon) / step
        part.lone_tree(scene, x, foot, 1.1 / step * dice.between(0.7, 1.1), 0.12 * step)


def cars(scene: Scene, vanish: float, width: float) -> None:
    """One to three cars on the road."""
    canvas, dice, light = scene.canvas, scene.dice, scene.light
    for _ in range(dice.number(1, 3)):
        near = dice.between(0.35, 0.95) * (scene.bottom - scene.horizon)
        step = (1 - scene.horizon) / near
        x = vanish + (0.25 if dice.chance(0.5) else -0.25) * width / step
        foot, wide = scene.horizon + (1 - scene.horizon) / step, 0.3 / step
        body = light.on(
            dice.like((part.BRICK, part.GLASS, part.PLASTER, part.DARK_ROCK)[dice.number(0, 3)], 0.1)
        )
        canvas.rect(x - wide / 2, x + wide / 2, foot - wide * 0.4, foot - wide * 0.06, body)
        canvas.rect(x - wide * 0.36, x + wide * 0.36, foot - wide * 0.68, foot - wide * 0.4, body * 0.8)
        canvas.rect(
            x - wide * 0.28,
            x + wide * 0.28,
            foot - wide * 0.62,
            foot - wide * 0.42,
            light.on(part.GLASS * 0.6),
        )
        for wheel in (-0.34, 0.34):
            canvas.ellipse(
                x + wheel * wide, foot - wide * 0.05, wide * 0.1, wide * 0.1, colour(0.05, 0.05, 0.05)
            )
        if light.night:
            for lamp in (-0.38, 0.38):
                canvas.ellipse(x + lamp * wide, foot - wide * 0.25, wide * 0.07, wide * 0.07, part.LAMP)
    scene.tell("cars")


def lamps(scene: Scene, vanish: float, width: float) -> None:
    """Street lamps on one side."""
    canvas, dice, light = scene.canvas, scene.dice, scene.light
    side = 1 if dice.chance(0.5) else -1
    for step in (5.0, 3.2, 2.2, 1.5):
        x = vanish + side * width * 0.56 / step
        foot = scene.horizon + (1 - scene.horizon) / step
        canvas.rect(x, x + 0.022 / step + 0.005, foot - 0.75 / step, foot, light.on(part.DARK_ROCK))
        head = part.LAMP if light.night or scene.time == "dusk" else light.on(part.CONCRETE)
        canvas.ellipse(
            x - side * 0.04 / step, foot - 0.75 / step, 0.05 / step + 0.004, 0.03 / step + 0.004, head
        )
    scene.tell("street lamps")


def path(scene: Scene) -> None:
    """A winding footpath over the ground."""
    canvas, dice = scene.canvas, scene.dice
    depth = np.clip((canvas.y - scene.horizon - 0.05) / (0.95 - scene.horizon), 0, 1)
    middle = dice.between(0.4, 0.6) + dice.between(0.05, 0.2) * np.sin(
        depth * dice.between(2, 6) + dice.between(0, 6)
    )
    half = 0.015 + dice.between(0.1, 0.28) * depth
    scene.paint(canvas.soft(half - np.abs(canvas.x - middle)) * (depth > 0), dice.like(part.DIRT), 0.1)
    scene.tell("a path")


def canopy(scene: Scene) -> None:
    """Leaves that hang into the picture from above."""
    canvas, dice = scene.canvas, scene.dice
    mottle = canvas.smooth(dice.number(14, 24), dice.number(14, 24))
    edge = dice.between(0.15, 0.38) + 0.06 * canvas.fractal(5, 0.5, True)
    alpha = canvas.soft(edge[None, :] - canvas.y + (mottle - 0.5) * 0.2)
    scene.paint(alpha, scene.foliage() * (0.5 + 0.9 * mottle)[..., None], 0.15)

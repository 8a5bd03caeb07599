"""What painted scenes share: sky, water, trees, snow, rocks, small things, weather."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from tools.assets.scene_canvas import Array, Canvas, Colour, Dice, Light, colour


@dataclass(frozen=True)
class Camera:
    """What of the canvas will be seen: a square of side `zoom` around (x, y), turned by `tilt` radians."""

    x: float
    y: float
    zoom: float
    tilt: float

    @classmethod
    def drawn(cls, dice: Dice) -> Camera:
        """A camera that stays on the canvas."""
        zoom = dice.between(0.62, 0.84)
        room = (1 - zoom * 1.15) / 2
        x, y = 0.5 + dice.between(-room, room), 0.5 + dice.between(-room, room)
        return cls(x, y, zoom, dice.between(-0.14, 0.14))


@dataclass
class Scene:
    """One picture being painted, and what has been painted so far.

    `parts` collects, in the words of a caption, what besides the class itself was painted where the
    camera sees it; `horizon` is the height of the eye on the canvas, 0 at the top and 1 at the bottom.
    """

    canvas: Canvas
    dice: Dice
    light: Light
    camera: Camera
    time: str
    weather: str
    season: str
    horizon: float
    parts: list[str] = field(default_factory=list)

    def tell(self, part: str, y: float = 0.0) -> None:
        """Note a part for the caption, unless it begins below what the camera sees."""
        if y < self.bottom - 0.04 and part not in self.parts:
            self.parts.append(part)

    def somewhere(self) -> float:
        """A place from left to right that the camera sees."""
        return self.camera.x + self.camera.zoom * self.dice.between(-0.4, 0.4)

    @property
    def bottom(self) -> float:
        """The lowest place that the camera surely sees."""
        return self.camera.y + 0.43 * self.camera.zoom

    def paint(self, alpha: Array, surface: Array, distance: float = 0.0) -> None:
        """Cover what `alpha` covers with a surface as the light shows it."""
        self.canvas.blend(alpha, self.light.on(surface, distance))

    def foliage(self) -> Colour:
        """A colour of leaves in this season."""
        if self.season == "winter":
            return self.dice.like(colour(0.62, 0.62, 0.62) if self.dice.chance(0.5) else BARE)
        if self.season == "autumn":
            return self.dice.like((AUTUMN_RED, AUTUMN_GOLD, BARE)[self.dice.number(0, 2)], 0.1)
        return self.dice.like((GREEN, DARK_GREEN, OLIVE)[self.dice.number(0, 2)], 0.08)

    def ground(self) -> Colour:
        """A colour of open ground in this season."""
        if self.season == "winter" and self.dice.chance(0.75):
            return self.dice.like(SNOW, 0.05)
        return self.dice.like((GRASS, DIRT, OLIVE, SAND)[self.dice.number(0, 3)], 0.08)


def light_of(time: str, weather: str, dice: Dice) -> tuple[Light, Colour, Colour]:
    """The light, and the sky's colours at its top and at the horizon."""
    ambient, top, low = (dice.like(part, 0.05) for part in TIMES[time])
    if weather != "clear":
        grey = colour(1, 1, 1) * float(low.mean())
        top, low = top * 0.35 + grey * 0.6, low * 0.4 + grey * 0.55
        ambient = ambient * dice.between(0.75, 0.95)
    strength = dice.between(0.6, 0.85) if weather == "foggy" else dice.between(0.05, 0.45)
    haze = low * 0.7 + ambient * 0.25
    return Light(ambient, haze, strength, time == "night"), top, low


def sky(scene: Scene, top: Colour, low: Colour) -> None:
    """Sky over the whole canvas, with clouds, sun, moon or stars as time and weather have it."""
    canvas, dice = scene.canvas, scene.dice
    fade = np.clip(canvas.y / max(scene.horizon, 0.15), 0, 1)[..., None]
    canvas.pixels[:] = top * (1 - fade) + low * fade
    if scene.time == "night" and scene.weather == "clear":
        for _ in range(dice.number(4, 14)):
            x, y = dice.between(0, 1), dice.between(0, scene.horizon)
            canvas.rect(x, x + 0.012, y, y + 0.012, colour(0.8, 0.8, 0.75), dice.between(0.4, 1))
    if scene.weather == "clear" and dice.chance(0.35):
        disc = MOON if scene.time == "night" else dice.like(SUN if scene.time == "noon" else LOW_SUN)
        radius = dice.between(0.025, 0.05)
        canvas.ellipse(dice.between(0.15, 0.85), dice.between(0.12, scene.horizon), radius, radius, disc)
    if scene.weather in ("cloudy", "rainy", "snowy") or dice.chance(0.4):
        cover = canvas.smooth(dice.number(4, 9), dice.number(2, 5))
        edge = dice.between(0.45, 0.65)
        cloud = dice.like(low * 0.6 + colour(0.3, 0.3, 0.3) * (0.3 if scene.light.night else 1.2))
        canvas.blend(np.clip((cover - edge) * dice.between(2, 8), 0, 0.85), np.clip(cloud, 0, 1))


def water(scene: Scene, shore: float, waves: float, tint: Colour) -> None:
    """Water from `shore` (y) to the bottom: it mirrors what stands above and has waves in perspective.

    `waves` runs from 0 (a still lake) to 1 (a rough sea).
    """
    canvas = scene.canvas
    depth = np.clip(canvas.y - shore, 0, 1)
    rows = np.clip(((2 * shore - canvas.y) * canvas.side).astype(np.int32), 0, canvas.side - 1)[:, 0]
    mirrored = canvas.pixels[rows]
    surface = scene.light.on(tint, 0.2)
    still = mirrored * (0.55 * (1 - waves)) + surface * (1 - 0.55 * (1 - waves))
    # Waves look longer and farther apart the nearer they are: noise over log(depth).
    near = np.log(depth / 0.02 + 1)[:, 0]
    noise = canvas.smooth(24, scene.dice.number(4, 9))
    bands = noise[np.clip((near / 4.0 * canvas.side).astype(np.int32), 0, canvas.side - 1)] - 0.5
    still += (bands * (0.12 + 0.45 * waves))[..., None] * (0.4 + scene.light.ambient * 0.6)
    canvas.blend(canvas.under(shore), np.clip(still, 0, 1))
    if waves > 0.45:
        crest = np.clip((bands - 0.22) * 12, 0, 1) * (depth > 0.02)
        canvas.blend(crest * 0.8, scene.light.on(SNOW))


def firs(scene: Scene, foot: float, height: float, distance: float, leaf: Colour) -> None:
    """A row of fir trees whose tops stand about `height` above the line y = `foot`."""
    canvas, dice = scene.canvas, scene.dice
    count = max(3, round(1.0 / (height * dice.between(0.28, 0.5))))
    place = canvas.x[0] * count + dice.between(0, 1)
    tree = place.astype(np.int32)
    tall = (0.55 + 0.45 * dice.rng.random(count + 2, dtype=np.float32))[tree]
    heights = foot - height * tall * (1 - 2 * np.abs(place - tree - 0.5))
    jag = canvas.smooth(30, 30)
    shade = leaf * (0.6 + 0.7 * jag[..., None])
    if scene.season == "winter":
        shade = shade + np.clip((jag - 0.55) * 4, 0, 1)[..., None] * (SNOW - shade)
    edge = canvas.y - heights[None, :] + (jag - 0.5) * height * 0.25
    scene.paint(canvas.soft(edge), shade, distance)


def crowns(scene: Scene, foot: float, height: float, distance: float, leaf: Colour) -> None:
    """A row of round tree tops about `height` above the line y = `foot`."""
    canvas, dice = scene.canvas, scene.dice
    count = max(2, round(1.0 / (height * dice.between(0.6, 1.1))))
    place = canvas.x[0] * count + dice.between(0, 1)
    tree = place.astype(np.int32)
    tall = (0.6 + 0.4 * dice.rng.random(count + 2, dtype=np.float32))[tree]
    heights = foot - height * tall * np.sqrt(np.clip(1.05 - 4 * (place - tree - 0.5) ** 2, 0, 1))
    mottle = canvas.smooth(dice.number(14, 26), dice.number(14, 26))
    edge = canvas.y - heights[None, :] + (mottle - 0.5) * height * 0.3
    scene.paint(canvas.soft(edge), leaf * (0.55 + 0.9 * mottle[..., None]), distance)


def trunks(scene: Scene, count: int, width: float, top: float, foot: float, distance: float) -> None:
    """Bare upright stems between y = `top` and y = `foot`, light as birches or dark."""
    canvas, dice = scene.canvas, scene.dice
    birch = dice.chance(0.25)
    bark = dice.like(BIRCH if birch else (BARE, DARK_BARK)[dice.number(0, 1)])
    for _ in range(count):
        x, wide = dice.between(0, 1), width * dice.between(0.6, 1.4)
        lean = dice.between(-0.06, 0.06)
        end = foot + dice.between(-0.05, 0.03)
        middle = x + lean * (canvas.y - end)
        alpha = canvas.soft(wide / 2 - np.abs(canvas.x - middle))
        alpha = alpha * (canvas.y > top) * (canvas.y < end)
        side = np.clip((canvas.x - middle) / wide + 0.8, 0.45, 1.2)[..., None]
        paint = bark * side
        if birch:
            paint = paint * np.where(np.sin(canvas.y * 90 + x * 40) > 0.75, 0.4, 1.0)[..., None]
        scene.paint(alpha, paint, distance)


def lone_tree(scene: Scene, x: float, foot: float, height: float, distance: float) -> None:
    """One tree, fir or round, that stands at (x, foot)."""
    canvas, light, leaf = scene.canvas, scene.light, scene.foliage()
    trunk = light.on(BARE, distance)
    canvas.rect(x - height * 0.04, x + height * 0.04, foot - height * 0.5, foot, trunk)
    paint = light.on(leaf, distance)
    if scene.dice.chance(0.5):
        for level in (0.0, 0.25, 0.5):
            canvas.triangle(
                x,
                foot - height * (1 - level),
                height * (0.3 + 0.5 * level),
                foot - height * (0.55 - level),
                paint,
            )
    else:
        canvas.ellipse(x, foot - height * 0.68, height * 0.3, height * 0.34, paint)
        dark = light.on(leaf * 0.65, distance)
        canvas.ellipse(x + height * 0.1, foot - height * 0.58, height * 0.15, height * 0.16, dark)


def boat(scene: Scene, x: float, y: float, size: float) -> None:
    """A boat with or without a sail."""
    canvas, light, dice = scene.canvas, scene.light, scene.dice
    hull = light.on(dice.like((DARK_BARK, BRICK, SNOW)[dice.number(0, 2)]), 0.1)
    if dice.chance(0.7):
        canvas.triangle(
            x + size * 0.05, y - size * 1.3, size * 0.9, y - size * 0.12, light.on(dice.like(SNOW))
        )
        scene.tell("a sailing boat")
    else:
        canvas.rect(x - size * 0.2, x + size * 0.25, y - size * 0.4, y - size * 0.1, light.on(SNOW * 0.8))
        scene.tell("a boat")
    canvas.rect(x - size * 0.5, x + size * 0.5, y - size * 0.15, y + size * 0.12, hull)


def people(scene: Scene, foot: float, height: float, count: int) -> None:
    """A few standing figures."""
    canvas, light, dice = scene.canvas, scene.light, scene.dice
    for _ in range(count):
        x, tall = scene.somewhere(), height * dice.between(0.85, 1.1)
        coat = light.on(dice.like((BRICK, DARK_BARK, GLASS)[dice.number(0, 2)], 0.12))
        canvas.rect(x - tall * 0.16, x + tall * 0.16, foot - tall * 0.75, foot, coat)
        canvas.ellipse(x, foot - tall * 0.88, tall * 0.13, tall * 0.13, light.on(SKIN))


def rain_or_snow(scene: Scene) -> None:
    """What falls, over everything."""
    canvas, dice = scene.canvas, scene.dice
    if scene.weather == "snowy":
        for _ in range(dice.number(25, 60)):
            x, y, r = dice.between(0, 1), dice.between(0, 1), dice.between(0.008, 0.018)
            canvas.rect(x, x + r, y, y + r, colour(0.95, 0.95, 0.97) * (0.7 if scene.light.night else 1), 0.8)
    elif scene.weather == "rainy":
        slant = dice.between(-0.4, 0.4)
        streaks = np.sin((canvas.x + slant * canvas.y) * dice.between(90, 140) + canvas.smooth(3, 12) * 9)
        canvas.blend(np.clip(streaks - 0.7, 0, 1) * 0.5, scene.light.haze)


SNOW = colour(0.93, 0.95, 0.98)
ICE = colour(0.72, 0.85, 0.93)
GREEN, DARK_GREEN, OLIVE = colour(0.3, 0.5, 0.2), colour(0.13, 0.28, 0.17), colour(0.42, 0.45, 0.22)
AUTUMN_RED, AUTUMN_GOLD = colour(0.65, 0.28, 0.13), colour(0.8, 0.58, 0.17)
BARE, DARK_BARK, BIRCH = colour(0.38, 0.3, 0.25), colour(0.2, 0.16, 0.14), colour(0.85, 0.83, 0.78)
GRASS, DIRT, SAND = colour(0.42, 0.56, 0.25), colour(0.5, 0.4, 0.3), colour(0.8, 0.72, 0.55)
ROCK, BROWN_ROCK, DARK_ROCK = colour(0.5, 0.5, 0.52), colour(0.48, 0.38, 0.31), colour(0.28, 0.28, 0.31)
BRICK, WALL, CONCRETE = colour(0.6, 0.32, 0.25), colour(0.82, 0.75, 0.62), colour(0.62, 0.62, 0.62)
GLASS, PLASTER, ASPHALT = colour(0.35, 0.48, 0.6), colour(0.9, 0.88, 0.84), colour(0.33, 0.33, 0.35)
BLUE_WATER, GREEN_WATER, GREY_WATER = colour(0.2, 0.4, 0.6), colour(0.25, 0.5, 0.5), colour(0.4, 0.47, 0.52)
SUN, LOW_SUN, MOON = colour(1, 0.98, 0.85), colour(1, 0.75, 0.45), colour(0.9, 0.9, 0.82)
SKIN, LAMP = colour(0.8, 0.62, 0.5), colour(1, 0.85, 0.5)
TIMES = {  # ambient light, sky at the top, sky at the horizon
    "noon": (colour(1, 1, 1), colour(0.35, 0.55, 0.85), colour(0.75, 0.86, 0.95)),
    "morning": (colour(1, 0.93, 0.86), colour(0.55, 0.66, 0.8), colour(0.95, 0.86, 0.72)),
    "dusk": (colour(0.72, 0.52, 0.5), colour(0.32, 0.27, 0.46), colour(0.93, 0.52, 0.33)),
    "night": (colour(0.3, 0.34, 0.46), colour(0.03, 0.04, 0.1), colour(0.12, 0.15, 0.25)),
}

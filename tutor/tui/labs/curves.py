"""The curves of a run, of one kind of figure in each frame; a compared run is drawn beside it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from textual.app import App, ComposeResult, RenderResult
from textual.containers import Vertical
from textual.content import Content
from textual_plotext import PlotextPlot

from tutor.tui.labs.colours import series_of
from tutor.tui.labs.drawing import Drawing
from tutor.tui.labs.picture import Curve, Picture
from tutor.tui.labs.words import groups_of, metric_name, number


class CurvePlot(PlotextPlot):
    """A plot with round numbers at both axes, as many as it has room for: plotext would write 74.8 steps."""

    def __init__(self) -> None:
        super().__init__()
        self.curves: list[Curve] = []

    def render(self) -> RenderResult:
        """The plot at the size that it has now."""
        points = [point for curve in self.curves for point in curve if math.isfinite(point[1])]
        if points:
            across, up = max(2, self.size.width // 12), max(3, self.size.height // 3)
            steps = round_ticks(min(step for step, _ in points), max(step for step, _ in points), across)
            values = round_ticks(min(y for _, y in points), max(y for _, y in points), up)
            self.plt.xticks(steps, [f"{tick:,.0f}" if tick == int(tick) else f"{tick:g}" for tick in steps])
            self.plt.yticks(values, [f"{tick:g}" for tick in values])
        return super().render()


class CurveFrame(Vertical):
    """One frame with the curves of one group; the line above names them in their colours."""

    DEFAULT_CSS = """
    CurveFrame {
        height: 1fr; width: 1fr; min-height: 7; background: $surface; margin: 0 0 1 1;
        & > Drawing { max-height: 3; padding: 0 1; color: $foreground 80%; }
        & > CurvePlot { height: 1fr; }
    }
    """

    def __init__(self, group: str) -> None:
        super().__init__()
        self.group = group
        self._drawn: Any = None

    def compose(self) -> ComposeResult:
        """The names and the plot."""
        yield Drawing(_legend_lines, [])
        yield CurvePlot()

    def show(self, curves: Mapping[str, Curve], other: Mapping[str, Curve], ids: tuple[str, str]) -> None:
        """Draw these curves, and those of the other run; nothing where nothing changed."""
        key = (dict(curves), dict(other), ids, self.app.theme)
        if key == self._drawn:
            return
        self._drawn = key
        colours = series_of(self.app)
        plot = self.query_one(CurvePlot)
        plot.plt.clear_figure()
        plot.plt.frame(False)
        legend: list[Content] = []
        series = [("", curves), (ids[1], other)]
        drawn = [(owner, name, curve) for owner, each in series for name, curve in each.items() if curve]
        for index, (owner, name, curve) in enumerate(drawn):
            colour = colours[index % len(colours)]
            self._draw(plot, curve, colour)
            last = next((value for _, value in reversed(curve) if math.isfinite(value)), math.nan)
            label = f"{metric_name(name)} {number(last)}" + (f" {owner}" if owner else "")
            legend.append(Content.assemble(("━ ", "#{:02x}{:02x}{:02x}".format(*colour)), label))
        plot.curves = [curve for _, _, curve in drawn]
        self.query_one(Drawing).update(legend or [Content(metric_name(self.group))])
        plot.refresh()

    @staticmethod
    def _draw(plot: CurvePlot, curve: Curve, colour: tuple[int, int, int]) -> None:
        points = [(step, value) for step, value in curve if math.isfinite(value)]
        xs, ys = [step for step, _ in points], [value for _, value in points]
        if len(points) == 1:
            plot.plt.scatter(xs, ys, marker="●", color=colour)
        elif points:
            plot.plt.plot(xs, ys, marker="braille", color=colour)


class Curves(Vertical):
    """The frames of a run's most telling figures, or of all others."""

    DEFAULT_CSS = """
    Curves {
        height: 1fr;
        layout: grid; grid-size: 1; grid-gutter: 0;
        & > .none { color: $text-muted; padding: 1 2; height: auto; }
        &.-wide { grid-size: 2; }
        &.-wide.-single { grid-size: 1; }
    }
    """

    async def show(self, picture: Picture, other: Picture | None, *, groups: list[str]) -> None:
        """Draw the groups named; frames are added as the run reports more figures."""
        theirs = other.curves if other is not None else {}
        ids = (picture.id, other.id if other is not None else "")
        names = groups_of([*picture.curves, *(name for name in theirs if name not in picture.curves)])
        wanted = [group for group in groups if group in names]
        frames = {frame.group: frame for frame in self.query(CurveFrame)}
        if list(frames) != wanted:
            await self.remove_children()
            frames = {group: CurveFrame(group) for group in wanted}
            await self.mount_all(frames.values())
        self.set_class(len(wanted) < 2, "-single")
        for group, frame in frames.items():
            mine = {name: picture.curves[name] for name in names[group] if name in picture.curves}
            frame.show(mine, {name: theirs[name] for name in names[group] if name in theirs}, ids)


def _legend_lines(labels: list[Content], width: int, app: App[Any]) -> list[Content]:
    """The labels beside each other, none broken."""
    lines: list[Content] = []
    for label in labels:
        if lines and lines[-1].cell_length + 2 + label.cell_length <= width:
            lines[-1] = lines[-1] + Content("  ") + label
        else:
            lines.append(label)
    return lines


def round_ticks(low: float, high: float, most: int) -> list[float]:
    """At most about `most` round numbers from `low` to `high`; `low` alone where the two are one."""
    if high <= low:
        return [low]
    raw = (high - low) / max(1, most)
    size = 10.0 ** math.floor(math.log10(raw))
    step = next(size * factor for factor in (1, 2, 5, 10) if size * factor >= raw * 0.999)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [round(i * step, 10) for i in range(first, last + 1)] or [low, high]

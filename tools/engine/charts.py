"""A run's curves, grids and bars as PNG files, drawn by matplotlib without a screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Points = Sequence[tuple[float, float]]


def draw_curves(curves: Mapping[str, Points], path: Path, *, title: str = "") -> None:
    """One panel for each quantity; a curve and its val_ or test_ sister share one."""
    panels: dict[str, list[str]] = {}
    for name in curves:
        panels.setdefault(_quantity(name), []).append(name)
    figure = _figure(6.4, 2.6 * len(panels) + 0.4)
    for number, (quantity, names) in enumerate(panels.items(), start=1):
        axes = figure.add_subplot(len(panels), 1, number)
        for name in names:
            points = curves[name]
            marker = "o" if len(points) <= 30 else None
            axes.plot(
                [step for step, _ in points],
                [value for _, value in points],
                marker=marker,
                markersize=3,
                label=name,
            )
        axes.set_ylabel(quantity.replace("_", " "))
        axes.grid(alpha=0.3)
        if len(names) > 1:
            axes.legend(fontsize=8)
        if number == len(panels):
            axes.set_xlabel("step")
    _save(figure, path, title)


def draw_grid(
    values: Sequence[Sequence[float]],
    row_labels: Sequence[str],
    column_labels: Sequence[str],
    path: Path,
    *,
    title: str = "",
    low: float | None = None,
    high: float | None = None,
    axes: tuple[str, str] = ("", ""),
) -> None:
    """A grid of values[rows][columns] as colours, with the figures in it where they fit."""
    import numpy as np

    cells = np.array(values, dtype=float).reshape(len(row_labels), len(column_labels))
    rows, columns = cells.shape
    figure = _figure(min(2.5 + 0.5 * columns, 16), min(1.8 + 0.4 * rows, 16))
    panel = figure.add_subplot()
    image = panel.imshow(cells, vmin=low, vmax=high, cmap="viridis", aspect="auto")
    panel.set_xticks(range(columns), _safe(column_labels), rotation=45, ha="right", fontsize=8)
    panel.set_yticks(range(rows), _safe(row_labels), fontsize=8)
    panel.set_ylabel(axes[0])
    panel.set_xlabel(axes[1])
    if rows * columns <= 144:
        _write_values(panel, cells, image.norm)
    figure.colorbar(image)
    _save(figure, path, title)


def draw_bars(labels: Sequence[str], values: Sequence[float], path: Path, *, title: str = "") -> None:
    """A horizontal bar for each label, the first on top."""
    figure = _figure(6.4, min(1.2 + 0.3 * len(labels), 16))
    panel = figure.add_subplot()
    panel.barh(range(len(labels)), [float(value) for value in values])
    panel.set_yticks(range(len(labels)), _safe(labels), fontsize=8)
    panel.invert_yaxis()
    panel.grid(alpha=0.3, axis="x")
    _save(figure, path, title)


def _write_values(panel: Axes, cells: Any, norm: Any) -> None:
    whole = bool((cells == cells.round()).all())
    for row, line in enumerate(cells):
        for column, value in enumerate(line):
            colour = "black" if norm(value) > 0.6 else "white"
            text = f"{value:.0f}" if whole else f"{value:.2f}"
            panel.text(column, row, text, ha="center", va="center", fontsize=8, color=colour)


def _figure(width: float, height: float) -> Figure:
    from matplotlib.figure import Figure  # without pyplot there is no screen to ask for, and no state

    return Figure(figsize=(width, height), layout="constrained")


def _save(figure: Figure, path: Path, title: str) -> None:
    import textwrap
    import warnings

    if title:
        lines = textwrap.wrap(title.replace("$", r"\$"), max(20, int(figure.get_figwidth() * 11)))
        figure.suptitle("\n".join(lines), fontsize=10)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a glyph that the font lacks is drawn as a box
        figure.savefig(path, dpi=120)


def _safe(labels: Sequence[str]) -> list[str]:
    """Labels as text: a dollar sign begins a formula for matplotlib, and long ones leave no room."""
    texts = (str(label).replace("$", r"\$") for label in labels)
    return [text if len(text) <= 40 else f"{text[:39]}…" for text in texts]


def _quantity(name: str) -> str:
    for prefix in ("val_", "train_", "test_"):
        name = name.removeprefix(prefix)
    return name

"""The result of a run as a card: its figures, what it used, its confusion matrix and its misread examples."""

from __future__ import annotations

from textual.containers import Horizontal, VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from tutor.tui.labs.artifact_view import ArtifactView
from tutor.tui.labs.comparison import fact_lines, metric_lines
from tutor.tui.labs.drawing import Drawing
from tutor.tui.labs.picture import Picture, Shown
from tutor.tui.labs.words import duration
from tutor.tui.plain_text import clean
from tutor.tui.problem import Problem
from tutor.tui.widgets.action_label import ActionLabel
from tutor.tui.widgets.chat.problem_panel import ProblemPanel

_FIRST_KINDS = ("matrix", "bars", "examples", "text", "table", "images", "heatmap")
_AT_ONCE = 3


class ResultCard(VerticalScroll):
    """Shows how a run ended; rebuilt only when something of it changes."""

    DEFAULT_CSS = """
    ResultCard {
        padding: 1 2;
        scrollbar-size-vertical: 1;
        & > .actions { height: auto; margin: 0 0 1 0; layout: horizontal; }
        & > .actions > ActionLabel { margin-right: 3; }
        & > Drawing { margin: 0 0 1 0; }
        & > .more { color: $text-muted; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._built: object = None

    async def show(self, picture: Picture, other: Picture | None) -> None:
        """Build the card, unless it is built for just this."""
        others = (other.id, other.state, dict(other.metrics)) if other is not None else None
        key = (picture.state, dict(picture.metrics), others, tuple(picture.artifacts))
        if key == self._built:
            return
        self._built = key
        with self.app.batch_update():
            await self.remove_children()
            await self.mount_all(self._pieces(picture, other))

    def _pieces(self, picture: Picture, other: Picture | None) -> list[Widget]:
        pieces: list[Widget] = []
        if picture.error is not None and picture.state == "failed":
            error = picture.error
            told = Problem(error.title, error.message, error.help, error.retryable)
            pieces.append(ProblemPanel(told, can_retry=False))
        pieces.append(Horizontal(*_actions(picture), classes="actions"))
        if picture.metrics or other is not None:
            pieces.append(Drawing(metric_lines, (picture, other)))
        pieces.append(Drawing(fact_lines, picture))
        first = _first(picture)
        pieces += [ArtifactView(shown, picture.artifacts, lines=16) for shown in first]
        more = len(picture.artifacts) - len(first)
        if more > 0:
            pieces.append(Static(f"{more} more at the left.", classes="more", markup=False))
        return pieces


def _actions(picture: Picture) -> list[ActionLabel]:
    labels = []
    if picture.can_resume:
        where = "Go on from its last checkpoint" if picture.has_checkpoint else "Start it again"
        labels.append(ActionLabel("Resume (r)", "resume", tooltip=where))
    if picture.metrics:
        labels.append(ActionLabel("Explain (e)", "explain", tooltip="Have the tutor explain these figures"))
    labels.append(ActionLabel("Compare (v)", "compare", tooltip="Lay another run beside this one"))
    labels.append(ActionLabel("Run again (a)", "again", tooltip="The same settings, for you to change"))
    return labels


def _first(picture: Picture) -> list[Shown]:
    """What is shown at once: the first of each telling kind."""
    found: list[Shown] = []
    for kind in _FIRST_KINDS:
        same = [each for each in picture.artifacts.values() if each.artifact.kind == kind]
        found += same[:1]
    return found[:_AT_ONCE]


def ended_words(picture: Picture) -> str:
    """One line for a notice: "Done in 12 s: accuracy 0.81"."""
    from tutor.tui.labs.words import metric_name, number

    if picture.state == "failed" and picture.error is not None:
        return clean(picture.error.message)
    if picture.state == "cancelled":
        return f"Cancelled after {duration(picture.seconds)}."
    figures = [f"{metric_name(name)} {number(value)}" for name, value in picture.metrics.items()][:3]
    return f"Done in {duration(picture.seconds)}{': ' if figures else ''}{', '.join(figures)}."

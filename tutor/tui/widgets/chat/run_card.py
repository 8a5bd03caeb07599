"""A run in the conversation: its name, how far it is, its newest figures; Enter or a click opens it."""

from __future__ import annotations

from typing import Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tutor.tui.labs.feed import RunFeed
from tutor.tui.labs.headline import headline, progress_line
from tutor.tui.labs.picture import Picture
from tutor.tui.labs.words import groups_of, metric_name, number, sparkline
from tutor.tui.plain_text import one_line

_TREND = 12
_TRENDS = 2
_FIGURES = 4


class RunCard(Vertical, can_focus=True):
    """Follows one run in three lines at most."""

    HELP = """\
    ## A run in the conversation

    It goes on by itself, and moves here as it does. **Enter** or a click opens it with its curves and result.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,o", "open", "Open run", id="run_card.open", tooltip="Open the run"),
    ]
    DEFAULT_CSS = """
    RunCard {
        height: auto;
        border-left: outer $secondary;
        background: $surface;
        padding: 0 1;
        margin: 0 0 1 0;
        &:focus, &:hover { border-left: outer $accent; background: $panel; }
        & > Static { height: auto; text-wrap: nowrap; text-overflow: ellipsis; }
    }
    """

    def __init__(self, run_id: str) -> None:
        super().__init__()
        self.run_id = run_id
        self.picture: Picture | None = None
        self.tooltip = "Open the run"

    def compose(self) -> ComposeResult:
        """The head, how far it is, the figures."""
        yield Static(Content.styled(one_line(self.run_id, 80), "bold"), classes="name")
        yield Static("", classes="progress")
        yield Static("", classes="figures")
        yield RunFeed(self.run_id, artifacts=False)

    @on(RunFeed.Changed)
    def show(self, event: RunFeed.Changed) -> None:
        """Show how the run stands now."""
        event.stop()
        picture = self.picture = event.picture
        self.query_one(".name", Static).update(headline(picture))
        progress = self.query_one(".progress", Static)
        progress.display = picture.state != "done"
        progress.update(progress_line(picture, keys=False))
        figures = _figures(picture)
        shown = self.query_one(".figures", Static)
        shown.display = figures is not None
        if figures is not None:
            shown.update(figures)

    @on(RunFeed.Lost)
    def lose(self, event: RunFeed.Lost) -> None:
        """The run was deleted."""
        event.stop()
        self.query_one(".progress", Static).update(one_line(event.problem.message))

    def on_click(self, event: events.Click) -> None:
        """Open the run."""
        event.stop()
        self.action_open()

    def action_open(self) -> None:
        """Open the run with its curves and result."""
        from tutor.tui.labs.opening import show_run

        app: Any = self.app
        show_run(app, self.run_id)


def _figures(picture: Picture) -> Content | None:
    """While it runs, a line of the newest curves; once it is done, its figures."""
    if picture.state == "failed" and picture.error is not None:
        return Content.styled(one_line(picture.error.message, 200), "$text-error")
    if not picture.is_live:
        words = [f"{metric_name(name)} {number(value)}" for name, value in picture.metrics.items()]
        return Content(one_line(" · ".join(words[:_FIGURES]), 300)) if words else None
    parts: list[Content] = []
    groups = list(groups_of(sorted(picture.curves, key=lambda name: name.startswith("val_"))).values())
    for name in [names[0] for names in groups[:_TRENDS]]:
        line = sparkline([value for _, value in picture.curves[name]], _TREND)
        parts.append(
            Content.assemble(
                f"{one_line(metric_name(name), 30)} ", (number(picture.latest[name]), "bold $primary"),
                (f" {line}", "$accent"),
            )
        )  # fmt: skip
    return Content("   ").join(parts) if parts else None

"""One line at the foot: what is going on, how far the index is, which model and session are in use."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.timer import Timer
from textual.widgets import ProgressBar, Static

from tutor.tui.labs.running import RunningRuns
from tutor.tui.plain_text import one_line

if TYPE_CHECKING:
    from knowledge.library import Progress

_FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_TICK = 0.1


class StatusBar(Horizontal):
    """Shows the state of the app; the clock runs only while something is being done."""

    DEFAULT_CSS = """
    StatusBar {
        height: 1;
        background: $surface;
        color: $text-muted;
        padding: 0 1;
        & > .doing { width: 1fr; text-wrap: nowrap; text-overflow: ellipsis; }
        & > ProgressBar { width: auto; display: none; margin: 0 2; & Bar { width: 16; } }
        &.-indexing > ProgressBar { display: block; }
        & > .where { width: auto; max-width: 50%; text-wrap: nowrap; text-overflow: ellipsis; }
        &:ansi { background: ansi_default; }
    }
    """

    def __init__(self, *, animated: bool = True) -> None:
        super().__init__()
        self._animated = animated
        self._doing = ""
        self._since = 0.0
        self._frame = 0
        self._timer: Timer | None = None
        self._idle = "ready"
        self._progress: Progress | None = None

    def compose(self) -> ComposeResult:
        """What is going on, the bar, the model and the session."""
        yield Static(classes="doing", markup=False)
        yield ProgressBar(show_eta=False)
        yield RunningRuns()
        yield Static(classes="where", markup=False)

    def on_mount(self) -> None:
        """Begin idle."""
        self._timer = self.set_interval(_TICK, self._tick, pause=True)
        self._show()

    def where(self, model: str, session: str) -> None:
        """Say which model answers and which session is open."""
        self.query_one(".where", Static).update(
            Content.assemble((one_line(model, 60), "$primary"), " · ", one_line(session, 60))
        )

    def idle(self, words: str) -> None:
        """What to say while nothing is going on."""
        self._idle = words
        self._show()

    def begin(self, words: str) -> None:
        """Something is going on; the clock starts unless it runs already."""
        if not self._doing:
            self._since = monotonic()
        self._doing = words
        if self._timer is not None and self._animated:
            self._timer.resume()
        self._show()

    def end(self) -> None:
        """Nothing is going on any more."""
        self._doing = ""
        if self._timer is not None and self._progress is None:
            self._timer.pause()
        self._show()

    def index(self, progress: Progress | None) -> None:
        """How far the index is; None once it is done."""
        self._progress = progress
        self.set_class(progress is not None and progress.total > 0, "-indexing")
        if progress is not None and progress.total > 0:
            self.query_one(ProgressBar).update(total=progress.total, progress=progress.done)
        self._show()

    def _tick(self) -> None:
        self._frame = (self._frame + 1) % len(_FRAMES)
        self._show()

    def _show(self) -> None:
        if not self.is_mounted:
            return
        if self._doing:
            seconds = f"{monotonic() - self._since:.0f} s" if self._animated else "0 s"
            text = Content.assemble(
                (_FRAMES[self._frame], "$accent"),
                f" {one_line(self._doing, 120)}  ",
                (seconds, "$foreground 60%"),
            )
        elif self._progress is not None:
            text = Content.assemble(("◐ ", "$accent"), one_line(self._progress.phase, 120))
        else:
            text = Content.assemble(("● ", "$success"), one_line(self._idle, 120))
        self.query_one(".doing", Static).update(text)

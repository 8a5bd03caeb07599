"""What the run screen can show of a run, one part at a time; each is handed every new picture of the run."""

from __future__ import annotations

from typing import Protocol

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.widgets import Static

from tutor.tui.labs.artifact_view import ArtifactView
from tutor.tui.labs.comparison import settings_lines
from tutor.tui.labs.curves import Curves
from tutor.tui.labs.drawing import Drawing
from tutor.tui.labs.picture import Picture, Shown
from tutor.tui.labs.words import groups_of
from tutor.tui.plain_text import clean, one_line

MAIN_GROUPS = ["loss", "accuracy"]


class Part(Protocol):
    """Something of a run in the view; `show` is called with each new picture and the compared run's."""

    async def show(self, picture: Picture, other: Picture | None) -> None:
        """Bring what is in view up to date, touching only what changed."""


class Overview(Vertical):
    """While it runs: the curves, what the run redraws beside them, the newest lines of the log."""

    DEFAULT_CSS = """
    Overview {
        & > Horizontal { height: 1fr; }
        & #beside {
            width: 1fr; height: 1fr; display: none; padding: 0 1;
            border: round $border-blurred; border-title-color: $text-muted; scrollbar-size-vertical: 1;
            & > ArtifactView > .title { display: none; }
        }
        &.-beside #beside { display: block; }
        & > .nothing { color: $text-muted; padding: 1 2; height: 1fr; display: none; }
        &.-empty > .nothing { display: block; }
        &.-empty > Horizontal { display: none; }
        & > .tail { height: 3; color: $text-muted; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
    }
    """

    def compose(self) -> ComposeResult:
        """The curves, room beside them, the log's end."""
        with Horizontal():
            yield Curves()
            yield VerticalScroll(id="beside", can_focus=False)
        yield Static("", classes="nothing", markup=False)
        yield Static("", classes="tail", markup=False)

    async def show(self, picture: Picture, other: Picture | None) -> None:
        """Draw what is new."""
        groups = groups_of(list(picture.curves))
        main = [group for group in MAIN_GROUPS if group in groups] or list(groups)[:2]
        beside = _redrawn(picture)
        self.set_class(not main and beside is None, "-empty")
        self.set_class(beside is not None, "-beside")
        curves = self.query_one(Curves)
        curves.display = bool(main)
        curves.set_class(beside is None and _is_flat(self.app.size), "-wide")
        await curves.show(picture, other, groups=main)
        await self._show_beside(beside, picture)
        waiting = "Nothing to draw yet." if picture.is_live else "This lab draws no curve."
        self.query_one(".nothing", Static).update(waiting)
        tail = Content("\n").join([Content(one_line(line)) for line in picture.logs[-3:]])
        self.query_one(".tail", Static).update(tail)
        self.query_one(".tail").display = picture.is_live

    async def _show_beside(self, shown: Shown | None, picture: Picture) -> None:
        box = self.query_one("#beside", VerticalScroll)
        there = next(iter(box.query(ArtifactView)), None)
        if shown is None:
            return
        box.border_title = Content(one_line(shown.artifact.title))
        if there is not None and there.shown.artifact.name == shown.artifact.name:
            await there.update(shown, picture.artifacts)
            return
        await box.remove_children()
        await box.mount(ArtifactView(shown, picture.artifacts, lines=-11))


class OneArtifact(VerticalScroll):
    """One thing that the run made."""

    DEFAULT_CSS = "OneArtifact { padding: 1 2; scrollbar-size: 1 1; overflow-x: auto; }"

    def __init__(self, name: str) -> None:
        super().__init__()
        self.artifact_name = name

    async def show(self, picture: Picture, other: Picture | None) -> None:
        """Show it, redrawn where the run has replaced it."""
        shown = picture.artifacts.get(self.artifact_name)
        if shown is None:
            return
        there = next(iter(self.query(ArtifactView)), None)
        if there is not None:
            await there.update(shown, picture.artifacts)
        else:
            await self.mount(ArtifactView(shown, picture.artifacts))


class MoreCurves(Vertical):
    """The curves besides loss and accuracy: learning rate, gradient norm and the like."""

    async def show(self, picture: Picture, other: Picture | None) -> None:
        """Draw what is new."""
        if not self.query(Curves):
            await self.mount(Curves())
        groups = [group for group in groups_of(list(picture.curves)) if group not in MAIN_GROUPS]
        curves = self.query_one(Curves)
        curves.set_class(_is_flat(self.app.size), "-wide")
        await curves.show(picture, other, groups=groups)


class LogPart(VerticalScroll):
    """The log, its end in view."""

    DEFAULT_CSS = "LogPart { padding: 0 1; scrollbar-size-vertical: 1; }"

    def __init__(self) -> None:
        super().__init__()
        self._lines: tuple[str, ...] = ()

    def compose(self) -> ComposeResult:
        """The lines."""
        yield Static("", markup=False)

    async def show(self, picture: Picture, other: Picture | None) -> None:
        """Show the lines that came, staying at the end unless the person scrolled."""
        if picture.logs == self._lines and self._lines:
            return
        self._lines = picture.logs
        at_end = self.max_scroll_y - self.scroll_offset.y <= 1
        lines = [Content(clean(line)) for line in picture.logs]
        self.query_one(Static).update(Content("\n").join(lines) if lines else "The log is empty.")
        if at_end:
            self.scroll_end(animate=False)


class SettingsPart(VerticalScroll):
    """What the run was started with, and what it uses."""

    DEFAULT_CSS = "SettingsPart { padding: 1 2; scrollbar-size-vertical: 1; }"

    async def show(self, picture: Picture, other: Picture | None) -> None:
        """Show settings, data, model and folder."""
        for drawing in self.query(Drawing):
            drawing.update((picture, other))
            return
        await self.mount(Drawing(settings_lines, (picture, other)))


def _redrawn(picture: Picture) -> Shown | None:
    """What the run draws again and again, such as a decision boundary."""
    kinds = ("heatmap", "images", "matrix", "bars")
    found = [
        each
        for each in picture.artifacts.values()
        if each.artifact.version > 1 and each.data is not None and each.artifact.kind in kinds
    ]
    return max(found, key=lambda each: each.artifact.version, default=None)


def _is_flat(size: Size) -> bool:
    """Whether two frames fit better beside each other than one above the other."""
    return size.width >= 110 and size.height < 38


def draws_more(picture: Picture) -> bool:
    """Whether there are curves besides loss and accuracy."""
    groups = list(groups_of(list(picture.curves)))
    return any(group in MAIN_GROUPS for group in groups) and any(group not in MAIN_GROUPS for group in groups)

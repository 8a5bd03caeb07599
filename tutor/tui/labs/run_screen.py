"""One run, live and afterwards: how far it is, its curves, its result, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Footer, OptionList, Static
from textual.widgets.option_list import Option

from tutor.tui.labs.closing import close
from tutor.tui.labs.feed import RunFeed
from tutor.tui.labs.headline import headline, progress_line
from tutor.tui.labs.parts import (
    LogPart,
    MoreCurves,
    OneArtifact,
    Overview,
    Part,
    SettingsPart,
    draws_more,
)  # fmt: skip
from tutor.tui.labs.picture import Picture
from tutor.tui.labs.result_card import ResultCard
from tutor.tui.labs.words import told_apart
from tutor.tui.messages import Told
from tutor.tui.plain_text import title
from tutor.tui.problem import problem_of

if TYPE_CHECKING:
    from tutor.settings import Settings
    from tutor.tui.tutor_app import TutorApp

_WIDE = 110
_WIDE_PARTS = 26
_NARROW_PARTS = 16
"""Cells for the words of a part, in the wide list and in the narrow one."""


class RunScreen(Screen[None]):
    """Shows the run `run_id`; at the left its parts, at the right the one that is chosen."""

    HELP = """\
    ## A run

    At the left are the run's parts: **↑** and **↓** choose one, **Tab** goes into it for scrolling. While
    the run is at work the curves grow and **c** cancels it at once; **r** resumes it from its last
    checkpoint, or from its beginning where it keeps none. **e** has the tutor explain the figures, **v**
    lays another run beside it, **a** runs the lab again with settings you can change. Leaving this screen,
    or Tutor, does not stop the run.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "back", "Back", id="run.back", tooltip="Back; the run goes on"),
        Binding("c", "cancel", "Cancel", id="run.cancel", tooltip="Stop the run; it can be resumed"),
        Binding("r", "resume", "Resume", id="run.resume", tooltip="Go on with the run"),
        Binding("e", "explain", "Explain", id="run.explain", tooltip="Have the tutor explain this run"),
        Binding("v", "compare", "Compare", id="run.compare", tooltip="Lay another run beside this one"),
        Binding("a", "again", "Again", id="run.again", tooltip="Run the lab again, settings to change"),
        Binding("o", "folder", "Folder", id="run.folder", tooltip="Copy the path of the run's folder"),
        Binding("d,delete", "delete", "Delete", id="run.delete", tooltip="Delete the run with its folder"),
        Binding("f1", "help", "Help", id="run.help", tooltip="What the keys do"),
    ]
    DEFAULT_CSS = """
    RunScreen {
        background: $background;
        & > #head {
            height: auto; padding: 0 1; background: $surface;
            & > Static { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
        }
        & > #body { height: 1fr; }
        & #parts {
            width: 20; height: 1fr; padding: 0;
            border: none; border-right: solid $border-blurred; background: transparent;
            text-wrap: nowrap; text-overflow: ellipsis; scrollbar-size-vertical: 1;
            &:focus { background-tint: $foreground 0%; border-right: solid $border; }
            & > .option-list--option { padding: 0 1; }
            & > .option-list--option-highlighted {
                background: $block-cursor-blurred-background; color: $primary; text-style: bold;
            }
            &:focus > .option-list--option-highlighted {
                background: $block-cursor-background; color: $block-cursor-foreground; text-style: bold;
            }
        }
        &.-wide #parts { width: 30; }
        & #view { width: 1fr; height: 1fr; }
        & #view > .opening { padding: 1 2; color: $text-muted; }
    }
    """
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (_WIDE, "-wide")]  # noqa: RUF012 - Textual's own shape

    def __init__(self, run_id: str) -> None:
        super().__init__()
        self.run_id = run_id
        self.picture: Picture | None = None
        self.other: Picture | None = None
        self._parts: list[str] = []
        self._parts_room = 0
        self._part = ""
        self._chosen_by_person = False
        self._busy = ""
        self._deleting = False

    def compose(self) -> ComposeResult:
        """The head, the parts, the view."""
        with Vertical(id="head"):
            yield Static(title(self.run_id), id="headline")
            yield Static("", id="progress")
        with Horizontal(id="body"):
            yield OptionList(id="parts", markup=False, compact=True)
            with Vertical(id="view"):
                yield Static("Opening the run …", classes="opening", markup=False)
        yield RunFeed(self.run_id)
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Begin at the list of parts."""
        self.query_one("#parts").focus()

    # What comes in

    @on(RunFeed.Changed)
    async def show(self, event: RunFeed.Changed) -> None:
        """Show how the run stands now."""
        if event.picture.id != self.run_id:
            self.other = event.picture
        else:
            before, self.picture = self.picture, event.picture
            if before is None or before.state != event.picture.state:
                self._busy = ""
                self.refresh_bindings()
        if self.picture is None:
            return
        self.query_one("#headline", Static).update(headline(self.picture, self.other))
        self.query_one("#progress", Static).update(progress_line(self.picture, self._busy))
        self._list_parts(self.picture)
        await self._show_part(self._wanted_part(self.picture))

    @on(RunFeed.Lost)
    def lose(self, event: RunFeed.Lost) -> None:
        """The run is gone: so is this screen; the compared one is only taken away."""
        if self._deleting:
            return
        self._tutor.tell_problem(event.problem)
        if event.run_id == self.run_id:
            close(self)
        else:
            self.other = None

    def _list_parts(self, picture: Picture) -> None:
        names = parts_of(picture)
        keys = [key for key, _ in names]
        room = _WIDE_PARTS if self.app.size.width >= _WIDE else _NARROW_PARTS
        if keys == self._parts and room == self._parts_room:
            return
        self._parts, self._parts_room = keys, room
        listed = self.query_one("#parts", OptionList)
        labels = told_apart([words for _, words in names], room)
        with self.prevent(OptionList.OptionHighlighted):
            listed.clear_options()
            listed.add_options(
                [Option(title(words, 60), id=key) for key, words in zip(keys, labels, strict=True)]
            )
            if self._part in keys:
                listed.highlighted = keys.index(self._part)

    def on_resize(self) -> None:
        """A wider list has room for longer words."""
        if self.picture is not None:
            self._list_parts(self.picture)

    def _wanted_part(self, picture: Picture) -> str:
        """The part the person chose; else the curves while it runs and the result once it is done."""
        if self._chosen_by_person and self._part in self._parts:
            return self._part
        return "overview" if picture.is_live else "result"

    async def _show_part(self, key: str) -> None:
        assert self.picture is not None
        view = self.query_one("#view")
        if key != self._part:
            self._part = key
            listed = self.query_one("#parts", OptionList)
            if key in self._parts:
                with self.prevent(OptionList.OptionHighlighted):
                    listed.highlighted = self._parts.index(key)
            with self.app.batch_update():
                await view.remove_children()
                await view.mount(_MAKE.get(key, lambda: OneArtifact(key.partition(":")[2]))())
        for child in view.children:
            part: Any = child
            shown: Part = part
            await shown.show(self.picture, self.other)

    @on(OptionList.OptionHighlighted, "#parts")
    async def choose_part(self, event: OptionList.OptionHighlighted) -> None:
        """Show the part that is marked."""
        if self.picture is not None and event.option.id is not None and event.option.id != self._part:
            self._chosen_by_person = True
            await self._show_part(event.option.id)

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what is possible with the run as it stands."""
        picture = self.picture
        if action == "cancel":
            return picture is not None and picture.is_live
        if action == "resume":
            return picture is not None and picture.can_resume
        if action == "explain":
            return picture is not None and not picture.is_live and bool(picture.metrics)
        if action == "delete":
            return picture is not None and not picture.is_live
        if action in {"compare", "again", "folder"}:
            return picture is not None
        return True

    def action_back(self) -> None:
        """Leave; the run goes on."""
        self.dismiss(None)

    def action_cancel(self) -> None:
        """Stop the run."""
        self._do("cancelling …", _cancel)

    def action_resume(self) -> None:
        """Go on with the run."""
        self._chosen_by_person = False
        self._do("resuming …", _resume)

    def action_explain(self) -> None:
        """Have the tutor explain the run."""
        from tutor.tui.labs.opening import ask

        ask(self._tutor, f"Explain the run {self.run_id}")

    def action_compare(self) -> None:
        """Choose a run to lay beside this one."""
        from tutor.tui.labs.pick_run import PickRunScreen

        picture = self.picture
        if picture is not None:
            self.app.push_screen(PickRunScreen(self.run_id, picture.lab), self.compare_with)

    async def compare_with(self, run_id: str | None) -> None:
        """Lay this run beside; none takes the other away."""
        if run_id is None:
            return
        for feed in self.query(RunFeed):
            if feed.run_id != self.run_id:
                await feed.remove()
        self.other = None
        await self.mount(RunFeed(run_id, artifacts=False))

    def action_again(self) -> None:
        """Set up the same run, for changes."""
        from tutor.tui.labs.opening import set_up

        picture = self.picture
        if picture is not None:
            settings = dict(picture.settings)
            set_up(self._tutor, picture.lab, settings, picture.asked_device, picture.asked_data)

    def action_folder(self) -> None:
        """Copy the folder's path."""
        if self.picture is not None:
            self.app.copy_to_clipboard(self.picture.path)
            self.notify(self.picture.path, title="The folder's path is copied", markup=False)

    def action_delete(self) -> None:
        """Delete the run, once the person agrees."""
        from tutor.tui.screens.confirm import ConfirmScreen

        def answered(yes: bool | None) -> None:
            if yes:
                self._deleting = True
                self._delete()

        question = f"Delete the run {self.run_id} with its figures, pictures and checkpoint for good?"
        self.app.push_screen(ConfirmScreen(question, "Delete"), answered)

    def action_help(self) -> None:
        """Show the help."""
        from tutor.tui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(self))

    # What is done behind the screen

    def _do(self, words: str, what: Callable[[Settings, str], None]) -> None:
        self._busy = words
        if self.picture is not None:
            self.query_one("#progress", Static).update(progress_line(self.picture, words))
        self._work(what)

    @work(thread=True, exit_on_error=False, group="run-action")
    def _work(self, what: Callable[[Settings, str], None]) -> None:
        try:
            what(self._tutor.settings, self.run_id)
        except Exception as error:
            self.app.post_message(Told("", problem=problem_of(error)))
            self.app.call_from_thread(self._give_up)
        self.app.call_from_thread(self.query_one(RunFeed).look)

    def _give_up(self) -> None:
        """What was begun came to nothing: the line says again how the run stands."""
        self._busy = ""
        if self.picture is not None:
            self.query_one("#progress", Static).update(progress_line(self.picture))

    @work(thread=True, exit_on_error=False, group="run-action")
    def _delete(self) -> None:
        from tutor.tui.labs.deleting import delete_run

        self._deleting = delete_run(self._tutor, self.run_id)
        if self._deleting:
            self.app.call_from_thread(close, self)

    @property
    def _tutor(self) -> TutorApp:
        app: Any = self.app
        return app  # type: ignore[no-any-return]


def parts_of(picture: Picture) -> list[tuple[str, str]]:
    """The parts of a run as (key, words), in the order of the list."""
    parts = [("overview", "Curves")] if picture.curves or picture.is_live else []
    if not picture.is_live:
        parts.insert(0, ("result", "Result"))
    parts += [(f"artifact:{name}", shown.artifact.title) for name, shown in picture.artifacts.items()]
    if draws_more(picture):
        parts.append(("more", "More curves"))
    return [*parts, ("log", "Log"), ("settings", "Settings and data")]


def _cancel(settings: Settings, run_id: str) -> None:
    from tools.engine import local, runs

    local.cancel(runs.find(settings.home, run_id))


def _resume(settings: Settings, run_id: str) -> None:
    from tools.engine import local, runs
    from tutor.model_environment import model_environment

    run = runs.find(settings.home, run_id)
    local.resume(run, server=model_environment(settings, run.lab))


_MAKE: dict[str, Callable[[], Any]] = {
    "overview": Overview,
    "result": ResultCard,
    "more": MoreCurves,
    "log": LogPart,
    "settings": SettingsPart,
}

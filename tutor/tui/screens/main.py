"""The app's first screen: course, conversation and sources beside each other, the input below."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import ActiveBinding, BindingType
from textual.containers import Horizontal
from textual.screen import Screen
from textual.widgets import Footer

from tutor.tui import command_actions as do
from tutor.tui.course_tree import Place, examples
from tutor.tui.key_order import in_order
from tutor.tui.messages import ShelvesLoaded
from tutor.tui.screens.main_keys import KEYS
from tutor.tui.widgets.chat.composer import Composer, QuestionInput
from tutor.tui.widgets.chat.panel import ChatPanel
from tutor.tui.widgets.chat.welcome import Examples, Welcome
from tutor.tui.widgets.course.panel import CoursePanel, CourseTree
from tutor.tui.widgets.sources.panel import SourceList, SourcesPanel
from tutor.tui.widgets.status.bar import StatusBar

if TYPE_CHECKING:
    from textual.widget import Widget

    from tutor.agent.events import Source
    from tutor.tui.tutor_app import TutorApp

NARROW = 80
WIDE = 120


class MainScreen(Screen[None]):
    """Holds the conversation that is open and decides which side panels are in view.

    From WIDE columns on both side panels have room, from NARROW on one of them; below, a panel lies
    over the conversation while it is wanted. What the person chose with F2 and F3 counts first.
    """

    HELP = """\
    ## Tutor

    Write a question below. **F2** and **F3** bring the course and the sources, and put them away again,
    **F7** opens the exercises, **F8** the labs, which run the lessons' code, **F6** your progress and its
    quiz. **Tab** goes from panel to panel, **Ctrl+P** finds every command by name, **Ctrl+Q** leaves.
    Sessions are kept as you go.
    """
    VERTICAL_BREAKPOINTS = [(0, "-short"), (24, "-tall")]  # noqa: RUF012 - Textual's own shape
    AUTO_FOCUS = "QuestionInput"
    BINDINGS: ClassVar[list[BindingType]] = list(KEYS)
    DEFAULT_CSS = """
    MainScreen {
        background: $background;
        layers: base over;
        & > #body {
            height: 1fr;
            layers: base over;
            & > ChatPanel { layer: base; }
            & > CoursePanel { width: 28; layer: base; display: none; }
            & > SourcesPanel { width: 36; layer: base; display: none; }
            & > .-open { display: block; }
        }
        &.-over > #body {
            & > CoursePanel {
                layer: over; dock: left; width: 46; max-width: 90%; height: 100%; background: $surface;
            }
            & > SourcesPanel {
                layer: over; dock: right; width: 50; max-width: 90%; height: 100%; background: $surface;
            }
        }
        & > Footer { dock: none; }
        &.-short Welcome {
            padding: 0 1;
            & > .claim { margin: 0 0 1 0; }
            & > .keys { display: none; }
            & > Examples { margin: 0; }
        }
        &.-short ChatLog { padding: 0 1; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self.wants: dict[str, bool | None] = {"course": None, "sources": None}
        self.is_ingesting: bool = False

    def compose(self) -> ComposeResult:
        """The panels, the input and the status."""
        with Horizontal(id="body"):
            yield CoursePanel()
            yield ChatPanel()
            yield SourcesPanel()
        yield StatusBar(animated=self.app.animation_level != "none")
        yield Footer(show_command_palette=True)

    def on_mount(self) -> None:
        """Begin with the cursor in the input."""
        self.arrange_panels(self.app.size.width)
        self.composer.input.focus()

    @property
    def tutor(self) -> TutorApp:
        """The app."""
        app: Any = self.app
        return app  # type: ignore[no-any-return]

    @property
    def has_turns(self) -> bool:
        """Whether anything was asked in the session that is open."""
        return bool(self.chat.log_view.turns)

    @property
    def chat(self) -> ChatPanel:
        """The conversation."""
        return self.query_one(ChatPanel)

    @property
    def composer(self) -> Composer:
        """The input."""
        return self.query_one(Composer)

    @property
    def sources(self) -> SourcesPanel:
        """The sources of the chosen answer."""
        return self.query_one(SourcesPanel)

    @property
    def course(self) -> CoursePanel:
        """The course."""
        return self.query_one(CoursePanel)

    @property
    def status(self) -> StatusBar:
        """The line at the foot."""
        return self.query_one(StatusBar)

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """The keys in force, in the order of the footer."""
        return in_order(super().active_bindings, KEYS)

    def on_screen_resume(self) -> None:
        """Back from an exercise, a run or the quiz: what comes next may be something else."""
        for welcome in self.query(Welcome):
            if welcome.is_read:
                welcome.read_home()

    # Panels

    def on_resize(self, event: events.Resize) -> None:
        """Fold or unfold the side panels."""
        self.arrange_panels(event.size.width)

    def arrange_panels(self, width: int) -> None:
        """Decide which side panels are in view at this width."""
        over = width < NARROW
        if over and not self.has_class("-over"):
            self.wants = {"course": None, "sources": None}  # nothing lies over the chat unasked
        self.set_class(over, "-over")
        has_sources = bool(self.sources.sources)
        if over:
            course, sources = self.wants["course"] is True, self.wants["sources"] is True
        elif width >= WIDE:
            course, sources = self.wants["course"] is not False, self.wants["sources"] is not False
        else:
            sources = self.wants["sources"] is True or (self.wants["sources"] is None and has_sources)
            course = self.wants["course"] is True or (self.wants["course"] is None and not sources)
        if course and sources and width < WIDE:
            course = False
        self.course.set_class(course, "-open")
        self.sources.set_class(sources, "-open")
        focused = self.focused
        if focused is not None and not all(node.display for node in focused.ancestors_with_self):
            self.composer.input.focus()

    def is_open(self, name: str) -> bool:
        """Whether a side panel is in view."""
        return self.query_one(f"#{name}").has_class("-open")

    def show_panel(self, name: str, wanted: bool) -> None:
        """Bring a side panel into view, with the focus, or put it away."""
        other = "sources" if name == "course" else "course"
        self.wants[name] = wanted
        if wanted and self.app.size.width < WIDE:
            self.wants[other] = False
        elif not wanted and self.app.size.width < WIDE:
            self.wants[other] = self.wants[other] or None
        self.arrange_panels(self.app.size.width)
        if wanted:
            target: Widget = self.query_one(CourseTree if name == "course" else SourceList)
            if target.focusable:
                self.set_focus(target)  # at once: the next key belongs to the panel already
            elif target.display:
                target.focus()
        else:
            self.composer.input.focus()

    def action_toggle_course(self) -> None:
        """Go to the course; from there, put it away."""
        self.show_panel("course", not (self.is_open("course") and self.course.has_focus_within))

    def action_toggle_sources(self) -> None:
        """Go to the sources; from there, put them away."""
        inside = self.sources.has_focus_within or not self.sources.sources
        self.show_panel("sources", not (self.is_open("sources") and inside))

    @on(CoursePanel.Chosen)
    def read_section(self, event: CoursePanel.Chosen) -> None:
        """Read what was chosen in the course."""
        self.read(event.place, tuple(self.course.places))

    @on(SourcesPanel.Opened)
    @on(ChatPanel.SourceWanted)
    def read_source(self, event: SourcesPanel.Opened | ChatPanel.SourceWanted) -> None:
        """Read a source where it stands."""
        self.read(_place_of(event.source), tuple(_place_of(source) for source in self.sources.sources))

    def read(self, place: Place, among: tuple[Place, ...]) -> None:
        """Open the reading view on `place`; `among` are the places before and after it."""
        from tutor.tui.screens.reading import ReadingScreen

        if self.has_class("-over"):
            self.wants = {"course": None, "sources": None}
            self.arrange_panels(self.app.size.width)
        self.app.push_screen(ReadingScreen(place, among), self.after_reading)

    def after_reading(self, question: str | None) -> None:
        """Back from reading, perhaps with the beginning of a question."""
        if question:
            self.composer.input.put(question)
            self.composer.input.focus()

    # The conversation

    @on(Composer.Commanded)
    def run_command(self, event: Composer.Commanded) -> None:
        """Carry out a command that was written; one that is not possible now stays in the input."""
        command, argument = event.command, event.argument.strip()
        if not command.possible(self):
            self.notify(f"{command.slash} is not possible right now.", severity="warning", markup=False)
        elif command.needed and not argument:
            self.notify(f"Write it so: {command.slash} {command.argument}", markup=False)
            self.composer.type_command(command)
        else:
            self.composer.input.put("")
            self.composer.close_completions()
            command.run(self, argument)

    @on(ChatPanel.Asked)
    def answer(self, event: ChatPanel.Asked) -> None:
        """Have the question answered."""
        self.tutor.runner.ask(event.turn, event.question)

    @on(ChatPanel.Decided)
    def decide(self, event: ChatPanel.Decided) -> None:
        """Go on with the proposal that waits."""
        self.tutor.runner.decide(event.turn, event.decision)

    @on(ChatPanel.ExplanationWanted)
    def explain(self, event: ChatPanel.ExplanationWanted) -> None:
        """Have a run explained."""
        self.tutor.runner.explain(event.turn, event.run_id)

    @on(ChatPanel.StopWanted)
    def stop_answer(self) -> None:
        """Have the answer stopped."""
        self.tutor.runner.stop()

    @on(ChatPanel.Activity)
    def show_activity(self, event: ChatPanel.Activity) -> None:
        """Say what is going on."""
        if event.words:
            self.status.begin(event.words)
        else:
            self.status.end()
        self.refresh_bindings()

    @on(ChatPanel.SourcesShown)
    def show_sources(self, event: ChatPanel.SourcesShown) -> None:
        """Show sources in their panel."""
        self.sources.show(event.sources)
        self.arrange_panels(self.app.size.width)
        if event.go_there:
            self.show_panel("sources", True)

    @on(ShelvesLoaded)
    def show_course(self, event: ShelvesLoaded) -> None:
        """Show the course and offer some of its questions."""
        self.course.show(event.shelves)
        self.chat.offer_examples(examples(event.asks))

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what is possible now."""
        busy = self.chat.is_answering or self.is_ingesting
        return {"stop": busy, "back": not busy}.get(action, True)

    async def action_stop(self) -> None:
        """Stop the answer; without one, stop adding material."""
        if self.composer.close_completions():
            return
        if self.chat.is_answering:
            await self.chat.stop()
        else:
            self.tutor.cancel_ingest()

    def action_back(self) -> None:
        """Close what lies over the conversation; go back to the input."""
        if self.composer.close_completions():
            return
        for name in ("course", "sources"):
            if self.has_class("-over") and self.is_open(name):
                self.show_panel(name, False)
        self.composer.input.focus()

    def action_to_input(self) -> None:
        """Go to the input."""
        self.composer.input.focus()

    def action_to_end(self) -> None:
        """Go to the newest words."""
        self.chat.log_view.follow()

    def action_page(self, direction: int) -> None:
        """Scroll the conversation from anywhere."""
        if direction < 0:
            self.chat.log_view.scroll_page_up()
        else:
            self.chat.log_view.scroll_page_down()

    def action_help(self) -> None:
        """Show the help."""
        do.show_help(self, "")

    def action_sessions(self) -> None:
        """Show the sessions."""
        do.sessions(self, "")

    def action_labs(self) -> None:
        """Show the labs."""
        do.labs(self, "")

    def action_exercises(self) -> None:
        """Show the exercises."""
        do.exercises(self, "")

    def action_progress(self) -> None:
        """Show how far the person is."""
        do.progress(self, "")

    def action_new(self) -> None:
        """Begin a new session."""
        do.new(self, "")

    def action_copy_answer(self) -> None:
        """Copy the answer."""
        do.copy(self, "")

    @on(QuestionInput.EndAgain)
    def follow_answer(self) -> None:
        """End at the end of the input: go to the newest words."""
        self.chat.log_view.follow()

    @on(QuestionInput.NothingEarlier)
    def to_examples(self) -> None:
        """Up from an empty input with no earlier question: to the examples."""
        if not self.composer.input.text:
            for welcome in self.query(Welcome):
                welcome.query_one(Examples).focus()


def _place_of(source: Source) -> Place:
    """Where a source is read."""
    return Place(f"{source.n} · {source.title}", passage_id=source.passage_id, quote=source.quote)

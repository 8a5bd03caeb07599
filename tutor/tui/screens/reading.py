"""The reading view: a whole section, with the passage that an answer quotes marked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Footer, Static

from tutor.formulas import readable
from tutor.tui.course_tree import Place
from tutor.tui.plain_text import clean, one_line
from tutor.tui.problem import Problem, problem_of
from tutor.tui.widgets.chat.markdown import CourseMarkdown
from tutor.tui.widgets.chat.problem_panel import ProblemPanel

if TYPE_CHECKING:
    from tutor.tui.tutor_app import TutorApp


@dataclass(frozen=True, slots=True)
class Piece:
    """A passage as it is read: Markdown, and whether it is the one that was quoted."""

    markdown: str
    marked: bool = False


class SectionLoaded(Message):
    """The text of the place has been read."""

    def __init__(
        self,
        place: Place,
        title: str = "",
        trail: str = "",
        pieces: tuple[Piece, ...] = (),
        problem: Problem | None = None,
    ) -> None:
        super().__init__()
        self.place = place
        self.title = title
        self.trail = trail
        self.pieces = pieces
        self.problem = problem


class ReadingScreen(Screen[str]):
    """Reads one place; hands back the beginning of a question, or nothing."""

    HELP = """\
    ## Reading

    The whole section; the passage that the answer quotes has a bar at its left. **n** and **p** go to the
    next and the previous one, **a** asks about this section, **Esc** goes back.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,backspace", "back", "Back", id="reading.back", tooltip="Back to the conversation"),
        Binding("n,right", "go(1)", "Next", id="reading.next", tooltip="The next source or section"),
        Binding("p,left", "go(-1)", "Previous", id="reading.previous", tooltip="The one before"),
        Binding("m", "to_mark", "Quoted passage", id="reading.mark", tooltip="Go to the quoted passage"),
        Binding(
            "a", "ask", "Ask about this", id="reading.ask", tooltip="Begin a question about this section"
        ),
        Binding("c", "copy", "Copy", id="reading.copy", tooltip="Copy the quoted passage, or the section"),
        Binding("f1", "help", "Help", id="reading.help", tooltip="What the keys do"),
    ]
    DEFAULT_CSS = """
    ReadingScreen {
        background: $background;
        align: center top;
        & > #head {
            height: auto; padding: 1 2 0 2; max-width: 100; width: 100%;
            & > .title { color: $primary; text-style: bold; }
            & > .trail { color: $text-muted; }
        }
        & > VerticalScroll {
            width: 100%;
            align: center top;
            scrollbar-size-vertical: 1;
            scrollbar-color: $border-blurred;
            scrollbar-background: $background;
            & > #text {
                width: 100%;
                max-width: 100;
                height: auto;
                padding: 1 2;
                & > CourseMarkdown { padding: 0 1; }
                & > .-quoted {
                    border-left: outer $accent;
                    background: $accent 10%;
                    padding: 1 1 0 1;
                    margin: 0 0 1 0;
                }
                & > .waiting { color: $text-muted; }
            }
        }
    }
    """

    def __init__(self, place: Place, among: tuple[Place, ...]) -> None:
        super().__init__()
        self.place = place
        self._among = among
        self._pieces: tuple[Piece, ...] = ()
        self._shown_title = ""

    def compose(self) -> ComposeResult:
        """The title, the text and the keys."""
        with Vertical(id="head"):
            yield Static(one_line(self.place.title), classes="title", markup=False)
            yield Static("", classes="trail", markup=False)
        with VerticalScroll(id="page"), Vertical(id="text"):
            yield Static("Opening …", classes="waiting", markup=False)
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Read the text behind the frame."""
        self.query_one("#page").focus()
        self.load(self.place)

    @work(thread=True, exclusive=True, exit_on_error=False, group="reading")
    def load(self, place: Place) -> None:
        """Read a place's text from the library or the course."""
        app: Any = self.app
        tutor: TutorApp = app
        try:
            if place.section_id:
                text = tutor.course.read_section(place.section_id)
                loaded = SectionLoaded(place, place.title, "Course", (Piece(text),))
            elif place.passage_id:
                view = tutor.library.read(place.passage_id)
                marked = bool(place.quote)
                pieces = tuple(
                    Piece(passage.text, marked and passage_id == place.passage_id)
                    for passage_id, passage in view.passages
                )
                trail = " › ".join((view.title, *view.headings))
                location = f"  ·  {view.location}" if view.location else ""
                title = view.headings[-1] if view.headings else view.title
                loaded = SectionLoaded(place, title, trail + location, pieces)
            else:
                loaded = SectionLoaded(place, place.title, "", (Piece(place.quote, marked=True),))
        except Exception as error:
            loaded = SectionLoaded(place, place.title, problem=problem_of(error))
        self.post_message(loaded)
        if place.section_id and loaded.problem is None:
            _remember(tutor, place.section_id)

    @on(SectionLoaded)
    async def show(self, event: SectionLoaded) -> None:
        """Show the text and go to what is marked."""
        if event.place != self.place:
            return
        self._pieces = event.pieces
        self._shown_title = event.title
        self.query_one(".title", Static).update(one_line(event.title))
        place = (
            f"{self._among.index(self.place) + 1} of {len(self._among)}" if self.place in self._among else ""
        )
        trail = Content("  ·  ").join([Content(each) for each in (one_line(event.trail), place) if each])
        self.query_one(".trail", Static).update(trail)
        text = self.query_one("#text")
        await text.remove_children()
        if event.problem is not None:
            await text.mount(ProblemPanel(event.problem, can_retry=False))
            if self.place.quote:  # the section is gone, but what was quoted from it is known
                await text.mount(CourseMarkdown(_shown(self.place.quote), classes="-quoted"))
            return
        await text.mount_all(
            CourseMarkdown(_shown(piece.markdown), classes="-quoted" if piece.marked else "")
            for piece in event.pieces
        )
        self.refresh_bindings()
        self.call_after_refresh(self.action_to_mark, animate=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what there is."""
        if action == "to_mark":
            return any(piece.marked for piece in self._pieces)
        if action == "go":
            return len(self._among) > 1
        return True

    def action_to_mark(self, animate: bool = True) -> None:
        """Go to the quoted passage; without one, to the top."""
        page = self.query_one("#page", VerticalScroll)
        for quoted in self.query(".-quoted"):
            page.scroll_to_widget(quoted, top=True, animate=animate, force=True)
            return
        page.scroll_home(animate=False)

    def action_go(self, step: int) -> None:
        """Read the next place, or the one before."""
        if self.place not in self._among:
            return
        index = self._among.index(self.place) + step
        if 0 <= index < len(self._among):
            self.place = self._among[index]
            self.load(self.place)

    def action_ask(self) -> None:
        """Back, with the beginning of a question."""
        self.dismiss(f"In “{one_line(self._shown_title, 80)}”: ")

    def action_copy(self) -> None:
        """Copy the quoted passage; without one, the whole text."""
        marked = [piece.markdown for piece in self._pieces if piece.marked]
        self.app.copy_to_clipboard("\n\n".join(marked or [piece.markdown for piece in self._pieces]))
        self.notify("Copied.")

    def action_back(self) -> None:
        """Back to the conversation."""
        self.dismiss(None)

    def action_help(self) -> None:
        """Show the help."""
        from tutor.tui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(self))


def _remember(tutor: TutorApp, section: str) -> None:
    """Record that the section was read, for the home screen; reading goes on where that cannot be."""
    from tutor.learner_desk import LearnerDesk

    try:
        LearnerDesk(tutor.settings, tutor.store).section_read(section)
    except Exception as error:
        problem_of(error)


def _shown(markdown: str) -> str:
    return readable(clean(markdown), citations=False)

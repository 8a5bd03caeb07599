"""The quiz: a question, the course's answer when wanted, the learner's own word how well they knew it."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, Static

from tutor.formulas import readable
from tutor.learner.ahead import ahead
from tutor.tui.course_tree import Place
from tutor.tui.exercises.opening import put_question
from tutor.tui.exercises.words import counted
from tutor.tui.labs.closing import close
from tutor.tui.plain_text import clean, one_line
from tutor.tui.problem import problem_of
from tutor.tui.progress.messages import AnswerRead, CardRated, DeckRead
from tutor.tui.widgets.chat.markdown import CourseMarkdown
from tutor.tui.widgets.panel import Panel

if TYPE_CHECKING:
    from tutor.learner.quiz import Deck, Due
    from tutor.learner.records import Rating
    from tutor.learner_desk import LearnerDesk
    from tutor.tui.tutor_app import TutorApp

RATINGS: dict[Rating, str] = {1: "again", 2: "hard", 3: "good", 4: "easy"}


class QuizScreen(Screen[None]):
    """Asks what is due, or one lesson's questions; a rating is kept as soon as it is given."""

    HELP = """\
    ## The quiz

    Say the answer to yourself, then **Enter** shows what the course says. **1** again (you did not know),
    **2** hard, **3** good, **4** easy: that decides whether the question comes back in minutes, days or
    months. **s** reads the whole section, **n** leaves a question for another time. Leaving loses nothing.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "reveal", "Answer", id="quiz.reveal", tooltip="Show what the course says"),
        *(
            Binding(
                str(number), f"rate({number})", word.capitalize(), id=f"quiz.{word}",
                tooltip=f"You knew it: {word}",
            )
            for number, word in RATINGS.items()
        ),
        Binding("s", "section", "Section", id="quiz.section", tooltip="Read the whole section"),
        Binding("n", "skip", "Skip", id="quiz.skip", tooltip="Leave the question for another time"),
        Binding("escape,q", "back", "Back", id="quiz.back", tooltip="End the quiz; ratings are kept"),
        Binding("f1", "help", "Help", id="quiz.help", tooltip="What the keys do"),
    ]  # fmt: skip
    DEFAULT_CSS = """
    QuizScreen {
        background: $background;
        align: center top;
        & > #place { height: 1; width: 100%; max-width: 100; padding: 0 2; color: $text-muted; }
        & > Panel { width: 100%; max-width: 100; height: 1fr; }
        & #question { padding: 1 2; text-style: bold; height: auto; }
        & #said { height: 1; width: 100%; max-width: 100; padding: 0 2; }
        & VerticalScroll { padding: 0 2; scrollbar-size-vertical: 1; }
        & .hint { color: $text-muted; }
    }
    """
    AUTO_FOCUS = "VerticalScroll"

    def __init__(self, lesson: int | None = None) -> None:
        super().__init__()
        self._lesson = lesson
        self._desk: LearnerDesk | None = None
        self._due: list[Due] = []
        self._deck: Deck | None = None
        self._total = 0
        self._rated = 0
        self._waits = False
        self._revealed = False

    def compose(self) -> ComposeResult:
        """Which question it is, the question, the answer, what came of the last."""
        yield Static("", id="place", markup=False)
        with Panel() as panel:
            panel.border_title = "Quiz" if self._lesson is None else f"Quiz of lesson {self._lesson}"
            yield Static("Reading …", id="question", markup=False)
            yield VerticalScroll()
        yield Static("", id="said", markup=False)
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Read the questions behind the frame."""
        self.run_worker(self._read, thread=True, exit_on_error=False, group="quiz")

    @property
    def asked(self) -> Due | None:
        """The question in view; None where none is left."""
        return self._due[0] if self._due else None

    def _read(self) -> None:
        try:
            from tutor.learner_desk import LearnerDesk

            self._desk = LearnerDesk(self._tutor.settings, self._tutor.store)
            self.post_message(DeckRead(self._desk.deck(self._lesson)))
        except Exception as error:
            self.post_message(DeckRead(None, problem_of(error)))

    @on(DeckRead)
    async def begin(self, event: DeckRead) -> None:
        """Ask the first question, or say when one comes."""
        if event.deck is None:
            tutor = self._tutor
            close(self)
            if event.problem is not None:
                tutor.tell_problem(event.problem)  # on the screen that stays
            return
        self._deck = event.deck
        self._due = list(event.deck.due)
        self._total = len(self._due)
        await self._ask()

    async def _ask(self) -> None:
        self._revealed = False
        await self.query_one(VerticalScroll).remove_children()
        due = self.asked
        if due is None:
            self.query_one("#question", Static).update(Content(self._last_words()))
            self.query_one("#place", Static).update("")
        else:
            self.query_one("#question", Static).update(Content(clean(due.card.question)))
            new = "" if due.state is not None else " · new"
            place = f"{self._total - len(self._due) + 1} of {self._total} · lesson {due.card.lesson}{new}"
            self.query_one("#place", Static).update(place)
            hint = Static("Say it to yourself, then press Enter.", classes="hint", markup=False)
            await self.query_one(VerticalScroll).mount(hint)
        self.refresh_bindings()

    def _last_words(self) -> str:
        """What to say where no question is left."""
        deck = self._deck
        assert deck is not None
        words = f"That was all: {counted(self._rated, 'question')} answered." if self._total else ""
        if not self._total and deck.next_at is None:
            if self._lesson is not None:
                return f"Lesson {self._lesson} has no questions for a quiz."
            return (
                "Nothing is due: no lesson has been worked on yet. Check an exercise (F7 on the first "
                "screen), or choose a lesson on the progress screen (F6) and press l."
            )
        if not self._total and deck.next_at is not None:
            words = f"Nothing is due. The next question comes {ahead(deck.next_at, _now())}."
        if self._total and deck.waiting:
            words += f" {counted(deck.waiting, 'new question')} more for another day."
        return f"{words} Esc goes back."

    # Answer and rating

    def action_reveal(self) -> None:
        """Show what the course says."""
        due, desk = self.asked, self._desk
        if due is None:
            self.dismiss(None)
        elif not self._revealed and not self._waits and desk is not None:
            self._waits = True

            def read(card: str) -> AnswerRead:
                try:
                    return AnswerRead(card, desk.answer(card))
                except Exception as error:
                    return AnswerRead(card, None, problem_of(error))

            name = due.card.id
            self.run_worker(
                lambda: self.post_message(read(name)), thread=True, exit_on_error=False, group="quiz"
            )

    @on(AnswerRead)
    async def show_answer(self, event: AnswerRead) -> None:
        """Show the answer, and where it stands."""
        self._waits = False
        if event.problem is not None:
            self._tutor.tell_problem(event.problem)
        due = self.asked
        if due is None or due.card.id != event.card or event.answer is None:
            return
        self._revealed = True
        area = self.query_one(VerticalScroll)
        await area.remove_children()
        text = readable(clean(event.answer.text), citations=False) or "*The section has no short answer.*"
        source = Content.styled(f"From: {one_line(due.card.title, 100)} (s reads it)", "$foreground 60%")
        await area.mount_all([CourseMarkdown(text), Static(source, markup=False)])
        area.scroll_home(animate=False)
        self._say("How well did you know it?  1 again   2 hard   3 good   4 easy", "$accent")
        self.refresh_bindings()

    def action_rate(self, rating: Rating) -> None:
        """Keep the rating, and ask the next."""
        due, desk = self.asked, self._desk
        if due is None or desk is None or self._waits or not self._revealed:
            return
        self._waits = True

        def rate(card: str) -> CardRated:
            try:
                return CardRated(card, desk.rate(card, rating))
            except Exception as error:
                return CardRated(card, None, problem_of(error))

        name = due.card.id
        self.run_worker(lambda: self.post_message(rate(name)), thread=True, exit_on_error=False, group="quiz")

    @on(CardRated)
    async def go_on(self, event: CardRated) -> None:
        """Say when the question comes again, and ask the next one."""
        self._waits = False
        if event.state is None:
            if event.problem is not None:
                self._tutor.tell_problem(event.problem)
            return
        self._rated += 1
        self._due = [each for each in self._due if each.card.id != event.card]
        self._say(f"Kept. That one comes again {ahead(event.state.due, _now())}.", "$foreground 70%")
        await self._ask()

    async def action_skip(self) -> None:
        """Leave the question for another time."""
        if self.asked is not None and not self._waits:
            self._due.pop(0)
            self._say("Left for another time.", "$foreground 70%")
            await self._ask()

    def _say(self, words: str, style: str) -> None:
        self.query_one("#said", Static).update(Content.styled(words, style))

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what is possible now."""
        if action == "rate":
            return self._revealed
        if action in {"section", "skip"}:
            return self.asked is not None
        if action == "reveal":
            return not self._revealed
        return True

    def action_section(self) -> None:
        """Read the whole section."""
        from tutor.tui.screens.reading import ReadingScreen

        if self.asked is not None:
            place = Place(self.asked.card.title, section_id=self.asked.card.section)
            self.app.push_screen(ReadingScreen(place, (place,)), partial(put_question, self._tutor))

    def action_back(self) -> None:
        """End the quiz."""
        self.dismiss(None)

    def action_help(self) -> None:
        """Show the help."""
        from tutor.tui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(self))

    @property
    def _tutor(self) -> TutorApp:
        app: Any = self.app
        return app  # type: ignore[no-any-return]


def _now() -> datetime:
    return datetime.now().astimezone()

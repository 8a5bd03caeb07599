"""How far the learner is: each lesson with its exercises, concepts, questions due, and what comes next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, OptionList, Static
from textual.widgets.option_list import Option

from tutor.tui.exercises.words import STATES, counted, standing
from tutor.tui.plain_text import one_line
from tutor.tui.problem import problem_of
from tutor.tui.progress.messages import ProgressRead
from tutor.tui.progress.words import drawn_bar
from tutor.tui.widgets.panel import Panel

if TYPE_CHECKING:
    from tutor.learner.progress import HomeSummary, LessonProgress, Step
    from tutor.tui.tutor_app import TutorApp

_BAR = 8
_TOTAL_BAR = 20
_MOST_CONCEPTS = 40
_HEADINGS = f"     {'exercises passed':<{_BAR + 6}} known"


class LessonList(OptionList):
    """The lessons, each with how far it is."""

    HELP = """\
    ## Progress

    Each lesson with its exercises passed, and how well its concepts are known. That is worked out from
    your exercises, less for help you took, and from the quiz; it fades when you do not come back.
    **Enter** goes on with the marked lesson, **q** asks the questions that are due, **l** those of the
    marked lesson, **Tab** goes to its details for scrolling.
    """


class ProgressScreen(Screen[None]):
    """The lessons at the left, the marked one's details at the right; beneath each other where narrow."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "quiz", "Quiz", id="progress.quiz", tooltip="Answer the questions that are due"),
        Binding(
            "l", "lesson_quiz", "Quiz of the lesson", id="progress.lesson", tooltip="Ask about this lesson"
        ),
        Binding("f7", "exercises", "Exercises", id="progress.exercises", tooltip="See all exercises"),
        Binding("escape,f6", "back", "Back", id="progress.back", tooltip="Back to where you were"),
        Binding("f1", "help", "Help", id="progress.help", tooltip="What the keys do"),
    ]
    DEFAULT_CSS = """
    ProgressScreen {
        background: $background;
        & > #sum { height: 2; padding: 0 2; }
        & > Horizontal { height: 1fr; }
        & #lessons { width: 1fr; height: 1fr; }
        & #detail { width: 1fr; height: 1fr; }
        &.-narrow > Horizontal { layout: vertical; }
        & .headings { height: 1; padding: 0 1; color: $text-muted; }
        & OptionList {
            border: none; background: transparent; height: 1fr; padding: 0 1; scrollbar-size-vertical: 1;
            text-wrap: nowrap; text-overflow: ellipsis;
            &:focus { border: none; background-tint: $foreground 0%; }
            & > .option-list--option-highlighted {
                background: $block-cursor-blurred-background; color: $foreground; text-style: none;
            }
            &:focus > .option-list--option-highlighted {
                background: $block-cursor-background; color: $block-cursor-foreground; text-style: none;
            }
        }
        & VerticalScroll { padding: 0 1; scrollbar-size-vertical: 1; }
    }
    """
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - Textual's own shape
    AUTO_FOCUS = "LessonList"

    def __init__(self) -> None:
        super().__init__()
        self._lessons: tuple[LessonProgress, ...] = ()

    def compose(self) -> ComposeResult:
        """The sum, the lessons, the details."""
        yield Static("Reading …", id="sum", markup=False)
        with Horizontal():
            with Panel(id="lessons") as lessons:
                lessons.border_title = "Progress"
                yield Static(_HEADINGS, classes="headings", markup=False)
                yield LessonList(markup=False)
            with Panel(id="detail"), VerticalScroll():
                yield Static("", id="words", markup=False)
        yield Footer(show_command_palette=False)

    def on_screen_resume(self) -> None:
        """Read it anew also after a quiz or an exercise."""
        self.run_worker(self._read, thread=True, exit_on_error=False, group="progress", exclusive=True)

    @property
    def listed(self) -> LessonList:
        """The lessons."""
        return self.query_one(LessonList)

    @property
    def marked(self) -> LessonProgress | None:
        """The lesson under the cursor."""
        place = self.listed.highlighted
        return self._lessons[place] if place is not None and place < len(self._lessons) else None

    def _read(self) -> None:
        try:
            from tutor.learner_desk import LearnerDesk

            desk = LearnerDesk(self._tutor.settings, self._tutor.store)
            self.post_message(ProgressRead(tuple(desk.progress()), desk.home()))
        except Exception as error:
            self.post_message(ProgressRead((), None, problem_of(error)))

    @on(ProgressRead)
    def show(self, event: ProgressRead) -> None:
        """Show how far everything is; at first the lesson to go on with is marked."""
        if event.problem is not None or event.home is None:
            if event.problem is not None:
                self._tutor.tell_problem(event.problem)
            return
        place = self.listed.highlighted
        if place is None:
            wanted = event.home.next.lesson if event.home.next is not None else None
            numbers = [each.number for each in event.lessons]
            place = numbers.index(wanted) if wanted in numbers else 0
        self._lessons = event.lessons
        self.listed.clear_options()
        self.listed.add_options([Option(_row(each)) for each in event.lessons])
        self.listed.highlighted = place if event.lessons else None
        self.query_one("#sum", Static).update(_sum(event.home))
        self._show_detail()

    @on(OptionList.OptionHighlighted)
    def _show_detail(self) -> None:
        lesson = self.marked
        if lesson is not None:
            self.query_one("#detail", Panel).border_title = Content(f"Lesson {lesson.number}")
            self.query_one("#words", Static).update(_detail(lesson))
            self.query_one("#detail VerticalScroll", VerticalScroll).scroll_home(animate=False)
            self.refresh_bindings()

    @on(OptionList.OptionSelected)
    def go_on(self) -> None:
        """Go on with the marked lesson."""
        lesson = self.marked
        step = lesson.next if lesson is not None else None
        if lesson is None:
            return
        if step is None:
            self.notify(f"Nothing is open in lesson {lesson.number}. l asks its questions.")
        elif step.kind == "quiz":
            self.action_lesson_quiz()
        else:
            from tutor.tui.exercises.opening import show_exercise

            show_exercise(self._tutor, step.id)

    def action_quiz(self) -> None:
        """Ask what is due."""
        from tutor.tui.progress.opening import show_quiz

        show_quiz(self._tutor)

    def action_lesson_quiz(self) -> None:
        """Ask the marked lesson's questions."""
        from tutor.tui.progress.opening import show_quiz

        if self.marked is not None:
            show_quiz(self._tutor, self.marked.number)

    def action_exercises(self) -> None:
        """Show all exercises; where they lie beneath, go back to them."""
        from tutor.tui.exercises.list_screen import ExercisesScreen
        from tutor.tui.exercises.opening import show_exercises

        if any(isinstance(each, ExercisesScreen) for each in self._tutor.screen_stack):
            self.dismiss(None)
        else:
            show_exercises(self._tutor)

    def action_back(self) -> None:
        """Back to where the person was."""
        self.dismiss(None)

    def action_help(self) -> None:
        """Show the help."""
        from tutor.tui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(self))

    @property
    def _tutor(self) -> TutorApp:
        app: Any = self.app
        return app  # type: ignore[no-any-return]


def _sum(home: HomeSummary) -> Content:
    share = home.passed / home.total if home.total else 0.0
    due = f"{counted(home.due, 'question')} due (q)" if home.due else "no question due"
    first = Content.assemble(
        drawn_bar(share, _TOTAL_BAR, "$success"),
        f" {home.passed} of {counted(home.total, 'exercise')} passed",
        (f"   {due}", "$accent" if home.due else "$foreground 60%"),
    )
    return Content("\n").join([first, Content.assemble(("Next: ", "$primary"), _step(home.next))])


def _row(lesson: LessonProgress) -> Content:
    done = lesson.total > 0 and lesson.passed == lesson.total
    count = f"{lesson.passed:>2}/{lesson.total:<2}" if lesson.total else "     "
    due = f" {lesson.due} due" if lesson.due else ""
    return Content.assemble(
        ("✓ " if done else "  ", "$success"),
        (f"{lesson.number:>2} ", "$foreground 60%"),
        drawn_bar(lesson.passed / lesson.total, _BAR, "$success") if lesson.total else " " * _BAR,
        (f" {count}  ", "$foreground 70%"),
        (f"{lesson.mastery:4.0%}  ", "$primary"),
        one_line(lesson.title, 80),
        (due, "$accent"),
    )


def _detail(lesson: LessonProgress) -> Content:
    lines = [
        Content.styled(one_line(lesson.title, 100), "bold $primary"),
        Content.assemble(("Next: ", "$primary"), _step(lesson.next)),
    ]
    if lesson.due:
        lines.append(Content.styled(f"{counted(lesson.due, 'question')} due: l asks them.", "$accent"))
    if lesson.exercises:
        lines += [Content(""), Content.styled("Exercises", "bold")]
    for each in lesson.exercises:
        mark, colour = STATES[each.record.state]
        lines.append(
            Content.assemble(
                (f"{mark} ", colour),
                one_line(each.id, 40),
                (f"  {standing(each.record)}" if each.record.state != "new" else "", "$foreground 60%"),
            )
        )
    known = sorted(
        (each for each in lesson.concepts if each.evidence), key=lambda each: each.mastery, reverse=True
    )
    if lesson.concepts:
        lines += [Content(""), Content.styled("Concepts", "bold")]
    for concept in known[:_MOST_CONCEPTS]:
        lines.append(
            Content.assemble(
                drawn_bar(concept.mastery, _BAR),
                (f" {concept.mastery:4.0%}  ", "$foreground 80%"),
                one_line(concept.concept, 60),
            )
        )
    rest = len(lesson.concepts) - min(len(known), _MOST_CONCEPTS)
    if rest:
        lines.append(Content.styled(f"{counted(rest, 'concept')} not practised yet", "$foreground 60%"))
    return Content("\n").join(lines)


def _step(step: Step | None) -> Content:
    if step is None:
        return Content.styled("nothing is open here", "$foreground 60%")
    if step.kind == "quiz":
        return Content(step.title)
    return Content.assemble((one_line(step.id, 40), "bold"), f" · {one_line(step.title, 100)}")

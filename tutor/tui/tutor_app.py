"""The app itself: opens the screens, runs the work behind them, carries what one tells the other."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.app import App
from textual.binding import Binding, BindingType
from textual.message import Message

from tutor.tui import session_work
from tutor.tui.messages import (
    IndexProgress,
    IndexReady,
    IngestEnded,
    ShelvesLoaded,
    Told,
    Warmed,
)
from tutor.tui.problem import Problem, problem_of
from tutor.tui.runner import ConversationRunner
from tutor.tui.screens.main import MainScreen
from tutor.tui.themes import DEFAULT_THEME, THEMES

if TYPE_CHECKING:
    from textual.command import Provider

    from knowledge.library import Library, Progress
    from tutor.agent.conversation import Conversation
    from tutor.settings import Settings
    from tutor.store import Store
    from tutor.tui.course_tree import Shelf

log = logging.getLogger(__name__)
ConversationFactory = Callable[["Settings", "Library", "Store", str], "Conversation"]


def _palette() -> type[Provider]:
    from tutor.tui.palette import TutorCommands

    return TutorCommands


class TutorApp(App[None]):
    """Tutor in the terminal. What it works with is given, so that it can be tried with anything alike."""

    TITLE = "Tutor"
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {_palette}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "Quit", id="app.quit", show=False, priority=True, tooltip="Leave Tutor"),
        Binding(
            "ctrl+c",
            "help_quit",
            "Copy",
            id="app.copy",
            show=False,
            system=True,
            tooltip="Copy what is selected",
        ),
    ]

    def __init__(
        self,
        settings: Settings,
        open_library: Callable[[], Library],
        store: Store,
        conversation_factory: ConversationFactory,
        session: str | None = None,
        course: Any = None,
    ) -> None:
        super().__init__()
        self.settings = settings
        self._open_library = open_library
        self._library: Library | None = None
        self._library_lock = threading.Lock()
        self.store = store
        self.session = session or ""
        self._wanted_session = session
        self._make_conversation = conversation_factory
        self._course = course
        self._is_warm = False
        self._leaving = threading.Event()
        self._cancel_ingest = threading.Event()
        self.runner = ConversationRunner(self._tell_chat)
        self.crash: BaseException | None = None
        self.parting = ""
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = settings.theme if settings.theme in self.available_themes else DEFAULT_THEME

    def get_default_screen(self) -> MainScreen:
        """The screen that the app begins with."""
        return MainScreen()

    @property
    def main(self) -> MainScreen:
        """The screen with the conversation."""
        return next(screen for screen in self.screen_stack if isinstance(screen, MainScreen))

    @property
    def library(self) -> Library:
        """The library, opened when it is first needed: its imports are kept out of the first frame."""
        with self._library_lock:
            if self._library is None:
                self._library = self._open_library()
            return self._library

    @property
    def course(self) -> Any:
        """The course: `outline()` and `read_section(id)`."""
        if self._course is None:
            from knowledge import lessons

            self._course = lessons
        return self._course

    # Starting and leaving

    def on_mount(self) -> None:
        """Show the first frame, and only then begin the work."""
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        self._chat = self.main.chat
        for warning in self.settings.warnings:
            self.notify(warning, severity="warning", markup=False)
        if not getattr(self.store, "persistent", True):
            self.notify(self.store.message, title="Nothing will be kept", severity="warning", markup=False)
        if self.settings.theme not in self.available_themes:
            self.notify(f"There is no theme {self.settings.theme!r}.", severity="warning", markup=False)
        self.load_course()
        self.open_session(self._wanted_session)
        self.prepare_index()

    def on_unmount(self) -> None:
        """Have everything that runs behind the screen stop."""
        self._leaving.set()
        self._cancel_ingest.set()
        self.runner.stop()

    def close(self) -> None:
        """Put away what was opened, once the screen is gone."""
        finished = self.runner.close()
        if self._library is not None and finished:  # never under a thread that still reads it
            self._library.close()

    def _handle_exception(self, error: Exception) -> None:
        if self.is_headless:
            super()._handle_exception(error)
            return
        self.crash = self.crash or error
        log.critical("the app failed", exc_info=error)
        self._return_code = 3
        self._close_messages_no_wait()

    def _tell_chat(self, message: Message) -> None:
        """Hand a worker's message to the conversation, from where it bubbles up; safe from any thread."""
        self._chat.post_message(message)

    async def action_quit(self) -> None:
        """Leave; what an editor holds is saved, and while a lab runs, ask what becomes of it."""
        from tutor.tui.exercises.opening import keep_unsaved
        from tutor.tui.labs.leaving import leave

        keep_unsaved(self)
        leave(self)

    def action_help_quit(self) -> None:
        """Ctrl+C without a selection."""
        self.notify("Nothing is selected to copy. Ctrl+Q leaves Tutor.")

    def tell_problem(self, problem: Problem) -> None:
        """Say that something beside the conversation went wrong."""
        words = f"{problem.message} {problem.help}".strip()
        self.notify(words, title=problem.title, severity="error", timeout=12, markup=False)

    @on(Told)
    def tell(self, event: Told) -> None:
        """Pass on a worker's word."""
        if event.problem is not None:
            self.tell_problem(event.problem)
        else:
            self.notify(event.message, title=event.title, markup=False)

    # The course and the index

    @work(thread=True, exclusive=True, exit_on_error=False, group="course")
    def load_course(self) -> None:
        """Read what there is to read; where one part cannot be read, the other is shown all the same."""
        from tutor.tui.course_tree import load_collections, load_course

        shelves: list[Shelf] = []
        asks: tuple[str, ...] = ()
        try:
            shelf, asks = load_course(self.course)
            shelves.append(shelf)
        except Exception as error:
            self.post_message(Told("", problem=problem_of(error)))
        self._tell_chat(ShelvesLoaded(tuple(shelves), asks))
        try:
            shelves += load_collections(self.library)
        except Exception as error:
            self.post_message(Told("", problem=problem_of(error)))
        else:
            self._tell_chat(ShelvesLoaded(tuple(shelves), asks))

    @work(thread=True, exclusive=True, exit_on_error=False, group="index")
    def prepare_index(self) -> None:
        """Build or mend the index, then make the model ready; the latter at once where that takes long."""
        warming = threading.Event()

        def warm_once() -> None:
            if not warming.is_set() and not self._leaving.is_set():
                warming.set()
                self.runner.warm()

        def report(progress: Progress) -> None:
            if progress.phase == "Encoding":  # what ships its vectors, the course, is in by now
                self.runner.searchable()
                if progress.done > 0 or progress.total == 0:  # two threads must not load the encoder at once
                    warm_once()
            self.post_message(IndexProgress(progress))

        problem = None
        notes: tuple[str, ...] = ()
        try:
            notes = tuple(self.library.prepare(progress=report, cancel=self._leaving))
        except Exception as error:
            problem = None if self._leaving.is_set() else problem_of(error)
        self.runner.searchable()
        self.post_message(IndexReady(notes, problem))
        warm_once()

    @on(IndexProgress)
    def show_progress(self, event: IndexProgress) -> None:
        """Show how far the index is."""
        self.main.status.index(event.progress)

    @on(IndexReady)
    def index_ready(self, event: IndexReady) -> None:
        """The index is done."""
        self.main.status.index(None)
        if not self._is_warm:
            self.main.status.idle("warming up")
        for note in event.notes:
            self.notify(note, title="The index", markup=False, timeout=8)
        if event.problem is not None:
            self.tell_problem(event.problem)
        self.load_course()

    @on(Warmed)
    def warmed(self, event: Warmed) -> None:
        """The model is ready, or will say on the first question why not."""
        self._is_warm = True
        self.main.status.idle("ready")
        if event.problem is not None:
            self.tell_problem(event.problem)

    def ingest(self, paths: tuple[Path, ...]) -> None:
        """Add files and folders to the person's own collection."""
        self._cancel_ingest.clear()
        self.main.is_ingesting = True
        self.main.status.begin("reading your material")
        self.main.refresh_bindings()
        self._ingest(paths)

    def cancel_ingest(self) -> None:
        """Stop adding; what is in stays in."""
        self._cancel_ingest.set()

    @work(thread=True, exclusive=True, exit_on_error=False, group="ingest")
    def _ingest(self, paths: tuple[Path, ...]) -> None:
        collection = self.settings.collection or "mine"

        def report(progress: Progress) -> None:
            self.post_message(IndexProgress(progress))

        try:
            added = self.library.ingest(paths, collection, report, self._cancel_ingest)
        except Exception as error:
            stopped = self._cancel_ingest.is_set()
            self.post_message(IngestEnded(paths, None, None if stopped else problem_of(error)))
        else:
            self.post_message(IngestEnded(paths, added))

    @on(IngestEnded)
    def ingest_ended(self, event: IngestEnded) -> None:
        """Say what was added."""
        main = self.main
        main.is_ingesting = False
        main.status.index(None)
        if not main.chat.is_answering:
            main.status.end()
        main.refresh_bindings()
        if event.problem is not None:
            self.tell_problem(event.problem)
        else:
            self.notify(event.words, title="Your material", timeout=10, markup=False)
        self.load_course()

    # Sessions

    def open_session(self, name: str | None) -> None:
        """Open a session, or begin a new one."""
        self.run_worker(self._open(name), group="session", exclusive=True, exit_on_error=False)

    async def _open(self, name: str | None) -> None:
        """Open a session in the store and a conversation upon it."""
        try:
            self.session = self.store.session(name)
        except Exception as error:
            self.tell_problem(problem_of(error))
            self.session = name or "unsaved"
        await self.main.chat.open_session(self.session)
        self._open_conversation()
        self.main.composer.input.focus()
        self._load_session(self.session)

    def _open_conversation(self) -> None:
        settings, session = self.settings, self.session
        self.runner.open(lambda: self._make_conversation(settings, self.library, self.store, session))
        self.main.status.where(settings.model, session)

    @work(thread=True, exclusive=True, exit_on_error=False, group="session-load")
    def _load_session(self, name: str) -> None:
        loaded = session_work.load(self.store, name)
        (self.post_message if isinstance(loaded, Told) else self._tell_chat)(loaded)

    @work(thread=True, exclusive=True, exit_on_error=False, group="session-list")
    def list_sessions(self) -> None:
        """Read the list of sessions for the screen that shows it."""
        self.screen.post_message(session_work.listed(self.store))

    @work(thread=True, exit_on_error=False, group="session-delete")
    def delete_session(self, name: str) -> None:
        """Delete a session; a new one takes the place of the one that is open."""
        try:
            self.store.delete_session(name)
        except Exception as error:
            self.post_message(Told("", problem=problem_of(error)))
            return
        if name == self.session:
            self.call_from_thread(self.open_session, None)
        self.list_sessions()

    @work(thread=True, exit_on_error=False, group="export")
    def export(self, name: str, path: Path | None) -> None:
        """Write a session to a Markdown file that does not exist yet; without a path, in this folder."""
        self.post_message(session_work.export(self.store, name, path))

    # Settings

    def choose_theme(self, name: str) -> None:
        """Use a theme, now and at the next start."""
        if name not in self.available_themes:
            self.notify(f"There is no theme {name!r}.", severity="warning", markup=False)
            return
        self.theme = name
        self._save("theme", name, "")

    def change_setting(self, name: str, value: object, said: str) -> None:
        """Change what the conversation works with, now and at the next start."""
        self._save(name, value, said)

    @work(thread=True, exit_on_error=False, group="settings")
    def _save(self, name: str, value: object, said: str) -> None:
        from tutor.settings import load_settings, save_setting

        try:
            save_setting(name, value)
            settings = load_settings()
        except Exception as error:
            self.post_message(Told("", problem=problem_of(error)))
            return
        origin = settings.origin(name)
        if origin.startswith("environment"):
            said = f"Saved, but the {origin} outranks it: {name} is {getattr(settings, name)!r}."
        self.call_from_thread(self._use, settings, name, said)

    def _use(self, settings: Settings, name: str, said: str) -> None:
        self.settings = settings
        if name != "theme":
            self._open_conversation()
            self.runner.warm()
        if said:
            self.notify(said, markup=False)

"""The editor and its file: saving, drafts, what another program writes meanwhile; nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Static, TextArea

from tutor.tui.exercises import work_file
from tutor.tui.exercises.code_editor import CodeEditor
from tutor.tui.exercises.keep_screen import KeepScreen
from tutor.tui.exercises.messages import FileSeen
from tutor.tui.exercises.work_file import ChangedOnDisk, NotEditable, WorkFile
from tutor.tui.plain_text import title
from tutor.tui.problem import Problem, problem_of
from tutor.tui.widgets.panel import Panel

_LOOK = 1.0
_DRAFT = 1.0
"""Seconds between two looks at the file, and from the last key to the draft."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of unsaved text on leaving: words for the person, "" where it is simply saved."""

    words: str = ""
    is_lost: bool = False


class EditorPane(Panel):
    """Holds the learner's text; `saved_text` is what the file held when it was read or written last."""

    DEFAULT_CSS = """
    EditorPane {
        & > .trouble { display: none; color: $text-error; padding: 0 1; height: auto; }
        &.-trouble > .trouble { display: block; }
    }
    """

    @dataclass
    class Reread(Message):
        """Another program wrote the file, and the editor shows what it holds now."""

    def __init__(self) -> None:
        super().__init__(id="editor")
        self.file: WorkFile | None = None
        self.saved_text: str | None = None
        self._settled = ""
        self._stamp: object = None
        self._looking = False
        self._asking = False
        self._declined: str | None = None
        self._soon: Timer | None = None

    def compose(self) -> ComposeResult:
        """The editor; a line for what is wrong with the file."""
        yield Static("", classes="trouble", markup=False)
        yield CodeEditor()

    def on_mount(self) -> None:
        """Nothing is written before the file is read."""
        self.border_title = "Your code (F3)"
        self.code.read_only = True

    @property
    def code(self) -> CodeEditor:
        """The text area."""
        return self.query_one(CodeEditor)

    @property
    def is_unsaved(self) -> bool:
        """Whether the editor holds what the file does not."""
        return self.file is not None and self.code.text != self._settled

    @property
    def cannot_be_saved(self) -> bool:
        """Whether the last attempt to write the file failed; the text is in the draft, too."""
        return self.has_class("-trouble")

    # Opening

    def open(self, file: WorkFile, text: str | None, unsaved: str | None) -> None:
        """Show the file's text, or what was typed on top of it before Tutor ended without saving."""
        self.file = file
        self.saved_text = text
        self._stamp = file.stamp()
        self.code.load_text(text or "")
        self._settled = self.code.text
        self.code.read_only = False
        if unsaved is not None and unsaved != text:
            self.code.put(unsaved)
            self.app.notify(
                "What you typed and did not save before Tutor ended is back in the editor. "
                "Ctrl+Z takes it away again.",
                title="Unsaved work",
                timeout=10,
            )
        self._say()
        self.set_interval(_LOOK, self.look)

    # Saving

    def save(self, then: Callable[[], None] | None = None) -> bool:
        """Write the file and do `then`; where another program wrote it first, ask which text stays.

        Returns whether the file holds the editor's text now.
        """
        if self.file is None:
            return False
        text = self.code.text if self.is_unsaved or self.saved_text is None else self.saved_text
        try:
            self.file.write(text, self.saved_text)
        except ChangedOnDisk as change:
            if not self.is_unsaved:
                self._take(change.text)
            else:
                self._ask(change.text, then)
                return False
        except Exception as error:
            self._trouble(problem_of(error))
            return False
        else:
            self._saved(text)
        if then is not None:
            then()
        return True

    def put_back(self, text: str) -> None:
        """Show what was written to the file by the person's own wish; Ctrl+Z brings the other text back."""
        self._take(text)
        if self.file is not None:
            self._stamp = self.file.stamp()

    def keep(self) -> Kept:
        """Save without asking anything, for leaving; what is told where the text went elsewhere."""
        if self.file is None or not self.is_unsaved:
            return Kept()
        text = self.code.text
        try:
            self.file.write(text, self.saved_text)
        except (ChangedOnDisk, NotEditable):
            return self._kept_elsewhere("The file was changed elsewhere.", self.file.set_aside, text)
        except Exception as error:
            problem_of(error)
            return self._kept_elsewhere(str(error), None, text)
        self._saved(text)
        return Kept()

    def _kept_elsewhere(self, why: str, first: Callable[[str], Path] | None, text: str) -> Kept:
        """Keep what cannot be saved: in a file beside it, in the draft, or at least on another disk."""
        assert self.file is not None
        for keep in (first, self._drafted, work_file.set_aside_elsewhere):
            try:
                path = keep(text) if keep is not None else None
            except Exception as error:  # the next place may do
                problem_of(error)
                continue
            if path == self.file.draft:
                return Kept(f"{why} What you typed comes back when you open the exercise again.")
            if path is not None:
                return Kept(f"{why} What you typed is in {path}")
        return Kept(f"{why} What you typed could not be kept anywhere.", is_lost=True)

    def _drafted(self, text: str) -> Path:
        assert self.file is not None
        self.file.keep_draft(text, self.saved_text)
        return self.file.draft

    def _saved(self, text: str) -> None:
        assert self.file is not None
        self.saved_text = text
        self._settled = self.code.text
        self._stamp = self.file.stamp()
        self._declined = None
        self._stop_draft()
        self._trouble(None)

    # What is typed

    @on(TextArea.Changed)
    def _typed(self, event: TextArea.Changed) -> None:
        event.stop()
        if self.file is None:
            return
        self._say()
        if self._soon is not None:
            return
        if self.is_unsaved:  # the first key sets the clock, so that no draft is older than a second
            self._soon = self.set_timer(_DRAFT, self._keep_draft)

    def _keep_draft(self) -> None:
        self._soon = None
        if self.file is None or not self.is_unsaved:
            return
        try:
            self._drafted(self.code.text)
        except Exception as error:  # saving will say it again, and then it matters
            problem_of(error)

    def _stop_draft(self) -> None:
        if self._soon is not None:
            self._soon.stop()
            self._soon = None
        if self.file is not None:
            self.file.drop_draft()

    # What others write

    def look(self) -> None:
        """Look whether the file was written by another program, unless a look is under way."""
        if self.file is not None and not self._looking and not self._asking and self.screen.is_current:
            self._looking = True
            file, known = self.file, self._stamp
            self.run_worker(lambda: self._look(file, known), thread=True, exit_on_error=False, group="look")

    def _look(self, file: WorkFile, known: object) -> None:
        stamp = file.stamp()
        seen = FileSeen(stamp, None)
        if stamp != known:
            try:
                seen = FileSeen(stamp, file.read())
            except Exception as error:
                seen = FileSeen(stamp, None, problem_of(error))
        self.post_message(seen)

    @on(FileSeen)
    def _seen(self, event: FileSeen) -> None:
        event.stop()
        self._looking = False
        if event.stamp == self._stamp or self.file is None:
            return
        self._stamp = event.stamp
        if event.problem is not None:
            self._trouble(event.problem)
        elif event.text is None:
            self.saved_text = None
            self._trouble(Problem("", "The file is gone.", "Ctrl+S writes it again."))
        elif event.text == self.saved_text:
            self._trouble(None)
        elif not self.is_unsaved or event.text == self.code.text:
            self._take(event.text)
            self.post_message(self.Reread())
        elif event.text != self._declined:
            self._ask(event.text, None)

    def _take(self, text: str | None) -> None:
        """Show what the file holds now."""
        if text is not None and text != self.code.text:
            self.code.put(text)
        self.saved_text = text
        self._settled = self.code.text
        self._declined = None
        self._stop_draft()
        self._trouble(None)

    def _ask(self, found: str | None, then: Callable[[], None] | None) -> None:
        if self._asking or self.file is None:
            return
        self._asking = True
        self._trouble(None)
        file = self.file

        def answered(answer: str | None) -> None:
            self._asking = False
            try:
                if answer == "mine":
                    kept = file.overwrite(self.code.text)
                    self._saved(self.code.text)
                elif answer == "theirs":
                    kept = file.set_aside(self.code.text)
                    self._take(file.read())
                    self.post_message(self.Reread())
                else:
                    self._declined = found
                    return
            except Exception as error:
                self._trouble(problem_of(error))
                return
            if kept is not None:
                self.app.notify(str(kept), title="The other text is kept in", timeout=10, markup=False)
            if then is not None:
                then()

        self.app.push_screen(KeepScreen(file.path.name), answered)

    # The frame

    def _trouble(self, problem: Problem | None) -> None:
        self.set_class(problem is not None, "-trouble")
        words = f"{problem.message} {problem.help}" if problem is not None else ""
        self.query_one(".trouble", Static).update(title(words, 400))
        self._say()

    def _say(self) -> None:
        if self.file is not None:
            self.border_title = title(f"{self.file.path.name} (F3)", 60)
            self.border_subtitle = "● not saved" if self.is_unsaved else "saved"

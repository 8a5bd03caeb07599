"""An answer on a terminal: its Markdown as it comes, then its sources."""

from __future__ import annotations

from collections.abc import Callable

from tutor.agent.events import Answered, AnswerRestarted, Event, Notice, Source, Token
from tutor.cli.output import say, say_styled, styled, tell
from tutor.export import place
from tutor.formulas import FormulaStream

Show = Callable[[Event], None]


def tell_notice(event: Event) -> None:
    """Tell a notice on stderr; other events need no word where the whole answer is printed at the end."""
    if isinstance(event, Notice):
        tell(f"{event.title}: {event.message}" + (f" {event.help}" if event.help else ""))


class AnswerPrinter:
    """Prints the events of one turn."""

    def __init__(self) -> None:
        """Begin with nothing printed."""
        self._written = False
        self._at_line_start = True
        self._formulas = FormulaStream(citations=False, markdown=False)

    def __call__(self, event: Event) -> None:
        """Print what this event adds."""
        if isinstance(event, Token):
            self._write(self._formulas.feed(event.text))
            return
        self._write(self._formulas.finish())
        if isinstance(event, AnswerRestarted) and self._written:
            self._end_line()
            say("\n(The answer begins again.)\n")
            self._written = False
        elif isinstance(event, Notice):
            self._end_line()
            tell_notice(event)
        elif isinstance(event, Answered):
            if not self._written:
                self._write(self._formulas.feed(event.answer.answer) + self._formulas.finish())
            self._end_line()
            self._print_sources(event.answer.sources)

    def _write(self, text: str) -> None:
        if text:
            say(text, end="")
            self._written = True
            self._at_line_start = text.endswith("\n")

    def _end_line(self) -> None:
        if not self._at_line_start:
            say()
            self._at_line_start = True

    def _print_sources(self, sources: tuple[Source, ...]) -> None:
        if not sources:
            return
        say()
        say_styled(styled("Sources", 1))
        for source in sources:
            say_styled(
                f"{styled(f'[{source.n}]', 36)} {styled(place(source.title, source.section))}"
                f"{styled(f', {source.location}' if source.location else '', 2)}"
            )

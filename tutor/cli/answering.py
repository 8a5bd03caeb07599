"""An answer on a terminal: its Markdown as it comes, then its sources."""

from __future__ import annotations

import shlex
from collections.abc import Callable

from tutor.agent.events import Answered, AnswerRestarted, Event, LabProposed, Notice, Proposal, Source, Token
from tutor.cli.output import say, say_styled, styled, tell
from tutor.export import place
from tutor.formulas import FormulaStream

Show = Callable[[Event], None]


def tell_notice(event: Event) -> None:
    """Tell a notice on stderr; other events need no word where the whole answer is printed at the end."""
    if isinstance(event, Notice):
        tell(f"{event.title}: {event.message}" + (f" {event.help}" if event.help else ""))


def how_to_run(proposal: Proposal, session: str | None) -> str:
    """What to type for a proposed run: the run itself, or the word that the conversation waits for."""
    if proposal.refused:
        return ""
    lines = [f"To run it: {proposal.command}"]
    if session is not None:
        lines.append(f"Or, in this conversation: {shlex.join(['tutor', 'ask', '--session', session, 'yes'])}")
    return "\n".join(lines)


class AnswerPrinter:
    """Prints the events of one turn; `session` is where a proposal can be answered."""

    def __init__(self, session: str | None = None) -> None:
        """Begin with nothing printed."""
        self._session = session
        self._proposal: Proposal | None = None
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
        elif isinstance(event, LabProposed):
            self._proposal = event.proposal
        elif isinstance(event, Answered):
            if not self._written:
                self._write(self._formulas.feed(event.answer.answer) + self._formulas.finish())
            self._end_line()
            self._print_sources(event.answer.sources)
            if self._proposal is not None and (how := how_to_run(self._proposal, self._session)):
                say(f"\n{how}")

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

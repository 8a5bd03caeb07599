"""The conversation that is open: asking, streaming, stopping, and showing earlier turns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message

from tutor.agent.events import (
    Answered,
    AnswerRestarted,
    Decision,
    LabProposed,
    LabStarted,
    Notice,
    Source,
    SourcesFound,
    Token,
    ToolFinished,
    ToolStarted,
)
from tutor.tui.messages import AnswerEnded, AnswerEvent, AnswerFailed, ProposalWaits, SessionLoaded
from tutor.tui.widgets.action_label import ActionLabel
from tutor.tui.widgets.chat.citation import SourceCited
from tutor.tui.widgets.chat.composer import Composer
from tutor.tui.widgets.chat.doing import doing
from tutor.tui.widgets.chat.lab_turns import LabTurns
from tutor.tui.widgets.chat.log import ChatLog
from tutor.tui.widgets.chat.problem_panel import ProblemPanel
from tutor.tui.widgets.chat.proposal import ProposalCard, ProposalDecided
from tutor.tui.widgets.chat.turn import TurnView
from tutor.tui.widgets.chat.welcome import Welcome

if TYPE_CHECKING:
    from tutor.store import Turn

SHOWN_AT_FIRST = 12
"""Earlier turns that a reopened session shows before the person asks for more."""


class ChatPanel(Vertical):
    """The turns and the input; owns the turn that is being answered."""

    DEFAULT_CSS = """
    ChatPanel {
        width: 1fr;
        height: 1fr;
        & > .below { width: 100%; text-align: center; }
        & > .below:hover { background: transparent; color: $accent; }
    }
    """

    class SourcesShown(Message):
        """The sources to be shown are these; `go_there` asks for the focus too."""

        def __init__(self, sources: tuple[Source, ...], *, go_there: bool = False) -> None:
            super().__init__()
            self.sources = sources
            self.go_there = go_there

    class SourceWanted(Message):
        """A source should be read where it stands."""

        def __init__(self, source: Source) -> None:
            super().__init__()
            self.source = source

    class Asked(Message):
        """A turn began; whoever runs the conversation answers with AnswerEvent messages."""

        def __init__(self, turn: int, question: str) -> None:
            super().__init__()
            self.turn = turn
            self.question = question

    class Decided(Message):
        """A turn began with a decision on the proposal that waits."""

        def __init__(self, turn: int, decision: Decision) -> None:
            super().__init__()
            self.turn = turn
            self.decision = decision

    class ExplanationWanted(Message):
        """A turn began that explains a run which has ended."""

        def __init__(self, turn: int, run_id: str) -> None:
            super().__init__()
            self.turn = turn
            self.run_id = run_id

    class StopWanted(Message):
        """The answer is not wanted any more."""

    class Activity(Message):
        """What is being done for the answer, in a few words; "" once nothing is."""

        def __init__(self, words: str) -> None:
            super().__init__()
            self.words = words

    def __init__(self) -> None:
        super().__init__(id="chat")
        self.live: TurnView | None = None
        self.session = ""
        self._examples: tuple[str, ...] = ()
        self._next = 1
        self._said = ""
        self._switching = False
        self._earlier: list[Turn] = []
        self._labs = LabTurns()

    def compose(self) -> ComposeResult:
        """The log above, the input below."""
        yield ChatLog()
        yield ActionLabel("", "to_end", classes="below", tooltip="Go to the newest words (End)")
        yield Composer()

    async def on_mount(self) -> None:
        """Begin with an empty conversation."""
        await self.log_view.clear(())
        self.set_interval(1.0, self.explain_ended)

    @property
    def log_view(self) -> ChatLog:
        """The turns."""
        return self.query_one(ChatLog)

    @property
    def composer(self) -> Composer:
        """The input."""
        return self.query_one(Composer)

    @property
    def is_answering(self) -> bool:
        """Whether an answer is coming in."""
        return self.live is not None

    # Asking

    @on(Composer.Asked)
    async def ask_written(self, event: Composer.Asked) -> None:
        """Ask what was written; while an answer comes in the question waits in the input."""
        if self.is_answering:
            self.notify("One answer at a time: Esc stops this one.", severity="warning")
            return
        if not self._switching:
            self.composer.input.put("")
            await self.ask(event.question)

    @on(Welcome.Chosen)
    async def ask_example(self, event: Welcome.Chosen) -> None:
        """Ask the example that was chosen."""
        self.composer.input.focus()
        await self.ask(event.question)

    @on(TurnView.AskedAgain)
    async def ask_again(self, event: TurnView.AskedAgain) -> None:
        """Ask a turn's question again."""
        await self.ask(event.turn.question)

    @on(ProblemPanel.Retry)
    async def retry(self) -> None:
        """Ask the last question again."""
        turns = self.log_view.turns
        if not turns:
            return
        written = self.composer.input
        if written.text.strip() == turns[-1].question.strip():
            written.put("")
        written.focus()
        await self.ask(turns[-1].question)

    async def ask(self, question: str) -> None:
        """Begin a turn, unless one is being answered."""
        if self.is_answering or self._switching:
            return
        self.composer.input.remember(question)
        self._labs.settle(self.log_view, question)
        turn = await self._begin(question)
        self.post_message(self.Asked(turn.number, question))

    @on(ProposalDecided)
    async def decide(self, event: ProposalDecided) -> None:
        """Go on with the proposal as the person decided."""
        event.stop()
        from tutor.agent.labs.deciding import words_of

        cards = [card for card in self.query(ProposalCard) if card.proposal.id == event.id]
        if self.is_answering:
            self.notify("One answer at a time: Esc stops this one.", severity="warning")
            if cards:
                await self._labs.waits(self.log_view, cards[-1].proposal)
            return
        action: Any = event.action
        decision = Decision(action, event.settings, event.device)
        turn = await self._begin(words_of(decision, cards[-1].proposal.sentence if cards else ""))
        self.composer.input.focus()
        self.post_message(self.Decided(turn.number, decision))

    async def explain_ended(self) -> None:
        """Have a run explained that was at work in this conversation and has ended."""
        if self.is_answering or self._switching or self._labs.undecided(self.log_view):
            return
        run_id = self._labs.ended(self.log_view)
        if run_id:
            turn = await self._begin(f"Explain the run {run_id}")
            self.post_message(self.ExplanationWanted(turn.number, run_id))

    @on(ProposalWaits)
    async def show_waiting(self, event: ProposalWaits) -> None:
        """Show a proposal that waits, from an earlier day or after a decision that could not be."""
        await self._labs.waits(self.log_view, event.proposal)

    async def _begin(self, question: str) -> TurnView:
        turn = TurnView(self._next, question)
        self._next += 1
        self.live = turn
        await self.log_view.add(turn)
        turn.show_activity("Thinking …")
        self._say("thinking")
        return turn

    @on(AnswerEvent)
    async def show_event(self, event: AnswerEvent) -> None:
        """Show what happened in the live turn; what comes after a stop is dropped."""
        turn = self.live
        if turn is None or turn.number != event.turn:
            return
        match event.event:
            case Token(text):
                self._say("answering")
                await turn.add_text(text)
            case ToolStarted(name, args):
                words = doing(name, args)
                turn.show_activity(f"{words} …")
                self._say(words[0].lower() + words[1:])
            case ToolFinished(tool):
                turn.show_activity(tool.summary)
            case SourcesFound(sources):
                turn.sources = sources
                self.post_message(self.SourcesShown(sources))
            case AnswerRestarted():
                await turn.restart()
                self._say("thinking")
            case Notice() as notice:
                await turn.add_notice(notice)
            case LabProposed(proposal):
                await self._labs.propose(
                    turn, proposal
                )  # without the focus: letters typed on are no decision
            case LabStarted(run_id):
                await self._labs.started(turn, run_id)
            case Answered(answer):
                self._rest()
                await turn.finish(answer)
                self.post_message(self.SourcesShown(answer.sources))

    @on(AnswerFailed)
    async def show_failure(self, event: AnswerFailed) -> None:
        """Show what went wrong; the question goes back into the input."""
        turn = self.live
        if turn is None or turn.number != event.turn:
            return
        self._rest()
        await turn.fail(event.problem)
        if not self.composer.input.text.strip():
            self.composer.input.put(turn.question)

    @on(AnswerEnded)
    async def end_turn(self, event: AnswerEnded) -> None:
        """A turn that ended without a last word is shown as stopped."""
        turn = self.live
        if turn is not None and turn.number == event.turn:
            self._rest()
            await turn.end("stopped")

    async def stop(self) -> None:
        """Stop the answer at once; what came stays."""
        turn = self.live
        if turn is None:
            return
        self._rest()
        self.post_message(self.StopWanted())
        await turn.end("stopped")

    def _rest(self) -> None:
        self.live = None
        self._say("")

    def _say(self, words: str) -> None:
        if words != self._said:  # once, not with every piece of an answer
            self._said = words
            self.post_message(self.Activity(words))

    @on(ChatLog.Below)
    def show_below(self, event: ChatLog.Below) -> None:
        """Say when there is more below what is in view."""
        self.query_one(".below", ActionLabel).update("↓ more below · End" if event.more else "")

    def action_to_end(self) -> None:
        """Go to the newest words."""
        self.log_view.follow()

    # Sources and copies

    @on(TurnView.SourcesWanted)
    def go_to_sources(self, event: TurnView.SourcesWanted) -> None:
        """Show an answer's sources and go there."""
        self.post_message(self.SourcesShown(event.turn.sources, go_there=True))

    @on(ChatLog.Selected)
    def follow_selection(self, event: ChatLog.Selected) -> None:
        """The sources are those of the answer that was chosen."""
        self.post_message(self.SourcesShown(event.turn.sources))

    @on(SourceCited)
    def open_citation(self, event: SourceCited) -> None:
        """Read the source of a citation."""
        event.stop()
        turn = next((each for each in event.widget.ancestors if isinstance(each, TurnView)), None)
        sources = turn.sources if turn is not None else ()
        cited = next((source for source in sources if source.n == event.n), None)
        if cited is None:
            self.notify(f"This answer has no source {event.n}.", severity="warning")
            return
        self.post_message(self.SourcesShown(sources))
        self.post_message(self.SourceWanted(cited))

    @on(TurnView.CopyWanted)
    def copy(self, event: TurnView.CopyWanted) -> None:
        """Copy an answer as Markdown."""
        self.app.copy_to_clipboard(event.turn.answer_text)
        self.notify("The answer is copied.")

    # Sessions

    def offer_examples(self, questions: tuple[str, ...]) -> None:
        """Questions that an empty conversation offers."""
        self._examples = questions
        for welcome in self.query(Welcome):
            welcome.offer(questions)

    async def open_session(self, session: str) -> None:
        """Show an empty conversation, for the turns of `session` to come in."""
        first, self.session = not self.session, session
        if first:  # a question that was quicker than the opening belongs to this session
            return
        self._switching = True
        try:
            await self.stop()
            self._earlier = []
            self._labs = LabTurns()
            self.composer.input.history_of_questions = []
            await self.log_view.clear(self._examples)
        finally:
            self._switching = False
        self.post_message(self.SourcesShown(()))

    @on(SessionLoaded)
    async def show_session(self, event: SessionLoaded) -> None:
        """Show the earlier turns of the session that was opened."""
        live = [turn.question for turn in self.log_view.turns]  # asked while the others were being read
        turns = [turn for turn in event.turns if not (live and turn.state == "running")]
        if event.session != self.session or not turns or len(live) > 1:
            return
        self.composer.input.history_of_questions = [*(turn.question for turn in turns), *live]
        self._earlier, shown = turns[:-SHOWN_AT_FIRST], turns[-SHOWN_AT_FIRST:]
        with self.app.batch_update():
            for turn in reversed(shown):
                await self._show_stored(turn, earlier=True)
            self.log_view.offer_earlier(len(self._earlier))
        await self._labs.turns_shown(self.log_view)
        if not live:
            self.post_message(self.SourcesShown(self.log_view.turns[-1].sources))
            self.log_view.follow()

    @on(ChatLog.EarlierWanted)
    async def show_earlier(self) -> None:
        """Show more of the earlier turns."""
        more = self._earlier[-SHOWN_AT_FIRST:]
        self._earlier = self._earlier[:-SHOWN_AT_FIRST]
        self.log_view.release_anchor()
        for turn in reversed(more):
            await self._show_stored(turn, earlier=True)
        self.log_view.offer_earlier(len(self._earlier))

    async def _show_stored(self, stored: Turn, *, earlier: bool = False) -> None:
        view = TurnView(0, stored.question)
        await self.log_view.add(view, earlier=earlier)
        if stored.state == "done" and stored.answer is not None:
            await view.finish(stored.answer)
            await self._labs.stored(view, stored.answer)
        else:
            unfinished = stored.state in {"interrupted", "running"}
            await view.end("interrupted" if unfinished else stored.state, stored.answer)

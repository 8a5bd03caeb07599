"""Proposals and runs within the conversation: their cards, and which ended run is to be explained."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.agent.events import Answer, Proposal
    from tutor.tui.widgets.chat.log import ChatLog
    from tutor.tui.widgets.chat.proposal import ProposalCard
    from tutor.tui.widgets.chat.turn import TurnView


class LabTurns:
    """The cards in one log; a run that was seen at work and then ended is named once by `ended`."""

    def __init__(self) -> None:
        self._waiting: Proposal | None = None
        self._explained: set[str] = set()
        self._at_work: set[str] = set()

    async def propose(self, turn: TurnView, proposal: Proposal) -> None:
        """Show a proposal below the turn that led to it, ready to be decided."""
        from tutor.tui.widgets.chat.proposal import ProposalCard

        self._waiting = None
        await turn.add_card(ProposalCard(proposal))

    async def started(self, turn: TurnView, run_id: str) -> None:
        """Show a run below the turn that started it."""
        self._at_work.add(run_id)
        await self._show_run(turn, run_id)

    async def stored(self, turn: TurnView, answer: Answer) -> None:
        """Show the runs that a turn of an earlier day started."""
        for tool in answer.tools:
            if tool.name == "run_lab" and tool.summary.startswith(_STARTED):
                await self._show_run(turn, tool.summary.removeprefix(_STARTED))

    async def waits(self, log: ChatLog, proposal: Proposal) -> None:
        """Show a proposal that waits below the newest turn; where there is none yet, once there is."""
        cards = self.undecided(log)
        if any(card.proposal.id == proposal.id for card in cards):
            return
        self._waiting = proposal
        await self.turns_shown(log)

    async def turns_shown(self, log: ChatLog) -> None:
        """Show what still waits, now that there are turns to show it below."""
        turns = log.turns
        if self._waiting is not None and turns:
            await self.propose(turns[-1], self._waiting)

    def undecided(self, log: ChatLog) -> list[ProposalCard]:
        """The proposals in view that wait for a word."""
        from tutor.tui.widgets.chat.proposal import ProposalCard

        return [card for card in log.query(ProposalCard) if not card.decided]

    def settle(self, log: ChatLog, question: str) -> None:
        """A question was asked: it decides what waits, and anything but a yes declines it."""
        from tutor.agent.labs.requests import decision_in

        self._waiting = None
        for card in self.undecided(log):
            card.settle(decision_in(question) or "decline")

    def ended(self, log: ChatLog) -> str:
        """The ID of a run that was at work and has ended since; each is named once, "" for none."""
        from tutor.tui.widgets.chat.run_card import RunCard

        for card in log.query(RunCard):
            if card.picture is None or card.run_id in self._explained:
                continue
            if card.picture.is_live:
                self._at_work.add(card.run_id)
            elif card.run_id in self._at_work:
                self._explained.add(card.run_id)
                if card.picture.state in ("done", "failed"):
                    return card.run_id
        return ""

    async def _show_run(self, turn: TurnView, run_id: str) -> None:
        from tutor.tui.widgets.chat.run_card import RunCard

        await turn.add_card(RunCard(run_id))


_STARTED = "started "

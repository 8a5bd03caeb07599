"""A run that the tutor proposes: what it would do and take, for the person to accept, edit or decline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from tutor.tui.labs.words import duration, megabytes
from tutor.tui.plain_text import clean, one_line, title
from tutor.tui.widgets.action_label import ActionLabel

if TYPE_CHECKING:
    from tutor.agent.events import Proposal
    from tutor.tui.labs.setup import Choice

_WAY = "Shift+Tab comes here"
_DECIDED = {
    "accept": ("✓ Accepted", "$success"),
    "edit": ("✓ Accepted with changes", "$success"),
    "decline": ("■ Declined: nothing was started", "$foreground 60%"),
    "answered": ("Answered below", "$foreground 60%"),
}


class ProposalDecided(Message):
    """`action` is "accept", "edit" or "decline"; `settings` and `device` belong to an edit."""

    def __init__(
        self, proposal_id: str, action: str, settings: dict[str, Any] | None = None, device: str = ""
    ) -> None:
        super().__init__()
        self.id = proposal_id
        self.action = action
        self.settings = settings or {}
        self.device = device


class ProposalCard(Vertical, can_focus=True):
    """Waits for the person's word; nothing has started. Posts ProposalDecided once."""

    HELP = """\
    ## A proposed run

    Nothing runs before you agree. **Enter** accepts, **e** opens the settings for changes, **d** declines.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,a", "accept", "Accept", id="proposal.accept", tooltip="Start the run as proposed"),
        Binding("e", "edit", "Edit", id="proposal.edit", tooltip="Change its settings first"),
        Binding("d,x", "decline", "Decline", id="proposal.decline", tooltip="Do not run it"),
    ]
    DEFAULT_CSS = """
    ProposalCard {
        height: auto;
        border: round $accent 70%;
        border-title-color: $text-accent;
        border-title-style: bold;
        border-subtitle-color: $text-muted;
        padding: 0 1;
        margin: 0 0 1 0;
        &:focus { border: round $accent; }
        &.-decided { border: round $border-blurred; border-title-color: $text-muted; }
        & > .refused { color: $text-error; }
        & > .actions {
            height: 1; margin-top: 1;
            & > ActionLabel { margin-right: 3; }
        }
    }
    """

    def __init__(self, proposal: Proposal, decided: str = "") -> None:
        """Show `proposal`; `decided` is what was said to it before ("accept", "edit", "decline")."""
        super().__init__()
        self.proposal = proposal
        self.decided = decided
        self.border_title = title(f"Run {proposal.lab}?")
        self.border_subtitle = "" if decided else _WAY
        self.set_class(bool(decided), "-decided")

    def compose(self) -> ComposeResult:
        """What is proposed, and the three answers."""
        proposal = self.proposal
        yield Static(_summary(proposal), classes="summary")
        if proposal.refused:
            yield Static(clean(proposal.refused), classes="refused", markup=False)
        with Horizontal(classes="actions"):
            yield from self._answers()

    def on_focus(self) -> None:
        """The keys work now."""
        self.border_subtitle = ""

    def on_blur(self) -> None:
        """Say how to come back to it."""
        self.border_subtitle = "" if self.decided else _WAY

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """It can be decided once; what is refused cannot be accepted."""
        if action in {"edit", "decline"}:
            return not self.decided
        if action == "accept":
            return not self.decided and not self.proposal.refused
        return True

    def action_accept(self) -> None:
        """Start the run as proposed."""
        self._decide("accept")

    def action_decline(self) -> None:
        """Do not run it."""
        self._decide("decline")

    def action_edit(self) -> None:
        """Open the settings; leaving them without a choice decides nothing."""
        from tutor.tui.labs.setup_screen import SetupScreen

        proposal = self.proposal

        def chosen(choice: Choice | None) -> None:
            if choice is not None:
                given = proposal.settings
                edits = {name: value for name, value in choice.settings.items() if given.get(name) != value}
                self._decide("edit", edits, choice.device)

        screen = SetupScreen(
            proposal.lab, dict(proposal.settings), device=proposal.asked_device, only_choose=True
        )
        self.app.push_screen(screen, chosen)

    def _decide(self, action: str, settings: dict[str, Any] | None = None, device: str = "") -> None:
        if not self.decided:
            self.settle(action)
            self.post_message(ProposalDecided(self.proposal.id, action, settings, device))

    def settle(self, action: str) -> None:
        """Show what was decided in place of the three answers; "" asks anew, where it came to nothing."""
        self.decided = action
        self.set_class(bool(action), "-decided")
        self.border_subtitle = "" if action or self.has_focus else _WAY
        self.refresh_bindings()
        for actions in self.query(".actions"):
            actions.remove_children()
            actions.mount_all(self._answers())

    def _answers(self) -> list[Widget]:
        """The three answers, or the one that was given."""
        if self.decided:
            return [Static(_ending(self.decided))]
        answers: list[Widget] = []
        if not self.proposal.refused:
            answers.append(ActionLabel("Accept (Enter)", "accept", tooltip="Start the run as proposed"))
        answers.append(ActionLabel("Edit (e)", "edit", tooltip="Change its settings first"))
        answers.append(ActionLabel("Decline (d)", "decline", tooltip="Do not run it"))
        return answers


def _summary(proposal: Proposal) -> Content:
    """Title, the settings that differ from the lab's own, device, time, memory, download."""
    lines = [Content.styled(one_line(proposal.title), "bold")] if proposal.title else []
    settings = proposal.settings
    changed = [name for name in proposal.changed if name in settings]
    for name in changed:
        lines.append(
            Content.assemble(
                ("  • ", "$accent"), (one_line(name, 40), "bold"), f" {one_line(_value(settings[name]), 120)}"
            )
        )
    if proposal.data:
        lines.append(
            Content.assemble(("  • ", "$accent"), ("your data", "bold"), f" {one_line(proposal.data)}")
        )
    rest = "Everything else as the lab has it." if changed else "All settings as the lab has them."
    lines.append(Content.styled(rest, "$foreground 60%"))
    if proposal.seconds or proposal.memory_mb:
        download = (
            f"{megabytes(proposal.download_mb)} to download"
            if proposal.download_mb
            else "nothing to download"
        )
        lines.append(
            Content.assemble(
                ("about ", "$foreground 60%"),
                (duration(proposal.seconds), "bold $primary"),
                (f" on {one_line(proposal.device or 'auto', 60)}", ""),
                (" · ", "$foreground 60%"),
                (megabytes(proposal.memory_mb), "bold $primary"),
                (" of memory · ", "$foreground 60%"),
                (download, "$text-warning" if proposal.download_mb else "$foreground 60%"),
            )
        )
    return Content("\n").join(lines)


def _ending(action: str) -> Content:
    words, style = _DECIDED.get(action, (one_line(action, 40), "$foreground 60%"))
    return Content.styled(words, style)


def _value(value: object) -> str:
    return "on" if value is True else "off" if value is False else str(value)

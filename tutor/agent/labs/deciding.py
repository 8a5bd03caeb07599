"""Checking what a person decided on a proposal, before the graph goes on with it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tutor.agent.events import Decision, Proposal
from tutor.agent.labs.figures import figure
from tutor.errors import UsageError

if TYPE_CHECKING:
    from tools.engine.plan import Plan


def checked_decision(home: Path, proposal: Proposal, decision: Decision) -> Decision:
    """The decision, its settings only those that differ from the proposal's.

    Raises UsageError where the run would not fit, and ToolsError for settings that the lab does not
    take; nothing has happened then.
    """
    if decision.action == "decline":
        return Decision("decline")
    edits = {
        name: value
        for name, value in decision.settings.items()
        if name not in proposal.settings or proposal.settings[name] != value
    }
    device = "" if decision.device == proposal.asked_device else decision.device
    if not edits and not device:
        if proposal.refused:
            raise UsageError(proposal.refused, help="Change the settings, or decline.")
        return Decision("accept")
    plan = _planned(home, proposal, {**_changed(proposal), **edits}, device)
    if plan.refused:
        raise UsageError(plan.refused, help=plan.help)
    return Decision("edit", edits, device)


def words_of(decision: Decision, question: str) -> str:
    """The decision as the person's own words, for the record of the session."""
    from knowledge.tokens import is_cjk

    ja = is_cjk(question)
    if decision.action == "decline":
        return "実行しない" if ja else "Do not run it"
    changes = ", ".join(f"{name}={figure(value)}" for name, value in decision.settings.items())
    if decision.device:
        changes = ", ".join(each for each in (changes, decision.device) if each)
    if ja:
        return f"実行する ({changes})" if changes else "実行する"
    return f"Run it with {changes}" if changes else "Run it"


def _planned(home: Path, proposal: Proposal, settings: dict[str, object], device: str) -> Plan:
    from tools.engine.plan import plan_run

    return plan_run(home, proposal.lab, settings, device or proposal.asked_device, proposal.data or None)


def _changed(proposal: Proposal) -> dict[str, object]:
    return {name: proposal.settings[name] for name in proposal.changed}

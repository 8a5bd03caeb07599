"""`tutor doctor`: what works here, what does not, and what to do about it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from tutor.cli.output import say, say_json, say_styled, styled, tell

if TYPE_CHECKING:
    from tutor.doctor import Finding


@click.command()
@click.option("--repair", "wants_repair", is_flag=True, help="Set a damaged database aside, mend the index.")
@click.option("--quick", is_flag=True, help="Load no model, import nothing heavy, ask no server.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def doctor(wants_repair: bool, quick: bool, as_json: bool) -> int:
    """Say what works here, what does not, and what to do.

    Exit code 0 where everything needed works, else 1.
    """
    from tutor.cli.progress import ProgressLine
    from tutor.doctor import examine

    repaired: list[str] = []
    if wants_repair:
        from tutor.repair import repair
        from tutor.settings import load_settings

        with ProgressLine() as line:
            repaired = repair(load_settings(), progress=line.show)
        if not as_json:
            for sentence in repaired or ["There was nothing to repair."]:
                tell(sentence)
    findings: list[Finding] = []
    for finding in examine(quick=quick):
        findings.append(finding)
        if not as_json:
            _print(finding)
    works = all(finding.state != "failed" for finding in findings)
    if as_json:
        say_json({"ok": works, "checks": [asdict(each) for each in findings], "repaired": repaired})
    else:
        failed = sum(finding.state == "failed" for finding in findings)
        say()
        say("Everything needed works." if works else f"{failed} of {len(findings)} do not work.")
    return 0 if works else 1


def _print(finding: Finding) -> None:
    mark, colour = _MARKS[finding.state]
    say_styled(f"{styled(mark, colour)} {styled(f'{finding.name:<16}', 1)} {styled(finding.detail)}")
    if finding.help:
        say_styled(f"  {'':<16} {styled(finding.help, 2)}")


_MARKS = {"ok": ("✓", 32), "note": ("!", 33), "off": ("-", 2), "failed": ("✗", 31)}

"""The commands in Textual's palette (Ctrl+P): those that are possible now."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider

from tutor.tui.commands import COMMANDS, Command
from tutor.tui.screens.main import MainScreen


class TutorCommands(Provider):
    """Offers each command as "group: action"."""

    async def discover(self) -> Hits:
        """All of them."""
        for command, screen in self._possible():
            yield DiscoveryHit(command.palette_name, partial(_choose, command, screen), help=command.help)

    async def search(self, query: str) -> Hits:
        """Those that fit what was typed."""
        matcher = self.matcher(query)
        for command, screen in self._possible():
            text = command.palette_name
            score = max(matcher.match(text), matcher.match(command.help) * 0.5)
            if score > 0:
                yield Hit(
                    score, matcher.highlight(text), partial(_choose, command, screen), text, command.help
                )

    def _possible(self) -> Iterator[tuple[Command, MainScreen]]:
        screen = next((each for each in self.app.screen_stack if isinstance(each, MainScreen)), None)
        if screen is None:
            return
        for command in sorted(COMMANDS, key=lambda each: each.palette_name):
            if command.possible(screen):
                yield command, screen


def _choose(command: Command, screen: MainScreen) -> None:
    """Run the command, or put it into the input where something must follow it."""
    if command.needed:
        screen.composer.type_command(command)
    else:
        command.run(screen)

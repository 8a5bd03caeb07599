"""The commands in Textual's palette (Ctrl+P): those that are possible now."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider

from tutor.tui.commands import COMMANDS, Command
from tutor.tui.screens.main import MainScreen


class TutorCommands(Provider):
    """Offers each command as "group: action"."""

    async def discover(self) -> Hits:
        """All of them, each once."""
        for name, command, run in self._possible(spread=False):
            yield DiscoveryHit(name, run, help=command.help)

    async def search(self, query: str) -> Hits:
        """Those that fit what was typed."""
        matcher = self.matcher(query)
        for name, command, run in self._possible(spread=True):
            score = max(matcher.match(name), matcher.match(command.help) * 0.5)
            if score > 0:
                yield Hit(score, matcher.highlight(name), run, name, command.help)

    def _possible(self, *, spread: bool) -> Iterator[tuple[str, Command, Callable[[], None]]]:
        """Each as its name, the command, and what choosing it does."""
        screen = next((each for each in self.app.screen_stack if isinstance(each, MainScreen)), None)
        if screen is None:
            return
        for command in sorted(COMMANDS, key=lambda each: each.palette_name):
            if not command.possible(screen):
                continue
            if command.spread and spread:
                for each in command.choices(screen, ""):
                    yield f"{command.palette_name} {each}", command, partial(command.run, screen, each)
            else:
                yield command.palette_name, command, partial(_choose, command, screen)


def _choose(command: Command, screen: MainScreen) -> None:
    """Run the command, or put it into the input where something must follow it."""
    if command.needed:
        screen.composer.type_command(command)
    else:
        command.run(screen)

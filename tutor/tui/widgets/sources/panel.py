"""The sources of an answer: where each stands and how it begins; opening one reads it in its place."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tutor.agent.events import Source
from tutor.formulas import readable
from tutor.tui.plain_text import clean, one_line
from tutor.tui.widgets.panel import Panel

_EXCERPT = 180


class SourceList(OptionList):
    """One entry a source."""

    HELP = """\
    ## Sources

    The passages that the chosen answer quotes, numbered as in the answer. **Enter**, a click or the
    source's **number** opens the whole section it stands in, with the passage marked.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter", "select", "Open", id="sources.open", show=False, tooltip="Read this source in its place"
        ),
        *(
            Binding(
                f"{n}",
                f"open_number({n})",
                f"Source {n}",
                show=False,
                id=f"sources.{n}",
                tooltip=f"Open source {n}",
            )
            for n in range(1, 10)
        ),
    ]

    class NumberPressed(Message):
        """A source's number was pressed."""

        def __init__(self, n: int) -> None:
            super().__init__()
            self.n = n

    def action_open_number(self, n: int) -> None:
        """Open source `n`."""
        self.post_message(self.NumberPressed(n))


class SourcesPanel(Panel):
    """What the chosen answer rests on."""

    DEFAULT_CSS = """
    SourcesPanel {
        & > SourceList {
            border: none;
            background: transparent;
            padding: 0;
            height: 1fr;
            scrollbar-size-vertical: 1;
            display: none;
            &:focus { border: none; background-tint: $foreground 0%; }
            & > .option-list--option { padding: 0 1; }
            & > .option-list--separator { color: $border-blurred; }
            & > .option-list--option-highlighted {
                background: transparent; color: $foreground; text-style: none;
            }
            &:focus > .option-list--option-highlighted {
                background: $block-cursor-blurred-background; color: $foreground; text-style: none;
            }
        }
        & > .empty { padding: 1 2; color: $text-muted; }
        &.-filled > SourceList { display: block; }
        &.-filled > .empty { display: none; }
    }
    """

    class Opened(Message):
        """A source should be read where it stands."""

        def __init__(self, source: Source) -> None:
            super().__init__()
            self.source = source

    def __init__(self) -> None:
        super().__init__(id="sources")
        self.sources: tuple[Source, ...] = ()
        self.border_title = "Sources"

    def compose(self) -> ComposeResult:
        """The list, and what stands there while it is empty."""
        yield SourceList(markup=False)
        yield Static("What an answer rests on will stand here.", classes="empty", markup=False)

    def show(self, sources: tuple[Source, ...]) -> None:
        """Show these sources in place of the others."""
        if sources == self.sources:
            return
        self.sources = sources
        listed = self.query_one(SourceList)
        listed.clear_options()
        for source in sources:
            listed.add_option(Option(_prompt(source)))
            if source is not sources[-1]:
                listed.add_option(None)
        self.set_class(bool(sources), "-filled")
        if sources:
            listed.highlighted = 0
            listed.scroll_home(animate=False)
        self.border_title = f"Sources · {len(sources)}" if sources else "Sources"

    def open(self, n: int) -> bool:
        """Open source number `n`; False where there is none."""
        for index, source in enumerate(self.sources):
            if source.n == n:
                self.query_one(SourceList).highlighted = index
                self.post_message(self.Opened(source))
                return True
        return False

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open the source that was chosen."""
        event.stop()
        self.post_message(self.Opened(self.sources[event.option_index]))

    def on_source_list_number_pressed(self, event: SourceList.NumberPressed) -> None:
        """Open the source whose number was pressed."""
        event.stop()
        if not self.open(event.n):
            self.app.notify(f"This answer has no source {event.n}.", severity="warning")


def _prompt(source: Source) -> Content:
    """The source as it is listed: number and title, the section, the place, and how it begins."""
    lines = [Content.assemble((f"{source.n} ", "bold $accent"), (one_line(source.title), "bold"))]
    if source.section and source.section != source.title:
        lines.append(Content.styled(one_line(source.section), "$primary"))
    if source.location:
        lines.append(Content.styled(one_line(source.location), "$foreground 55%"))
    lines.append(Content.styled(_excerpt(source.quote), "$foreground 85%"))
    return Content("\n").join(lines)


def _excerpt(quote: str) -> str:
    """How the passage begins, without Markdown's signs."""
    text = readable(clean(quote[: _EXCERPT * 3]), citations=False)
    lines = (line.lstrip("#>*- ") for line in text.splitlines() if "```" not in line)
    text = " ".join(lines).replace("**", "")
    return one_line(text.translate(str.maketrans("", "", "`\\")), _EXCERPT)

"""The course and the person's collections as a tree; choosing a section reads it."""

from __future__ import annotations

from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Static, Tree
from textual.widgets.tree import TreeNode

from tutor.tui.course_tree import COURSE, Entry, Place, Shelf
from tutor.tui.plain_text import one_line
from tutor.tui.widgets.panel import Panel


class CourseTree(Tree[Place | None]):
    """Shelves, lessons, sections; documents and headings."""

    HELP = """\
    ## Course and collections

    Everything that answers come from: the course first, then your own collections. **↑** **↓** move,
    **Space** opens and closes a branch, **Enter** or a click reads a section. Add material of your own
    with **/ingest PATH**.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "right", "open_branch", "Open branch", id="course.expand", show=False, tooltip="Open this branch"
        ),
        Binding(
            "left",
            "close_branch",
            "Close branch",
            id="course.collapse",
            show=False,
            tooltip="Close this branch",
        ),
    ]

    def render_label(self, node: TreeNode[Place | None], base_style: Style, style: Style) -> Text:
        """The label, cut to the panel's width."""
        label = super().render_label(node, base_style, style)
        depth, parent = 0, node.parent
        while parent is not None and not parent.is_root:
            depth, parent = depth + 1, parent.parent
        room = self.scrollable_content_region.width - self.guide_depth * depth
        if self.size.width and room > 4:
            label.truncate(room, overflow="ellipsis")
        return label

    def action_open_branch(self) -> None:
        """Open the branch under the cursor, or go into it."""
        node = self.cursor_node
        if node is not None and node.allow_expand and not node.is_expanded:
            node.expand()
        else:
            self.action_cursor_down()

    def action_close_branch(self) -> None:
        """Close the branch under the cursor, or go to the one above it."""
        node = self.cursor_node
        if node is not None and node.allow_expand and node.is_expanded:
            node.collapse()
        else:
            self.action_cursor_parent()


class CoursePanel(Panel):
    """What there is to read."""

    DEFAULT_CSS = """
    CoursePanel {
        & > CourseTree {
            background: transparent;
            padding: 0 1;
            scrollbar-size: 0 1;
            overflow-x: hidden;
            &:focus { background-tint: $foreground 0%; }
            & > .tree--guides { color: $border-blurred; }
            & > .tree--guides-hover { color: $border-blurred; }
            & > .tree--guides-selected { color: $border-blurred; }
        }
        & > .empty { padding: 1 2; color: $text-muted; }
    }
    """

    class Chosen(Message):
        """A place should be read."""

        def __init__(self, place: Place) -> None:
            super().__init__()
            self.place = place

    def __init__(self) -> None:
        super().__init__(id="course")
        self.border_title = "Course"
        self.places: list[Place] = []

    def compose(self) -> ComposeResult:
        """The tree, and a word while it is read."""
        yield Static("Reading the course …", classes="empty", markup=False)
        tree = CourseTree("")
        tree.show_root = False
        tree.guide_depth = 2
        tree.auto_expand = True
        tree.display = False
        yield tree

    def show(self, shelves: tuple[Shelf, ...]) -> None:
        """Show these shelves; branches that were open stay open."""
        tree = self.query_one(CourseTree)
        open_titles = {str(node.label) for node in _all(tree.root) if node.is_expanded}
        first = not tree.root.children
        tree.clear()
        self.places = []
        for shelf in shelves:
            if shelf.name == COURSE:
                for number, entry in enumerate(shelf.entries):
                    self._add(tree.root, entry, open_titles, expand=first and number == 0)
            else:
                branch = tree.root.add(_label(shelf.name, "bold"), expand=str(shelf.name) in open_titles)
                for entry in shelf.entries:
                    self._add(branch, entry, open_titles)
        filled = any(shelf.entries for shelf in shelves)
        tree.display = filled
        empty = self.query_one(".empty", Static)
        empty.display = not filled
        empty.update("There is nothing to read yet. Add material with /ingest PATH.")

    def failed(self, why: str) -> None:
        """Say why there is no tree."""
        self.query_one(".empty", Static).update(why)

    def on_tree_node_selected(self, event: Tree.NodeSelected[Place | None]) -> None:
        """Read the section that was chosen."""
        event.stop()
        if event.node.data is not None:
            self.post_message(self.Chosen(event.node.data))

    def _add(
        self, parent: TreeNode[Place | None], entry: Entry, open_titles: set[str], *, expand: bool = False
    ) -> None:
        if entry.place is not None:
            self.places.append(entry.place)
        if not entry.below:
            parent.add_leaf(_label(entry.title), entry.place)
            return
        label = _label(entry.title, "bold" if parent.is_root else "")
        branch = parent.add(label, entry.place, expand=expand or str(label) in open_titles)
        for each in entry.below:
            self._add(branch, each, open_titles)


def _label(text: str, style: str = "") -> Text:
    """A tree label; the text is never read as markup."""
    return Text(one_line(text, 120) or " ", style=style)


def _all(node: TreeNode[Place | None]) -> list[TreeNode[Place | None]]:
    return [each for child in node.children for each in [child, *_all(child)]]

"""LaTeX formulas as text a terminal can show: on one line, or laid out over several."""

from tutor.latex.inline import to_line
from tutor.latex.layout import to_block

__all__ = ["to_block", "to_line"]

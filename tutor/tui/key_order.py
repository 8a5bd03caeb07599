"""The order in which a footer shows a screen's keys."""

from __future__ import annotations

from collections.abc import Sequence

from textual.binding import ActiveBinding, Binding


def in_order(active: dict[str, ActiveBinding], keys: Sequence[Binding]) -> dict[str, ActiveBinding]:
    """The bindings in force, the screen's own last and in the order they are declared in.

    A text area that has the focus binds some of the same keys, which would bring these to the front.
    """
    own = [key for binding in keys for key in binding.key.split(",")]
    ranks = {key: place for place, key in enumerate(own)}
    return dict(sorted(active.items(), key=lambda item: ranks.get(item[0], -1)))

"""Opens the app on the real library, agent and database, and leaves the terminal as it was."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tutor.errors import TutorError, UsageError
from tutor.tui.tutor_app import TutorApp

if TYPE_CHECKING:
    from knowledge.library import Library
    from tutor.agent.conversation import Conversation
    from tutor.settings import Settings
    from tutor.store import Store


def run_app(settings: Settings, session: str | None) -> int:
    """Run the app until the person leaves it; returns the exit code.

    Raises UsageError without a terminal, StorageError where the data folder cannot be used, and
    TutorError where the app itself failed (the details are in TUTOR_HOME/logs/app.log).
    """
    if not (sys.__stdin__ and sys.__stdin__.isatty() and sys.__stdout__ and sys.__stdout__.isatty()):
        raise UsageError(
            'Tutor\'s app needs a terminal; use `tutor ask "QUESTION"` in pipes and scripts.',
            title="No terminal",
        )
    from tutor.store import Store
    from tutor.tui.labs.pixel_view import look_for_graphics
    from tutor.tui.stderr_guard import StderrGuard
    from tutor.usable_home import home_for_reading

    def library() -> Library:
        from tutor.material import library_of

        return library_of(settings, home)

    def converse(settings: Settings, library: Library, store: Store, session: str) -> Conversation:
        from tutor.agent.conversation import Conversation

        return Conversation(settings, library, store, session)

    look_for_graphics()
    store = Store(settings.home / "tutor.db")
    try:
        with home_for_reading(settings.home) as (home, _), StderrGuard(settings.home) as guard:
            app = TutorApp(settings, library, store, converse, session)
            app.run()
            app.close()
    finally:
        store.close()
    if app.parting:
        print(app.parting, file=sys.stderr)
    if app.crash is not None:
        raise TutorError(
            f"The app stopped because of a fault of its own ({type(app.crash).__name__}).",
            title="Tutor stopped",
            help=f"What was asked and answered is kept: tutor --session {app.session}. Details: {guard.path}",
        )
    return app.return_code or 0

"""A check as it runs: in a thread of its own, told piece by piece, and stopped at once when it must be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from tools.checker import CheckEvent, Verdict

    Work = Callable[[Callable[[CheckEvent], None], Event], Verdict]

_TURN_SECONDS = 0.2
_PATIENCE_SECONDS = 5.0


class RunningCheck:
    """Runs `work(on_event, cancelled)` in a thread; `told` is called there after each thing that happens.

    Leaving the block stops it.
    """

    def __init__(self, work: Work, told: Callable[[], None] = lambda: None) -> None:
        """Begin at once."""
        self.cancelled = Event()
        self.verdict: Verdict | None = None
        self.error: BaseException | None = None
        self.ended = Event()
        self._events: SimpleQueue[CheckEvent] = SimpleQueue()
        self._told = told
        self._thread = Thread(target=self._run, args=(work,), daemon=True, name="check")
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def new_events(self) -> list[CheckEvent]:
        """What happened since the last time, without waiting."""
        found = []
        while True:
            try:
                found.append(self._events.get_nowait())
            except Empty:
                return found

    def events(self) -> Iterator[CheckEvent]:
        """What happens, until the check has ended."""
        while not self.ended.is_set():
            try:
                yield self._events.get(timeout=_TURN_SECONDS)
            except Empty:
                continue
        yield from self.new_events()

    def outcome(self) -> Verdict:
        """The verdict of a check that has ended; raises what it failed with."""
        if self.error is not None:
            raise self.error
        assert self.verdict is not None
        return self.verdict

    def stop(self) -> None:
        """Stop the check where it still runs, and wait until its worker is gone."""
        self.cancelled.set()
        self._thread.join(_PATIENCE_SECONDS)

    def _run(self, work: Work) -> None:
        try:
            self.verdict = work(self._take, self.cancelled)
        except BaseException as error:  # whoever waits for the verdict tells it
            self.error = error
        finally:
            self.ended.set()
            self._told()

    def _take(self, event: CheckEvent) -> None:
        self._events.put(event)
        self._told()

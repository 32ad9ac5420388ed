"""The collector of this process: what a window, a terminal or Telegram may ask for.

    collector = Collector(settings, watcher)
    collector.start(RunRequest(mode=Mode.FULL))
    ...
    collector.stop()

All methods may be called from any thread and return at once, except `wait`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from core.events import Mode, Progress, RunState, Watcher


@dataclass(frozen=True, slots=True)
class Selection:
    """Which clients to collect and how much of them; empty `clients` means all.

    A client is given by id or by user name, as the operator typed it.
    """

    clients: Sequence[str] = ()
    limit_clients: int | None = None
    limit_projects: int | None = None
    max_pages: int | None = None


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What Start was asked for. The budget ends a run as completed when it is spent."""

    mode: Mode = Mode.FULL
    selection: Selection = field(default_factory=Selection)
    max_requests: int | None = None
    max_minutes: float | None = None


class Collector(Protocol):  # replaced by the real class as soon as the engine lands
    """See the module's text. One object a process; the window and Telegram share it."""

    @property
    def state(self) -> RunState: ...

    @property
    def progress(self) -> Progress | None:
        """The newest snapshot of the present or last run of this process."""
        ...

    def watch(self, watcher: Watcher) -> None:
        """Add one more watcher (Telegram beside the window). It must return at once."""
        ...

    def start(self, request: RunRequest) -> bool:
        """Start a new run in the background. False, and nothing done, where one is going on."""
        ...

    def resume(self) -> bool:
        """Continue the newest unfinished run, or retry what failed in the newest completed one.

        False where a run is going on or where there is nothing to continue.
        """
        ...

    def stop(self) -> None:
        """Ask the run to stop; a second call abandons the requests in flight."""
        ...

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the end of the run; True when nothing runs any more."""
        ...

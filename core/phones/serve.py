"""Without a window and without an end: waits for commands by Telegram and for the daily time."""

import logging
import threading
from collections.abc import Callable

from core.errors import SettingsError
from core.i18n import _
from core.phones.events import Mode, RunState
from core.phones.program import Program

log = logging.getLogger(__name__)

LOOK_EVERY = 0.2  # seconds; signals are handled in between


class Server:
    """Waits until it is stopped."""

    def __init__(self, program: Program, daily_mode: Mode = Mode.FULL) -> None:
        self._program = program
        self._daily_mode = daily_mode
        self._stopping = threading.Event()

    def stop(self) -> None:
        """End; a run is stopped as by the operator. A second call abandons its requests.

        Any thread may call, and a signal.
        """
        if self._stopping.is_set():
            self._program.collector.stop()
        self._stopping.set()

    def run(self, waiting: Callable[[], None]) -> bool:
        """Wait until stopped, then end the run that is going on, if any; whether there was one.

        `waiting` is called when the wait begins. Raises SettingsError where nothing could ever
        happen, Telegram is half set, or the service cannot begin.
        """
        settings, collector = self._program.settings, self._program.collector
        if not (settings.daily_at or settings.telegram_enabled or settings.service_http):
            raise SettingsError(
                _("There is nothing to wait for: no daily time, no Telegram and no HTTP."),
                _("Set DAILY_AT, TELEGRAM_ENABLED with its token and chat, or SERVICE_HTTP."),
            )
        self._program.serve_http()
        self._program.attend(daily_mode=lambda: self._daily_mode)
        next_at = self._program.daily.next_at if self._program.daily else None
        waiting()
        log.info("waiting; next daily run: %s", next_at.isoformat() if next_at else "none")
        while not self._stopping.wait(LOOK_EVERY):
            pass
        interrupted = collector.state is not RunState.IDLE
        collector.stop()
        while not collector.wait(LOOK_EVERY):
            pass
        log.info("stopped")
        return interrupted

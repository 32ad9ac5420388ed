"""The bot as the program sees it: a watcher, and a thread that can be started and stopped.

Importing this file takes half a second (the library behind it), so import it only where
Telegram is switched on.
"""

import asyncio
import logging
import threading
from contextlib import suppress
from pathlib import Path

from core.clock import Clock, SystemClock
from core.i18n import _
from core.phones.telegram.config import TelegramConfig
from core.phones.telegram.inbox import Inbox
from core.phones.telegram.session import Session
from core.phones.telegram.surroundings import Surroundings
from core.telegram.api import POLL_SECONDS, TelegramApi
from core.telegram.outbox import GAP_SECONDS
from core.telegram.outgoing import Outgoing
from core.telegram.trouble import TelegramTrouble, Trouble
from core.telegram.trouble_words import say_trouble

log = logging.getLogger(__name__)

STOP_SECONDS = 5.0
LEAVE_SECONDS = 10.0


class TelegramBot:
    """Runs in a daemon thread; whatever happens there, the engine does not notice.

    It tells what comes into `inbox`, whose `put` is the watcher for the collector. `gap` is the
    time between two messages in seconds.
    """

    def __init__(
        self,
        config: TelegramConfig,
        surroundings: Surroundings,
        inbox: Inbox,
        clock: Clock | None = None,
        gap: float = GAP_SECONDS,
        poll_seconds: int = POLL_SECONDS,
    ) -> None:
        self._config = config
        self._surroundings = surroundings
        self._clock = clock or SystemClock()
        self._gap = gap
        self._poll_seconds = poll_seconds
        self.inbox = inbox
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopped: asyncio.Event | None = None
        self._stop_asked = False
        self._grace = STOP_SECONDS
        self._troubles: dict[str, TelegramTrouble] = {}
        self._running: Session | None = None
        self._waiting: list[Outgoing] = []  # what was to be sent before the loop began

    @property
    def trouble(self) -> str:
        """What is wrong between us and Telegram, as a sentence; empty for nothing. Any thread."""
        troubles = tuple(self._troubles.values())
        return say_trouble(troubles[-1]) if troubles else ""

    def start(self) -> None:
        """Start the thread. Returns at once, whether Telegram can be reached or not."""
        self._thread = threading.Thread(target=self._work, name="telegram", daemon=True)
        self._thread.start()

    def stop(self, grace: float = STOP_SECONDS) -> None:
        """Send what waits for at most `grace` seconds, then end the thread.

        Waits for that, so the Tk thread must not call it. A second call does nothing.
        """
        with self._lock:
            self._stop_asked = True
            self._grace = grace
            loop, stopped = self._loop, self._stopped
        if loop is not None and stopped is not None:
            with suppress(RuntimeError):  # the loop has ended by itself
                loop.call_soon_threadsafe(stopped.set)
        if self._thread is not None:
            # A helper thread may still read the database; the program does not wait for ever.
            self._thread.join(grace + LEAVE_SECONDS)

    def send_file(self, path: Path, caption: str) -> None:
        """Send a file when its turn comes. Any thread, returns at once."""
        message = Outgoing(caption, document=path)
        with self._lock:
            loop, session = self._loop, self._running
            if loop is None or session is None:
                self._waiting.append(message)
                return
        with suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(session.send, message)

    def _work(self) -> None:
        try:
            asyncio.run(self._session())
        except TelegramTrouble as trouble:
            self._note_trouble("sending", trouble)
        except Exception:
            log.exception("The Telegram bot ended")

    async def _session(self) -> None:
        stopped = asyncio.Event()
        with self._lock:
            self._loop = asyncio.get_running_loop()
            self._stopped = stopped
            if self._stop_asked:
                stopped.set()
        session = Session(
            self._config,
            self._surroundings,
            self.inbox,
            self._note_trouble,
            self._clock,
            self._gap,
            self._poll_seconds,
        )
        with self._lock:
            self._running = session
            for message in self._waiting:
                session.send(message)
        await session.run(stopped, lambda: self._grace)

    def _note_trouble(self, where: str, trouble: TelegramTrouble | None) -> None:
        """Log when trouble begins, changes or ends: not each of a thousand failed polls."""
        known = {old.kind for old in self._troubles.values()}
        before = self._troubles.pop(where, None)
        if trouble is not None:
            self._troubles[where] = trouble
            if trouble.kind not in known and trouble.kind is not Trouble.FLOOD:
                log.warning("%s (%s)", say_trouble(trouble), trouble)
        elif before is not None and not self._troubles and before.kind is not Trouble.FLOOD:
            log.info("Telegram works again")


def try_out(config: TelegramConfig) -> str:
    """Send a test message; returns the bot's name, '@…'.

    Waits for the answer. Raises TelegramTrouble.
    """

    async def send() -> str:
        api = TelegramApi(config.account)
        try:
            name = await api.who_am_i()
            await api.send_text(config.chat, _("A test message: the Telegram settings work."))
        finally:
            await api.close()
        return f"@{name}"

    return asyncio.run(send())

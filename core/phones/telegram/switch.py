"""Telegram on or off, as the settings say; they may change while the program runs."""

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from core.i18n import current_language
from core.phones.collector import Collector
from core.phones.events import Event
from core.phones.settings.model import Settings
from core.phones.telegram.config import TelegramConfig, telegram_config
from core.phones.telegram.inbox import Inbox
from core.phones.telegram.surroundings import DrawGrowth, NextDaily, Surroundings, never

if TYPE_CHECKING:
    from core.phones.telegram.service import TelegramBot

Wanted = tuple[TelegramConfig, Path, str]
"""What a bot is made of; it is replaced where this changes."""

STOP_SECONDS = 5.0


class TelegramSwitch:
    """The one bot of the process, or none.

    The library behind it takes half a second to load, so it is loaded when Telegram is first
    switched on, and not on the caller's thread. Any thread may call any method.
    """

    def __init__(self, collector: Collector, next_daily: NextDaily = never) -> None:
        self.draw_growth: DrawGrowth | None = None
        """Set it before the first `apply`; without it messages have no picture."""
        self._collector = collector
        self._next_daily = next_daily
        self._inbox: Inbox | None = None
        self._bot: TelegramBot | None = None
        self._wanted: Wanted | None = None
        self._running: Wanted | None = None
        self._changing = threading.Lock()
        collector.watch(self._watch)

    def apply(self, settings: Settings) -> None:
        """Switch on, off, or over to changed settings. Returns at once.

        Raises SettingsError, and changes nothing, where Telegram is switched on but the token
        or the chat is missing.
        """
        wanted = None
        if settings.telegram_enabled:
            # A change of language counts too: Telegram keeps the hints to the commands.
            wanted = (telegram_config(settings), settings.database_path, current_language())
        if wanted == self._wanted:
            return
        self._wanted = wanted
        # What happens while the bot is being started is not lost.
        self._inbox = Inbox() if wanted is not None else None
        threading.Thread(target=self._change, name="telegram-switch", daemon=True).start()

    def stop(self, grace: float = STOP_SECONDS) -> None:
        """Send what waits for at most `grace` seconds and end. Waits, so not for the Tk thread."""
        self._wanted = self._inbox = None
        self._change(grace)

    def send_file(self, path: Path, caption: str) -> bool:
        """Send a file when its turn comes; False where Telegram is switched off. Any thread."""
        with self._changing:
            bot = self._bot
        if bot is None:
            return False
        bot.send_file(path, caption)
        return True

    @property
    def trouble(self) -> str:
        """What is wrong between us and Telegram, as a sentence; empty for nothing."""
        bot = self._bot
        return bot.trouble if bot is not None else ""

    def _watch(self, event: Event) -> None:
        inbox = self._inbox
        if inbox is not None:
            inbox.put(event)

    def _change(self, grace: float = 0.0) -> None:
        with self._changing:  # two bots with one token would disturb each other
            wanted, inbox = self._wanted, self._inbox
            if wanted == self._running:
                return
            old, self._bot = self._bot, None
            if old is not None:
                old.stop(grace)
            self._running = wanted
            if wanted is None or inbox is None:
                return
            from core.phones.telegram.service import TelegramBot

            config, database, _language = wanted
            around = Surroundings(self._collector, database, self.draw_growth, self._next_daily)
            self._bot = TelegramBot(config, around, inbox)
            self._bot.start()

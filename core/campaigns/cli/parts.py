"""What sending and listening share: lines to Telegram, the board, and alarms."""

import contextlib
import logging
import threading
from collections.abc import Callable, Sequence

from core.campaigns.cli.opened import Opened
from core.campaigns.listening.listener import Listener
from core.campaigns.sending.board import Board
from core.campaigns.sending.line import Line, Sender
from core.campaigns.sending.supervisor import Supervised
from core.campaigns.settings import CampaignSettings
from core.campaigns.telegram.bot_api import NotSent, Refused, Uncertain
from core.cli.output import say_error
from core.stop import StopSignal

log = logging.getLogger(__name__)


class Parts:
    """For one group in this process; `tell` from any thread."""

    def __init__(
        self, database: Opened, settings: CampaignSettings, senders: Sequence[Sender]
    ) -> None:
        self.database = database
        self.settings = settings
        self.senders = senders
        self.board = Board(self.tell)
        self._alarms: list[threading.Thread] = []

    def open_line(self, sender: Sender, proxy_is_dead: Callable[[], None] = lambda: None) -> Line:
        """Raises ValueError where the address or the proxy cannot be used."""
        return Line(
            sender,
            self.settings.api_url,
            proxy_required=self.settings.proxy_required,
            seconds=self.database.call_seconds,
            proxy_is_dead=proxy_is_dead,
        )

    def tell(self, text: str) -> None:
        """To the terminal, the log, and the chat that is to be alarmed."""
        log.warning("%s", text)
        say_error(text)
        if self.settings.alert_chat:
            alarm = threading.Thread(target=self._alarm, args=(text,), daemon=True)
            self._alarms.append(alarm)
            alarm.start()

    def close(self) -> None:
        """Give alarms that are under way a moment."""
        for alarm in self._alarms:
            alarm.join(10)

    def _alarm(self, text: str) -> None:
        """By the first sender that may write there."""
        for sender in self.senders:
            with contextlib.suppress(NotSent, Uncertain, Refused, ValueError):
                line = self.open_line(sender)
                try:
                    line.api.send_message(self.settings.alert_chat, text)
                finally:
                    line.close()
                return
        log.warning("nobody could tell the alert chat")


class Ears:
    """The listeners of all senders, each supervised."""

    def __init__(self, parts: Parts, group: str) -> None:
        self._stop = StopSignal()
        database = parts.database

        def make(sender: Sender) -> Callable[[], Listener]:
            return lambda: Listener(
                sender,
                group,
                database.engine,
                database.place,
                database.clock,
                lambda: parts.open_line(sender),
                database.owner,
                self._stop,
                parts.tell,
            )

        self._listeners = [
            Supervised(sender.name, make(sender), database.clock, self._stop, parts.tell)
            for sender in parts.senders
        ]

    def start(self) -> None:
        for listener in self._listeners:
            listener.start()

    def stop(self) -> None:
        self._stop.request()
        for listener in self._listeners:
            listener.join(5)

    def wait(self, seconds: float) -> bool:
        """Wait at most so long; True where all have ended."""
        self._listeners[0].join(seconds)
        return all(listener.join(0) for listener in self._listeners)

    @property
    def exit_code(self) -> int:
        return max(listener.exit_code for listener in self._listeners)

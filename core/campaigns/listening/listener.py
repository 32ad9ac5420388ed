"""Asks for a bot's updates, in one place at a time, and writes down what they say."""

import logging
import queue
import random
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Engine

from core.asking.requester import backoff
from core.campaigns.listening.news import News, read
from core.campaigns.sending.line import Line, Sender
from core.campaigns.sending.worker import DONE, REFUSED
from core.campaigns.storage.hearing import leave_polling, take_polling, write_down
from core.campaigns.telegram.bot_api import NotSent, Refused, Uncertain
from core.campaigns.telegram.outcomes import Consequence, judge
from core.clock import Clock
from core.database.sql.failures import told
from core.database.sql.place import Place
from core.i18n import _
from core.stop import StopSignal

log = logging.getLogger(__name__)

POLL_SECONDS = 25
SOMEBODY_ELSE = 15.0  # seconds between looks whether the other one is still there
_LOOK = 0.2

Answer = list[dict[str, Any]] | Exception


class Listener:
    """One bot's ears, in a thread of its own. Newcomers join `group`."""

    def __init__(
        self,
        sender: Sender,
        group: str,
        engine: Engine,
        place: Place,
        clock: Clock,
        open_line: Callable[[], Line],
        owner: str,
        stop: StopSignal,
        tell: Callable[[str], None],
    ) -> None:
        self._sender = sender
        self._group = group
        self._engine = engine
        self._place = place
        self._clock = clock
        self._open_line = open_line
        self._me = f"{owner}:{threading.get_ident()}"
        self._stop = stop
        self._tell = tell
        self._username = ""
        self._told: set[str] = set()

    def run(self) -> int:
        """Listen until the stop; returns the exit code, 3 where the token is refused."""
        line = self._open_line()
        offset: int | None = None
        failures = 0
        try:
            while not self._stop.is_set:
                if not self._is_mine():
                    self._say_once(_("{sender}: another process listens to it already."))
                    self._clock.wait(self._stop, SOMEBODY_ELSE)
                    continue
                try:
                    self._username = self._username or line.check()
                    updates = self._poll(line, offset)
                    if updates is None:
                        break
                    offset = self._take(line, updates, offset)
                    failures = 0
                except Refused as error:
                    if judge(error, lambda: 0.0).consequence is Consequence.BLOCK_SENDER:
                        return REFUSED
                    if error.code == 409:
                        self._say_once(
                            _(
                                "{sender}: another program asks for its updates, or a webhook is"
                                " set. Until that ends, nobody hears who subscribes and who stops."
                            )
                        )
                    failures += 1
                    self._clock.wait(self._stop, max(error.retry_after, backoff(failures)))
                except (NotSent, Uncertain) as error:
                    log.warning("%s: cannot listen: %s", self._sender.name, error)
                    failures += 1
                    self._clock.wait(self._stop, backoff(failures, random.random))
        finally:
            with told(self._place), self._engine.begin() as connection:
                leave_polling(connection, self._sender.id, self._me)
        return DONE

    def _is_mine(self) -> bool:
        with told(self._place), self._engine.begin() as connection:
            return take_polling(connection, self._sender.id, self._me, self._clock.now())

    def _poll(self, line: Line, offset: int | None) -> list[dict[str, Any]] | None:
        """The updates; None at a stop, which does not wait for the long poll.

        Nothing is lost with an abandoned poll: only the next one confirms what this one brought.
        """
        answers: queue.SimpleQueue[Answer] = queue.SimpleQueue()

        def ask() -> None:
            try:
                answers.put(line.api.updates(offset, POLL_SECONDS))
            except Exception as error:
                answers.put(error)

        threading.Thread(target=ask, name="poll", daemon=True).start()
        while not self._stop.is_set:
            try:
                answer = answers.get(timeout=_LOOK)
            except queue.Empty:
                continue
            if isinstance(answer, Exception):
                raise answer
            return answer
        return None

    def _take(self, line: Line, updates: list[dict[str, Any]], offset: int | None) -> int | None:
        """Write down what the updates say; the offset that confirms them."""
        for update in updates:
            news = read(update)
            if news is not None and news.chat and self._counts(line, news):
                with told(self._place), self._engine.begin() as connection:
                    now: datetime = self._clock.now()
                    write_down(connection, news, self._group, self._sender.id, self._username, now)
                log.info("%s: %s", self._sender.name, news.kind.value)
            offset = int(update.get("update_id", 0)) + 1
        return offset

    def _counts(self, line: Line, news: News) -> bool:
        """In groups only administrators decide."""
        if not news.user:
            return True
        try:
            return line.api.is_administrator(news.chat, news.user)
        except Refused:  # the bot may not even ask
            return False

    def _say_once(self, text: str) -> None:
        if text not in self._told:
            self._told.add(text)
            self._tell(text.format(sender=self._sender.name))

"""What goes on in the bot's loop: telling, sending, listening, and a graceful end."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

from core.clock import Clock
from core.database.failures import StorageFailure
from core.i18n import _
from core.phones.storage.queries.runs import RunRow, growth, run_before
from core.phones.storage.reader import Reader
from core.phones.telegram import words
from core.phones.telegram.commands import Commands
from core.phones.telegram.config import TelegramConfig
from core.phones.telegram.digest import Digest, Milestone, RunBegan, RunEnded, ThingsFailed, Waiting
from core.phones.telegram.inbox import Inbox
from core.phones.telegram.menu import COMMANDS
from core.phones.telegram.reports import ReportSender
from core.phones.telegram.surroundings import Surroundings
from core.telegram.api import TelegramApi
from core.telegram.chat import Chat
from core.telegram.outbox import PAUSES, Outbox
from core.telegram.outgoing import Outgoing
from core.telegram.poller import HOPELESS, Poller
from core.telegram.trouble import TelegramTrouble, Trouble
from core.telegram.trouble_words import say_trouble

log = logging.getLogger(__name__)

# Hears of trouble in 'sending' or 'listening', and None when that works again.
OnTrouble = Callable[[str, TelegramTrouble | None], None]

PROGRESS = "progress"
ERRORS = "errors"
WAITING = "waiting"


class Session:
    """Made, run and ended within one loop."""

    def __init__(
        self,
        config: TelegramConfig,
        surroundings: Surroundings,
        inbox: Inbox,
        on_trouble: OnTrouble,
        clock: Clock,
        gap: float,
        poll_seconds: int,
    ) -> None:
        self._surroundings = surroundings
        self._inbox = inbox
        self._on_trouble = on_trouble
        self._api = TelegramApi(config.account)
        self._chat = chat = Chat(self._api, config.chat)
        self._digest = Digest(config.kinds, config.quiet, clock)
        self._outbox = Outbox(
            chat, lambda trouble: on_trouble("sending", trouble), self._message_gone, gap
        )
        self._reports = ReportSender(surroundings.database, self._outbox.add)
        commands = Commands(self._api, surroundings, inbox, self._reports, self._outbox.add, clock)
        self._poller = Poller(
            self._api,
            lambda number: number == chat.number,
            commands.handle,
            self._listening_trouble,
            poll_seconds,
        )
        self._news = asyncio.Event()
        self._telling = asyncio.Lock()

    async def run(self, stopped: asyncio.Event, grace: Callable[[], float]) -> None:
        """Work until `stopped`, then send what waits for at most `grace()` seconds."""
        loop = asyncio.get_running_loop()

        def wake() -> None:
            with suppress(RuntimeError):  # the loop is closing
                loop.call_soon_threadsafe(self._news.set)

        self._inbox.on_news(wake)
        tasks = [
            asyncio.create_task(work) for work in (self._tell(), self._outbox.run(), self._listen())
        ]
        try:
            await stopped.wait()
            tasks[-1].cancel()
            with suppress(TimeoutError):
                async with asyncio.timeout(grace()):
                    await self._finish_telling()
        finally:
            self._inbox.on_news(None)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._reports.close()
            await self._api.close()

    def send(self, message: Outgoing) -> None:
        """Send it in its turn. Belongs to the bot's loop."""
        self._outbox.add(message)

    async def _finish_telling(self) -> None:
        await self._tell_news()
        await self._outbox.emptied()

    async def _tell(self) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._digest.wait()):
                    await self._news.wait()
            self._news.clear()
            try:
                await self._tell_news()
            except Exception:  # one event that cannot be told must not silence the next ones
                log.exception("An event could not be told by Telegram")

    async def _tell_news(self) -> None:
        async with self._telling:
            for note in self._digest.read(self._inbox.take()):
                if isinstance(note, RunEnded):
                    await self._tell_end(note)
                else:
                    text, topic = _worded(note)
                    self._outbox.add(Outgoing(text, silent=note.silent, topic=topic))

    async def _tell_end(self, note: RunEnded) -> None:
        # The final message says all that these would have said.
        self._outbox.forget(PROGRESS, ERRORS, WAITING)
        before = await asyncio.to_thread(self._run_before, note.event.run_id)
        text = words.ended(note.event, note.failures, before)
        self._outbox.add(Outgoing(text, silent=note.silent))
        picture = await asyncio.to_thread(self._picture) if note.event.run_id else None
        if picture is not None:
            caption = _("Growth from run to run")
            self._outbox.add(Outgoing(caption, silent=True, picture=picture))

    def _run_before(self, run: int) -> RunRow | None:
        try:
            with Reader(self._surroundings.database) as reader:
                return run_before(reader, run)
        except StorageFailure as failure:
            log.warning("The run before could not be read for Telegram: %s", failure.problem)
            return None

    def _picture(self) -> bytes | None:
        draw = self._surroundings.draw_growth
        if draw is None:
            return None
        try:
            with Reader(self._surroundings.database) as reader:
                rows = growth(reader)
            return draw(rows)
        except Exception:  # a message without a picture is better than none
            log.exception("The chart for Telegram could not be drawn")
            return None

    async def _listen(self) -> None:
        if await self._introduce():
            await self._poller.run()

    async def _introduce(self) -> bool:
        """Learn our own name and offer the commands; False where the token is not accepted."""
        tries = 0
        while True:
            try:
                await self._api.who_am_i()
                await self._chat.offer_commands(
                    [(command.name, command.description()) for command in COMMANDS]
                )
                return True
            except TelegramTrouble as trouble:
                self._listening_trouble(trouble)
                if trouble.kind in HOPELESS:
                    return False
                if not trouble.kind.passing:  # no hints in this chat, but commands work
                    return True
                await asyncio.sleep(trouble.wait or PAUSES[min(tries, len(PAUSES) - 1)])
                tries += 1

    def _listening_trouble(self, trouble: TelegramTrouble | None) -> None:
        self._on_trouble("listening", trouble)
        if trouble is not None and trouble.kind is Trouble.CONFLICT:
            self._outbox.add(Outgoing("⚠️ " + say_trouble(trouble)))

    def _message_gone(self, message: Outgoing) -> None:
        if message.topic == ERRORS:
            self._digest.errors_told()
            self._news.set()


def _worded(note: RunBegan | Milestone | ThingsFailed | Waiting) -> tuple[str, str]:
    """The text of a note, and the topic under which a newer one replaces it unsent."""
    match note:
        case RunBegan():
            return words.began(note), ""
        case Milestone():
            return words.milestone(note), PROGRESS
        case ThingsFailed():
            return words.failed(note), ERRORS
        case Waiting():
            return words.waiting(note), WAITING

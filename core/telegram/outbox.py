"""Messages that wait to be sent to a chat, and the one sender: slow, patient, and bounded.

One message a second, silence for as long as Telegram asks, growing pauses while it cannot be
reached. Everything here runs in the bot's loop.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from core.i18n import _
from core.telegram.account import mask_chat
from core.telegram.chat import Chat
from core.telegram.outgoing import Outgoing, split_text
from core.telegram.trouble import TelegramTrouble, Trouble

log = logging.getLogger(__name__)

GAP_SECONDS = 1.0
WAITING_LIMIT = 100
PAUSES = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
CAPTION_LIMIT = 1000


class Outbox:
    """`add` and let `run` send.

    `on_trouble` hears of each failure, and None after a success; `on_gone` of every message
    that waits no longer, because it was sent, refused, or replaced.
    """

    def __init__(
        self,
        chat: Chat,
        on_trouble: Callable[[TelegramTrouble | None], None],
        on_gone: Callable[[Outgoing], None] = lambda _message: None,
        gap: float = GAP_SECONDS,
    ) -> None:
        self._chat = chat
        self._on_trouble = on_trouble
        self._on_gone = on_gone
        self._gap = gap
        self._waiting: list[Outgoing] = []
        self._changed = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._earliest = 0.0
        self._sending: Outgoing | None = None
        self._outdated = False  # what is being sent is not worth another try

    def add(self, message: Outgoing) -> None:
        """Queue a message; a long text becomes several, and the buttons go under the last."""
        if message.topic:
            self._drop(lambda old: old.topic == message.topic)
        *head, last = _parts(message)
        edits = message.edits
        for part in head:
            self._waiting.append(replace(message, text=part, keyboard=(), edits=edits))
            edits = None
        self._waiting.append(replace(message, text=last, edits=edits))
        while len(self._waiting) > WAITING_LIMIT:
            oldest = next((m for m in self._waiting if m is not self._sending), self._waiting[0])
            self._remove(oldest)
        self._idle.clear()
        self._changed.set()

    def forget(self, *topics: str) -> None:
        """Drop unsent messages of these topics: something newer says it all."""
        self._drop(lambda old: old.topic in topics)

    async def emptied(self) -> None:
        """Wait until everything is sent."""
        await self._idle.wait()

    async def run(self) -> None:
        """Send for ever; ends where Telegram does not accept the token."""
        tries = 0
        while True:
            while not self._waiting:
                self._idle.set()
                self._changed.clear()
                await self._changed.wait()
            await asyncio.sleep(self._earliest - _now())
            if not self._waiting:  # dropped meanwhile
                continue
            message = self._sending = self._waiting[0]
            self._outdated = False
            trouble = await self._attempt(message)
            self._sending = None
            self._on_trouble(trouble)
            self._earliest = _now() + self._gap
            if trouble is None or not trouble.kind.passing:
                tries = 0
                self._remove(message)
                if message.document is not None and trouble is not None:
                    text = _("The file {name} could not be sent.")
                    self.add(Outgoing(text.format(name=message.document.name)))
                if trouble is not None and trouble.kind is Trouble.TOKEN_REJECTED:
                    self._drop(lambda _message: True)
                    self._idle.set()
                    return
                continue
            if self._outdated:
                self._remove(message)
            if trouble.kind is Trouble.FLOOD:
                self._earliest = _now() + max(trouble.wait, self._gap)
            else:
                self._earliest = _now() + PAUSES[min(tries, len(PAUSES) - 1)]
                tries += 1
                if message.is_file:  # what takes minutes to try shall not hold up the others
                    self._waiting.sort(key=lambda other: other is message)

    async def _attempt(self, message: Outgoing) -> TelegramTrouble | None:
        try:
            await self._send(message)
        except TelegramTrouble as trouble:
            moved = int(trouble.detail) if trouble.kind is Trouble.CHAT_MOVED else self._chat.number
            if moved == self._chat.number:
                return trouble
            self._chat.number = moved
            log.warning("The Telegram group has a new number (ends in %s)", mask_chat(moved))
            return await self._attempt(message)
        except OSError as error:  # the file to send is gone or cannot be read
            log.warning("A file for Telegram could not be read: %s", error.strerror)
        return None

    async def _send(self, message: Outgoing) -> None:
        if message.picture is not None:
            await self._chat.send_picture(message.picture, message.text, silent=message.silent)
        elif message.document is not None:
            await self._chat.send_document(message.document, message.text)
        elif message.edits is not None:
            await self._edit(message.edits, message)
        else:
            await self._chat.send_text(message.text, message.keyboard, silent=message.silent)

    async def _edit(self, number: int, message: Outgoing) -> None:
        try:
            await self._chat.edit_text(number, message.text, message.keyboard)
        except TelegramTrouble as trouble:
            if trouble.kind is not Trouble.BAD_REQUEST:
                raise
            if "not modified" in trouble.detail:
                return  # a button was pressed twice: the text is there
            # Deleted, or too old to be changed: the answer shall arrive all the same.
            await self._chat.send_text(message.text, message.keyboard)

    def _drop(self, unwanted: Callable[[Outgoing], bool]) -> None:
        for message in [m for m in self._waiting if unwanted(m)]:
            if message is self._sending:
                self._outdated = True
            else:
                self._remove(message)

    def _remove(self, message: Outgoing) -> None:
        self._waiting = [other for other in self._waiting if other is not message]
        if message.temporary and message.document is not None:
            with suppress(OSError):  # held by a virus scanner: its folder goes at the end
                message.document.unlink(missing_ok=True)
        self._on_gone(message)


def _parts(message: Outgoing) -> list[str]:
    if message.is_file:
        return [message.text[:CAPTION_LIMIT]]
    return split_text(message.text) or [""]


def _now() -> float:
    return asyncio.get_running_loop().time()

"""Keeps messages in chats as they should look: shows the newest state, patiently and not too fast.

A picture waits under a key ('the menu of user 7', 'the card of task 12'); a newer one under the
same key takes its place. So nobody gets six old screens when Telegram comes back, and what is
shown in the end is what is stored.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field

from core.hub.chat.messenger import Messenger
from core.telegram.outbox import PAUSES
from core.telegram.outgoing import Keyboard, split_text
from core.telegram.trouble import TelegramTrouble, Trouble

log = logging.getLogger(__name__)

HANDS = 12  # pictures on their way at once
QUIET_GAP = 1 / 20  # seconds between two that nobody waits for: Telegram takes 30 a second
GIVE_UP_AFTER = 40  # attempts

Shown = Callable[[int], Awaitable[None]]
Gone = Callable[[bool], Awaitable[None]]


@dataclass(slots=True)
class Picture:
    """What a message should say. `message` is the one to change, None for a new one.

    `fresh` sends a new one at the chat's end whatever was there. `once` is not repeated where it
    may have arrived. `shown` hears the number of the message, `gone` whether it surely arrived
    (True) or surely did not (False); where nobody knows, it is not called.
    """

    chat: int
    text: str
    keyboard: Keyboard = ()
    message: int | None = None
    fresh: bool = False
    once: bool = False
    silent: bool = True
    shown: Shown | None = None
    gone: Gone | None = None
    tries: int = field(default=0, init=False)


class Painter:
    """`show` returns at once; `run` does the work, in the hub's loop.

    `on_trouble` hears of each failure, and None after a success.
    """

    def __init__(
        self, messenger: Messenger, on_trouble: Callable[[TelegramTrouble | None], None]
    ) -> None:
        self._messenger = messenger
        self._on_trouble = on_trouble
        self._urgent: OrderedDict[Hashable, Picture] = OrderedDict()
        self._quiet: OrderedDict[Hashable, Picture] = OrderedDict()
        self._in_hand: set[Hashable] = set()
        self._messages: dict[Hashable, int] = {}  # that show the keys
        self._held_until: dict[int, float] = {}  # chats that Telegram asked to spare
        self._next_quiet = 0.0
        self._changed = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._ended = False

    @property
    def waiting(self) -> int:
        """How many pictures are not shown yet."""
        return len(self._urgent) + len(self._quiet) + len(self._in_hand)

    def show(self, key: Hashable, picture: Picture, *, quiet: bool = False) -> None:
        """Show it as soon as may be; `quiet` for what nobody waits for."""
        if self._ended:
            return
        before = self._urgent.pop(key, None) or self._quiet.pop(key, None)
        if before is not None and before.fresh and picture.message is None:
            picture.fresh = True  # the new message was not sent yet: this one is it
        if picture.fresh:
            self._messages.pop(key, None)
        (self._quiet if quiet else self._urgent)[key] = picture
        self._idle.clear()
        self._changed.set()

    async def emptied(self) -> None:
        """Wait until everything is shown."""
        await self._idle.wait()

    async def run(self) -> None:
        """Show for ever; ends where Telegram does not accept the token."""
        hands: set[asyncio.Task[None]] = set()
        try:
            while not self._ended:
                self._changed.clear()
                while len(hands) < HANDS and (found := self._take()) is not None:
                    self._in_hand.add(found[0])
                    hands.add(asyncio.create_task(self._paint(*found)))
                if not self.waiting:
                    self._idle.set()
                await self._wait_for_work(hands)
                for task in [task for task in hands if task.done()]:
                    hands.discard(task)
                    task.result()
        finally:
            self._idle.set()
            for task in hands:
                task.cancel()
            await asyncio.gather(*hands, return_exceptions=True)

    async def _wait_for_work(self, hands: set[asyncio.Task[None]]) -> None:
        news = asyncio.create_task(self._changed.wait())
        try:
            await asyncio.wait(
                {news, *hands}, timeout=self._pause(), return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            news.cancel()

    def _take(self) -> tuple[Hashable, Picture] | None:
        """The next picture that may be shown now."""
        now = _now()
        for key, picture in self._urgent.items():
            if key not in self._in_hand and self._held_until.get(picture.chat, 0.0) <= now:
                del self._urgent[key]
                return key, picture
        if now < self._next_quiet:
            return None
        for key, picture in self._quiet.items():
            if key not in self._in_hand and self._held_until.get(picture.chat, 0.0) <= now:
                del self._quiet[key]
                self._next_quiet = now + QUIET_GAP
                return key, picture
        return None

    def _pause(self) -> float | None:
        """Seconds until one that waits by the clock may be shown."""
        now = _now()
        moments = [until for until in self._held_until.values() if until > now]
        if len(moments) < len(self._held_until):
            self._held_until = {
                chat: until for chat, until in self._held_until.items() if until > now
            }
        if self._quiet and self._next_quiet > now:
            moments.append(self._next_quiet)
        return max(0.005, min(moments) - now) if moments else None

    async def _paint(self, key: Hashable, picture: Picture) -> None:
        try:
            trouble = await self._attempt(key, picture)
            self._on_trouble(trouble)
            if trouble is None:
                if picture.gone is not None:
                    await picture.gone(True)
            elif trouble.kind is Trouble.TOKEN_REJECTED:
                self._ended = True
            elif trouble.kind.passing:
                await self._again(key, picture, trouble)
            else:
                log.info("a message could not be shown: %s", trouble)
                if picture.gone is not None:
                    await picture.gone(True)  # it never will be: nothing to tell again
        except Exception:  # one message must not stop the others
            log.exception("a message could not be shown")
        finally:
            self._in_hand.discard(key)
            self._changed.set()

    async def _again(self, key: Hashable, picture: Picture, trouble: TelegramTrouble) -> None:
        unknown = trouble.kind is Trouble.UNREACHABLE and trouble.detail == "timed out"
        if picture.once and unknown:
            return
        picture.tries += 1
        newer = key in self._urgent or key in self._quiet
        if newer or picture.tries >= GIVE_UP_AFTER:
            if picture.gone is not None:
                await picture.gone(False)
            return
        wait = trouble.wait or PAUSES[min(picture.tries - 1, len(PAUSES) - 1)]
        self._held_until[picture.chat] = _now() + wait
        self._urgent[key] = picture

    async def _attempt(self, key: Hashable, picture: Picture) -> TelegramTrouble | None:
        try:
            number = await self._draw(key, picture)
        except TelegramTrouble as trouble:
            return trouble
        if not picture.once:  # nothing will take its place
            self._messages[key] = number
        if picture.shown is not None:
            await picture.shown(number)
        return None

    async def _draw(self, key: Hashable, picture: Picture) -> int:
        text = split_text(picture.text)[0] if picture.text.strip() else "…"
        message = None if picture.fresh else picture.message or self._messages.get(key)
        if message is not None:
            try:
                await self._messenger.edit_text(picture.chat, message, text, picture.keyboard)
                return message
            except TelegramTrouble as trouble:
                if trouble.kind is not Trouble.BAD_REQUEST:
                    raise
                if "not modified" in trouble.detail:
                    return message
            # Deleted, or too old to be changed: the answer shall arrive all the same.
        return await self._messenger.send_text(
            picture.chat, text, picture.keyboard, silent=picture.silent
        )


def _now() -> float:
    return asyncio.get_running_loop().time()

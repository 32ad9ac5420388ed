"""Listening for commands: long polling that waits, backs off, and knows when to give up."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence

from core.telegram.account import mask_chat
from core.telegram.api import POLL_SECONDS, Incoming, TelegramApi
from core.telegram.outbox import PAUSES
from core.telegram.trouble import TelegramTrouble, Trouble

log = logging.getLogger(__name__)

STRANGERS_LIMIT = 1000
MOST_REPEATS = 2  # of one command in one poll
HOPELESS = (Trouble.CONFLICT, Trouble.TOKEN_REJECTED)


def _without_repeats(found: Sequence[Incoming]) -> list[Incoming]:
    """Of a command said many times while we were busy only the newest ones: a thousand times
    /status must not hold up /stop."""
    kept: list[Incoming] = []
    said: Counter[tuple[int, str]] = Counter()
    for news in reversed(found):
        said[news.chat, news.text] += 1
        if not news.text.startswith("/") or said[news.chat, news.text] <= MOST_REPEATS:
            kept.append(news)
    return kept[::-1]


class Poller:
    """Hands what is said in chats that `listens_to` names to `handle`, in order.

    Strangers get no answer.

    `on_trouble` hears of each failed poll, and None after one that worked.
    """

    def __init__(
        self,
        api: TelegramApi,
        listens_to: Callable[[int], bool],
        handle: Callable[[Incoming], Awaitable[None]],
        on_trouble: Callable[[TelegramTrouble | None], None],
        poll_seconds: int = POLL_SECONDS,
    ) -> None:
        self._api = api
        self._listens_to = listens_to
        self._handle = handle
        self._on_trouble = on_trouble
        self._poll_seconds = poll_seconds
        self._strangers: set[int] = set()

    async def run(self) -> None:
        """Poll for ever; ends where another program polls or the token is not accepted."""
        offset: int | None = None
        skipping = True
        tries = 0
        while True:
            try:
                # -1 asks for the newest only and forgets the rest: what was said while the
                # program was off is not obeyed hours later.
                found, following = await self._api.incoming(
                    -1 if skipping else offset, 0 if skipping else self._poll_seconds
                )
            except TelegramTrouble as trouble:
                self._on_trouble(trouble)
                if trouble.kind in HOPELESS:
                    return
                await asyncio.sleep(trouble.wait or PAUSES[min(tries, len(PAUSES) - 1)])
                tries += 1
                continue
            self._on_trouble(None)
            tries = 0
            offset = None if following == -1 else following
            if not skipping:
                await self._deliver(found)
            skipping = False

    async def _deliver(self, found: list[Incoming]) -> None:
        for news in _without_repeats(found):
            if not self._listens_to(news.chat):
                self._note_stranger(news)
                continue
            try:
                await self._handle(news)
            except Exception:  # one bad command must not end the listening
                log.exception("A Telegram command could not be carried out")

    def _note_stranger(self, news: Incoming) -> None:
        if news.chat in self._strangers or len(self._strangers) >= STRANGERS_LIMIT:
            return
        self._strangers.add(news.chat)
        log.warning("A Telegram chat that is not ours (%s) was ignored", mask_chat(news.chat))

"""Listening to everybody at once: long polling that backs off, and confirms what is stored."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from core.hub.chat.messenger import Messenger, News
from core.telegram.api import POLL_SECONDS
from core.telegram.outbox import PAUSES
from core.telegram.poller import HOPELESS
from core.telegram.trouble import TelegramTrouble, Trouble

log = logging.getLogger(__name__)

CONFLICT_SECONDS = 60.0
CONFLICT_PAUSE = 5.0


async def listen(
    messenger: Messenger,
    handle: Callable[[News], Awaitable[None]],
    on_trouble: Callable[[TelegramTrouble | None], None],
    poll_seconds: int = POLL_SECONDS,
    conflict_seconds: float = CONFLICT_SECONDS,
) -> None:
    """Hand news to `handle`, those of one person in order, different people side by side.

    The next poll confirms to Telegram what came with the last, so it waits until that is handled:
    after a crash Telegram sends it again. `on_trouble` hears of each failed poll, and None after
    one that worked. Ends where the token is not accepted, or another program keeps polling: for a
    minute that may be our own poll of before a crash, which Telegram still holds.
    """
    offset: int | None = None
    tries = 0
    clashing_since: float | None = None
    clock = asyncio.get_running_loop().time
    while True:
        try:
            found, offset = await messenger.news(offset, poll_seconds)
        except TelegramTrouble as trouble:
            on_trouble(trouble)
            if trouble.kind is Trouble.CONFLICT and "webhook" not in trouble.detail:
                clashing_since = clashing_since or clock()
                if clock() - clashing_since < conflict_seconds:
                    await asyncio.sleep(min(CONFLICT_PAUSE, conflict_seconds / 4))
                    continue
            if trouble.kind in HOPELESS:
                return
            await asyncio.sleep(trouble.wait or PAUSES[min(tries, len(PAUSES) - 1)])
            tries += 1
            continue
        on_trouble(None)
        tries, clashing_since = 0, None
        by_person: dict[int, list[News]] = {}
        for news in found:
            by_person.setdefault(news.person.id, []).append(news)
        await asyncio.gather(*(_in_order(said, handle) for said in by_person.values()))


async def _in_order(said: list[News], handle: Callable[[News], Awaitable[None]]) -> None:
    for news in said:
        try:
            await handle(news)
        except Exception:  # one bad press must not end the listening
            log.exception("what a user did could not be carried out")

"""Puts the hub together, and runs it within one asyncio loop."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.errors import SettingsError
from core.hub.accounts.client import Connect
from core.hub.accounts.files import SessionFolder
from core.hub.accounts.logins import Logins
from core.hub.chat.listening import CONFLICT_SECONDS, listen
from core.hub.chat.messenger import LANGUAGES_OF_HINTS, Messenger
from core.hub.chat.painter import Painter
from core.hub.database.store import Store
from core.hub.database.tasks import Service
from core.hub.gate import Gate, hints
from core.hub.measures import Measures
from core.hub.panel import Panel
from core.hub.parts import Parts
from core.hub.places.tree import build_menu
from core.hub.rate import PressLimit
from core.hub.services.all import LOOK_SECONDS, Addresses, Services
from core.hub.services.http import ANSWER_SECONDS
from core.hub.tasks.checker import Checker
from core.hub.tasks.keeper import Keeper
from core.hub.tasks.watcher import Rhythm, Watcher
from core.hub.vault import Vault
from core.hub.web import Condition
from core.i18n import _, speaking
from core.settings.secret import Secret
from core.telegram.account import BotAccount
from core.telegram.api import POLL_SECONDS, TelegramApi
from core.telegram.outbox import PAUSES
from core.telegram.poller import HOPELESS
from core.telegram.trouble import TelegramTrouble, Trouble
from core.telegram.trouble_words import say_trouble

log = logging.getLogger(__name__)

GRACE_SECONDS = 5.0
SWEEP_SECONDS = 5.0


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class HubSetup:
    """What a hub needs. The durations are shorter in tests."""

    account: BotAccount
    admins: frozenset[int]
    database: Path
    addresses: Addresses
    folder: SessionFolder
    connect: Connect
    vault: Vault
    rhythm: Rhythm = field(default_factory=Rhythm)
    answer_seconds: float = ANSWER_SECONDS
    look_seconds: float = LOOK_SECONDS
    poll_seconds: int = POLL_SECONDS
    conflict_seconds: float = CONFLICT_SECONDS
    sweep_seconds: float = SWEEP_SECONDS
    presses_a_minute: int = 30
    now: Callable[[], datetime] = utc_now


class Hub:
    """Made and run within one loop. `measures` and `condition` may be read by any thread.

    Raises StorageFailure and TelegramTrouble (UNUSABLE_SETTING).
    """

    def __init__(self, setup: HubSetup) -> None:
        self._setup = setup
        self.measures = Measures()
        self._troubles: dict[str, TelegramTrouble] = {}
        self._messenger = Messenger(setup.account)
        self._store = Store(setup.database)
        self._services = Services(setup.addresses, setup.answer_seconds)
        self._painter = Painter(self._messenger, lambda trouble: self._note("sending", trouble))
        gate = Gate(setup.admins)
        self._keeper = Keeper(
            self._store,
            self._services,
            self._painter,
            setup.vault,
            setup.folder,
            setup.now,
            gate,
            self.measures,
        )
        self._watcher = Watcher(self._store, self._services, self._keeper, setup.rhythm)
        self._checker = Checker(
            self._store, self._services, self._painter, setup.folder, setup.now, gate
        )
        self._logins = Logins(setup.folder, setup.connect)
        parts = Parts(
            store=self._store,
            painter=self._painter,
            messenger=self._messenger,
            services=self._services,
            vault=setup.vault,
            folder=setup.folder,
            logins=self._logins,
            keeper=self._keeper,
            watcher=self._watcher,
            checker=self._checker,
            gate=gate,
            measures=self.measures,
            try_bot=self._try_bot,
            now=setup.now,
        )
        self.panel = Panel(parts, build_menu(parts), PressLimit(setup.presses_a_minute))

    def condition(self) -> Condition:
        """How the hub is now; any thread may ask."""
        return Condition(
            telegram=not self._troubles,
            services={
                service.value: self._services.answering(service) is True for service in Service
            },
            tasks=self._watcher.watched,
        )

    async def run(self, stopped: asyncio.Event) -> None:
        """Work until `stopped`; then show what waits, for a few seconds.

        Raises SettingsError where Telegram does not accept the token, or another program listens
        with it.
        """
        work: list[asyncio.Task[None]] = []

        def begin(what: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
            task = asyncio.create_task(what)
            work.append(task)
            return task

        try:
            painting = begin(self._painter.run())
            begin(self._services.watch(self._setup.look_seconds))
            await self._keeper.after_a_restart()
            await self._checker.after_a_restart()
            await self.panel.after_a_restart()
            begin(self._watcher.run())
            begin(self._sweep())
            listening = begin(self._listen())
            waiting = begin(_until(stopped))
            await asyncio.wait({waiting, listening}, return_when=asyncio.FIRST_COMPLETED)
            if listening.done():
                listening.result()
            listening.cancel()
            with suppress(TimeoutError):
                async with asyncio.timeout(GRACE_SECONDS):
                    await self._painter.emptied()
            painting.cancel()
        finally:
            for task in work:
                task.cancel()
            await asyncio.gather(*work, return_exceptions=True)

    async def close(self) -> None:
        """Close connections and files. The object cannot be used any more."""
        await self.panel.close()
        await self._logins.close()
        await self._services.close()
        await self._messenger.close()
        await asyncio.to_thread(self._store.close)

    async def _listen(self) -> None:
        await self._introduce()
        await listen(
            self._messenger,
            self.panel.handle,
            lambda trouble: self._note("listening", trouble),
            self._setup.poll_seconds,
            self._setup.conflict_seconds,
        )
        raise _ended(self._troubles.get("listening"))

    async def _introduce(self) -> None:
        """Learn our own name and offer the commands, however long Telegram is away."""
        tries = 0
        while True:
            try:
                await self._messenger.who_am_i()
                for language in LANGUAGES_OF_HINTS:
                    with speaking(language or "en"):
                        await self._messenger.offer(hints(), language)
                self._note("listening", None)
                return
            except TelegramTrouble as trouble:
                self._note("listening", trouble)
                if trouble.kind in HOPELESS:
                    raise _ended(trouble) from None
                if not trouble.kind.passing:  # no hints, but commands work
                    return
                await asyncio.sleep(trouble.wait or PAUSES[min(tries, len(PAUSES) - 1)])
                tries += 1

    async def _sweep(self) -> None:
        """What happens by the clock alone."""
        while True:
            await asyncio.sleep(self._setup.sweep_seconds)
            try:
                await self.panel.let_expire()
                await self._logins.close_left_alone()
            except Exception:  # the next sweep may do better
                log.exception("what waited too long could not be ended")
            self._measure()

    def _measure(self) -> None:
        measures = self.measures
        measures.watched.set(self._watcher.watched)
        measures.waiting.set(self._painter.waiting)
        measures.telegram_up.set(not self._troubles)
        for service in Service:
            up = self._services.answering(service) is True
            measures.service_up.labels(service.value).set(up)

    async def _try_bot(self, token: Secret, chat: int, text: str) -> None:
        account = BotAccount(token, self._setup.account.api_url, self._setup.account.proxy)
        api = TelegramApi(account)
        try:
            await api.send_text(chat, text)
        finally:
            await api.close()

    def _note(self, where: str, trouble: TelegramTrouble | None) -> None:
        """Log when trouble begins, changes or ends: not each of a thousand failed polls."""
        before = self._troubles.pop(where, None)
        if trouble is not None and (trouble.kind.passing or trouble.kind in HOPELESS):
            self._troubles[where] = trouble
            known = before is not None and before.kind is trouble.kind
            if not known and trouble.kind is not Trouble.FLOOD:
                log.warning("%s (%s)", say_trouble(trouble), trouble)
        elif before is not None and before.kind is not Trouble.FLOOD:
            log.info("Telegram works again")


def _ended(trouble: TelegramTrouble | None) -> SettingsError:
    if trouble is not None and trouble.kind is Trouble.CONFLICT:
        return SettingsError(
            _("Another program listens with the token of the hub's bot."),
            _("Stop the other program, or make a bot of its own for the hub."),
        )
    return SettingsError(
        _("Telegram does not accept the token of the hub's bot."),
        _("Copy it anew from @BotFather into HUB_BOT_TOKEN."),
    )


async def _until(stopped: asyncio.Event) -> None:
    await stopped.wait()

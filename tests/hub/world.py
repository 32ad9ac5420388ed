"""A hub in a thread of its own, between stand-ins of Telegram and of the services."""

import asyncio
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet

from core.hub.accounts.files import SessionFolder
from core.hub.database import users
from core.hub.database.store import open_database
from core.hub.database.users import NotificationBot, Session
from core.hub.program import Hub, HubSetup, utc_now
from core.hub.services.all import Addresses
from core.hub.stand_in import phones as phones_stand_in
from core.hub.stand_in.accounts import MadeUpAccounts
from core.hub.stand_in.phones import PhonesStandIn
from core.hub.stand_in.realty import RealtyStandIn
from core.hub.stand_in.telegram import MadeUpPerson, Shown, TelegramStandIn
from core.hub.stand_in.workers import WorkersStandIn
from core.hub.tasks.watcher import Rhythm
from core.hub.vault import Vault
from core.settings.secret import Secret
from core.telegram.account import BotAccount

ADMIN = MadeUpPerson(7000000001, "boss", "Boss", "ru")
ANNA = MadeUpPerson(7000000002, "anna", "Anna", "ru")
BEN = MadeUpPerson(7000000003, "ben", "Ben", "en")
STRANGER = MadeUpPerson(7000000099, "who", "Who", "ru")
BOT_TOKEN = "987654321:AAnotification-bot-token-nobody-may-see"
KEY = Secret(Fernet.generate_key().decode())
FAST = Rhythm(attended=0.05, alone=0.05, tick=0.02)


class World:
    """Everything around one database. `start` and `stop` the hub as often as needed."""

    def __init__(self, folder: Path, seconds: float = 600.0) -> None:
        self.folder = folder
        self.telegram = TelegramStandIn()
        self.telegram.bots.add(BOT_TOKEN)
        self.workers = WorkersStandIn(seconds=seconds, check_seconds=0.0)
        self.realty = RealtyStandIn(seconds=seconds)
        self.phones = PhonesStandIn(seconds=seconds)
        self.accounts = MadeUpAccounts()
        self.vault = Vault(KEY)
        self.database = folder / "hub.db"
        self.sessions = SessionFolder(folder / "sessions", "/sessions")
        self.changes: dict[str, Any] = {}
        self.hub: Hub | None = None
        self.problem: BaseException | None = None
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopped: asyncio.Event | None = None
        for server in self.servers:
            server.start()

    @property
    def servers(self) -> list[Any]:
        return [self.telegram, self.workers, self.realty, self.phones]

    def setup(self) -> HubSetup:
        made = HubSetup(
            account=BotAccount(Secret(self.telegram.token), self.telegram.origin),
            admins=frozenset({ADMIN.id}),
            database=self.database,
            addresses=Addresses(
                self.workers.origin,
                self.realty.origin,
                self.phones.origin,
                Secret(phones_stand_in.TOKEN),
            ),
            folder=self.sessions,
            connect=self.accounts,
            vault=self.vault,
            rhythm=FAST,
            look_seconds=0.1,
            poll_seconds=50,
            sweep_seconds=0.05,
            presses_a_minute=10_000,
            now=utc_now,
        )
        return replace(made, **self.changes)

    def start(self, **changes: Any) -> "World":
        """Start the hub, and wait until it listens."""
        self.changes.update(changes)
        polls = self.telegram.attempts["getUpdates"]
        self._thread = threading.Thread(target=self._work, name="hub")
        self._thread.start()
        with self.telegram.changed:
            self.telegram.changed.wait_for(
                lambda: self.telegram.attempts["getUpdates"] > polls or self.problem, 60
            )
        return self

    def _work(self) -> None:
        async def run() -> None:
            self.hub = Hub(self.setup())
            self._stopped = asyncio.Event()
            self._loop = asyncio.get_running_loop()
            try:
                await self.hub.run(self._stopped)
            finally:
                await self.hub.close()

        try:
            asyncio.run(run())
        except BaseException as error:
            with self.telegram.changed:  # `start` waits there
                self.problem = error
                self.telegram.changed.notify_all()

    def stop(self) -> None:
        if self._thread is None:
            return
        if self._thread.is_alive() and self._loop and self._stopped:
            self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join(60)
        assert not self._thread.is_alive()
        self._thread = None
        problem, self.problem = self.problem, None
        if problem is not None:
            raise problem

    def close(self) -> None:
        try:
            self.stop()
        finally:
            for server in self.servers:
                server.stop()

    # People

    def know(self, person: MadeUpPerson, *, complete: bool = True) -> None:
        """Let somebody be a user already, with bots and accounts set up where `complete`."""
        db = open_database(self.database)
        try:
            users.meet(
                db,
                users.Person(person.id, person.username, person.first_name, person.language),
                utc_now(),
            )
            users.decide(db, person.id, users.Access.ALLOWED, None, utc_now())
            if complete:
                token = self.vault.lock(Secret(BOT_TOKEN))
                for bot in NotificationBot:
                    users.set_bot(db, person.id, bot, token=token, chat=str(person.id))
                for session in Session:
                    users.set_session(db, person.id, session, authorized=True, phone="+7957•••4567")
        finally:
            db.close()

    def menu(self, person: MadeUpPerson) -> Shown:
        """Ask for the menu; returns it."""
        before = {shown.id for shown in self.telegram.chat(person.id)}
        self.telegram.say(person, "/menu")
        words = "Press a button" if person.language == "en" else "Нажмите кнопку"
        return self.telegram.wait_for(person.id, words, where=lambda one: one.id not in before)

    def press(self, person: MadeUpPerson, shown: Shown, caption: str, expect: str = "") -> Shown:
        """Press a button; returns what the message shows then, once it says what is expected."""
        self.telegram.press(person, shown, caption)
        return self.changed(person, shown, expect)

    def type(self, person: MadeUpPerson, shown: Shown, text: str, expect: str = "") -> Shown:
        """Type something; returns what the message shows then."""
        self.telegram.say(person, text)
        return self.changed(person, shown, expect)

    def changed(self, person: MadeUpPerson, shown: Shown, expect: str = "") -> Shown:
        return self.telegram.wait_for(
            person.id,
            expect,
            where=lambda one: one.id == shown.id and one.edited > shown.edited,
        )

    def walk(self, person: MadeUpPerson, *steps: str) -> Shown:
        """From a new menu by these buttons."""
        shown = self.menu(person)
        for caption in steps:
            shown = self.press(person, shown, caption)
        return shown

    def query(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        db = open_database(self.database)
        try:
            return [tuple(row) for row in db.execute(sql, values).fetchall()]
        finally:
            db.close()

    def quiet(self) -> None:
        """Wait until everything that was begun is done and shown."""
        hub = self.hub
        assert hub is not None
        self.until(lambda: self.telegram.is_heard)
        self.until(lambda: not hub.panel._tasks and not hub._painter.waiting)

    def until_seen(self, look: Callable[[], str], words: str) -> str:
        """Look again and again until this is to be seen; what was."""
        seen: list[str] = []

        def found() -> bool:
            seen.append(look())
            return words in seen[-1]

        self.until(found)
        return seen[-1]

    def until(self, condition: Callable[[], Any], seconds: float = 60.0) -> None:
        """Wait for it, however slow the machine is."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, self.telegram.texts(ANNA.id)[-3:]
            time.sleep(0.01)

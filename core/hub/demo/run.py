"""`app.py hub --demo`: the hub between stand-ins, and a chat with it in the terminal."""

import asyncio
import sqlite3
import threading
from dataclasses import dataclass

from cryptography.fernet import Fernet

from core.cli.exit_codes import DONE
from core.cli.output import say, say_error
from core.errors import UserError
from core.hub.accounts.files import SessionFolder
from core.hub.database import users
from core.hub.database.store import Store
from core.hub.database.users import NotificationBot, Person, Session
from core.hub.demo.terminal import TerminalChat
from core.hub.program import HubSetup, utc_now
from core.hub.services.all import Addresses
from core.hub.serving import run_until
from core.hub.settings import HubSettings, load_settings
from core.hub.stand_in import phones as phones_stand_in
from core.hub.stand_in.accounts import MadeUpAccounts
from core.hub.stand_in.phones import PhonesStandIn
from core.hub.stand_in.realty import RealtyStandIn
from core.hub.stand_in.telegram import MadeUpPerson, TelegramStandIn
from core.hub.stand_in.workers import WorkersStandIn
from core.hub.tasks.watcher import Rhythm
from core.hub.vault import Vault
from core.i18n import _, current_language
from core.logs.setup import setup_logging
from core.settings.secret import Secret
from core.stop import StopSignal
from core.telegram.account import BotAccount
from core.web.address import Address

YOU = 1
BOT_TOKEN = "987654321:AAmade-up-token-of-a-notification-bot"  # noqa: S105 - opens nothing
TASK_SECONDS = 40.0
RHYTHM = Rhythm(attended=2.0, alone=2.0)


@dataclass(frozen=True, slots=True)
class StandIns:
    """The servers of the demo."""

    telegram: TelegramStandIn
    workers: WorkersStandIn
    realty: RealtyStandIn
    phones: PhonesStandIn

    def all(self) -> tuple[TelegramStandIn, WorkersStandIn, RealtyStandIn, PhonesStandIn]:
        return self.telegram, self.workers, self.realty, self.phones


def run_demo() -> int:
    """Chat until Ctrl+C, Ctrl+D or /quit. For the main thread. Raises SettingsError."""
    settings = load_settings(demo=True)
    setup_logging(settings)
    stand_ins = StandIns(
        TelegramStandIn(),
        WorkersStandIn(seconds=TASK_SECONDS),
        RealtyStandIn(seconds=TASK_SECONDS),
        PhonesStandIn(seconds=TASK_SECONDS),
    )
    stand_ins.telegram.bots.add(BOT_TOKEN)
    for server in stand_ins.all():
        server.start()
    stop = StopSignal()
    setup = demo_setup(settings, stand_ins)
    you = MadeUpPerson(YOU, "you", _("You"), current_language())
    prepare(setup, you)
    chat = TerminalChat(stand_ins.telegram, you)
    hub = threading.Thread(target=_work, args=(setup, stop, chat), name="hub")
    hub.start()
    try:
        chat.run()
    except KeyboardInterrupt:
        say()
    finally:
        stop.request()
        hub.join()
        for server in stand_ins.all():
            server.stop()
    return DONE


def demo_setup(settings: HubSettings, stand_ins: StandIns) -> HubSetup:
    """A hub between the stand-ins; it keeps its things in the demo's folder."""
    return HubSetup(
        account=BotAccount(Secret(stand_ins.telegram.token), stand_ins.telegram.origin),
        admins=frozenset({YOU}),
        database=settings.database_path,
        addresses=Addresses(
            stand_ins.workers.origin,
            stand_ins.realty.origin,
            stand_ins.phones.origin,
            Secret(phones_stand_in.TOKEN),
        ),
        folder=SessionFolder(settings.sessions_dir),
        connect=MadeUpAccounts(),
        vault=Vault(Secret(Fernet.generate_key().decode())),
        rhythm=RHYTHM,
        look_seconds=3.0,
        sweep_seconds=1.0,
    )


def prepare(setup: HubSetup, you: MadeUpPerson) -> None:
    """Make-believe settings and accounts, so that everything can be started at once.

    The stand-ins begin anew each time, so nothing of an earlier demo would fit: messages count
    from one again, and tasks are unknown. Raises StorageFailure.
    """
    for beside in ("", "-wal", "-shm"):
        setup.database.with_name(setup.database.name + beside).unlink(missing_ok=True)
    store = Store(setup.database)
    try:
        token = setup.vault.lock(Secret(BOT_TOKEN))

        def work(db: sqlite3.Connection) -> None:
            users.meet(db, Person(you.id, you.username, you.first_name, you.language), utc_now())
            for bot in NotificationBot:
                users.set_bot(db, you.id, bot, token=token, chat=str(you.id))
            for session in Session:
                users.set_session(db, you.id, session, authorized=True, phone="+7957•••4567")

        store.do_now(work)
    finally:
        store.close()


def _work(setup: HubSetup, stop: StopSignal, chat: TerminalChat) -> None:
    try:
        asyncio.run(run_until(setup, stop, Address("127.0.0.1", 0), lambda _address: None))
    except UserError as error:
        say_error(error.message)
    finally:
        chat.end()

"""`app.py hub login USER_ID parser|blacklist`: connecting an account, in the terminal.

The way that docs/hub.md recommends: a code that is typed here never passes through Telegram.
"""

import argparse
import asyncio
import getpass
import sqlite3
from datetime import UTC, datetime

from core.cli.exit_codes import DONE
from core.cli.output import say
from core.errors import UserError
from core.hub import reading
from core.hub.accounts.client import AccountTrouble
from core.hub.accounts.client import say as in_words
from core.hub.accounts.logins import Logins
from core.hub.database import users
from core.hub.database.store import Store
from core.hub.database.users import Person, Session
from core.hub.opening import connect, session_folder
from core.hub.settings import load_settings
from core.i18n import _
from core.logs.masking import mask_phone
from core.logs.setup import setup_logging
from core.settings.secret import Secret

ATTEMPTS = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("user_id", type=int, help=_("the user's number at Telegram"))
    parser.add_argument(
        "session", choices=[session.value for session in Session], help=_("which account")
    )


def execute(options: argparse.Namespace) -> int:
    settings = load_settings()
    setup_logging(settings)
    settings.required_application()
    user_id, session = options.user_id, Session(options.session)
    phone = _read_phone()
    store = Store(settings.database_path)
    try:
        logins = Logins(session_folder(settings), connect(settings))
        asyncio.run(log_in(logins, user_id, session, phone))
        store.do_now(lambda db: _note(db, user_id, session, phone))
    except AccountTrouble as trouble:
        raise UserError(in_words(trouble)) from None
    finally:
        store.close()
    say(_("The account is connected."))
    return DONE


async def log_in(logins: Logins, user_id: int, session: Session, phone: Secret) -> None:
    """Code, and password if there is one. Raises AccountTrouble."""
    try:
        sent = await logins.begin(user_id, session, phone)
        if not await _code(logins, user_id, session, phone, sent.key):
            password = Secret(getpass.getpass(_("Password: ")))
            await logins.password(user_id, session, password)
    except BaseException:
        await logins.cancel(user_id, session)
        raise
    finally:
        await logins.close()


async def _code(logins: Logins, user_id: int, session: Session, phone: Secret, key: str) -> bool:
    """Ask for the code, a few times where it is wrong; whether that was all."""
    for _attempt in range(ATTEMPTS - 1):
        try:
            return await logins.code(user_id, session, phone, key, _typed_code())
        except AccountTrouble as trouble:
            say(in_words(trouble))
    return await logins.code(user_id, session, phone, key, _typed_code())


def _typed_code() -> Secret:
    return Secret("".join(filter(str.isdecimal, getpass.getpass(_("Code: ")))))


def _read_phone() -> Secret:
    try:
        return Secret(reading.phone(input(_("Number of the account, such as +7 957 123-45-67: "))))
    except reading.NotRead as sentence:
        raise UserError(str(sentence)) from None


def _note(db: sqlite3.Connection, user_id: int, session: Session, phone: Secret) -> None:
    if users.find(db, user_id) is None:
        users.meet(db, Person(user_id), datetime.now(UTC))
    users.set_session(db, user_id, session, authorized=True, phone=mask_phone(phone.reveal()))

"""`app.py hub users`: who may use the hub, and changing that from the terminal."""

import argparse
from datetime import UTC, datetime

from core.cli.exit_codes import DONE
from core.cli.output import say
from core.errors import UsageError
from core.formats import moment
from core.hub.database import users
from core.hub.database.store import Store
from core.hub.database.users import Access, User
from core.hub.settings import load_settings
from core.i18n import _, pgettext
from core.logs.setup import setup_logging


def add_arguments(parser: argparse.ArgumentParser) -> None:
    change = parser.add_mutually_exclusive_group()
    change.add_argument("--let-in", type=int, metavar="ID", help=_("give somebody access"))
    change.add_argument("--take-back", type=int, metavar="ID", help=_("take the access back"))


def execute(options: argparse.Namespace) -> int:
    settings = load_settings()
    setup_logging(settings)
    store = Store(settings.database_path)
    try:
        if options.let_in is not None:
            _decide(store, options.let_in, Access.ALLOWED)
        elif options.take_back is not None:
            _decide(store, options.take_back, Access.REFUSED)
        for user in store.do_now(users.everybody):
            say(_line(user, admin=user.id in settings.admins))
    finally:
        store.close()
    return DONE


def _decide(store: Store, user_id: int, access: Access) -> None:
    if store.do_now(lambda db: users.find(db, user_id)) is None:
        raise UsageError(
            _("The hub does not know {id}.").format(id=user_id),
            _("They have to write to the bot first."),
        )
    store.do_now(lambda db: users.decide(db, user_id, access, None, datetime.now(UTC)))


def _line(user: User, *, admin: bool) -> str:
    states = {
        Access.NONE: _("has not asked"),
        Access.ASKED: _("asks for access"),
        Access.ALLOWED: _("may use the hub"),
        Access.REFUSED: _("may not use the hub"),
    }
    state = _("administrator") if admin else states[user.access]
    parts = [str(user.id), user.full_name, f"@{user.username}" if user.username else "", state]
    if user.last_active:
        parts.append(pgettext("user", "last seen {when}").format(when=moment(user.last_active)))
    return "  ".join(part for part in parts if part)

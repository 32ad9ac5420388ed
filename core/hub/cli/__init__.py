"""The hub's subcommands, a module for each, imported when it is used."""

from core.cli.main import Commands
from core.database.errors import DatabaseWords
from core.hub.settings import DATABASE_SETTING
from core.i18n import _

__all__ = ["COMMANDS", "DATABASE"]

COMMANDS: Commands = {
    "": ("core.hub.cli.run", lambda: _("answer in Telegram until it is stopped")),
    "check": ("core.hub.cli.check", lambda: _("settings, Telegram, services: what is wrong")),
    "login": ("core.hub.cli.login", lambda: _("connect an account of a user")),
    "users": ("core.hub.cli.users", lambda: _("who may use the hub")),
}

DATABASE = DatabaseWords(
    DATABASE_SETTING,
    lambda: _("Move the file away: the hub makes a new one, users ask for access again."),
)

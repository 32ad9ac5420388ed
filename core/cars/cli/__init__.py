"""The cars' subcommands, a module for each, imported when it is used."""

from core.cli.main import Commands
from core.database.errors import DatabaseWords
from core.i18n import _

__all__ = ["COMMANDS", "DATABASE"]

DATABASE = DatabaseWords("CARS_DATABASE_URL", lambda: _("Restore the newest good backup."))

COMMANDS: Commands = {
    "init": ("core.cars.cli.init", lambda: _("make the tables, and the first tokens")),
    "load": ("core.cars.cli.load", lambda: _("load every listing, once")),
    "update": ("core.cars.cli.update", lambda: _("take over what changed since the last time")),
    "normalize": ("core.cars.cli.normalize", lambda: _("make clean columns of what is new")),
    "reconcile": (
        "core.cars.cli.reconcile",
        lambda: _("compare with the vendor's daily file and mend"),
    ),
    "filters": ("core.cars.cli.filters", lambda: _("the values that the vendor knows")),
    "serve": ("core.cars.cli.serve", lambda: _("answer front ends over HTTP")),
    "tokens": ("core.cars.cli.tokens", lambda: _("who may ask over HTTP")),
    "status": ("core.cars.cli.status", lambda: _("how far everything is")),
    "list": ("core.cars.cli.list", lambda: _("a few listings, the newest first")),
    "export": ("core.cars.cli.export", lambda: _("listings on sale as CSV or XLSX")),
    "check": ("core.cars.cli.check", lambda: _("settings, connection, database: what is wrong")),
}

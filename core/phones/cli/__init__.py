"""The phone collector's subcommands, a module for each, imported when it is used."""

from core.cli.main import Commands
from core.i18n import _
from core.phones.storage.explain import WORDS as DATABASE

__all__ = ["COMMANDS", "DATABASE"]

COMMANDS: Commands = {
    "collect": ("core.phones.cli.collect", lambda: _("collect all numbers into the database")),
    "continue": ("core.phones.cli.resume", lambda: _("go on with the newest unfinished run")),
    "status": ("core.phones.cli.status", lambda: _("the current or last run")),
    "runs": ("core.phones.cli.runs", lambda: _("all runs with their numbers")),
    "estimate": ("core.phones.cli.estimate", lambda: _("requests and time that a run would take")),
    "export": ("core.phones.cli.export", lambda: _("a report as CSV, XLSX or SQLite")),
    "import": ("core.phones.cli.take_in", lambda: _("take in an older base of numbers")),
    "lookup": ("core.phones.cli.lookup", lambda: _("which numbers of a list are known")),
    "registry": ("core.phones.cli.registry", lambda: _("region and operator of numbers")),
    "revalidate": ("core.phones.cli.revalidate", lambda: _("try rejected numbers again")),
    "backup": ("core.phones.cli.backup", lambda: _("back the database up, or restore a backup")),
    "forget": ("core.phones.cli.forget", lambda: _("erase a number and never store it again")),
    "profiles": ("core.phones.cli.profiles", lambda: _("several accounts side by side")),
    "after-run": ("core.phones.cli.after_run", lambda: _("reports made after each run")),
    "serve": ("core.phones.cli.serve", lambda: _("wait for Telegram and for the daily time")),
    "tokens": ("core.phones.cli.tokens", lambda: _("who may ask over HTTP")),
    "check": ("core.phones.cli.check", lambda: _("settings, connection, database: what is wrong")),
}

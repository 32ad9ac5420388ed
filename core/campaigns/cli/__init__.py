"""The commands `app.py campaigns …`, a module for each, imported when it is used."""

from core.cli.main import Commands
from core.database.errors import DatabaseWords
from core.i18n import _

__all__ = ["COMMANDS", "DATABASE"]

DATABASE = DatabaseWords("CAMPAIGNS_DATABASE_URL", lambda: _("Restore a copy of it."))

COMMANDS: Commands = {
    "init": ("core.campaigns.cli.init", lambda: _("make the database and the key of its tokens")),
    "groups": ("core.campaigns.cli.groups", lambda: _("groups, their settings and messages")),
    "senders": ("core.campaigns.cli.senders", lambda: _("the bots that send")),
    "import-chats": (
        "core.campaigns.cli.import_chats",
        lambda: _("chats that gave their consent, from a file"),
    ),
    "import-messages": (
        "core.campaigns.cli.import_messages",
        lambda: _("messages of a group, from a file"),
    ),
    "opt-outs": ("core.campaigns.cli.opt_outs", lambda: _("chats that want no messages")),
    "start": ("core.campaigns.cli.start", lambda: _("send for a group, or go on with it")),
    "listen": ("core.campaigns.cli.listen", lambda: _("hear who subscribes and who stops")),
    "preview": ("core.campaigns.cli.preview", lambda: _("send a group's messages to yourself")),
    "pause": ("core.campaigns.cli.pause", lambda: _("let everybody who sends for a group wait")),
    "resume": ("core.campaigns.cli.resume", lambda: _("go on after a pause")),
    "stop": ("core.campaigns.cli.stop", lambda: _("end all who send for a group")),
    "status": ("core.campaigns.cli.status", lambda: _("where the groups stand")),
    "stats": ("core.campaigns.cli.stats", lambda: _("what was sent, by sender, group or day")),
    "export": ("core.campaigns.cli.export", lambda: _("every chat of a group and what came of it")),
    "retry": ("core.campaigns.cli.retry", lambda: _("let what failed be tried again")),
    "reset": ("core.campaigns.cli.reset", lambda: _("begin a group anew")),
}

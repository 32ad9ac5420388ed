"""What must be there before something is started; who lacks it is led there."""

from core.hub.database import users
from core.hub.database.users import NotificationBot, Session
from core.hub.menu.desk import Desk
from core.i18n import _


def needs_session(desk: Desk, session: Session, note: str) -> bool:
    """Whether an account is connected; else leads to it with `note`."""
    if desk.user.has(session):
        return True
    desk.go("account", note=f"⚠️ {note}")
    return False


def needs_bot(desk: Desk, bot: NotificationBot) -> bool:
    """Whether the bot that tells is set, and its token can be read; else leads to it."""
    settings = users.bot_settings(desk.db, desk.user.id, bot)
    if settings.complete and desk.parts.vault.unlock(settings.token):
        return True
    desk.go(
        f"settings.{bot}",
        note=_("⚠️ Set up the bot first that tells you what was found, token and chat."),
    )
    return False

"""What is wrong between the program and Telegram, in sentences."""

from core.formats import duration
from core.i18n import _
from core.telegram.trouble import TelegramTrouble, Trouble


def say_trouble(what: TelegramTrouble) -> str:
    """What is wrong between the program and Telegram, and what to do."""
    match what.kind:
        case Trouble.UNREACHABLE:
            return _("Telegram cannot be reached. Check the network, the proxy and the address.")
        case Trouble.SERVER:
            return _("Telegram gives no proper answer. The program keeps trying.")
        case Trouble.FLOOD:
            return _("Telegram asks to wait {time}.").format(time=duration(what.wait))
        case Trouble.CONFLICT if "webhook" in what.detail:
            return _(
                "A webhook is set for this bot, so commands do not reach this program. Messages"
                " are still sent. Remove the webhook, or make a bot of its own for this program."
            )
        case Trouble.CONFLICT:
            return _(
                "Another program listens with the same bot token, so commands are no longer"
                " answered here. Messages are still sent. Stop the other program and start this"
                " one again, or make a bot of its own for it."
            )
        case Trouble.TOKEN_REJECTED:
            return _("Telegram does not accept the bot token. Copy it anew from @BotFather.")
        case Trouble.CHAT_REFUSED:
            return _("The bot may not write to the chat. Open the chat and start the bot there.")
        case Trouble.BAD_REQUEST:
            return _with(_("Telegram refused a message. Check the number of the chat."), what)
        case Trouble.CHAT_MOVED:
            return _("The group has a new number: {id}. Enter it in Settings.").format(
                id=what.detail
            )
        case Trouble.UNUSABLE_SETTING:
            return _with(_("The proxy or the address of Telegram cannot be used."), what)


def _with(text: str, what: TelegramTrouble) -> str:
    return f"{text} ({what.detail})" if what.detail else text

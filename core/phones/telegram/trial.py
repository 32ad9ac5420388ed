"""'Test message': whether the Telegram settings work, said in a sentence."""

from core.errors import UserError
from core.i18n import _
from core.phones.settings.model import Settings
from core.phones.telegram.config import telegram_config


def send_test_message(settings: Settings) -> str:
    """Send a message with these settings; returns a sentence that says so.

    Waits for Telegram, up to half a minute, so not for the Tk thread. Raises UserError, which
    says what is wrong and what to do.
    """
    config = telegram_config(settings)
    # Half a second, and only whoever uses Telegram has it to wait.
    from core.phones.telegram.service import try_out
    from core.telegram.trouble import TelegramTrouble
    from core.telegram.trouble_words import say_trouble

    try:
        name = try_out(config)
    except TelegramTrouble as error:
        sentence = say_trouble(error)
    else:
        return _("A test message was sent by {bot}.").format(bot=name)
    raise UserError(sentence)

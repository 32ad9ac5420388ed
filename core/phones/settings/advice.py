"""What is allowed in the settings, but probably not meant."""

import difflib
import os
import stat
from collections.abc import Iterator

from core.i18n import _
from core.phones.settings.fields import BY_NAME, FIELDS
from core.phones.settings.load import Loaded
from core.settings.paths import risky_location
from core.settings.wrong import Source


def advice(loaded: Loaded) -> Iterator[str]:
    """A sentence for each thing to look at, in the present language; none where all is well.

    Looks at the rights of `.env` and at the list of mounts; any thread may call.
    """
    yield from _names(loaded)
    yield from _secrets(loaded)
    settings = loaded.settings
    complete = settings.telegram_bot_token and settings.telegram_chat_id
    if settings.telegram_enabled and not complete:
        yield _(
            "Telegram is switched on, but the bot token (TELEGRAM_BOT_TOKEN) or the chat"
            " (TELEGRAM_CHAT_ID) is missing."
        )
    risk = risky_location(settings.database_path)
    if risk is not None:
        yield risk.sentence(settings.database_path)


def _names(loaded: Loaded) -> Iterator[str]:
    """Names in `.env` that look like a setting's; others may belong to other programs."""
    for name in loaded.unknown:
        close = difflib.get_close_matches(name.upper(), BY_NAME, n=1, cutoff=0.8)
        if close:
            yield _("{name} in .env is no setting. Did you mean {close}?").format(
                name=name, close=close[0]
            )


def _secrets(loaded: Loaded) -> Iterator[str]:
    in_file = [
        field.name
        for field in FIELDS
        if field.is_secret and loaded.sources[field.name] is Source.ENV_FILE
    ]
    path = loaded.settings.places.env_file
    if not in_file or os.name != "posix":  # Windows: rights follow the folder, which is the user's
        return
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        yield _("{path} holds {names} and can be read by others. Run: chmod 600 {path}").format(
            path=path, names=", ".join(in_file)
        )

"""Tokens and numbers at rest: encrypted with a key that is not in the database."""

import logging
import os
from collections.abc import Mapping

from cryptography.fernet import Fernet, InvalidToken

from core.errors import SettingsError
from core.i18n import _
from core.logs.log_text import register_secret
from core.settings.paths import Places
from core.settings.secret import Secret
from core.settings.secrets import load_token, store_token

log = logging.getLogger(__name__)

KEY_NAME = "HUB_SECRET_KEY"


class Vault:
    """Encrypts and decrypts. Any thread may call.

    Raises SettingsError where the key is none of Fernet's.
    """

    def __init__(self, key: Secret) -> None:
        try:
            self._fernet = Fernet(key.reveal())
        except ValueError:
            usable = False
        else:
            usable = True
        if not usable:  # outside the handler: its exception could repeat the key
            raise SettingsError(
                _("{name} is no usable key.").format(name=KEY_NAME),
                _("Remove it from the settings: a new one is made at the next start."),
            )

    def lock(self, text: Secret) -> str:
        return self._fernet.encrypt(text.reveal().encode()).decode()

    def unlock(self, locked: str) -> Secret:
        """The text; an empty secret where it was encrypted with another key."""
        try:
            return Secret(self._fernet.decrypt(locked.encode()).decode())
        except (InvalidToken, ValueError):
            return Secret()


def open_vault(key: Secret, places: Places, environ: Mapping[str, str] = os.environ) -> Vault:
    """The vault with the key of the settings, else of the credential store, else a new one.

    A new key goes to the credential store, or to `.env` where there is none. May take seconds
    where the store does not answer. Raises SettingsError.
    """
    found = key or load_token(KEY_NAME, places, environ)
    if not found:
        found = Secret(Fernet.generate_key().decode())
        register_secret(found.reveal())
        place = store_token(KEY_NAME, found, places, environ)
        log.info("a key for the hub's tokens was made and is kept in the %s", place)
    register_secret(found.reveal())
    return Vault(found)

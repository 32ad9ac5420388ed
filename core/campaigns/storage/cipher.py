"""Tokens and proxies as they lie in the database: encrypted with the key of the settings."""

from cryptography.fernet import Fernet, InvalidToken

from core.errors import SettingsError
from core.i18n import _
from core.logs.log_text import register_secret
from core.settings.secret import Secret

KEY = "CAMPAIGNS_SECRET_KEY"


def new_key() -> Secret:
    return Secret(Fernet.generate_key().decode())


class Cipher:
    """Raises SettingsError where `key` is none, and where a text was encrypted with another."""

    def __init__(self, key: Secret) -> None:
        if not key:
            raise SettingsError(
                _("There is no key for the tokens of the senders yet."),
                _("Run 'campaigns init' once, or set {name} as on the other computers.").format(
                    name=KEY
                ),
            )
        try:
            self._fernet = Fernet(key.reveal())
        except ValueError:
            raise SettingsError(
                _("{name} is no key that 'campaigns init' made.").format(name=KEY)
            ) from None

    def lock(self, secret: Secret) -> str:
        return self._fernet.encrypt(secret.reveal().encode()).decode()

    def unlock(self, text: str) -> Secret:
        """The secret, which the log masks from here on. Raises SettingsError."""
        try:
            found = self._fernet.decrypt(text).decode()
        except InvalidToken:
            raise SettingsError(
                _("The tokens in the database were stored with another {name}.").format(name=KEY),
                _("Set the key that was used then, or add the senders again."),
            ) from None
        register_secret(found)
        return Secret(found)

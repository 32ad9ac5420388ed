"""Which addresses of a server are safe to send a token to."""

from urllib.parse import urlsplit

from core.errors import SettingsError
from core.i18n import _
from core.settings.kinds import THIS_COMPUTER


class UnsafeAddress(SettingsError):
    """The address is no address, or the token would travel over it unprotected."""


def is_this_machine(url: str) -> bool:
    """Whether `url` names this very computer (the demo and the tests)."""
    return urlsplit(url).hostname in THIS_COMPUTER


def check_address(url: str, setting: str) -> None:
    """Raise UnsafeAddress, with a sentence for the operator, unless a token may be sent there.

    `setting` is the name of the setting that holds the address. https may go anywhere; plain http
    only to this computer, because a token sent over it can be read by everybody on the way.
    """
    hint = _("Correct the address in the settings ({setting}).").format(setting=setting)
    try:
        parts = urlsplit(url)
        named = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        named = False
    if not named or not url.isascii() or any(letter <= " " for letter in url):
        raise UnsafeAddress(_("The API address {url!r} is no web address.").format(url=url), hint)
    if parts.username is not None or parts.password is not None:
        raise UnsafeAddress(_("The API address must not hold a user name or a password."), hint)
    if parts.scheme == "https" or (parts.scheme == "http" and is_this_machine(url)):
        return
    if parts.scheme == "http":
        message = _("Over plain http the token could be read by everybody on the way.")
    else:
        message = _("The API address begins with {scheme}://.").format(scheme=parts.scheme)
    raise UnsafeAddress(
        message, _("It must begin with https:// ({setting}).").format(setting=setting)
    )

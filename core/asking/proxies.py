"""The way through a proxy that the environment or the system names, HTTP or SOCKS.

What such an address holds is as foreign as an answer: user names and passwords with any
character, schemes that nobody knows. It is read here once, and hidden from the log, because
the libraries below show it whole in their errors.
"""

import os
import re
from urllib.parse import quote, unquote

import requests.utils

from core.asking.address import is_this_machine
from core.errors import SettingsError
from core.i18n import _
from core.logs.log_text import register_secret

_SCHEMES = ("http", "https", "socks4", "socks4a", "socks5", "socks5h")
_USUAL = {"": "http", "socks": "socks5h"}  # desktops write socks:// and leave the rest open
_HOST = re.compile(r"(?P<host>\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(?P<port>[0-9]{1,5}))?/?", re.I)


class UnusableProxy(SettingsError):
    """The address of a proxy makes no sense, or this program cannot speak with such a one."""

    def __init__(self, where: str, reason: str = "") -> None:
        super().__init__(
            _("The proxy address in {where} cannot be used{reason}.").format(
                where=where, reason=f": {reason}" if reason else ""
            ),
            _("Correct it, or remove it where no proxy is needed."),
        )


def proxies_for(url: str) -> dict[str, str]:
    """The proxy to use for `url` as `requests` wants it, empty for the direct way.

    Raises UnusableProxy. Passwords are kept out of the log from here on.
    """
    if is_this_machine(url):
        return {}
    found = requests.utils.get_environ_proxies(url)
    chosen = requests.utils.select_proxy(url, found)
    if not chosen:
        return {}
    scheme = url.partition(":")[0]
    return {scheme: _read(chosen, where(chosen))}


def where(address: str) -> str:
    """The variable that holds `address`, for a sentence."""
    names = (name for name, value in os.environ.items() if value == address)
    return next((name for name in names if name.lower().endswith("_proxy")), _("the system"))


def _read(address: str, place: str) -> str:
    """`address` with its user and password encoded, so that every library reads them alike."""
    before, separator, rest = address.strip().rpartition("://")
    scheme = before.lower() if separator else ""
    scheme = _USUAL.get(scheme, scheme)
    user, at, host = rest.rpartition("@")
    _hide(address, user)
    if scheme not in _SCHEMES:
        harmless = re.fullmatch("[a-z0-9+.-]{1,20}", scheme) is not None and not at
        unknown = _("{scheme}:// is unknown").format(scheme=scheme)
        raise UnusableProxy(place, unknown if harmless else "")
    match = _HOST.fullmatch(host)
    if match is None or int(match["port"] or 1) not in range(1, 65536):
        raise UnusableProxy(place)
    name, colon, password = user.partition(":")
    login = quote(unquote(name), safe="") + colon + quote(unquote(password), safe="") + at
    port = "" if match["port"] is None else f":{match['port']}"
    return f"{scheme}://{login}{match['host']}{port}"


def _hide(address: str, user: str) -> None:
    if user:
        register_secret(address)
        register_secret(user)
        register_secret(unquote(user))
        register_secret(unquote(user.partition(":")[2]))

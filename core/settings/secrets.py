"""Tokens in the system's credential store, or in `.env` where there is none.

keyring is imported only when a token is wanted, and never the backends that keep nothing or
keep it readable. Every call to the store has a time limit: a locked store may ask its user for a
password, and a start must not wait for that.
"""

import logging
import os
import sys
import threading
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from core.errors import SettingsError
from core.i18n import _
from core.settings.envfile import read_env, write_env
from core.settings.paths import APPLICATION, HOME_VARIABLE, Places
from core.settings.secret import Secret

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

log = logging.getLogger(__name__)

KEYRING_VARIABLE = "DATAMASTER_KEYRING"
READ_SECONDS = 2.0
WRITE_SECONDS = 30.0  # the system may ask for the store's password

T = TypeVar("T")


class TokenPlace(StrEnum):
    """Where a token was put."""

    CREDENTIAL_STORE = "credential_store"
    ENV_FILE = "env_file"


class StoreUnavailable(Exception):
    """No credential store that keeps secrets, or it refused or did not answer in time."""


# Set when the store could not be read: this process then reads nothing more from it, so that a
# second token does not cost a second wait. A token that could be stored clears it.
_unreadable = threading.Event()


def load_token(name: str, places: Places, environ: Mapping[str, str] = os.environ) -> Secret:
    """The token `name` (as in the settings) from the credential store; empty where it has none.

    Raises nothing. Takes a moment, but once in a process seconds where the store is silent.
    """
    if _unreadable.is_set():
        return Secret()
    try:
        backend = _backend(environ)
        account = _account(places)
        text = _within(READ_SECONDS, lambda: backend.get_password(_service(name), account))
    except StoreUnavailable as problem:
        _unreadable.set()
        log.debug("credential store not used: %s", problem)
        return Secret()
    return Secret(text or "")


def store_token(
    name: str, value: Secret, places: Places, environ: Mapping[str, str] = os.environ
) -> TokenPlace:
    """Keep a token in the credential store, or else in `.env`, with a warning in the log.

    Where the store took it, a copy in `.env` is emptied. May wait for the user to unlock the
    store: not for the thread of the window. Raises SettingsError where `.env` cannot be written.
    """
    try:
        _put(name, value, places, environ)
    except StoreUnavailable as problem:
        log.warning("%s is kept readable in %s: %s", name, places.env_file, problem)
        write_env(places.env_file, {name: value.reveal()})
        return TokenPlace.ENV_FILE
    if read_env(places.env_file).get(name):
        write_env(places.env_file, {name: ""})
    return TokenPlace.CREDENTIAL_STORE


def forget_token(name: str, places: Places, environ: Mapping[str, str] = os.environ) -> None:
    """Remove a token from the credential store and from `.env`.

    Raises SettingsError where `.env` cannot be written, or where the store does not let go.
    """
    try:
        backend = _backend(environ)
    except StoreUnavailable:
        pass  # then there is nothing in it
    else:
        _remove(backend, name, _account(places))
    if read_env(places.env_file).get(name):
        write_env(places.env_file, {name: ""})


def _remove(backend: "KeyringBackend", name: str, account: str) -> None:
    service = _service(name)
    try:
        if _within(READ_SECONDS, lambda: backend.get_password(service, account)):
            _within(WRITE_SECONDS, lambda: backend.delete_password(service, account))
    except StoreUnavailable as problem:
        raise SettingsError(
            _("The system's credential store did not remove {name}.").format(name=name),
            _("Remove {service} there by hand.").format(service=service),
        ) from problem


def _put(name: str, value: Secret, places: Places, environ: Mapping[str, str]) -> None:
    backend = _backend(environ)
    service, account, text = _service(name), _account(places), value.reveal()
    _within(WRITE_SECONDS, lambda: backend.set_password(service, account, text))
    if _within(READ_SECONDS, lambda: backend.get_password(service, account)) != text:
        raise StoreUnavailable("the credential store did not keep the token")
    _unreadable.clear()


def _service(name: str) -> str:
    return f"{APPLICATION}/{name}"


def _account(places: Places) -> str:
    """Two portable copies on one computer may belong to two DataMaster accounts."""
    return "default" if places.usual else str(places.home)


def _backend(environ: Mapping[str, str]) -> "KeyringBackend":
    """The system's own store; StoreUnavailable where there is none or it is not to be touched."""
    wish = environ.get(KEYRING_VARIABLE, "").strip().casefold()
    if wish == "off" or (wish != "on" and environ.get(HOME_VARIABLE)):
        raise StoreUnavailable("switched off")
    if sys.platform.startswith("linux") and not _has_session_bus(environ):
        raise StoreUnavailable("no D-Bus session")
    return _within(READ_SECONDS, _system_backend)


def _has_session_bus(environ: Mapping[str, str]) -> bool:
    return bool(environ.get("DBUS_SESSION_BUS_ADDRESS"))


def _system_backend() -> "KeyringBackend":
    # Named one by one: keyring's own search reads the metadata of every installed package and
    # may choose a backend that keeps secrets in a readable file.
    backends: list[type[KeyringBackend]]
    if sys.platform == "win32":
        from keyring.backends.Windows import WinVaultKeyring

        backends = [WinVaultKeyring]
    elif sys.platform == "darwin":
        from keyring.backends.macOS import Keyring as MacKeyring

        backends = [MacKeyring]
    else:
        from keyring.backends.kwallet import DBusKeyring
        from keyring.backends.SecretService import Keyring as SecretService

        backends = [SecretService, DBusKeyring]
    for backend in backends:
        if backend.viable:
            return backend()
    raise StoreUnavailable("this system has no credential store")


def _within(seconds: float, call: Callable[[], T]) -> T:
    """The result of `call`; StoreUnavailable where it fails or takes longer.

    A call that hangs keeps a daemon thread until it ends: there is no way to break it off.
    """
    result: list[T] = []
    failure: list[Exception] = []

    def work() -> None:
        try:
            result.append(call())
        except Exception as error:
            failure.append(error)

    thread = threading.Thread(target=work, name="credential-store", daemon=True)
    thread.start()
    thread.join(seconds)
    if result:
        return result[0]
    if failure and isinstance(failure[0], StoreUnavailable):
        raise failure[0]
    if failure:
        # Its text may hold the secret: the kind of error has to do.
        raise StoreUnavailable(type(failure[0]).__name__) from None
    raise StoreUnavailable("the credential store did not answer in time")

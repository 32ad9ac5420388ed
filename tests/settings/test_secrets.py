"""Tokens in the credential store or in `.env`, and starts that never wait for a store.

A real store asks its user for a password and belongs to that user, so the tests bring a store
that remembers in memory; everything that makes a store unusable is real.
"""

import logging
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from keyring.backend import KeyringBackend

from core.errors import SettingsError
from core.phones.settings.load import load, save
from core.settings import secrets
from core.settings.paths import Places
from core.settings.secret import Secret
from core.settings.secrets import TokenPlace, forget_token, load_token, store_token
from core.settings.wrong import Source

TOKEN = "marker-token-55d1"
NAME = "DATAMASTER_API_TOKEN"
ON = {"DATAMASTER_KEYRING": "on", "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere"}


class Remembering(KeyringBackend):
    """Keeps passwords in memory, or fails as told."""

    priority = 0.1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.failure: Exception | None = None
        self.loses = False

    def get_password(self, service: str, username: str) -> str | None:
        self._fail()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._fail()
        if not self.loses:
            self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._fail()
        del self.kept[service, username]

    def _fail(self) -> None:
        if self.failure:
            raise self.failure


@pytest.fixture(autouse=True)
def new_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "_unreadable", threading.Event())


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Remembering:
    backend = Remembering()
    monkeypatch.setattr(secrets, "_system_backend", lambda: backend)
    return backend


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path)


@pytest.fixture
def silent_bus(tmp_path: Path) -> Iterator[str]:
    """A message bus that takes connections and never says a word."""
    path = tmp_path / "bus"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()
        yield f"unix:path={path}"


def test_the_store_keeps_the_token_and_env_loses_its_copy(
    store: Remembering, places: Places
) -> None:
    places.env_file.write_text(f"# mine\n{NAME}=old-token\n")
    assert store_token(NAME, Secret(TOKEN), places, ON) is TokenPlace.CREDENTIAL_STORE
    assert places.env_file.read_text() == f"# mine\n{NAME}=\n"
    assert load_token(NAME, places, ON).reveal() == TOKEN
    loaded = load(places, ON)
    assert loaded.settings.api_token.reveal() == TOKEN
    assert loaded.sources[NAME] is Source.CREDENTIAL_STORE


def test_a_store_that_was_locked_at_the_start_gives_what_it_took_since(
    store: Remembering, places: Places
) -> None:
    store.failure = PermissionError("locked")
    assert not load_token(NAME, places, ON)
    store.failure = None
    assert store_token(NAME, Secret(TOKEN), places, ON) is TokenPlace.CREDENTIAL_STORE
    assert load_token(NAME, places, ON).reveal() == TOKEN


def test_environment_and_file_are_stronger_than_the_store(
    store: Remembering, places: Places
) -> None:
    store_token(NAME, Secret(TOKEN), places, ON)
    places.env_file.write_text(f"{NAME}=from-file\n")
    assert load(places, ON).settings.api_token.reveal() == "from-file"
    assert load(places, ON | {NAME: "from-env"}).settings.api_token.reveal() == "from-env"


def test_without_a_store_the_token_goes_to_env_with_a_warning(
    places: Places, caplog: pytest.LogCaptureFixture
) -> None:
    environ = {"DATAMASTER_HOME": str(places.home)}
    with caplog.at_level(logging.WARNING):
        assert store_token(NAME, Secret(TOKEN), places, environ) is TokenPlace.ENV_FILE
    assert places.env_file.read_text() == f"{NAME}={TOKEN}\n"
    assert NAME in caplog.text
    assert TOKEN not in caplog.text


@pytest.mark.parametrize("trouble", ["refuses", "loses"])
def test_a_store_that_does_not_keep_it_is_as_good_as_none(
    store: Remembering, places: Places, trouble: str, caplog: pytest.LogCaptureFixture
) -> None:
    store.failure = RuntimeError(f"cannot keep {TOKEN}") if trouble == "refuses" else None
    store.loses = trouble == "loses"
    assert store_token(NAME, Secret(TOKEN), places, ON) is TokenPlace.ENV_FILE
    assert load(places, ON).settings.api_token.reveal() == TOKEN
    assert TOKEN not in caplog.text


def test_portable_copies_do_not_share_a_token(store: Remembering, tmp_path: Path) -> None:
    one, two, usual = Places(tmp_path / "1"), Places(tmp_path / "2"), Places(tmp_path, usual=True)
    for number, places in enumerate((one, two, usual)):
        store_token(NAME, Secret(f"{TOKEN}-{number}"), places, ON)
    for number, places in enumerate((one, two, usual)):
        assert load_token(NAME, places, ON).reveal() == f"{TOKEN}-{number}"


def test_a_forgotten_token_is_nowhere(store: Remembering, places: Places) -> None:
    store_token(NAME, Secret(TOKEN), places, ON)
    places.env_file.write_text(f"{NAME}={TOKEN}\n")
    forget_token(NAME, places, ON)
    assert store.kept == {}
    assert places.env_file.read_text() == f"{NAME}=\n"
    forget_token(NAME, places, ON)


def test_a_store_that_does_not_let_go_is_a_sentence(
    store: Remembering, places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_token(NAME, Secret(TOKEN), places, ON)
    monkeypatch.setattr(store, "delete_password", lambda *_: 1 / 0)
    with pytest.raises(SettingsError, match=NAME):
        forget_token(NAME, places, ON)


def test_the_settings_view_saves_tokens_to_the_store_and_the_rest_to_env(
    store: Remembering, places: Places
) -> None:
    loaded = save(load(places, ON), {NAME: TOKEN, "WORKERS": "2"}, ON)
    assert loaded.settings.api_token.reveal() == TOKEN
    assert places.env_file.read_text() == "WORKERS=2\n"
    loaded = save(loaded, {NAME: ""}, ON)
    assert not loaded.settings.api_token


def test_a_chosen_home_keeps_away_from_the_users_store(store: Remembering, places: Places) -> None:
    environ = ON | {"DATAMASTER_HOME": str(places.home), "DATAMASTER_KEYRING": ""}
    assert store_token(NAME, Secret(TOKEN), places, environ) is TokenPlace.ENV_FILE
    environ["DATAMASTER_KEYRING"] = "on"
    assert store_token(NAME, Secret(TOKEN), places, environ) is TokenPlace.CREDENTIAL_STORE


@pytest.mark.skipif(sys.platform != "linux", reason="D-Bus")
@pytest.mark.parametrize("bus", ["", "unix:path=/nowhere", "nonsense"])
def test_without_a_message_bus_a_start_does_not_wait(
    places: Places, bus: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secrets, "READ_SECONDS", 20.0)
    began = time.monotonic()
    environ = {"DATAMASTER_KEYRING": "on", "DBUS_SESSION_BUS_ADDRESS": bus}
    assert not load_token(NAME, places, environ)
    assert time.monotonic() - began < secrets.READ_SECONDS


@pytest.mark.skipif(sys.platform != "linux", reason="D-Bus")
def test_a_bus_that_never_answers_costs_a_moment_once(
    places: Places, silent_bus: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secrets, "READ_SECONDS", 5.0)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", silent_bus)
    environ = {"DATAMASTER_KEYRING": "on", "DBUS_SESSION_BUS_ADDRESS": silent_bus}
    began = time.monotonic()
    assert not load(places, environ).settings.api_token
    assert time.monotonic() - began < 2 * secrets.READ_SECONDS
    began = time.monotonic()
    assert not load(places, environ).settings.api_token
    assert time.monotonic() - began < secrets.READ_SECONDS


@pytest.mark.skipif(sys.platform != "win32", reason="the credential store of Windows")
def test_the_real_store_of_windows_keeps_and_forgets(places: Places) -> None:
    # The entry carries this test's folder, so that nothing of the user's is touched.
    environ = {"DATAMASTER_KEYRING": "on"}
    try:
        place = store_token(NAME, Secret(f"{TOKEN} №"), places, environ)
        assert place is TokenPlace.CREDENTIAL_STORE
        assert not places.env_file.exists()
        assert load_token(NAME, places, environ).reveal() == f"{TOKEN} №"
    finally:
        forget_token(NAME, places, environ)
    assert not load_token(NAME, places, environ)

"""Tokens at rest: encrypted with a key that is not in the database."""

from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from core.errors import SettingsError
from core.hub.vault import KEY_NAME, Vault, open_vault
from core.settings.envfile import read_env
from core.settings.paths import Places
from core.settings.secret import Secret
from tests.hub.world import ANNA, World

NO_STORE = {"DATAMASTER_KEYRING": "off"}


def test_a_text_comes_back_with_its_key_only() -> None:
    vault = Vault(Secret(Fernet.generate_key().decode()))
    locked = vault.lock(Secret("a token"))
    assert "token" not in locked
    assert vault.unlock(locked).reveal() == "a token"
    assert not Vault(Secret(Fernet.generate_key().decode())).unlock(locked)
    assert not vault.unlock("no cipher")
    assert not vault.unlock("")


def test_a_key_that_is_none_is_said_and_not_shown() -> None:
    with pytest.raises(SettingsError) as caught:
        Vault(Secret("not-a-key-at-all"))
    assert "not-a-key-at-all" not in str(caught.value)
    assert caught.value.__context__ is None


def test_a_new_key_is_kept_where_there_is_no_store(tmp_path: Path) -> None:
    places = Places(tmp_path)
    locked = open_vault(Secret(), places, NO_STORE).lock(Secret("a token"))
    kept = Secret(read_env(places.env_file)[KEY_NAME])
    assert open_vault(kept, places, NO_STORE).unlock(locked).reveal() == "a token"


def test_tokens_of_a_lost_key_are_asked_for_anew(world: World) -> None:
    world.know(ANNA)
    world.start(vault=Vault(Secret(Fernet.generate_key().decode())))
    shown = world.walk(ANNA, "Настройки")
    assert shown.text.count("больше нельзя прочитать") == 2
    shown = world.walk(ANNA, "Недвижимость", "Авито")
    assert "Сначала настройте бота" in shown.text
    assert not world.realty.of("POST")

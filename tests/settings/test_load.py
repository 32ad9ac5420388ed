"""Where settings come from, which source is stronger, and how changes are kept."""

import dataclasses
from pathlib import Path

import pytest

from core.errors import SettingsError
from core.i18n import current_language, set_language
from core.logs.log_text import masked
from core.phones.settings.fields import FIELDS
from core.phones.settings.load import load, load_settings, save
from core.settings.load import use_language
from core.settings.paths import Places
from core.settings.secret import Secret
from core.settings.wrong import Source, WrongSettings

TOKEN = "marker-token-7f3a"


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path / "Дом программы")


@pytest.fixture
def environ(places: Places) -> dict[str, str]:
    """An environment in which the user's credential store is not touched."""
    return {"DATAMASTER_HOME": str(places.home)}


def write(places: Places, text: str) -> None:
    places.home.mkdir(parents=True, exist_ok=True)
    places.env_file.write_text(text, encoding="utf-8")


def test_defaults_need_no_file_and_create_nothing(places: Places, environ: dict[str, str]) -> None:
    loaded = load(places, environ)
    settings = loaded.settings
    assert settings.rate_limit_delay == 0.5
    assert settings.workers == 5
    assert settings.database_path == places.home / "data" / "phones.db"
    assert settings.export_dir == places.home / "data" / "exports"
    assert settings.log_file == places.home / "logs" / "collector.log"
    assert not settings.api_token
    assert set(loaded.sources.values()) == {Source.DEFAULT}
    assert not places.home.exists()


def test_the_environment_is_stronger_than_the_file_and_empty_means_not_set(
    places: Places, environ: dict[str, str]
) -> None:
    write(places, "WORKERS=3\nMAX_RETRIES=7\nTHEME=\nSOMETHING_ELSE=1\nLOG_LEVEL=debug\n")
    environ |= {"WORKERS": "9", "MAX_RETRIES": " ", "LOG_LEVEL": ""}
    loaded = load(places, environ)
    assert (loaded.settings.workers, loaded.settings.max_retries) == (9, 7)
    assert (loaded.settings.theme, loaded.settings.log_level) == ("system", "DEBUG")
    assert loaded.sources["WORKERS"] is Source.ENVIRONMENT
    assert loaded.sources["MAX_RETRIES"] is Source.ENV_FILE
    assert loaded.sources["THEME"] is Source.DEFAULT
    assert loaded.texts["LOG_LEVEL"] == "debug"
    assert loaded.unknown == ("SOMETHING_ELSE",)


def test_the_working_directory_does_not_matter(
    places: Places, environ: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("WORKERS=64\n")
    monkeypatch.chdir(tmp_path)
    settings = load(places, environ).settings
    assert settings.workers == 5
    assert settings.database_path.is_relative_to(places.home)


def test_paths_may_be_absolute_or_go_up(
    places: Places, environ: dict[str, str], tmp_path: Path
) -> None:
    environ |= {"DATABASE_PATH": str(tmp_path / "a b" / "x.db"), "EXPORT_DIR": "../Отчёты"}
    settings = load(places, environ).settings
    assert settings.database_path == tmp_path / "a b" / "x.db"
    assert settings.export_dir == tmp_path / "Отчёты"


def test_all_wrong_values_are_refused_at_once_without_showing_secrets(
    places: Places, environ: dict[str, str]
) -> None:
    write(places, f"DATAMASTER_API_TOKEN='{TOKEN} with spaces'\nTHEME=blue\n")
    with pytest.raises(WrongSettings) as caught:
        load(places, environ | {"WORKERS": "none", "TELEGRAM_BOT_TOKEN": f"{TOKEN}:bad"})
    names = {wrong.name for wrong in caught.value.wrong}
    assert names == {"WORKERS", "DATAMASTER_API_TOKEN", "TELEGRAM_BOT_TOKEN", "THEME"}
    assert TOKEN not in str(caught.value)
    assert TOKEN not in masked(f"but it was {TOKEN} with spaces")


def test_a_quoted_path_of_windows_that_ends_a_line_is_explained(
    places: Places, environ: dict[str, str]
) -> None:
    write(places, 'EXPORT_DIR="D:\\reports"\n')
    with pytest.raises(WrongSettings) as refused:
        load(places, environ)
    (wrong,) = refused.value.wrong
    assert wrong.given == r"'D:\reports'"  # looks right
    assert "without quotation marks" in wrong.allowed


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("LOG_FILE=data/phones.db\n", "LOG_FILE"),
        ("DATABASE_PATH=data/../logs/collector.log\n", "LOG_FILE"),
        ("DATABASE_PATH=.env\n", "DATABASE_PATH"),
        ("LOG_FILE=.env\n", "LOG_FILE"),
    ],
)
def test_database_log_and_env_are_three_files(
    places: Places, environ: dict[str, str], text: str, name: str
) -> None:
    write(places, text)
    with pytest.raises(WrongSettings) as caught:
        load(places, environ)
    assert [wrong.name for wrong in caught.value.wrong] == [name]
    write(places, "")
    setting, value = text.strip().split("=")
    with pytest.raises(WrongSettings):
        save(load(places, environ), {setting: value}, environ)
    assert places.env_file.read_text(encoding="utf-8") == ""


def test_the_demo_sets_server_and_files_itself(places: Places, environ: dict[str, str]) -> None:
    environ |= {
        "DATAMASTER_API_TOKEN": TOKEN,
        "DATABASE_PATH": "/real/phones.db",
        "TELEGRAM_ENABLED": "true",
        "TELEGRAM_CHAT_ID": "not even right",
        "WORKERS": "8",
    }
    settings = load(dataclasses.replace(places, demo=True), environ).settings
    assert settings.database_path == places.home / "demo" / "data" / "phones.db"
    assert settings.log_file == places.home / "demo" / "logs" / "collector.log"
    assert not settings.api_token
    assert not settings.telegram_enabled
    assert settings.workers == 8


def test_the_demo_keeps_its_own_pace_until_another_is_chosen(
    places: Places, environ: dict[str, str]
) -> None:
    demo = dataclasses.replace(places, demo=True)
    own = load(demo, environ)
    assert own.settings.rate_limit_delay < load(places, environ).settings.rate_limit_delay
    saved = save(own, {"WORKERS": "3"}, environ)
    assert saved.settings.rate_limit_delay == own.settings.rate_limit_delay
    assert save(saved, {"RATE_LIMIT_DELAY": "0.2"}, environ).settings.rate_limit_delay == 0.2
    emptied = save(saved, {"RATE_LIMIT_DELAY": ""}, environ)
    assert emptied.settings.rate_limit_delay == own.settings.rate_limit_delay


def test_the_language_list_of_a_linux_desktop_is_not_ours(
    places: Places, environ: dict[str, str]
) -> None:
    write(places, "LANGUAGE=ru\n")
    for text in ("en_US:en", "de:en", "de_DE"):
        assert load(places, environ | {"LANGUAGE": text}).settings.language == "ru"
    assert load(places, environ | {"LANGUAGE": "en"}).settings.language == "en"
    with pytest.raises(WrongSettings, match="LANGUAGE"):
        load(places, environ | {"LANGUAGE": "xx"})


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("LANGUAGE=ru\n", "ru"),
        ("LANGUAGE=EN\n", "en"),
        ("", "ru"),  # the system's
        ("LANGUAGE=tlh\n", "ru"),
        ("this is no setting\n", "ru"),
    ],
)
def test_the_language_is_known_before_the_settings_are_checked(
    places: Places,
    environ: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    text: str,
    language: str,
) -> None:
    monkeypatch.setattr("core.i18n.system_language", lambda: "ru")
    write(places, text)
    try:
        use_language(environ)
        assert current_language() == language
    finally:
        set_language("en")


@pytest.mark.parametrize("broken", ["no text in UTF-8", "no full path"])
def test_that_of_the_environment_counts_where_nothing_can_be_read(
    places: Places, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    monkeypatch.setattr("core.i18n.system_language", lambda: "en")
    if broken == "no full path":
        environ["DATAMASTER_HOME"] = "no/full/path"
    else:
        places.env_file.parent.mkdir(parents=True, exist_ok=True)
        places.env_file.write_bytes("EXPORT_DIR=Отчёты".encode("cp1251"))
    try:
        use_language({**environ, "LANGUAGE": "ru"})
        assert current_language() == "ru"
    finally:
        set_language("en")


def test_nothing_that_is_shown_of_settings_holds_a_secret(
    places: Places, environ: dict[str, str]
) -> None:
    proxy = "socks5://someone:marker-word-1@proxy.example:1080"
    environ |= {
        "DATAMASTER_API_TOKEN": TOKEN,
        "TELEGRAM_BOT_TOKEN": f"123456:{TOKEN}",
        "TELEGRAM_PROXY": proxy,
    }
    loaded = load(places, environ)
    assert loaded.settings.telegram_proxy.reveal() == proxy
    assert loaded.settings.required_token().reveal() == TOKEN
    for text in (repr(loaded), str(loaded), str(dataclasses.asdict(loaded.settings))):
        assert TOKEN not in text
        assert "marker-word-1" not in text
    logged = masked(f"could not reach {proxy}, user someone, marker-word-1, {TOKEN}")
    assert "marker" not in logged


def test_a_missing_token_is_a_sentence_with_what_to_do(
    places: Places, environ: dict[str, str]
) -> None:
    with pytest.raises(SettingsError) as caught:
        load(places, environ).settings.required_token()
    assert "DATAMASTER_API_TOKEN" in caught.value.hint
    assert caught.value.exit_code == 2


def test_the_home_variable_is_obeyed_and_must_be_a_full_path(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("WORKERS=2\n")
    assert load_settings(environ={"DATAMASTER_HOME": str(tmp_path)}).workers == 2
    with pytest.raises(SettingsError, match="full path"):
        load_settings(environ={"DATAMASTER_HOME": "somewhere"})


def test_saved_changes_stand_in_the_file_and_count(places: Places, environ: dict[str, str]) -> None:
    write(places, "# mine\nWORKERS=3 # few\nOTHER=x\n")
    loaded = save(load(places, environ), {"WORKERS": " 4 ", "THEME": "dark"}, environ)
    assert (loaded.settings.workers, loaded.settings.theme) == (4, "dark")
    assert places.env_file.read_text("utf-8") == "# mine\nWORKERS=4 # few\nOTHER=x\nTHEME=dark\n"
    loaded = save(loaded, {"WORKERS": ""}, environ)
    assert loaded.settings.workers == 5


def test_one_wrong_change_keeps_all_from_being_written(
    places: Places, environ: dict[str, str]
) -> None:
    write(places, "WORKERS=3\n")
    loaded = load(places, environ)
    changes = {"THEME": "dark", "WORKERS": "0", "DATAMASTER_API_TOKEN": TOKEN}
    with pytest.raises(WrongSettings, match="WORKERS"):
        save(loaded, changes, environ)
    assert places.env_file.read_text("utf-8") == "WORKERS=3\n"


def test_every_setting_can_be_saved_and_read_back(places: Places, environ: dict[str, str]) -> None:
    texts = {field.name: field.default for field in FIELDS}
    texts |= {
        "DATAMASTER_API_TOKEN": "a'b\"c\\d#e$f",
        "TELEGRAM_BOT_TOKEN": "123456:AbC",
        "TELEGRAM_CHAT_ID": "-5",
        "TELEGRAM_QUIET_HOURS": "23:00-07:30",
        "TELEGRAM_PROXY": "http://u:p'w@h:1",
        "DAILY_AT": "03:00",
        "DATABASE_PATH": "C:\\Мои данные\\phones #1.db",
        "LANGUAGE": "ru",
        "SERVICE_HTTP": "127.0.0.1:8080",
    }
    saved = save(load(places, environ), texts, environ)
    again = load(places, environ)
    assert again.settings == saved.settings
    assert again.settings.api_token == Secret("a'b\"c\\d#e$f")
    assert again.texts["DATABASE_PATH"] == texts["DATABASE_PATH"]
    assert set(again.sources.values()) == {Source.ENV_FILE}

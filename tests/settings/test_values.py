"""Each kind of setting, right and wrong."""

from datetime import time
from importlib import import_module
from pathlib import Path

import pytest

from core.campaigns.settings import FIELDS as FIELDS_OF_CAMPAIGNS
from core.cars.settings import FIELDS as FIELDS_OF_CARS
from core.phones.settings.fields import BY_NAME, FIELDS
from core.phones.settings.model import Settings
from core.settings.kinds import is_near
from core.settings.secret import Secret
from core.settings.setting_field import SettingField
from core.settings.wrong import Source, WrongSettings, wrong_setting, wrong_settings
from core.systems import SYSTEMS
from devtools.settings_tables import env_example, markdown_table

RIGHT = [
    ("RATE_LIMIT_DELAY", "0.5", 0.5),
    ("RATE_LIMIT_DELAY", "0,25", 0.25),
    ("RATE_LIMIT_DELAY", "0", 0.0),
    ("RATE_LIMIT_DELAY", "AUTO", None),
    ("MAX_REQUESTS_PER_SECOND", "20", 20.0),
    ("MAX_RETRIES", "0", 0),
    ("WORKERS", "100", 100),
    ("DATAMASTER_API_URL", "https://xn--e1afmkfd.example/api?v=1", None),
    ("DATAMASTER_API_URL", "http://127.0.0.1:8080/api/index.php", None),
    ("TELEGRAM_API_URL", "http://192.168.1.20/api", "http://192.168.1.20/api"),
    ("PHONE_ACCEPT", "Possible", "possible"),
    ("LANGUAGE", "RU", "ru"),
    ("LANGUAGE", "", ""),
    ("LOG_LEVEL", "debug", "DEBUG"),
    ("TELEGRAM_ENABLED", "Yes", True),
    ("NOTIFICATIONS", "off", False),
    ("TELEGRAM_CHAT_ID", "-1001234567890", "-1001234567890"),
    ("TELEGRAM_QUIET_HOURS", "23:00-08:00", (time(23), time(8))),
    ("TELEGRAM_QUIET_HOURS", "", None),
    ("TELEGRAM_EVENTS", "start, END", frozenset({"start", "end"})),
    ("TELEGRAM_EVENTS", "none", frozenset()),
    ("DAILY_AT", "3:05", time(3, 5)),
    ("DAILY_AT", "", None),
    ("DATABASE_PATH", "Данные/база 1.db", Path("Данные/база 1.db")),
    ("TELEGRAM_PROXY", "socks5://u:p@proxy.example:1080", None),
    ("SERVICE_HTTP", "127.0.0.1:8080", ("127.0.0.1", 8080)),
    ("SERVICE_HTTP", "[::1]:80", ("::1", 80)),
    ("SERVICE_HTTP", "", None),
]

WRONG = [
    ("RATE_LIMIT_DELAY", "-0.1"),
    ("RATE_LIMIT_DELAY", "fast"),
    ("RATE_LIMIT_DELAY", "nan"),
    ("RATE_LIMIT_DELAY", "1e3"),
    ("RATE_LIMIT_DELAY", "٣"),
    ("MAX_REQUESTS_PER_SECOND", "0"),
    ("MAX_RETRIES", "-1"),
    ("MAX_RETRIES", "2.5"),
    ("WORKERS", "0"),
    ("WORKERS", "1_0"),
    ("WORKERS", "9" * 5000),
    ("REQUEST_TIMEOUT", "0"),
    ("OUTAGE_LIMIT", "inf"),
    ("BACKUP_KEEP", "0"),
    ("DATAMASTER_API_URL", "prostats.info/api"),
    ("DATAMASTER_API_URL", "http://prostats.info/api"),
    ("DATAMASTER_API_URL", "http://192.168.1.20/api"),
    ("DATAMASTER_API_URL", "https://user:word@prostats.info/api"),
    ("DATAMASTER_API_URL", "https://prostats.info:99999/"),
    ("DATAMASTER_API_URL", "https://[broken/"),
    ("DATAMASTER_API_URL", "file:///etc/hosts"),
    ("DATAMASTER_API_TOKEN", "two words"),
    ("DATAMASTER_API_TOKEN", "line\nline"),
    ("TELEGRAM_BOT_TOKEN", "no-colon"),
    ("TELEGRAM_CHAT_ID", "@somebody"),
    ("TELEGRAM_PROXY", "socks4://host:1"),
    ("TELEGRAM_PROXY", "socks5://host"),
    ("TELEGRAM_QUIET_HOURS", "23:00"),
    ("TELEGRAM_QUIET_HOURS", "08:00-08:00"),
    ("TELEGRAM_EVENTS", "start,,end"),
    ("TELEGRAM_EVENTS", "everything"),
    ("DAILY_AT", "25:00"),
    ("DAILY_AT", "9"),
    ("DATABASE_PATH", "bad\nname.db"),
    ("DATABASE_PATH", "/"),
    ("LANGUAGE", "de"),
    ("THEME", "blue"),
    ("PHONE_ACCEPT", "all"),
    ("LOG_LEVEL", "LOUD"),
    ("NOTIFICATIONS", "maybe"),
    ("SERVICE_HTTP", "8080"),
    ("SERVICE_HTTP", "localhost"),
    ("SERVICE_HTTP", "127.0.0.1:99999"),
    ("SERVICE_HTTP", "http://127.0.0.1:8080"),
    ("SERVICE_HTTP", "127.0.0.1:8080/path"),
    ("LOG_FORMAT", "xml"),
]


@pytest.mark.parametrize(("name", "text", "value"), RIGHT)
def test_right_values_are_read(name: str, text: str, value: object) -> None:
    read = BY_NAME[name].read(text)
    if isinstance(read, Secret):
        assert read.reveal() == text
    elif name == "DATAMASTER_API_URL":
        assert read == text
    else:
        assert read == value
    assert wrong_setting(BY_NAME[name], f"  {text} ") is None


@pytest.mark.parametrize(("name", "text"), WRONG)
def test_wrong_values_are_refused_with_name_value_and_what_is_allowed(name: str, text: str) -> None:
    field = BY_NAME[name]
    wrong = wrong_setting(field, text)
    assert wrong is not None
    sentence = wrong.sentence()
    assert sentence.startswith(name)
    assert field.kind.allowed() in sentence
    assert sentence.isprintable()
    assert len(sentence) < 400
    if field.is_secret or ("://" in text and "@" in text):  # a password may stand before it
        assert text not in sentence
    elif len(text) < 80 and text.isprintable():
        assert f"'{text}'" in sentence


DATABASE_ADDRESSES = [
    next(field for field in FIELDS_OF_CARS if field.name == "CARS_DATABASE_URL"),
    next(field for field in FIELDS_OF_CAMPAIGNS if field.name == "CAMPAIGNS_DATABASE_URL"),
]


@pytest.mark.parametrize("field", DATABASE_ADDRESSES, ids=lambda field: field.name)
def test_the_address_of_a_database_is_a_secret_that_is_asked_for_as_an_address(
    field: SettingField,
) -> None:
    assert field.is_secret
    assert field.is_token  # the credential store may keep it
    for text in ("postgresql://me:pass word@db.example:5432/cars", "sqlite:///data/база.db"):
        read = field.read(text)
        assert isinstance(read, Secret)
        assert read.reveal() == text
    for text in ("secret-password", "postgresql://", "://me:secret@host/name", "a://b\nc"):
        wrong = wrong_setting(field, text)
        assert wrong is not None
        assert "postgresql://user:password@host:5432/name" in wrong.sentence()
        assert "secret" not in wrong.sentence()


def test_all_wrong_values_are_told_together() -> None:
    texts = {"WORKERS": "many", "DATAMASTER_API_TOKEN": "my secret", "THEME": "dark"}
    sources = {"WORKERS": Source.ENVIRONMENT, "DATAMASTER_API_TOKEN": Source.ENV_FILE}
    error = WrongSettings(wrong_settings(FIELDS, texts, sources), Path("folder/.env"))
    assert error.exit_code == 2
    assert [one.name for one in error.wrong] == ["WORKERS", "DATAMASTER_API_TOKEN"]
    assert "2 settings" in error.message
    assert "'many'" in error.message
    assert "(from the environment)" in error.message
    assert "my secret" not in str(error) + repr(error) + repr(error.wrong)
    assert ".env" in error.hint


def test_every_setting_has_a_place_in_settings_and_a_right_default() -> None:
    attributes = set(Settings.__dataclass_fields__) - {"places"}
    assert attributes == {field.attribute for field in FIELDS}
    assert len(BY_NAME) == len(FIELDS)
    for field in FIELDS:
        field.read(field.default)
        assert field.explanation().endswith(".")


def test_no_wide_host_counts_as_near() -> None:
    assert is_near("localhost")
    assert is_near("10.0.0.7")
    assert is_near("::1")
    assert is_near("nas.local")
    assert not is_near("8.8.8.8")
    assert not is_near("prostats.info")
    assert not is_near("2130706433")


def test_env_example_is_that_of_the_table_and_sets_nothing() -> None:
    text = (Path(__file__).parents[2] / ".env.example").read_text(encoding="utf-8")
    assert text == env_example(), (
        "run: python -m devtools.settings_tables --env-example > .env.example"
    )
    assert all(not line or line.startswith("#") for line in text.splitlines())


def test_markdown_table_holds_every_setting_once() -> None:
    rows = [row for row in markdown_table().splitlines() if row.startswith("| `")]
    names = [row.split("`")[1] for row in rows]
    assert len(set(names)) == len(names)
    every = {field.name for system in SYSTEMS for field in import_module(system.settings).FIELDS}
    assert set(names) == every

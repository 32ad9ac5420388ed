"""From settings to a bot: off unless set, changed while the program runs, tried out."""

import threading
from collections.abc import Callable, Iterator
from datetime import time as time_of_day
from pathlib import Path

import pytest

from core.errors import SettingsError, UserError
from core.phones.collector import Collector
from core.phones.events import RunFinished, RunStatus, Totals
from core.phones.settings.load import load_settings
from core.phones.settings.model import Settings
from core.phones.telegram.config import Kind, QuietHours, telegram_config
from core.phones.telegram.switch import TelegramSwitch
from core.phones.telegram.trial import send_test_message
from tests.phones.telegram_bot.conftest import run_started, until
from tests.phones.telegram_bot.stand_in import CHAT, PATIENCE, TOKEN, BotApi, error, unauthorized

MakeSettings = Callable[..., Settings]


@pytest.fixture
def settings(tmp_path: Path, api: BotApi) -> MakeSettings:
    """Settings as they come from the environment; '' leaves one out."""

    def make(**changes: str) -> Settings:
        environ = {
            "DATAMASTER_HOME": str(tmp_path),
            "DATAMASTER_KEYRING": "off",
            "DATABASE_PATH": str(tmp_path / "phones.db"),
            "TELEGRAM_ENABLED": "true",
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_CHAT_ID": str(CHAT),
            "TELEGRAM_API_URL": api.url,
            **changes,
        }
        return load_settings(environ={name: text for name, text in environ.items() if text})

    return make


@pytest.fixture
def switch(collector: Collector) -> Iterator[TelegramSwitch]:
    made = TelegramSwitch(collector)
    yield made
    made.stop(grace=0)


def bots() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "telegram"]


def test_it_is_off_unless_set(
    settings: MakeSettings, switch: TelegramSwitch, collector: Collector, api: BotApi
) -> None:
    assert settings(TELEGRAM_ENABLED="").telegram_enabled is False
    switch.apply(settings(TELEGRAM_ENABLED=""))
    collector._publish(run_started())
    switch.stop()
    assert api.calls == []
    assert switch.trouble == ""


def test_what_happens_while_the_bot_is_loaded_is_told(
    settings: MakeSettings, switch: TelegramSwitch, collector: Collector, api: BotApi
) -> None:
    switch.apply(settings())
    collector._publish(run_started())
    collector._publish(RunFinished(7, RunStatus.STOPPED, Totals(), 61.0))
    switch.stop(grace=PATIENCE)
    assert ["Run 7 started" in api.texts()[0], "is stopped" in api.texts()[-1]] == [True, True]


def test_changed_settings_replace_the_bot_and_the_two_do_not_meet(
    settings: MakeSettings, switch: TelegramSwitch, api: BotApi
) -> None:
    switch.apply(settings())
    switch.apply(settings())
    api.wait_for("getUpdates", count=2)
    switch.apply(settings(TELEGRAM_EVENTS="end"))
    api.wait_for("getMe", count=2)
    api.wait_for("getUpdates", count=4)
    assert len(bots()) == 1
    assert switch.trouble == ""
    switch.apply(settings(TELEGRAM_ENABLED="false"))
    until(lambda: not bots())


@pytest.mark.parametrize("missing", ["TELEGRAM_BOT_TOKEN", "TELEGRAM_CHAT_ID"])
def test_half_set_is_refused_and_changes_nothing(
    settings: MakeSettings, switch: TelegramSwitch, api: BotApi, missing: str
) -> None:
    with pytest.raises(SettingsError, match=missing):
        switch.apply(settings(**{missing: ""}))
    assert api.calls == []


def test_quiet_hours_kinds_and_proxy_come_from_the_settings(settings: MakeSettings) -> None:
    config = telegram_config(
        settings(
            TELEGRAM_QUIET_HOURS="23:00-07:30",
            TELEGRAM_EVENTS="errors, end",
            TELEGRAM_PROXY="socks5://user:pass-word@127.0.0.1:1080",
        )
    )
    assert config.quiet == QuietHours(time_of_day(23), time_of_day(7, 30))
    assert config.kinds == {Kind.ERRORS, Kind.END}
    assert config.proxy.reveal().startswith("socks5://user")
    assert "pass-word" not in repr(config)
    assert TOKEN not in repr(config)


class TestTestMessage:
    def test_a_message_that_arrives(self, settings: MakeSettings, api: BotApi) -> None:
        assert "@collector_bot" in send_test_message(settings(TELEGRAM_ENABLED=""))
        api.wait_for("sendMessage", "test message")

    def test_what_is_wrong_comes_as_a_sentence(self, settings: MakeSettings, api: BotApi) -> None:
        api.fail("getMe", unauthorized())
        with pytest.raises(UserError, match="does not accept the bot token") as caught:
            send_test_message(settings())
        assert caught.value.__context__ is None
        api.fail("sendMessage", error(400, "Bad Request: chat not found"))
        with pytest.raises(UserError, match="Chat not found"):
            send_test_message(settings())
        with pytest.raises(SettingsError, match="TELEGRAM_CHAT_ID"):
            send_test_message(settings(TELEGRAM_CHAT_ID=""))

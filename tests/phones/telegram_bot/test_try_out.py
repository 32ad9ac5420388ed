"""The test message: what is wrong with token, chat, proxy or address is named."""

import pytest

from core.phones.telegram.config import TelegramConfig
from core.phones.telegram.service import try_out
from core.settings.secret import Secret
from core.telegram.trouble import TelegramTrouble, Trouble
from tests.phones.telegram_bot.stand_in import (
    CHAT,
    TOKEN,
    BotApi,
    Misbehaviour,
    conflict,
    drop,
    error,
    flood,
    garbage,
    unauthorized,
)


def test_it_arrives_and_names_the_bot(api: BotApi) -> None:
    assert try_out(TelegramConfig(Secret(TOKEN), CHAT, api.url)) == "@collector_bot"
    api.wait_for("sendMessage", "test message")


@pytest.mark.parametrize(
    ("method", "how", "kind"),
    [
        ("getMe", unauthorized(), Trouble.TOKEN_REJECTED),
        ("getMe", garbage(), Trouble.SERVER),
        ("getMe", drop(), Trouble.UNREACHABLE),
        ("sendMessage", error(400, "Bad Request: chat not found"), Trouble.BAD_REQUEST),
        ("sendMessage", error(403, "Forbidden: bot was blocked"), Trouble.CHAT_REFUSED),
        ("sendMessage", flood(5), Trouble.FLOOD),
        ("sendMessage", conflict(), Trouble.CONFLICT),
    ],
)
def test_what_is_wrong_is_named(api: BotApi, method: str, how: Misbehaviour, kind: Trouble) -> None:
    api.fail(method, how)
    with pytest.raises(TelegramTrouble) as caught:
        try_out(TelegramConfig(Secret(TOKEN), CHAT, api.url))
    assert caught.value.kind is kind
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


@pytest.mark.parametrize("proxy", ["http://127.0.0.1:9", "socks5://user:pass-word@127.0.0.1:9"])
def test_the_proxy_is_used_and_its_password_kept(api: BotApi, proxy: str) -> None:
    with pytest.raises(TelegramTrouble) as caught:
        try_out(TelegramConfig(Secret(TOKEN), CHAT, api.url, proxy=Secret(proxy)))
    assert caught.value.kind is Trouble.UNREACHABLE
    assert "pass-word" not in str(caught.value)
    assert api.calls == []


def test_an_address_that_is_none_is_named() -> None:
    config = TelegramConfig(Secret(TOKEN), CHAT, proxy=Secret("nonsense://user:pass-word@host"))
    with pytest.raises(TelegramTrouble) as caught:
        try_out(config)
    assert caught.value.kind is Trouble.UNUSABLE_SETTING
    assert "pass-word" not in str(caught.value)
